"""Forms of registration."""

import re

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from outreach.core.forms import (
    Filters,
    HouseForm,
    MailField,
    MobileField,
    PartForm,
    named,
    one_line,
    required,
    text,
    tidy,
)
from outreach.core.i18n import _, lazy
from outreach.core.plain_words import plain
from outreach.core.search_field import SearchField
from outreach.events.models import NO, PROXY, YES
from outreach.events.queries import type_choices
from outreach.registrations.models import (
    ANSWER,
    CANCELLED,
    COMPANIONS,
    CONFIRMED,
    DECLINED,
    OFFERED,
    PENDING,
    STAY,
    WAITING,
    WAY_BACK,
    WAY_THERE,
)

STATE_NAMES = {
    CONFIRMED: lazy("Confirmed"),
    WAITING: lazy("Waiting list"),
    PENDING: lazy("To be approved"),
    OFFERED: lazy("Place offered"),
    DECLINED: lazy("Declined"),
    CANCELLED: lazy("Cancelled"),
}
#: what a change of a guest concerns
DETAIL_NAMES = {
    "name": lazy("Name"),
    "company": lazy("Company or organisation"),
    "post": lazy("Post"),
    "mobile": lazy("Mobile"),
    "email": lazy("Mail address"),
    ANSWER: lazy("Question"),
    COMPANIONS: lazy("Who comes along"),
    WAY_THERE: lazy("The way there"),
    WAY_BACK: lazy("The way back"),
    STAY: lazy("Room"),
}
#: several states at once, to choose guests by
STATE_GROUPS = {"standing": lazy("All but cancelled"), "placed": lazy("With a place or offered one")}


