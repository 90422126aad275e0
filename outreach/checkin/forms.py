"""Forms of the door."""

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from outreach.checkin.device_models import ARRIVAL, DAILY, DEPARTURE, HALL, IN_OUT, MEAL, ONCE, SIGNING, Gate
from outreach.checkin.models import (
    ADMITTED,
    ALREADY,
    APPROVAL,
    CANCELLED,
    EARLY,
    ELSEWHERE,
    FORGED,
    LATE,
    LEFT,
    OTHER_EVENT,
    REPLACED,
    STALE,
    UNDONE,
    UNKNOWN,
    WAITING,
    WRONG_GATE,
)
from outreach.checkin.queries import NO_COUNTY
from outreach.core import clock, phones, robots
from outreach.core.forms import (
    NO_MOBILE,
    Filters,
    HouseForm,
    MobileField,
    Ticks,
    WallClockField,
    named,
    required,
    text,
)
from outreach.core.i18n import _, lazy
from outreach.core.search_field import SearchField
from outreach.directory import names
from outreach.events.queries import type_choices

VERDICT_NAMES = {
    ADMITTED: lazy("Welcome"),
    ALREADY: lazy("Already here"),
    LEFT: lazy("Out"),
    CANCELLED: lazy("Cancelled"),
    WAITING: lazy("On the waiting list"),
    APPROVAL: lazy("Not approved yet"),
    REPLACED: lazy("This ticket was replaced"),
    STALE: lazy("An old picture of the code"),
    EARLY: lazy("Admission has not begun"),
    LATE: lazy("Admission has ended"),
    WRONG_GATE: lazy("Not this gate"),
    ELSEWHERE: lazy("Belongs to another gate"),
    OTHER_EVENT: lazy("Ticket of another event"),
    UNKNOWN: lazy("Not a ticket of this house"),
    FORGED: lazy("Not a ticket of this event"),
    UNDONE: lazy("Taken back"),
}
PURPOSE_NAMES = {
    ARRIVAL: lazy("Entrance"),
    HALL: lazy("Hall"),
    SIGNING: lazy("Signing area"),
    MEAL: lazy("Meal"),
    DEPARTURE: lazy("Departure"),
}
RULE_NAMES = {ONCE: lazy("Once"), DAILY: lazy("Once a day"), IN_OUT: lazy("In and out")}
DECISION_NAMES = {
    "mis_scan": lazy("Scanned by mistake"),
    "passed_on": lazy("The ticket was passed on"),
    "wrong_clock": lazy("A clock was wrong"),
    "fine": lazy("All is well"),
}
PROBLEM_NAMES = {
    "unreadable": lazy("The row could not be read"),
    "nobody": lazy("Nobody has this ticket"),
    "refused": lazy("The guest could not be entered"),
    "pass_twice": lazy("Entered, but holds a pass that somebody else has: give them a ticket of their own"),
}
WAY_NAMES = {
    "page": lazy("On the page alone"),
    "mail": lazy("By mail"),
    "sms": lazy("By text message"),
    "wecom": lazy("Robot of WeCom"),
    "dingtalk": lazy("Robot of DingTalk"),
}


