"""What events hear."""

from outreach.core.i18n import _
from outreach.directory.announcements import (
    people_erased,
    people_held,
    people_in_use,
    people_merged,
    people_restricted,
)
from outreach.directory.moving import move
from outreach.events import held_exports, operations, queries
from outreach.events.models import Invitation


@people_in_use.heard
def invited(ids) -> dict[int, str]:
    """Invited people stay on the register."""
    return {key: str(_("This person is invited to an event.")) for key in queries.people_invited(ids)}


@people_merged.heard
def move_invitations(kept_id: int, gone_id: int) -> list[dict]:
    """Invitations of one card go to the other; both invited to one event is one invitation."""
    return [move(Invitation, kept_id, gone_id, unique=("event_id",))]


@people_erased.heard
def forget_invited(person_id: int, _traces, *, by):
    """Invitations stay and tell nothing of whom they were for."""
    return operations.forget_invited(person_id, by=by)


@people_restricted.heard
def withdraw_written(person_id: int) -> int:
    """Invitations and reminders that wait are not sent."""
    return operations.withdraw_written(person_id)


@people_held.heard
def invitations_held(person):
    """Invitations and their letters."""
    return held_exports.of_person(person.id)