class _GuestFields(HouseForm):
    name = text(lazy("Name"), most=40, also=[named], render_kw={"autocomplete": "name"})
    company = text(lazy("Company or organisation"), most=120, render_kw={"autocomplete": "organization"})
    post = text(lazy("Post"), most=40, required=False, render_kw={"autocomplete": "organization-title"})
    mobile = MobileField(lazy("Mobile"), [required()], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    email = MailField(
        lazy("Mail address (optional)"),
        [Optional()],
        description=lazy("We send the ticket and a calendar entry there."),
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class _Plain:
    """What strangers enter goes out in letters to others: names are names."""

    def validate_name(self, field):
        """No link, no number, no sentence."""
        plain(self, field)

    validate_company = validate_post = validate_name


class _Shared:
    """One number may serve several people: who enters it for another name says so."""

    another = BooleanField(lazy("This is another person with the same number."))

    @property
    def asks_another(self) -> bool:
        """Whether the question is on the page."""
        return bool(self.another.errors or self.another.data)


class _Reached:
    """How a guest whom staff enter is reached: by number or address.

    Who has neither is said to have neither.
    """

    no_contact = BooleanField(lazy("The guest has neither a mobile number nor a mail address."))

    def say_how_reached(self) -> bool:
        """False, with the error at the number, where nothing is said about how the guest is reached."""
        if self.mobile.data or self.email.data or self.no_contact.data:
            return True
        told = _("Write a mobile number or a mail address, or tick that the guest has neither.")
        self.mobile.errors = [*self.mobile.errors, told]
        return False


class _Agreed:
    """What a guest may agree to beside the registration itself; neither is needed for a place."""

    guest_book = BooleanField(
        lazy("My name, company and post may stand in the book of the event, which all guests get. (optional)")
    )
    photos = BooleanField(
        lazy("I may be seen in photographs of the event that the organisers publish. (optional)")
    )


class CompanionForm(PartForm):
    """Somebody who comes along."""

    name = StringField(lazy("Name"), [Optional(), Length(max=40), plain])
    company = StringField(lazy("Company or organisation"), [Optional(), Length(max=120), plain])


class _Companions(FieldList):
    """Takes only the numbers this page gives its fields."""

    def _extract_indices(self, prefix, formdata):
        found = (re.fullmatch(rf"{re.escape(prefix)}-([0-9]{{1,2}})-(name|company)", key) for key in formdata)
        return iter(sorted({int(match[1]) for match in found if match}))


class _ComeAlong:
    """Who comes along; what is empty does not count."""

    companions = _Companions(FormField(CompanionForm), min_entries=0, max_entries=20)

    def offer_companions(self, most: int, present=()) -> None:
        """Empty lines up to ``most``; without anything sent, those who come already stand in the first."""
        if not self.companions.entries:
            for row in present:
                self.companions.append_entry({"name": row.name, "company": row.company})
        while len(self.companions) < min(most, 20):
            self.companions.append_entry()

    def come_along(self) -> list[tuple[str, str]]:
        """(name, company) of each."""
        return [
            (one_line(tidy(row.form.name.data)), one_line(tidy(row.form.company.data)))
            for row in self.companions
            if tidy(row.form.name.data)
        ]


class RegistrationForm(_Plain, _Agreed, _ComeAlong, _GuestFields):
    """What a guest fills in. ``request_key`` names this form, so that sending it twice registers once."""

    request_key = HiddenField("", [Regexp(r"^[A-Za-z0-9-]{16,40}$")])
    consent = BooleanField(
        lazy("I agree that the organisers use these details to prepare the event and to reach me about it."),
        [required(lazy("Without your agreement we cannot register you."))],
    )
    type_id = SelectField(lazy("You come as"), coerce=lambda value: int(value or 0), validate_choice=False)

    def offer(self, types) -> None:
        """The public guest types to choose from, where there are several."""
        self.type_id.choices = [(row.id, row.shown) for row in types if row.public]

    def guest(self) -> dict:
        """What ``operations.register`` takes."""
        values = self.values()
        values.pop("consent")
        return {**values, "type_id": values["type_id"] or None, "companions": self.come_along()}


class AnswerForm(_Plain, _Agreed, _Shared, _ComeAlong, _GuestFields):
    """The answer to an invitation. A no needs nothing else."""

    answer = RadioField(
        lazy("Your answer"),
        choices=[
            (YES, lazy("I come")),
            (PROXY, lazy("Somebody comes in my place")),
            (NO, lazy("I cannot come")),
        ],
        validators=[InputRequired(lazy("Please choose."))],
    )
    excuse = text(lazy("A word to the hosts"), most=200, required=False)
    consent = BooleanField(
        lazy("I agree that the organisers use these details to prepare the event and to reach me about it.")
    )

    def validate(self, extra_validators=None):
        """Who does not come says no more than that."""
        good = super().validate(extra_validators)
        if self.answer.data == NO:
            return not (self.answer.errors or self.excuse.errors)
        if not self.consent.data:
            self.consent.errors = [*self.consent.errors, _("Without your agreement we cannot register you.")]
        return good and bool(self.consent.data)

    def guest(self) -> dict:
        """What ``operations.answer`` takes."""
        values = {
            name: self[name].data
            for name in (
                "answer",
                "name",
                "company",
                "post",
                "mobile",
                "email",
                "excuse",
                "guest_book",
                "photos",
                "another",
            )
        }
        return {**values, "companions": self.come_along()}


class ProxyForm(_Plain, _Shared, _GuestFields):
    """Who comes in a guest's place."""

    consent = BooleanField(
        lazy("The person agrees that the organisers use these details to prepare the event."),
        [required(lazy("Without this agreement we cannot register them."))],
    )

    def guest(self) -> dict:
        """What ``operations.send_proxy`` takes."""
        return {name: value for name, value in self.values().items() if name != "consent"}


class AgainForm(HouseForm):
    """The ticket once more."""

    mobile = MobileField(lazy("Mobile"), [required()], render_kw={"autocomplete": "tel", "inputmode": "tel"})


class SortForm(HouseForm):
    """Another guest type for those who are ticked."""

    type_id = SelectField(lazy("Guest type"), coerce=int)

    def __init__(self, *arguments, types=(), **options):
        super().__init__(*arguments, **options)
        self.type_id.choices = [(row.id, row.shown) for row in types]


class DeskForm(_Shared, _Reached, _GuestFields):
    """What an organiser fills in for a guest."""

    mobile = MobileField(lazy("Mobile"), [Optional()], render_kw={"autocomplete": "off", "inputmode": "tel"})
    type_id = SelectField(lazy("Guest type"), coerce=int)

    def __init__(self, *arguments, types=(), **options):
        super().__init__(*arguments, **options)
        self.type_id.choices = [(row.id, row.shown) for row in types]

    request_key = HiddenField(validators=[Regexp(r"^[A-Za-z0-9-]{16,40}$")])
    guest_book = BooleanField(lazy("The guest agrees to be named in the book of the event"))
    photos = BooleanField(lazy("The guest agrees to be seen in photographs"))

    def validate(self, extra_validators=None):
        """Every error at once."""
        good = super().validate(extra_validators)
        return (bool(self.mobile.errors) or self.say_how_reached()) and good

    def guest(self) -> dict:
        """What ``operations.register_by_hand`` takes, but for the guest type."""
        left = ("type_id", "no_contact")
        values = {name: value for name, value in self.values().items() if name not in left}
        return {**values, "mobile": values["mobile"] or "", "email": values["email"] or ""}


class ChangeForm(_Plain, _Agreed, _ComeAlong, _GuestFields):
    """What can be corrected later; the number stays, it is how the guest is found."""

    mobile = None

    def guest(self) -> dict:
        """What ``operations.change`` takes."""
        return {name: value for name, value in self.values().items() if name != "companions"}


class EditForm(_Shared, _Reached, _ComeAlong, _GuestFields):
    """What an organiser corrects of a guest."""

    mobile = MobileField(lazy("Mobile"), [Optional()], render_kw={"autocomplete": "off", "inputmode": "tel"})
    guest_book = BooleanField(lazy("The guest agrees to be named in the book of the event"))
    photos = BooleanField(lazy("The guest agrees to be seen in photographs"))

    def guest(self) -> dict:
        """What ``operations.change`` takes."""
        left = ("companions", "no_contact")
        values = {name: value for name, value in self.values().items() if name not in left}
        return {**values, "mobile": values["mobile"] or ""}


class GuestFilters(Filters):
    """The list of guests."""

    text = SearchField(lazy("Name, pinyin, initials, company or phone tail"))
    state = SelectField(
        lazy("State"),
        choices=[("", lazy("All states")), *STATE_GROUPS.items(), *STATE_NAMES.items()],
        default="",
    )
    type = SelectField(lazy("Guest type"), coerce=lambda value: int(value or 0), default=0)
    known = SelectField(
        lazy("Directory"),
        choices=[("", lazy("All guests")), ("yes", lazy("In the directory")), ("no", lazy("New prospects"))],
        default="",
    )
    photos = SelectField(
        lazy("Photographs"),
        choices=[
            ("", lazy("Photographs: all")),
            ("yes", lazy("May be photographed")),
            ("no", lazy("Not to be photographed")),
        ],
        default="",
    )

    def __init__(self, *arguments, types=(), **options):
        super().__init__(*arguments, **options)
        self.type.choices = type_choices(types)