class GateForm(HouseForm):
    """A gate: what it is for, whom it lets in, when."""

    name = text(lazy("Name of the gate"), most=40)
    purpose = SelectField(lazy("Purpose"), choices=list(PURPOSE_NAMES.items()), default=ARRIVAL)
    rule = SelectField(lazy("How often"), choices=list(RULE_NAMES.items()), default=ONCE)
    types = Ticks(lazy("Only these guest types"), coerce=int, description=lazy("None ticked: all"))
    letters = StringField(
        lazy("Surnames by pinyin"),
        [Optional(), Regexp(r"^[A-Za-z]-[A-Za-z]$", message=lazy("Write it as a-l."))],
        description=lazy(
            "For example a-l. Without network this gate sends others to theirs, so that nobody is "
            "admitted at two gates."
        ),
    )
    opens_at = WallClockField(lazy("Opens"), [Optional()])
    closes_at = WallClockField(lazy("Closes"), [Optional()])
    questions = TextAreaField(
        lazy("Questions after each admission, one a line"),
        [Optional(), Length(max=300)],
        render_kw={"rows": 3},
    )
    lock_hours = IntegerField(
        lazy("Lock itself after so many hours"),
        [InputRequired(lazy("Please fill this in.")), NumberRange(1, 72, lazy("Between 1 and 72."))],
        default=12,
    )
    poster = BooleanField(lazy("Guests may check themselves in by the poster and the code shown in the hall"))

    def __init__(self, *arguments, types=(), **options):
        super().__init__(*arguments, **options)
        self.types.choices = [(row.id, row.shown) for row in types]

    @classmethod
    def of(cls, gate: Gate, *, types):
        """The form filled with a gate."""
        form = cls(formdata=None, obj=gate, types=types)
        for field, at in ((form.opens_at, gate.opens_at), (form.closes_at, gate.closes_at)):
            field.data = clock.in_zone(at, gate.event.zone).replace(tzinfo=None) if at else None
        form.questions.data = "\n".join(gate.questions)
        return form

    def validate_letters(self, field):
        """From the earlier to the later letter."""
        if field.data and not field.errors and field.data[0].lower() > field.data[-1].lower():
            raise ValidationError(_("Write it as a-l."))

    def validate_closes_at(self, field):
        """It closes after it opens."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("The gate must close after it opens."))

    def gate(self, zone: str) -> dict:
        """What ``operations.add_gate`` takes."""
        values = self.values()
        for name in ("opens_at", "closes_at"):
            values[name] = clock.local(values[name], zone) if values[name] else None
        asked = [line.strip()[:60] for line in (values["questions"] or "").splitlines() if line.strip()]
        return {
            **values,
            "letters": (values["letters"] or "").lower(),
            "questions": asked[:5],
            "types": values["types"] or [],
        }


class DeviceForm(HouseForm):
    """Whose phone it is."""

    device = text(lazy("Name of the device"), most=40, description=lazy("For example: Xiao Wang’s phone"))


class UndoForm(HouseForm):
    """Why an admission is taken back."""

    reason = text(lazy("Reason"), most=200)


class LookupForm(Filters):
    """Surname and last four digits; the whole name alone of a guest without a number."""

    surname = text(lazy("Surname or name"), most=40)
    tail = StringField(
        lazy("Last four digits"), [Optional(), Regexp(r"^\d{4}$", message=lazy("Four digits."))]
    )

    def validate_surname(self, field):
        """A surname alone finds nobody."""
        if not self.tail.data and len(names.key(field.data or "")) < 2:
            raise ValidationError(_("Four digits."))


class PosterForm(HouseForm):
    """A guest checks in alone: who it is, and the code that stands on the screen."""

    surname = text(lazy("Surname or name"), most=40)
    tail = StringField(
        lazy("Last four digits of your mobile number"),
        [required(), Regexp(r"^\d{4}$", message=lazy("Four digits."))],
        render_kw={"inputmode": "numeric", "maxlength": 4, "autocomplete": "off"},
    )
    shown = StringField(
        lazy("The four digits on the screen"),
        [required(), Regexp(r"^\d{4}$", message=lazy("Four digits."))],
        render_kw={"inputmode": "numeric", "maxlength": 4, "autocomplete": "off"},
    )


class WalkInForm(HouseForm):
    """Somebody at the door who is not registered."""

    name = text(lazy("Name"), most=40, also=[named])
    mobile = MobileField(lazy("Mobile"), [required()], render_kw={"inputmode": "tel"})
    company = text(lazy("Company or organisation"), most=120, required=False)


class PaperForm(HouseForm):
    """Codes ticked on the paper list."""

    gate_id = SelectField(lazy("Gate"), coerce=int)
    codes = TextAreaField(
        lazy("Codes of the rows, one a line"),
        [required(), Length(max=20_000)],
        render_kw={"rows": 8, "autocapitalize": "characters"},
    )

    at = WallClockField(lazy("When it was, if not today"), [Optional()])

    def __init__(self, *arguments, gates=(), **options):
        super().__init__(*arguments, **options)
        self.gate_id.choices = [(row.id, row.name) for row in gates]


class DecisionForm(HouseForm):
    """What a double entry was."""

    kind = SelectField(lazy("What was it?"), choices=list(DECISION_NAMES.items()))
    note = text(lazy("Remark"), most=200, required=False)


class MissingForm(HouseForm):
    """What became of scans that did not arrive."""

    note = text(lazy("What was found out"), most=200)


class RehearsalForm(HouseForm):
    """How many guests to make up."""

    guests = IntegerField(
        lazy("Guests"),
        [InputRequired(lazy("Please fill this in.")), NumberRange(10, 60, lazy("Between 10 and 60."))],
        default=20,
    )


class BriefForm(HouseForm):
    """How to be told of arrivals."""

    way = SelectField(lazy("How"), choices=list(WAY_NAMES.items()))
    address = text(lazy("Mobile number or the robot’s address"), most=300, required=False)

    def validate_address(self, field):
        """A number for text messages, a robot's address for robots."""
        if self.way.data == "sms":
            field.data = phones.mobile(field.data or "") or ""
            if not field.data:
                raise ValidationError(str(NO_MOBILE))
        elif self.way.data in ("wecom", "dingtalk") and not robots.may_post_to(field.data or ""):
            raise ValidationError(_("This is not the address of a robot of WeCom or DingTalk."))


class ArrivalFilters(Filters):
    """Who is here, who is missing."""

    text = SearchField(lazy("Name, pinyin, initials, company or phone tail"))
    arrived = SelectField(
        lazy("Arrival"),
        choices=[("", lazy("All guests")), ("yes", lazy("Arrived")), ("no", lazy("Not yet here"))],
        default="",
    )
    type = SelectField(lazy("Guest type"), coerce=lambda value: int(value or 0), default=0)
    home = SelectField(lazy("Home county"), default="")

    def __init__(self, *arguments, types=(), homes=(), **options):
        super().__init__(*arguments, **options)
        self.type.choices = type_choices(types)
        self.home.choices = [
            ("", _("All home counties")),
            *((unit.place_code, unit.shown) for unit in homes),
            (NO_COUNTY, _("From elsewhere")),
        ]


class ThanksForm(HouseForm):
    """Thanks to those who came."""

    words = TextAreaField(
        lazy("Words"),
        [required(), Length(max=300, message=lazy("At most %(max)d characters."))],
        render_kw={"rows": 4},
    )
    channel = SelectField(
        lazy("How"),
        choices=[
            ("both", lazy("Mail and text message")),
            ("mail", lazy("Mail")),
            ("sms", lazy("Text message")),
        ],
    )
