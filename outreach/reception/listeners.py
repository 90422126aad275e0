"""What receiving guests hears."""

from outreach.reception import operations
from outreach.registrations.announcements import place_taken_over, places_given_back


@places_given_back.heard
def leave_seats(ids) -> None:
    """Who does not come leaves the seat to the late."""
    operations.leave_seats(list(ids))


@place_taken_over.heard
def take_over(old_id: int, new_id: int) -> None:
    """Who comes in somebody's place sits there too."""
    operations.take_over_seats(old_id, new_id)
