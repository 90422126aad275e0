"""Forms of halls, seating and papers."""

from wtforms import BooleanField, IntegerField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from outreach.core.clock import in_zone, local
from outreach.core.forms import DayField, HouseForm, WallClockField, WanField, required, text
from outreach.core.i18n import _, lazy
from outreach.reception.models import ROWS, TABLES
from outreach.reception.travel_models import ARRIVE, LEAVE, VEHICLES

KIND_NAMES = {ROWS: lazy("Hall with rows"), TABLES: lazy("Banquet with tables")}
BLOCK_NAMES = {
    "type": lazy("guest type"),
    "county": lazy("home county"),
    "chamber": lazy("chamber"),
    "company": lazy("company"),
}
PAPER_NAMES = {
    "badges": lazy("Badges"),
    "tents": lazy("Table tents"),
    "sign_in": lazy("Sign-in sheet"),
    "roster": lazy("Participants"),
    "book": lazy("Book of the event"),
    "seats": lazy("Find your seat"),
    "pickups": lazy("Pick-ups"),
    "rooms": lazy("Rooming list"),
    "ceremony": lazy("Order of the signing"),
}
#: papers that are more than a table
DRAWN = ("badges", "tents", "book")
_NEEDED = required()


class HallForm(HouseForm):
    """A hall or a banquet."""

    name = text(lazy("Name of the hall"), most=40)
    kind = SelectField(lazy("Kind"), choices=list(KIND_NAMES.items()))
    rows = IntegerField(
        lazy("Rows or tables"), [_NEEDED, NumberRange(1, 100, lazy("Between 1 and 100."))], default=10
    )
    seats = IntegerField(
        lazy("Seats in each"), [_NEEDED, NumberRange(1, 100, lazy("Between 1 and 100."))], default=20
    )
    platform = IntegerField(
        lazy("Seats on the platform"), [Optional(), NumberRange(0, 60, lazy("Between 0 and 60."))], default=0
    )
    even_rule = SelectField(
        lazy("Platform with an even number"),
        choices=[("A", lazy("No. 2 on the left hand of No. 1")), ("B", lazy("the mirror of it"))],
        default="A",
    )


class ProposeForm(HouseForm):
    """Seating by the rules."""

    platform_type = SelectField(lazy("On the platform"), coerce=int, default=0)
    block = SelectField(lazy("Blocks by"), choices=list(BLOCK_NAMES.items()))
    keep_rows = IntegerField(
        lazy("Rows or tables left free at the end"),
        [Optional(), NumberRange(0, 50, lazy("Between 0 and 50."))],
        default=0,
    )

    def __init__(self, *arguments, types=(), **options):
        super().__init__(*arguments, **options)
        self.platform_type.choices = [(0, _("nobody")), *((row.id, row.shown) for row in types)]


class PaperForm(HouseForm):
    """What is printed, and why."""

    paper = SelectField(lazy("What is printed"), choices=list(PAPER_NAMES.items()))
    which = SelectField(
        lazy("For whom"),
        choices=[("all", lazy("everybody with a place")), ("new", lazy("badges not printed yet"))],
    )
    format = SelectField(
        lazy("As"), choices=[("pdf", lazy("PDF")), ("sheet", lazy("Excel, ready to print"))], default="pdf"
    )
    reason = text(lazy("Reason"), most=200)

    def validate_format(self, field):
        """Drawn papers are no tables."""
        if field.data == "sheet" and self.paper.data in DRAWN:
            raise ValidationError(_("This paper is drawn; only lists come as Excel."))


class SigningForm(HouseForm):
    """One signature of the ceremony."""

    title = text(lazy("Title of the agreement"), most=120)
    unit_id = SelectField(lazy("County"), coerce=int)
    signer = text(lazy("Signs for the county"), most=60, required=False)
    company = text(lazy("Company"), most=120)
    counterpart = text(lazy("Signs for the company"), most=60, required=False)
    witness = text(lazy("Witness"), most=120, required=False)
    intended_wan = WanField(
        lazy("Intended amount"), description=lazy("in 10,000 yuan; an intention, never counted as a contract")
    )

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)


VEHICLE_NAMES = dict(
    zip(VEHICLES, (lazy("Train"), lazy("Flight"), lazy("By car"), lazy("On my own")), strict=True)
)


