"""What registrations hear."""

from outreach.core.i18n import _
from outreach.directory.announcements import people_in_use
from outreach.events.announcements import capacity_raised, event_cancelled
from outreach.registrations import operations, queries


@people_in_use.heard
def registered(ids) -> dict[int, str]:
    """Guests stay on the register."""
    return {key: str(_("This person registered for an event.")) for key in queries.people_registered(ids)}


@event_cancelled.heard
def tell_guests(event, *, by) -> None:
    """Write to everybody."""
    operations.tell_cancelled(event, by=by)


@capacity_raised.heard
def move_up(event, *, by) -> None:
    """More places: the waiting list moves up."""
    operations.fill(event, by=by)
