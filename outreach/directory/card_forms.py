"""Forms of the person's own page and of the printed directory."""

from wtforms import SelectField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from outreach.core.forms import Filters, HouseForm, MailField, MobileField, named, text
from outreach.core.i18n import lazy
from outreach.directory.card_models import (
    CONFIRM,
    CORRECT,
    FIELDS,
    GREETINGS,
    GUESTS,
    PRINTED,
    PUBLIC,
    PURPOSES,
    REFUSE,
)
from outreach.directory.models import Person

PURPOSE_NAMES = {
    GUESTS: lazy("Fellow guests"),
    PRINTED: lazy("Printed directory"),
    PUBLIC: lazy("Public page"),
    GREETINGS: lazy("Greetings"),
}
PURPOSE_WORDS = {
    GUESTS: lazy("Guests of the same event may see it."),
    PRINTED: lazy("It may stand in the county’s printed directory, in numbered copies."),
    PUBLIC: lazy("It may stand on a public page."),
    GREETINGS: lazy("You may be greeted on festivals and on your birthday."),
}
CARD_FIELD_NAMES = {
    "company": lazy("Company and post"),
    "mobile": lazy("Mobile"),
    "wechat": lazy("WeChat"),
    "email": lazy("Mail address"),
    "city": lazy("City"),
    "home": lazy("Home place"),
}
ANSWER_NAMES = {
    CONFIRM: lazy("All is right"),
    CORRECT: lazy("Correction"),
    REFUSE: lazy("Wants to be taken off"),
}
#: which fields can be agreed to for which purpose; a greeting needs a way to reach somebody
OFFERED = {
    GUESTS: ("company", "mobile", "city", "home"),
    PRINTED: FIELDS,
    PUBLIC: ("company", "city", "home"),
    GREETINGS: ("mobile", "email"),
}
ANSWER_STATES = {
    "open": lazy("Waiting"),
    "accepted": lazy("Accepted"),
    "declined": lazy("Declined"),
    "noted": lazy("Noted"),
}


class _Boxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _boxes(purpose: str) -> _Boxes:
    return _Boxes(
        PURPOSE_NAMES[purpose],
        choices=[(field, CARD_FIELD_NAMES[field]) for field in OFFERED[purpose]],
        validators=[Optional()],
    )


class ConsentForm(HouseForm):
    """What may be used for what; nothing is ticked beforehand that was not agreed to."""

    guests = _boxes(GUESTS)
    printed = _boxes(PRINTED)
    public = _boxes(PUBLIC)
    greetings = _boxes(GREETINGS)

    def choices(self) -> dict[str, list[str]]:
        """Purpose -> fields."""
        return {purpose: list(self[purpose].data or ()) for purpose in PURPOSES}


class PaperConsentForm(ConsentForm):
    """The same on paper or by word of mouth, recorded by a clerk."""

    via = text(lazy("Where the agreement stands (paper, date, who holds it)"), most=100)


class CorrectionForm(HouseForm):
    """What the person sends from their page; an emptied field asks for it to be emptied,
    but the number and the company stay.
    """

    name = text(lazy("Name"), most=40, also=[named])
    mobile = MobileField(lazy("Mobile"), [Optional()], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    company = text(lazy("Company"), most=120, required=False)
    title = text(lazy("Post"), most=40, required=False)
    city = text(lazy("City"), most=20, required=False)
    home_village = text(lazy("Village"), most=40, required=False)
    wechat = text(lazy("WeChat"), most=40, required=False)
    email = MailField(lazy("Mail address"), [Optional()])

    @classmethod
    def of(cls, person: Person, **options) -> "CorrectionForm":
        """The form with what the card says now."""
        return cls(data=present_values(person), **options)

    def changed(self, person: Person) -> dict[str, str]:
        """Field -> new value of what differs from the card."""
        present = present_values(person)
        return {
            name: value
            for name, value in self.values().items()
            if (value or "") != present[name] and (value or name != "mobile")
        }


def present_values(person: Person) -> dict[str, str]:
    """What the card says, by the names of :class:`CorrectionForm`."""
    post = person.company
    return {
        "name": person.name,
        "mobile": person.mobile,
        "company": post.organisation.name if post else "",
        "title": post.title if post else "",
        "city": person.city,
        "home_village": person.home_village,
        "wechat": person.wechat,
        "email": person.email,
    }


class AnswerFilters(Filters):
    """The queue of answers."""

    state = SelectField(
        lazy("State"), choices=[("", lazy("All states")), *ANSWER_STATES.items()], default="open"
    )
    kind = SelectField(lazy("Kind"), choices=[("", lazy("All kinds")), *ANSWER_NAMES.items()], default="")


class PrintForm(HouseForm):
    """One copy of the printed directory."""

    unit_id = SelectField(lazy("Of"), coerce=int)
    order = SelectField(
        lazy("Order"),
        choices=[
            ("strokes", lazy("By strokes of the surname")),
            ("town", lazy("By township")),
            ("city", lazy("By city")),
        ],
    )
    recipient = text(lazy("For whom this copy is"), most=60)

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)
