"""What receiving guests hears."""

from outreach.reception import operations
from outreach.registrations.announcements import places_given_back


@places_given_back.heard
def leave_seats(ids) -> None:
    """Who does not come leaves the seat to the late."""
    operations.leave_seats(list(ids))
