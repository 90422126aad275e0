"""What receiving guests hears."""

from outreach.reception import held_exports, operations
from outreach.registrations.announcements import (
    guests_erased,
    guests_held,
    place_taken_over,
    places_given_back,
)


@places_given_back.heard
def leave_seats(ids) -> None:
    """Who does not come leaves the seat to the late."""
    operations.leave_seats(list(ids))


@place_taken_over.heard
def take_over(old_id: int, new_id: int) -> None:
    """Who comes in somebody's place sits there too."""
    operations.take_over_seats(old_id, new_id)


@guests_erased.heard
def forget_erased(ids):
    """How an erased guest came and where they slept goes."""
    return operations.forget_erased(list(ids))


@guests_held.heard
def travel_held(ids):
    """Journeys, rooms and seats."""
    return held_exports.of_guests(ids)
