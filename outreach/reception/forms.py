"""Forms of halls, seating and papers."""

from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from outreach.core.forms import HouseForm, text
from outreach.core.i18n import _, lazy
from outreach.reception.models import ROWS, TABLES

KIND_NAMES = {ROWS: lazy("Hall with rows"), TABLES: lazy("Banquet with tables")}
BLOCK_NAMES = {"type": lazy("guest type"), "county": lazy("home county"), "chamber": lazy("chamber"), "company": lazy("company")}
PAPER_NAMES = {
    "badges": lazy("Badges"), "tents": lazy("Table tents"), "sign_in": lazy("Sign-in sheet"), "roster": lazy("Participants"), "book": lazy("Book of the event"),
    "seats": lazy("Find your seat"),
}  # fmt: skip
_NEEDED = InputRequired(lazy("Please fill this in."))


class HallForm(HouseForm):
    """A hall or a banquet."""

    name = text(lazy("Name"), most=40)
    kind = SelectField(lazy("Kind"), choices=list(KIND_NAMES.items()))
    rows = IntegerField(lazy("Rows or tables"), [_NEEDED, NumberRange(1, 100, lazy("Between 1 and 100."))], default=10)
    seats = IntegerField(lazy("Seats in each"), [_NEEDED, NumberRange(1, 100, lazy("Between 1 and 100."))], default=20)
    platform = IntegerField(lazy("Seats on the platform"), [Optional(), NumberRange(0, 60, lazy("Between 0 and 60."))], default=0)
    even_rule = SelectField(
        lazy("Platform with an even number"),
        choices=[("A", lazy("No. 2 on the left hand of No. 1")), ("B", lazy("the mirror of it"))],
        default="A",
    )


class ProposeForm(HouseForm):
    """Seating by the rules."""

    platform_type = SelectField(lazy("On the platform"), coerce=int)
    block = SelectField(lazy("Blocks by"), choices=list(BLOCK_NAMES.items()))
    keep_rows = IntegerField(
        lazy("Rows or tables left free at the end"), [Optional(), NumberRange(0, 50, lazy("Between 0 and 50."))], default=0
    )

    def __init__(self, *arguments, types=(), **options):
        super().__init__(*arguments, **options)
        self.platform_type.choices = [(0, _("nobody")), *((row.id, row.name) for row in types)]


class PaperForm(HouseForm):
    """What is printed, and why."""

    paper = SelectField(lazy("Paper"), choices=list(PAPER_NAMES.items()))
    which = SelectField(lazy("For whom"), choices=[("all", lazy("everybody with a place")), ("new", lazy("badges not printed yet"))])
    reason = text(lazy("Reason"), most=200)
