"""Forms of people's requests about their data."""

from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from outreach.core.clock import today
from outreach.core.forms import DayField, Filters, HouseForm, not_in_future, required, text
from outreach.core.i18n import _, lazy
from outreach.core.search_field import SearchField
from outreach.ops.request_models import CHECKED, DONE, RECEIVED, REFUSED, WITHDRAWN, Channel, Kind

KIND_NAMES = {
    Kind.ACCESS: lazy("See and copy"),
    Kind.CORRECT: lazy("Correct or complete"),
    Kind.DELETE: lazy("Delete"),
    Kind.RESTRICT: lazy("Restrict"),
    Kind.WITHDRAW: lazy("Withdraw consent"),
    Kind.EXPLAIN: lazy("Explain the rules"),
}
#: the same as the person reads them
KIND_WORDS = {
    Kind.ACCESS: lazy("I want to see what is kept, or a copy of it"),
    Kind.CORRECT: lazy("Something is wrong or missing"),
    Kind.DELETE: lazy("Delete what is kept about me"),
    Kind.RESTRICT: lazy("Keep it, but do not use it for now"),
    Kind.WITHDRAW: lazy("I take my consent back"),
    Kind.EXPLAIN: lazy("Explain to me how my data is handled"),
}
CHANNEL_NAMES = {
    Channel.PAGE: lazy("Own page"),
    Channel.PHONE: lazy("By telephone"),
    Channel.LETTER: lazy("By letter or mail"),
    Channel.IN_PERSON: lazy("In person"),
    Channel.UNIT: lazy("Passed on by another unit"),
}
STATE_NAMES = {
    RECEIVED: lazy("Received, not yet checked"),
    CHECKED: lazy("Identity checked"),
    DONE: lazy("Answered: done"),
    REFUSED: lazy("Answered: refused"),
    WITHDRAWN: lazy("Withdrawn, not answered"),
}


class RequestFilters(Filters):
    """The register."""

    text = SearchField(lazy("Name, pinyin, number of the request or phone tail"))
    state = SelectField(
        lazy("State"),
        choices=[("", lazy("All states")), ("waiting", lazy("Waiting for an answer")), *STATE_NAMES.items()],
        default="",
    )
    kind = SelectField(lazy("Kind"), choices=[("", lazy("All kinds")), *KIND_NAMES.items()], default="")
    overdue = BooleanField(lazy("Overdue"))
    mine = BooleanField(lazy("Handled by me"))


def _said(label, *, needed: bool = False):
    most = Length(max=1000, message=lazy("At most %(max)d characters."))
    return TextAreaField(label, validators=[required() if needed else Optional(), most])


class RequestForm(HouseForm):
    """What is known of a request."""

    kind = SelectField(
        lazy("What is asked for"),
        choices=[("", lazy("Choose")), *KIND_NAMES.items()],
        validators=[InputRequired(lazy("Please choose."))],
    )
    channel = SelectField(
        lazy("How it came"),
        choices=[
            ("", lazy("Choose")),
            *((key, words) for key, words in CHANNEL_NAMES.items() if key != Channel.PAGE),
        ],
        validators=[InputRequired(lazy("Please choose."))],
    )
    received_on = DayField(lazy("Received on"), [required(), not_in_future], default=today)
    said = _said(lazy("What they said"))


class NewRequestForm(RequestForm):
    """Of somebody on a card, of a guest, or of a name with a way to reach them."""

    person = HiddenField()
    registration = HiddenField()
    name = text(lazy("Name"), most=40, required=False)
    reach = text(lazy("How to reach them (telephone, address)"), most=120, required=False)
    unit_id = SelectField(lazy("Answered by"), coerce=int, default=0)

    def __init__(self, *arguments, units=(), known: bool = False, **options):
        super().__init__(*arguments, **options)
        self.known = known
        if known:
            del self.name, self.unit_id
        else:
            self.unit_id.choices = list(units)

    def validate(self, extra_validators=None) -> bool:
        """Who is on no card needs a name and a way to be answered."""
        good = super().validate(extra_validators)
        for field in (self.name, self.reach) if not self.known else ():
            if not field.data:
                field.errors = [*field.errors, _("Please fill this in.")]
                good = False
        return good


class CorrectRequestForm(RequestForm):
    """The same, corrected, and why."""

    name = text(lazy("Name"), most=40, required=False)
    reach = text(lazy("How to reach them (telephone, address)"), most=120, required=False)
    reason = text(lazy("Why it is corrected"), most=200)

    def __init__(self, *arguments, row, **options):
        super().__init__(*arguments, **options)
        self.named = not row.person_id and not row.registration_id
        if not self.named:
            del self.name
        if row.channel == Channel.PAGE:  # how it came is known
            del self.channel

    def validate(self, extra_validators=None) -> bool:
        """A name stays a name."""
        good = super().validate(extra_validators)
        for field in (self.name, self.reach) if self.named else ():
            if not field.data:
                field.errors = [*field.errors, _("Please fill this in.")]
                good = False
        return good


class CheckForm(HouseForm):
    """How it is known that the person asks."""

    how = text(lazy("How identity was checked (called back on the known number, document shown)"), most=200)


class RequestAnswerForm(HouseForm):
    """What was done, or why not."""

    outcome = SelectField(
        lazy("Outcome"),
        choices=[("", lazy("Choose")), (DONE, lazy("Done")), (REFUSED, lazy("Refused"))],
        validators=[InputRequired(lazy("Please choose."))],
    )
    answer = _said(lazy("Answer: what was done, or why it is refused; the person reads it"), needed=True)


class OwnRequestForm(HouseForm):
    """A person asks on their own page."""

    kind = SelectField(
        lazy("What do you ask for?"),
        choices=[("", lazy("Choose")), *KIND_WORDS.items()],
        validators=[InputRequired(lazy("Please choose."))],
    )
    said = _said(lazy("In your own words (may stay empty)"))
