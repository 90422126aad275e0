"""How an event stands as a guest comes: its rules, its places, who waits.

Statements a queue of people waits for.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased

from outreach.accounts.models import Unit
from outreach.core import clock
from outreach.core.audit import Deed
from outreach.core.db import Moment, Phone, begin_writing, db, is_sqlite
from outreach.core.swift import Swift, guarded
from outreach.directory import names
from outreach.directory.queries import MATCH
from outreach.events.models import AHEAD, Event, GuestType
from outreach.events.queries import FIRST_TYPE
from outreach.registrations.allocation import Places, places_of
from outreach.registrations.models import ACTIVE, TAKEN, WAITING, Registration, longest_line
from outreach.registrations.question_models import BEFORE, Question

_OF_TYPE = Registration.type_id == bindparam("type")
_IS_TAKEN, _WAITS = Registration.state.in_(TAKEN), Registration.state == WAITING
#: every place and everybody who waits, in one pass
_PLACES = (
    select(
        func.count().filter(_IS_TAKEN).label("taken"),
        func.count().filter(_IS_TAKEN, _OF_TYPE).label("taken_of_type"),
        func.count().filter(_WAITS).label("waiting"),
        func.count().filter(_WAITS, _OF_TYPE).label("waiting_of_type"),
    )
    .where(Registration.event_id == bindparam("event"), Registration.state.in_((*TAKEN, WAITING)))
    .subquery()
)
#: when the reserved places of a guest type are released; as ``GuestType.released_at``
released_at = func.coalesce(GuestType.reserved_until, Event.reply_by, Event.starts_at)
_FREE_OF_RESERVE = (
    GuestType.reserved
    - select(func.count())
    .where(
        Registration.event_id == GuestType.event_id,
        Registration.type_id == GuestType.id,
        _IS_TAKEN,
        Registration.invitation_id.is_not(None),
    )
    .correlate(GuestType)
    .scalar_subquery()
)
_RESERVES = (
    select(GuestType.id, _FREE_OF_RESERVE.label("free"))
    .join(Event, Event.id == GuestType.event_id)
    .where(
        GuestType.event_id == bindparam("event", type_=BigInteger),
        GuestType.reserved > 0,
        released_at > bindparam("now", type_=Moment),
    )
    .subquery()
)
_FREE = case((_RESERVES.c.free > 0, _RESERVES.c.free), else_=0)
_OF_THIS_TYPE = _RESERVES.c.id == bindparam("type", type_=BigInteger)
#: reserved places that no invited guest has yet, in all and of the guest's type; see
#: :mod:`outreach.registrations.allocation`
_KEPT = select(
    cast(func.coalesce(func.sum(_FREE), 0), Integer).label("kept"),
    cast(func.coalesce(func.sum(case((_OF_THIS_TYPE, _FREE), else_=0)), 0), Integer).label("kept_of_type"),
).subquery()
# An event that opens fills up faster than the database's statistics learn of it: to the planner it is empty,
# and any index that begins with the event looks as good as another. So what is asked for every guest is
# written such that a single index can answer it.
#: written out: for a limit that is a parameter, PostgreSQL reckons with a tenth of the table and plans anew
#: each time
_ONE = literal_column("1")
_IN_LINE = Registration.event_id, Registration.state, Registration.type_id
_FIRST = tuple_(bindparam("event", type_=BigInteger), literal(WAITING), bindparam("type", type_=BigInteger))
#: the first registration in the order of that index who is at or behind the place of those who wait: one of
#: them, or nobody waits
_FIRST_IN_LINE = (
    select(*_IN_LINE).where(tuple_(*_IN_LINE) >= _FIRST).order_by(*_IN_LINE).limit(_ONE).subquery()
)
_SOMEBODY_WAITS = select(func.count()).where(
    _FIRST_IN_LINE.c.event_id == bindparam("event"),
    _FIRST_IN_LINE.c.state == WAITING,
    _FIRST_IN_LINE.c.type_id == bindparam("type"),
)


def _at_most(event):
    """From an event's first registration to its last there are at most so many:
    no counting, two looks into the index of both columns.
    """
    ids = select(Registration.id).limit(_ONE)
    first = ids.where(Registration.event_id >= event).order_by(Registration.event_id, Registration.id)
    last = ids.where(Registration.event_id <= event).order_by(
        Registration.event_id.desc(), Registration.id.desc()
    )
    return func.coalesce(last.scalar_subquery() - first.scalar_subquery() + 1, 0)


_SAME_FORM = (
    select(Registration.id).where(Registration.request_key == bindparam("request_key")).scalar_subquery()
)
_SAME_NUMBER = (
    select(Registration.id)
    # "+ 0": the index of mobiles answers, none that begins with the event
    .where(
        Registration.event_id + 0 == bindparam("event"),
        Registration.mobile == func.nullif(bindparam("mobile", type_=Phone()), ""),
        Registration.state.in_(ACTIVE),
    )
    .limit(_ONE)
    .scalar_subquery()
)
_STANDING = Swift(
    select(
        _PLACES,
        _KEPT,
        _SAME_FORM.label("same_form"),
        _SAME_NUMBER.label("same_number"),
        MATCH.scalar_subquery().label("person_id"),
    )
)
_ASKS = case(
    (
        select(Question.id)
        .where(Question.event_id == Event.id, Question.stage == BEFORE, Question.retired_at.is_(None))
        .correlate(Event)
        .exists(),
        true(),
    ),
    else_=false(),
)
_SIBLING = aliased(GuestType)
#: every place of an event that may be reserved, released or not: a bound that needs no counting
_RESERVED = cast(
    select(func.coalesce(func.sum(_SIBLING.reserved), 0))
    .where(_SIBLING.event_id == Event.id)
    .correlate(Event)
    .scalar_subquery(),
    Integer,
)
#: what decides whether and how somebody may register; see :class:`Opened`
_RULES = {
    "id": Event.id,
    "state": Event.state,
    "capacity": Event.capacity,
    "starts_at": Event.starts_at,
    "opens_at": Event.opens_at,
    "closes_at": Event.closes_at,
    "type_id": GuestType.id,
    "type_capacity": GuestType.capacity,
    "reserved": _RESERVED,
    "reserved_of_type": GuestType.reserved,
    "approval": GuestType.approval,
    "asks": _ASKS,
}
_OF_GUEST = and_(
    GuestType.event_id == Event.id,
    GuestType.id == func.coalesce(bindparam("wanted", type_=BigInteger), FIRST_TYPE),
)
_IS_PUBLIC = and_(Event.slug == bindparam("slug"), Event.state != "draft", GuestType.public)
_OPEN = (
    select(*(rule.label(name) for name, rule in _RULES.items()), Unit.path.label("unit_path"))
    .select_from(Event)
    .join(Unit, Unit.id == Event.unit_id)
    .join(GuestType, _OF_GUEST)
    .where(_IS_PUBLIC)
)
_UNRESERVED_OF_TYPE, _UNRESERVED = GuestType.capacity - GuestType.reserved, Event.capacity - _RESERVED
_PLACES_OF_TYPE = case((_UNRESERVED_OF_TYPE < _UNRESERVED, _UNRESERVED_OF_TYPE), else_=_UNRESERVED)
_ROOMY = _OPEN.where(_at_most(Event.id) + bindparam("spare") < _PLACES_OF_TYPE)
_NOW, _LOOK = Swift(_OPEN), Swift(_ROOMY)
_BESIDE = Swift(
    _ROOMY.add_columns(
        func.pg_advisory_xact_lock(func.hashtextextended(bindparam("number", type_=String), 0))
    ).with_for_update(of=Event, read=True)
)
_ALONE = Swift(select(Event.id).where(Event.slug == bindparam("slug")).with_for_update(key_share=True))
#: the rules are as they were at the first look: PostgreSQL, having waited for the event, reads only the event
#: itself anew, and SQLite looked before its turn to write came
_AS_IT_WAS = exists(
    select(Event.id)
    .join(GuestType, _OF_GUEST)
    .where(
        _IS_PUBLIC,
        *(
            rule.is_not_distinct_from(bindparam(f"was_{name}", type_=rule.type))
            for name, rule in _RULES.items()
        ),
    )
)
#: the INSERT of a guest whom nothing hinders; :func:`unhindered` are the values it asks for besides the
#: guest's own
UNHINDERED = Deed(
    Registration,
    guarded(
        Registration,
        and_(
            _SAME_FORM.is_(None),
            _SAME_NUMBER.is_(None),
            _SOMEBODY_WAITS.scalar_subquery() == 0,
            _at_most(bindparam("event", type_=BigInteger)) < bindparam("room", type_=BigInteger),
            _AS_IT_WAS,
        ),
        person_id=MATCH,
    ),
)


class Opened(NamedTuple):
    """What registering needs to know of a public event and of one guest type, as plain values.

    ``reserved``: places that are or were reserved for invited guests, in all and of the type. ``asks``: its
    form has questions.
    """

    id: int
    state: str
    capacity: int
    starts_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    type_id: int
    type_capacity: int | None
    reserved: int
    reserved_of_type: int
    approval: bool
    asks: bool
    unit_path: str


def look_beside_others(slug: str, type_id: int | None, mobile: str, *, spare: int) -> Opened | None:
    """The event for somebody who registers as ``type_id`` (else as the first public guest type); None where
    not more than ``spare`` places are left for certain. Others look at the same time. On PostgreSQL nobody
    changes the event until the transaction ends, and nobody else registers this number.
    """
    values = {"slug": slug, "wanted": type_id, "spare": spare}
    if is_sqlite():
        row = _LOOK.first(values)
        return Opened(*row) if row else None
    row = _BESIDE.first({**values, "number": f"{slug} {mobile}"})
    return Opened(*row[:-1]) if row else None  # the last column is the lock


def hold_alone(slug: str) -> None:
    """One after the other from here on: whoever else registers there waits until the transaction ends."""
    begin_writing()
    _ALONE.first({"slug": slug})


def opened(slug: str, type_id: int | None) -> Opened | None:
    """The event as it is now; None where it has no such public page or guest type."""
    row = _NOW.first({"slug": slug, "wanted": type_id})
    return Opened(*row) if row else None


#: what a newcomer meets before anybody counts: there is room for certain, and nobody waits
_SURE = Swift(
    select(
        and_(
            _at_most(bindparam("event", type_=BigInteger)) < bindparam("capacity", type_=Integer),
            ~exists(
                select(Registration.id).where(
                    Registration.event_id == bindparam("event", type_=BigInteger), _WAITS
                )
            ),
        )
    )
)
ROOM, WAITS, SHUT = "room", "waits", "shut"


def outlook(event: Event) -> str:
    """What a newcomer meets, whichever public guest type they choose: ``room`` (for one type at least, or a
    word of approval to wait for), ``waits``, or ``shut`` when the waiting list is full as well. As
    :func:`operations.places.place` decides it.
    """
    types = [row for row in event.types if row.public]
    if any(row.approval for row in types):
        return ROOM
    unreserved = event.capacity - sum(row.reserved_now for row in event.types)
    if (
        all(row.capacity is None for row in types)
        and _SURE.first({"event": event.id, "capacity": unreserved})[0]
    ):
        return ROOM
    now = places(event)
    for row in types:  # nobody passes those who wait for the same type
        if not now.in_type(row.id).waiting and now.room_for(row.id, invited=False):
            return ROOM
    return SHUT if now.waiting >= longest_line(event.capacity) else WAITS


_COUNTED = select(
    Registration.type_id,
    func.count().filter(_IS_TAKEN),
    func.count().filter(_IS_TAKEN, Registration.invitation_id.is_not(None)),
    func.count().filter(_WAITS),
).group_by(Registration.type_id)


def places(event: Event) -> Places:
    """The places of an event, counted."""
    chosen = _COUNTED.where(Registration.event_id == event.id, Registration.state.in_((*TAKEN, WAITING)))
    rows = db.session.execute(chosen).tuples()
    return places_of(event, {key: (taken, invited, waiting) for key, taken, invited, waiting in rows})


def next_waiting(event: Event) -> Registration | None:
    """Who is first on the waiting list of those for whom there is room:
    invited guests with a reserved place, then everybody by time.
    """
    now = places(event)
    kept = [key for key in now.rooms(invited=True) if now.is_kept_for(key, invited=True)]
    open_types = now.rooms(invited=False)
    if not kept and not open_types:
        return None
    has_reserved = and_(Registration.invitation_id.is_not(None), Registration.type_id.in_(kept))
    has_room = Registration.type_id.in_([key for key in open_types if key is not None])
    if None in open_types:
        has_room = or_(has_room, Registration.type_id.is_(None))
    chosen = select(Registration).where(
        Registration.event_id == event.id, _WAITS, or_(has_reserved, has_room)
    )
    order = case((has_reserved, 0), else_=1), Registration.waiting_since, Registration.id
    return db.session.scalar(chosen.order_by(*order).limit(1))


def lapsed_reserves(moment: datetime) -> list[GuestType]:
    """Guest types of events ahead whose reserved places are due for release."""
    chosen = (
        select(GuestType)
        .join(Event)
        .where(GuestType.reserved > 0, Event.state.in_(AHEAD), released_at <= moment)
        .order_by(GuestType.event_id, GuestType.id)
    )
    return list(db.session.scalars(chosen))


class Standing(NamedTuple):
    """How an event stands as a guest comes.

    Places ``taken``, guests ``waiting`` and places ``kept`` for invited guests who have not taken them, each
    in all and of the guest's type; the ids of what the ``same_form`` (also a cancelled one) or the
    ``same_number`` has made already; the guest's ``person_id`` in the directory.
    """

    taken: int
    taken_of_type: int
    waiting: int
    waiting_of_type: int
    kept: int
    kept_of_type: int
    same_form: int | None
    same_number: int | None
    person_id: int | None


def standing(
    event_id: int, unit_path: str, *, type_id: int | None, request_key: str, name: str, mobile: str
) -> Standing:
    """How the event stands for this guest."""
    return Standing(
        *_STANDING.first(
            {
                "event": event_id,
                "type": type_id,
                "now": clock.now(),
                "request_key": request_key,
                "mobile": mobile,
                **_matched(name, unit_path),
            }
        )
    )


def unhindered(slug: str, type_id: int | None, event: Opened, name: str, *, room: int) -> dict:
    """For the guest ``name`` of an event that was looked at; ``room``: it has had fewer guests than that."""
    was = {f"was_{rule}": getattr(event, rule) for rule in _RULES}
    return {
        **was,
        "slug": slug,
        "wanted": type_id,
        "event": event.id,
        "type": event.type_id,
        "room": room,
        **_matched(name, event.unit_path),
    }


def _matched(name: str, unit_path: str) -> dict:
    """What ``MATCH`` asks for besides the number."""
    return {"name_key": names.key(name), "below": unit_path}
