"""Forms of events."""

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from outreach.core.forms import Filters, HouseForm, WallClockField, required, text
from outreach.core.i18n import _, lazy
from outreach.directory.models import KEY, REGISTERED, SCREENED

STATE_NAMES = {"draft": lazy("Draft"), "published": lazy("Published"), "held": lazy("Held"), "cancelled": lazy("Cancelled")}
_ZONES = ["Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Europe/London", "America/New_York"]


class EventForm(HouseForm):
    """An event. Times are the wall clock of its zone."""

    unit_id = SelectField(lazy("Host"), coerce=int)
    title = text(lazy("Title"), most=120)
    title_en = text(lazy("Title in English"), most=200, required=False)
    summary = TextAreaField(lazy("What it is about"), [Optional(), Length(max=4000)])
    summary_en = TextAreaField(lazy("The same in English"), [Optional(), Length(max=4000)])
    city = text(lazy("City"), most=40)
    venue = text(lazy("Venue and hall"), most=120)
    venue_en = text(lazy("Venue in English"), most=160, required=False)
    address = text(lazy("Street address"), most=200, required=False)
    zone = SelectField(lazy("Time zone"), choices=_ZONES)
    starts_at = WallClockField(lazy("Begins"), [required()])
    ends_at = WallClockField(lazy("Ends"), [required()])
    opens_at = WallClockField(lazy("Registration opens"), [Optional()], description=lazy("Empty: as soon as it is published"))
    closes_at = WallClockField(lazy("Registration closes"), [Optional()], description=lazy("Empty: when the event begins"))
    capacity = IntegerField(
        lazy("Places"), [InputRequired(lazy("Please fill this in.")), NumberRange(1, 20_000, lazy("Between 1 and 20,000."))]
    )
    contact = text(lazy("Contact for guests"), most=120, required=False)

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)

    def validate_ends_at(self, field):
        """The end lies after the beginning."""
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError(_("The end must be after the beginning."))

    def validate_closes_at(self, field):
        """Registration closes after it opens."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("Registration must close after it opens."))


class ItemForm(HouseForm):
    """An item of the programme."""

    starts_at = WallClockField(lazy("Begins"), [required()])
    minutes = IntegerField(
        lazy("Minutes"), [InputRequired(lazy("Please fill this in.")), NumberRange(1, 1440, lazy("Between 1 and 1,440."))]
    )
    title = text(lazy("Title"), most=120)
    title_en = text(lazy("Title in English"), most=200, required=False)
    speaker = text(lazy("Speaker"), most=120, required=False)


class CancelForm(HouseForm):
    """Calling an event off."""

    reason = text(lazy("Reason"), most=200)


class EventFilters(Filters):
    """The list of events."""

    text = StringField(lazy("Title, city or venue"))
    state = SelectField(lazy("State"), choices=[("", lazy("All states")), *STATE_NAMES.items()], default="")


class InviteFilters(Filters):
    """Whom to invite."""

    text = StringField(lazy("Name, pinyin, initials, company or phone tail"))
    at_least = SelectField(
        lazy("Tier"),
        coerce=lambda value: int(value or 0),
        choices=[(REGISTERED, lazy("All tiers")), (SCREENED, lazy("Screened and key")), (KEY, lazy("Key list"))],
        default=KEY,
    )
    city = StringField(lazy("Lives in (city)"))
    invited = BooleanField(lazy("Only those invited"))
