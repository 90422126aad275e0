"""Filters of the desk's lists."""

from wtforms import SelectField

from outreach.core.forms import Filters
from outreach.core.i18n import _, lazy
from outreach.core.search_field import SearchField
from outreach.desk.taking_part import ARRIVED, GUESTS, INVITED

STEP_NAMES = {
    INVITED: lazy("Invited to summits"),
    GUESTS: lazy("Guests with a place"),
    ARRIVED: lazy("Guests who arrived"),
}


class TakingPartFilters(Filters):
    """Who was invited, has a place, arrived."""

    step = SelectField(lazy("Step"), choices=list(STEP_NAMES.items()), default=INVITED)
    text = SearchField(lazy("Name, pinyin, initials, company or phone tail"))
    event = SelectField(lazy("Summit"), coerce=lambda value: int(value or 0), default=0)
    unit = SelectField(lazy("Host"), coerce=lambda value: int(value or 0), default=0)

    def __init__(self, *arguments, events=(), units=(), **options):
        super().__init__(*arguments, **options)
        self.event.choices = [(0, _("All summits")), *((row.id, row.shown) for row in events)]
        self.unit.choices = [(0, _("All hosts")), *units]

    def title(self) -> str:
        """What the list is called."""
        return str(STEP_NAMES[self.chosen()["step"]])

    def chosen(self) -> dict:
        """The filters; a step that is none is the first."""
        return {"step": INVITED, **super().chosen()}
