"""What the door hears."""

from sqlalchemy import Select

from outreach.checkin import device_queries, held_exports, operations, queries
from outreach.directory.announcements import people_who
from outreach.events.announcements import types_in_use
from outreach.registrations.announcements import guests_erased, guests_held, guests_here, tickets_besides


@guests_here.heard
def in_the_house(ids) -> set[int]:
    """Who was admitted and not taken back."""
    return {key for key in ids if queries.standing_admission(key) is not None}


@people_who.heard
def attended(mark: str) -> Select | None:
    """Who came to any event."""
    return queries.select_people_here() if mark == "attended" else None


@types_in_use.heard
def gates_admit(ids) -> set[int]:
    """Guest types that a gate is for stay."""
    return queries.types_of_gates(ids)


@tickets_besides.heard
def passes_of(registration_id: int) -> set[str]:
    """The passes a guest was handed at gates."""
    return device_queries.passes_of(registration_id)


@guests_erased.heard
def forget_words(ids):
    """Scans of erased guests stay; what somebody wrote beside them goes."""
    return operations.forget_words(list(ids))


@guests_held.heard
def scans_held(ids):
    """When the guests were there."""
    return held_exports.of_guests(ids)