class TravelForm(HouseForm):
    """A guest's ways and nights. Empty times and days: not known, or not needed."""

    arrive_at = WallClockField(lazy("I arrive"), [Optional()])
    arrive_vehicle = SelectField(lazy("By"), choices=list(VEHICLE_NAMES.items()))
    arrive_number = text(lazy("Train or flight number"), most=20, required=False)
    arrive_station = text(lazy("Station or airport"), most=60, required=False)
    arrive_wanted = BooleanField(lazy("Please fetch me"))
    leave_at = WallClockField(lazy("I leave"), [Optional()])
    leave_vehicle = SelectField(lazy("By"), choices=list(VEHICLE_NAMES.items()))
    leave_number = text(lazy("Train or flight number"), most=20, required=False)
    leave_station = text(lazy("Station or airport"), most=60, required=False)
    leave_wanted = BooleanField(lazy("Please bring me there"))
    from_on = DayField(lazy("Room from"), [Optional()])
    until_on = DayField(lazy("Room until"), [Optional()])
    shares_with = text(lazy("I would share with"), most=40, required=False)

    def validate_from_on(self, field):
        """A room is for some nights, not for ever."""
        if field.data and not self.until_on.data:
            raise ValidationError(_("Give both days."))

    def validate_until_on(self, field):
        """The last day lies behind the first."""
        if field.data and not self.from_on.data:
            raise ValidationError(_("Give both days."))
        if field.data and self.from_on.data and field.data <= self.from_on.data:
            raise ValidationError(_("The last day lies behind the first."))

    def validate_leave_at(self, field):
        """One leaves after one came."""
        if field.data and self.arrive_at.data and field.data <= self.arrive_at.data:
            raise ValidationError(_("You leave before you arrive."))

    @classmethod
    def of(cls, journeys: dict, stay, zone: str) -> "TravelForm":
        """As it stands: ``journeys`` by direction, a stay or None, times on the wall clock of ``zone``."""
        values: dict = {}
        for direction, way in journeys.items():
            values |= {
                f"{direction}_{name}": getattr(way, name)
                for name in ("vehicle", "number", "station", "wanted")
            }
            values[f"{direction}_at"] = in_zone(way.at, zone).replace(tzinfo=None)
        if stay:
            values |= {"from_on": stay.from_on, "until_on": stay.until_on, "shares_with": stay.shares_with}
        return cls(formdata=None, data=values)

    def ways(self, zone: str) -> dict[str, dict]:
        """Direction -> what ``operations.state_journey`` takes."""
        found = {}
        for direction in (ARRIVE, LEAVE):
            typed = self[f"{direction}_at"].data
            found[direction] = {"at": local(typed, zone) if typed else None, **self.journey(direction)}
        return found

    def stay(self) -> dict:
        """What ``operations.state_stay`` takes."""
        return {
            "from_on": self.from_on.data,
            "until_on": self.until_on.data,
            "shares_with": self.shares_with.data or "",
        }

    def journey(self, direction: str) -> dict:
        """What ``operations.state_journey`` takes, but for the time."""
        return {name: self[f"{direction}_{name}"].data for name in ("vehicle", "number", "station", "wanted")}


class PickupForm(HouseForm):
    """A car."""

    at = WallClockField(lazy("At"), [required()])
    station = text(lazy("Station or airport"), most=60, required=False)
    car = text(lazy("Car and plate"), most=40, required=False)
    driver = text(lazy("Driver and phone"), most=60, required=False)


class RoomsForm(HouseForm):
    """Rooms of a hotel."""

    hotel = text(lazy("Hotel"), most=60)
    beds = IntegerField(
        lazy("Beds in each"), [_NEEDED, NumberRange(1, 6, lazy("Between 1 and 6."))], default=1
    )
    numbers = TextAreaField(
        lazy("Room numbers"),
        [_NEEDED, Length(max=2000)],
        description=lazy("With blanks, commas or lines in between"),
        render_kw={"rows": 2},
    )

    def listed(self) -> list[str]:
        """The numbers one by one."""
        return [
            number[:12]
            for number in (self.numbers.data or "")
            .replace("，", " ")
            .replace(",", " ")
            .replace("、", " ")
            .split()
        ]
