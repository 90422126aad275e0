"""The roster a gate carries, in 256 drawers: a gate tells what it has of each drawer,
and gets those that are different now.

So whatever changes a guest (a seat, a name, a state, a leader) reaches every gate, nothing has to be told
twice, and a gate that was away for an hour needs no history. A row is a list, see ``ROW``; a guest costs
about 150 bytes.
"""

import base64
import hashlib
import json
import time
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import select

from outreach.checkin import device_queries
from outreach.core import phones, tokens
from outreach.core.db import db
from outreach.directory import names
from outreach.events.models import Event, GuestType
from outreach.liaison import queries as liaison
from outreach.liaison.models import LeaderPost
from outreach.reception import queries as reception
from outreach.registrations import queries as registrations
from outreach.registrations import tickets
from outreach.registrations.models import Registration

#: what stands where in a row. ``key``: base64, opens the row; ``tail``: last four digits; ``initials``: each
#: reading of the name; ``guest``: the ticket this one is counted as, where a guest has two (replaced, or a
#: pass handed to somebody registered)
ROW = (
    "id",
    "key",
    "state",
    "type",
    "name",
    "company",
    "post",
    "seat",
    "leader",
    "tail",
    "initials",
    "companions",
    "guest",
)
DRAWERS = 256
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#: one answer for all gates that ask within a second
_LASTS = 1.0
_made: dict[tuple, tuple[float, dict]] = {}


def drawer(door_id: str) -> int:
    """0 to 255, by the first eight bits."""
    return _SIGNS.index(door_id[0]) * 8 + _SIGNS.index(door_id[1]) // 4


def _key(code: str) -> str:
    return base64.b64encode(tickets.row_key(code)).decode().rstrip("=")


@lru_cache(maxsize=50_000)
def _initials(name: str) -> str:
    return " ".join(
        dict.fromkeys("".join(syllable[:1] for syllable in reading) for reading in names.readings(name))
    )


def _guests(event: Event) -> list[list]:
    columns = (
        Registration.id,
        Registration.person_id,
        Registration.code,
        Registration.door_id,
        Registration.state,
        Registration.type_id,
        Registration.name,
        Registration.company,
        Registration.post,
        Registration.mobile,
        Registration.companion_of_id,
    )
    found = db.session.execute(select(*columns).where(Registration.event_id == event.id)).all()
    seats, leaders = reception.seat_words(event), _leaders([row.person_id for row in found if row.person_id])
    brought: dict[int, int] = {}
    for row in found:
        if row.companion_of_id:
            brought[row.companion_of_id] = brought.get(row.companion_of_id, 0) + 1
    guests = {
        row.id: [
            row.door_id,
            _key(row.code),
            row.state,
            row.type_id,
            row.name,
            row.company,
            row.post,
            seats.get(row.id, ""),
            leaders.get(row.person_id, ""),
            phones.tail(row.mobile),
            _initials(row.name),
            brought.get(row.id, 0),
            "",
        ]
        for row in found
    }
    aliases = [
        [tokens.alias(code), _key(code), *guests[key][2:-1], guests[key][0]]
        for code, key in device_queries.passes_given(event.id)
        if key in guests
    ]
    return [*guests.values(), *aliases]


def _leaders(people: list[int]) -> dict[int, str]:
    posts = liaison.leaders_of(people) if people else {}
    rows = (
        db.session.scalars(select(LeaderPost).where(LeaderPost.id.in_(set(posts.values())))).unique()
        if posts
        else []
    )
    words = {row.id: f"{row.title} {row.holder}".strip() for row in rows}
    return {person: words[post] for person, post in posts.items()}


def _refused(event: Event) -> list[list]:
    """Tickets that open nothing any more: replaced ones, and blank ones on lost devices."""
    replaced = [
        *registrations.replaced_tickets(event.id).items(),
        *((key, "") for key in device_queries.passes_lost(event.id)),
    ]
    return [[key, "", "replaced", None, "", "", "", "", "", "", "", 0, guest] for key, guest in replaced]


def _unnamed(row: list) -> list:
    """What a gate that does not admit this guest's type holds of them:
    that the ticket is for another gate.
    """
    return [row[0], "", row[2], row[3], "", "", "", "", "", "", "", 0, row[12]]


def roster(event: Event, admitted: Sequence[int] = ()) -> dict[int, tuple[str, list[list]]]:
    """Drawer -> (digest, rows); drawers without anybody are left out. ``admitted``:
    the guest types of the gate, empty for all; of other types it gets no name, number or key.
    """
    asked = event.ticket_seed, tuple(sorted(admitted))
    kept = _made.get(asked)
    if kept and time.monotonic() - kept[0] < _LASTS:
        return kept[1]
    drawers: dict[int, list[list]] = {}
    # what was replaced opens nothing, whatever else it was
    rows = {row[0]: row for row in (*_guests(event), *_refused(event))}
    for _id, whole in sorted(rows.items()):
        row = whole if not admitted or whole[3] in admitted else _unnamed(whole)
        drawers.setdefault(drawer(row[0]), []).append(row)
    made = {number: (_digest(rows), rows) for number, rows in drawers.items()}
    if len(_made) > 50:
        _made.clear()
    _made[asked] = time.monotonic(), made
    return made


def _digest(rows: list[list]) -> str:
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def changed_drawers(event: Event, has: dict[str, str], admitted: Sequence[int]) -> dict[str, list]:
    """Number of a drawer -> [digest, rows] of those that are not as the gate ``has`` them (number ->
    digest).
    """
    now = roster(event, admitted)
    changed = {
        str(number): [digest, rows]
        for number, (digest, rows) in now.items()
        if has.get(str(number)) != digest
    }
    numbers = {str(number) for number in range(DRAWERS)}
    emptied = {
        number: ["", []] for number in has if number in numbers and has[number] and int(number) not in now
    }
    return changed | emptied


def types(event: Event) -> dict[str, list]:
    """Guest type -> [name, English name, colour, moving]."""
    rows = db.session.scalars(
        select(GuestType).where(GuestType.event_id == event.id).order_by(GuestType.place, GuestType.id)
    )
    return {str(row.id): [row.name, row.name_en, row.colour, row.moving] for row in rows}
