"""What registrations hear."""

from outreach.core.i18n import _
from outreach.directory.announcements import (
    bearers,
    known_by,
    people_erased,
    people_found,
    people_held,
    people_in_use,
    people_joined,
    people_merged,
    people_parted,
    people_restricted,
    places_shared,
)
from outreach.directory.moving import move
from outreach.events.announcements import (
    Told,
    capacity_raised,
    event_cancelled,
    event_changed,
    event_cloned,
    item_moved,
    items_in_use,
    outlook,
    places_of,
    types_in_use,
)
from outreach.registrations import (
    erasure_queries,
    held_exports,
    operations,
    queries,
    room_queries,
    sign_up_queries,
)
from outreach.registrations.announcements import guests_held
from outreach.registrations.models import Registration


@people_in_use.heard
def registered(ids) -> dict[int, str]:
    """Guests stay on the register."""
    return {key: str(_("This person registered for an event.")) for key in queries.people_registered(ids)}


@known_by.heard
def as_guest(person_id: int):
    """Under which names, numbers and addresses a person registered."""
    return erasure_queries.traces_of(erasure_queries.of_person(person_id))


@bearers.heard
def other_guests(traces, person_id, registration_ids, *, by):
    """Names and numbers that other guests have too."""
    return erasure_queries.borne(traces, person_id, registration_ids, by)


@people_found.heard
def guests_found(person_id: int, traces, *, by):
    """Registrations that go with the card, and those like it that lie with others."""
    return erasure_queries.going(person_id, traces, by), erasure_queries.elsewhere(traces, by)


@people_erased.heard
def erase_as_guest(person_id: int, traces, *, by):
    """Places and arrivals stay and tell nothing of whose they were."""
    return operations.forget_guest(person_id, traces, by=by)


@people_merged.heard
def move_registrations(kept_id: int, gone_id: int) -> list[dict]:
    """Every registration stays a fact; of two at one event that is ahead one keeps its place
    (:func:`one_place_each`).
    """
    return [move(Registration, kept_id, gone_id)]


@places_shared.heard
def places_at_one_event(kept_id: int, gone_id: int) -> list:
    """Said before a merge: which place stays."""
    return queries.shared_places(kept_id, gone_id)


@people_joined.heard
def one_place_each(kept_id: int, chosen, *, by) -> list[dict]:
    """One person has one place at an event."""
    return operations.keep_one_place(kept_id, chosen, by=by)


@people_parted.heard
def places_back(records: list[dict], *, by) -> int:
    """Two people have two places again."""
    return operations.restore_places(records, by=by)


@event_cancelled.heard
def tell_guests(event, *, by) -> Told:
    """Write to everybody."""
    return operations.tell_cancelled(event, by=by)


@event_changed.heard
def tell_of_change(event, *, before, changed, by) -> Told:
    """Write to everybody what is different."""
    return operations.tell_changed(event, before=before, changed=changed, by=by)


@event_cloned.heard
def ask_the_same(event, copy, *, by) -> None:
    """The copy's form asks the same questions, and its messages are worded in the same way."""
    operations.copy_questions(event, copy, by=by)
    operations.copy_templates(event, copy, by=by)


@types_in_use.heard
def guests_have(ids) -> set[int]:
    """Guest types that guests have stay."""
    return queries.types_used(ids)


@places_of.heard
def places(event):
    """The event's pages show places taken and kept."""
    return room_queries.places(event)


@outlook.heard
def newcomers_meet(event) -> str:
    """The public page says so before anybody fills in the form."""
    return room_queries.outlook(event)


@capacity_raised.heard
def move_up(event, *, by) -> None:
    """More places: the waiting list moves up."""
    operations.fill(event, by=by)


@items_in_use.heard
def guests_come_to(item_id: int) -> int:
    """An item of the programme that guests signed up for stays."""
    return len(sign_up_queries.guests_of(item_id))


@item_moved.heard
def tell_who_signed_up(item, *, by) -> Told:
    """Write to who comes to it."""
    return operations.tell_item_moved(item, by=by)


@people_restricted.heard
def withdraw_told(person_id: int) -> int:
    """Reminders, thanks and news of events that wait are not sent."""
    return operations.withdraw_told(person_id)


@people_held.heard
def registrations_held(person):
    """Registrations, answers, changes and messages, and what later domains keep of these guests."""
    rows = erasure_queries.of_person(person.id)
    later = [section for answer in guests_held([row.id for row in rows]) for section in answer]
    return [*held_exports.of_guests(rows), *later]
