"""What the operation of the house hears: requests of people go with them, and follow their cards."""

from outreach.core.i18n import _
from outreach.directory.announcements import people_erased, people_held, people_in_use, people_merged
from outreach.directory.moving import move
from outreach.ops import held_exports, operations, request_queries
from outreach.ops.request_models import RightsRequest
from outreach.registrations.announcements import guests_elsewhere, guests_erased, guests_held


@people_in_use.heard
def asked(ids) -> dict[int, str]:
    """Who asked about their data is erased, not only removed: the request stays on record."""
    return {
        key: str(_("This person asked about their data. Erase the person instead."))
        for key in request_queries.people_asking(ids)
    }


@people_merged.heard
def move_requests(kept_id: int, gone_id: int) -> list[dict]:
    """Requests follow the card."""
    return [move(RightsRequest, kept_id, gone_id)]


@people_erased.heard
def forget_asking(person_id: int, _traces, *, by):
    """Kind, days and outcome stay."""
    return operations.forget_asking(request_queries.of_person(person_id), by=by)


@guests_erased.heard
def forget_guests_asking(ids):
    """The same of guests who are on no card."""
    return operations.forget_asking(request_queries.of_guests(ids), by=None)


@guests_elsewhere.heard
def ask_others(rows, *, unit, by):
    """Each unit that has such a guest gets a request to look at it."""
    return operations.pass_on_erasure(rows, unit=unit, by=by)


@people_held.heard
def requests_held(person):
    """What the person asked and was answered."""
    return held_exports.of_requests(request_queries.of_person(person.id))


@guests_held.heard
def requests_of_guests_held(ids):
    """The same of guests who are on no card."""
    return held_exports.of_requests(request_queries.of_guests(ids))
