"""Two cards become one: of two places at one event one stays. Undoing the merge gives the other back."""

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.events.models import AHEAD, Event
from outreach.registrations import messages, queries, room_queries
from outreach.registrations.announcements import places_given_back
from outreach.registrations.models import (
    CANCELLED,
    CONFIRMED,
    PENDING,
    TAKEN,
    WAITING,
    Registration,
)
from outreach.registrations.operations.places import fill


def keep_one_place(person_id: int, chosen: frozenset[int], *, by: User) -> list[dict]:
    """Of several places of one person at one event that is ahead, the one in ``chosen`` stays, else the best.

    Who has arrived keeps that place. Gives records for the merge: ``given_up`` are (registration id, state)
    pairs.
    """
    given_up: list[list] = []
    for event, rows in queries.places_of_people([person_id]).items():
        lock(event, *rows)
        if event.state not in AHEAD or len(rows) < 2:
            continue
        here = queries.here(rows)
        picked = [row for row in rows if row.id in chosen] or rows
        kept = min(picked, key=lambda row: queries.worth(row, here))
        for row in rows:
            if row is not kept and row.id not in here:
                given_up.append([row.id, row.state])
                _give_up(row, kept, by=by)
        db.session.flush()
        fill(event, by=by)
    record = {"table": Registration.__tablename__, "moved": [], "dropped": [], "given_up": given_up}
    return [record] if given_up else []


def _give_up(row: Registration, kept: Registration, *, by: User) -> None:
    """The place goes; who comes along comes along with the one that stays.

    Nobody is told that they do not come.
    """
    for companion in queries.companions_of(row):
        companion.companion_of_id = kept.id
    row.move(CANCELLED)
    row.cancelled_at = clock.now()
    db.session.flush()
    places_given_back([row.id])
    audit.record(by, "registrations.keep_one_place", row, kept=kept.id)


def restore_places(records: list[dict], *, by: User) -> int:
    """What :func:`keep_one_place` gave up is there again, as far as there is room, else on the waiting list;
    how many.
    """
    count = 0
    for key, state in [pair for record in records for pair in record.get("given_up", ())]:
        row = db.session.get(Registration, key)
        event = db.session.get(Event, row.event_id) if row is not None else None
        if row is None or event is None:
            continue
        lock(event, row)
        if row.state != CANCELLED or event.state not in AHEAD:
            continue
        room = room_queries.places(event).room_for(row.type_id, invited=row.invitation_id is not None)
        back = (CONFIRMED if room else WAITING) if state in TAKEN else state
        # no move of a guest's own: the cancellation is undone
        row.state, row.cancelled_at, row.offered_until = back, None, None
        if back == WAITING:
            row.waiting_since = row.waiting_since or clock.now()
        db.session.flush()
        told = {CONFIRMED: messages.confirmed, WAITING: messages.waiting, PENDING: messages.pending}
        told[back](row)
        audit.record(by, "registrations.restore_places", row, state=back, before=state)
        count += 1
    return count
