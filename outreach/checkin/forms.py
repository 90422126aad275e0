"""Forms of the door."""

from wtforms import SelectField, StringField
from wtforms.validators import Regexp

from outreach.checkin.models import ADMITTED, ALREADY, CANCELLED, OTHER_EVENT, UNDONE, UNKNOWN, WAITING
from outreach.core.forms import Filters, HouseForm, text
from outreach.core.i18n import lazy

VERDICT_NAMES = {
    ADMITTED: lazy("Welcome"), ALREADY: lazy("Already here"), CANCELLED: lazy("Cancelled"), WAITING: lazy("On the waiting list"),
    OTHER_EVENT: lazy("Ticket of another event"), UNKNOWN: lazy("Not a ticket of this house"), UNDONE: lazy("Taken back"),
}  # fmt: skip


class GateForm(HouseForm):
    """A new gate."""

    name = text(lazy("Name of the gate"), most=40)


class UndoForm(HouseForm):
    """Why an admission is taken back."""

    reason = text(lazy("Reason"), most=200)


class LookupForm(Filters):
    """Surname and last four digits."""

    surname = text(lazy("Surname or name"), most=40)
    tail = StringField(lazy("Last four digits"), [Regexp(r"^\d{4}$", message=lazy("Four digits."))])


class ArrivalFilters(Filters):
    """Who is here, who is missing."""

    text = StringField(lazy("Name, company or phone tail"))
    arrived = SelectField(
        lazy("Arrival"), choices=[("", lazy("All guests")), ("yes", lazy("Arrived")), ("no", lazy("Not yet here"))], default=""
    )
