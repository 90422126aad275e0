"""Reads of registrations."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Select, String, and_, bindparam, case, exists, func, literal, literal_column, or_, select, tuple_

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core import tokens
from outreach.core.db import begin_writing, db, is_sqlite
from outreach.core.swift import Swift, guarded
from outreach.directory import names
from outreach.directory.queries import MATCH
from outreach.events.models import Event, GuestType
from outreach.events.queries import FIRST_TYPE
from outreach.permissions import Permission
from outreach.registrations import tickets
from outreach.registrations.models import ACTIVE, CANCELLED, CONFIRMED, OFFERED, TAKEN, WAITING, Registration, ReplacedTicket
from outreach.registrations.question_models import BEFORE, Question


def select_visible(user, permission: Permission = Permission.REGISTRATIONS_VIEW) -> Select:
    """The guests of events hosted within ``user``'s reach."""
    events = select(Event.id).where(Event.unit_id.in_(reach(user, permission)))
    return select(Registration).where(Registration.event_id.in_(events))


def by_number(digits: str):
    """A condition for four last digits or the whole number; any other length would let one guess a masked number."""
    return Registration.mobile.endswith(digits, autoescape=True) if len(digits) == 4 else Registration.mobile == digits


def filtered(chosen: Select, *, text: str = "", state: str = "", known: str = "", type: int = 0, photos: str = "") -> Select:
    """Narrow guests by name, company or phone tail, by state, guest type, by known person or new prospect, and by consent to photographs."""
    text = text.strip()
    if code := tickets.code_in(text):  # somebody scanned a ticket into the field
        chosen = chosen.where(Registration.code == code)
    elif text.isdigit():
        chosen = chosen.where(by_number(text))
    elif text:
        chosen = chosen.where(
            or_(Registration.name.icontains(text, autoescape=True), Registration.company.icontains(text, autoescape=True))
        )
    if state:
        chosen = chosen.where(Registration.state == state)
    if type:
        chosen = chosen.where(Registration.type_id == type)
    if photos:
        chosen = chosen.where(Registration.photos_at.is_(None) if photos == "no" else Registration.photos_at.is_not(None))
    if known:
        chosen = chosen.where(Registration.person_id.is_(None) if known == "no" else Registration.person_id.is_not(None))
    return chosen


# statements of every registration are built once: building one costs as much as running it
_AT_EVENT = Registration.event_id == bindparam("event")
_BY_CODE = select(Registration).where(Registration.code == bindparam("code"))
# no join: behind the lock PostgreSQL reads the registration anew, but what was joined to it as it was before
_MOVING = func.coalesce(select(GuestType.moving).where(GuestType.id == Registration.type_id).scalar_subquery(), False)
_HELD = Swift(
    select(
        Registration.id, Registration.event_id, Registration.type_id, _MOVING, Registration.state, Registration.person_id,
        Registration.name, Registration.company, Registration.post,
    )
    .where(Registration.code == bindparam("code")).with_for_update(of=Registration, key_share=True)
)  # fmt: skip
_TAKEN = select(func.count()).where(_AT_EVENT, Registration.state.in_(TAKEN))
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
    .where(_AT_EVENT, Registration.state.in_((*TAKEN, WAITING)))
    .subquery()
)
# An event that opens fills up faster than the database's statistics learn of it: to the planner it is empty, and any index that begins with
# the event looks as good as another. So what is asked for every guest is written such that a single index can answer it.
#: written out: for a limit that is a parameter, PostgreSQL reckons with a tenth of the table and plans anew each time
_ONE = literal_column("1")
_IN_LINE = Registration.event_id, Registration.state, Registration.type_id
_FIRST = tuple_(bindparam("event", type_=BigInteger), literal(WAITING), bindparam("type", type_=BigInteger))
#: the first registration in the order of that index who is at or behind the place of those who wait: one of them, or nobody waits
_FIRST_IN_LINE = select(*_IN_LINE).where(tuple_(*_IN_LINE) >= _FIRST).order_by(*_IN_LINE).limit(_ONE).subquery()
_SOMEBODY_WAITS = select(func.count()).where(
    _FIRST_IN_LINE.c.event_id == bindparam("event"), _FIRST_IN_LINE.c.state == WAITING, _FIRST_IN_LINE.c.type_id == bindparam("type")
)  # fmt: skip


def _at_most(event):
    """From an event's first registration to its last there are at most so many: no counting, two looks into the index of both columns."""
    ids = select(Registration.id).limit(_ONE)
    first = ids.where(Registration.event_id >= event).order_by(Registration.event_id, Registration.id)
    last = ids.where(Registration.event_id <= event).order_by(Registration.event_id.desc(), Registration.id.desc())
    return func.coalesce(last.scalar_subquery() - first.scalar_subquery() + 1, 0)


_SAME_FORM = select(Registration.id).where(Registration.request_key == bindparam("request_key")).scalar_subquery()
_SAME_NUMBER = (
    select(Registration.id)
    # "+ 0": the index of mobiles answers, none that begins with the event
    .where(
        Registration.event_id + 0 == bindparam("event"),
        Registration.mobile == func.nullif(bindparam("mobile"), ""),
        Registration.state.in_(ACTIVE),
    )
    .limit(_ONE)
    .scalar_subquery()
)
_STANDING = Swift(
    select(_PLACES, _SAME_FORM.label("same_form"), _SAME_NUMBER.label("same_number"), MATCH.scalar_subquery().label("person_id"))
)
#: the INSERT of a guest whom nothing hinders; :func:`unhindered` are the values it asks for besides the guest's own
UNHINDERED = guarded(
    Registration,
    and_(
        _SAME_FORM.is_(None),
        _SAME_NUMBER.is_(None),
        _SOMEBODY_WAITS.scalar_subquery() == 0,
        _at_most(bindparam("event", type_=BigInteger)) < bindparam("room", type_=BigInteger),
        # on SQLite the event was looked at before the turn to write came: it must be as it was
        exists().where(
            Event.id == bindparam("event"), Event.state == bindparam("event_state"), Event.capacity == bindparam("event_capacity")
        ),
    ),
    person_id=MATCH,
)
_OPEN = (
    select(
        Event.id, Event.state, Event.capacity, Event.starts_at, Event.opens_at, Event.closes_at, Unit.path.label("unit_path"),
        GuestType.id.label("type_id"), GuestType.capacity.label("type_capacity"), GuestType.approval,
        select(Question.id).where(Question.event_id == Event.id, Question.stage == BEFORE, Question.retired_at.is_(None)).correlate(Event).exists().label("asks"),
        _at_most(Event.id).label("at_most"),
    )
    .join(Unit, Unit.id == Event.unit_id)
    .join(GuestType, and_(GuestType.event_id == Event.id, GuestType.id == func.coalesce(bindparam("type_id", type_=BigInteger), FIRST_TYPE)))
    .where(Event.slug == bindparam("slug"), Event.state != "draft", GuestType.public)
)  # fmt: skip
_ALONE = Swift(_OPEN.with_for_update(of=Event, key_share=True))
_PLACES_OF_TYPE = case((GuestType.capacity < Event.capacity, GuestType.capacity), else_=Event.capacity)
_ROOMY = _OPEN.where(_at_most(Event.id) + bindparam("spare") < _PLACES_OF_TYPE)
_LOOKED_AT = Swift(_ROOMY)
_BESIDE = Swift(
    _ROOMY.add_columns(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("number", type_=String), 0)))
    .with_for_update(of=Event, read=True)
)  # fmt: skip


class Opened(NamedTuple):
    """What registering needs to know of a public event and of one guest type, as plain values. ``at_most`` bounds the places taken,
    ``asks``: its form has questions."""

    id: int
    state: str
    capacity: int
    starts_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    unit_path: str
    type_id: int
    type_capacity: int | None
    approval: bool
    asks: bool
    at_most: int


def hold_public_event(slug: str, type_id: int | None) -> Opened | None:
    """The event for somebody who registers as ``type_id`` (else as the first public guest type), held until the transaction ends."""
    begin_writing()
    row = _ALONE.first({"slug": slug, "type_id": type_id})
    return Opened(*row) if row else None


def hold_beside_others(slug: str, type_id: int | None, mobile: str, *, spare: int) -> Opened | None:
    """The same, held together with others who register there with another number; None where not more than ``spare`` places are left
    for certain. On SQLite it is looked at and not held: there, who holds keeps everybody from writing."""
    values = {"slug": slug, "type_id": type_id, "spare": spare}
    if is_sqlite():
        row = _LOOKED_AT.first(values)
        return Opened(*row) if row else None
    row = _BESIDE.first({**values, "number": f"{slug} {mobile}"})
    return Opened(*row[:-1]) if row else None  # the last column is the lock


def replaced_of(registration_id: int) -> set[str]:
    """The ``door_id`` of every ticket of a guest that was replaced."""
    return set(db.session.scalars(select(ReplacedTicket.door_id).where(ReplacedTicket.registration_id == registration_id)))


def replaced_tickets(event_id: int) -> dict[str, str]:
    """The ``door_id`` of every ticket of an event that was replaced -> the one its guest has today."""
    chosen = select(ReplacedTicket.door_id, Registration.door_id).join(Registration).where(Registration.event_id == event_id)
    return dict(db.session.execute(chosen).tuples().all())


def is_replaced(code: str) -> ReplacedTicket | None:
    """The note that this code was replaced, if it was."""
    return db.session.scalar(select(ReplacedTicket).where(ReplacedTicket.door_id == tokens.alias(code)))


def by_code(code: str) -> Registration | None:
    """The registration of a ticket."""
    return db.session.scalar(_BY_CODE, {"code": code})


class AtDoor(NamedTuple):
    """A registration as plain values, for the queue at the door; ``moving``: its ticket's code moves."""

    id: int
    event_id: int
    type_id: int | None
    moving: bool
    state: str
    person_id: int | None
    name: str
    company: str
    post: str

    @classmethod
    def of(cls, row: Registration) -> "AtDoor":
        """The same of a row that is at hand."""
        moving = row.type is not None and row.type.moving
        return cls(row.id, row.event_id, row.type_id, moving, row.state, row.person_id, row.name, row.company, row.post)


def held(code: str) -> AtDoor | None:
    """The registration of a ticket, held until the transaction ends."""
    begin_writing()
    row = _HELD.first({"code": code})
    return AtDoor(*row) if row else None


class Standing(NamedTuple):
    """How an event stands as a guest comes: places ``taken`` and guests ``waiting``, in all and of the guest's type; the ids of what
    the ``same_form`` (also a cancelled one) or the ``same_number`` has made already; the guest's ``person_id`` in the directory."""

    taken: int
    taken_of_type: int
    waiting: int
    waiting_of_type: int
    same_form: int | None
    same_number: int | None
    person_id: int | None


def standing(event_id: int, unit_path: str, *, type_id: int | None, request_key: str, name: str, mobile: str) -> Standing:
    """How the event stands for this guest."""
    return Standing(
        *_STANDING.first({"event": event_id, "type": type_id, "request_key": request_key, "mobile": mobile, **_matched(name, unit_path)})
    )


def unhindered(event: Opened, name: str, *, room: int) -> dict:
    """``room``: the event has had fewer guests than that."""
    return {
        "event": event.id, "type": event.type_id, "room": room, "event_state": event.state, "event_capacity": event.capacity, **_matched(name, event.unit_path),
    }  # fmt: skip


def _matched(name: str, unit_path: str) -> dict:
    """What ``MATCH`` asks for besides the number."""
    return {"name_key": names.key(name), "below": f"{unit_path}%"}


def places_left(event: Event) -> int:
    """Places nobody has; never below zero (the capacity may have been lowered)."""
    return max(0, event.capacity - (db.session.scalar(_TAKEN, {"event": event.id}) or 0))


def taken_by_type(event_id: int) -> dict[int | None, int]:
    """Guest type id -> places taken."""
    chosen = select(Registration.type_id, func.count()).where(Registration.event_id == event_id, Registration.state.in_(TAKEN))
    return dict(db.session.execute(chosen.group_by(Registration.type_id)).all())


def counts(event_id: int) -> dict[str, int]:
    """State -> guests."""
    rows = db.session.execute(
        select(Registration.state, func.count()).where(Registration.event_id == event_id).group_by(Registration.state)
    )
    return dict(rows.all())


def prospect_count(event_id: int) -> int:
    """Guests nobody has in the directory yet."""
    unknown = Registration.person_id.is_(None) & (Registration.state != CANCELLED)
    return db.session.scalar(select(func.count()).where(Registration.event_id == event_id, unknown)) or 0


def counts_by_event() -> dict[int, int]:
    """Event id -> guests with a place."""
    rows = db.session.execute(
        select(Registration.event_id, func.count()).where(Registration.state == CONFIRMED).group_by(Registration.event_id)
    )
    return dict(rows.all())


def next_waiting(event: Event) -> Registration | None:
    """Who is first on the waiting list, of those whose guest type has room."""
    taken = taken_by_type(event.id)
    full = [row.id for row in event.types if row.capacity is not None and taken.get(row.id, 0) >= row.capacity]
    chosen = select(Registration).where(Registration.event_id == event.id, Registration.state == WAITING)
    if full:
        chosen = chosen.where(or_(Registration.type_id.is_(None), Registration.type_id.not_in(full)))
    return db.session.scalar(chosen.order_by(Registration.waiting_since, Registration.id).limit(1))


def lapsed_offers(moment) -> list[Registration]:
    """Places offered and not taken in time, by event."""
    chosen = select(Registration).where(Registration.state == OFFERED, Registration.offered_until <= moment)
    return list(db.session.scalars(chosen.order_by(Registration.event_id, Registration.id)))


def of_invitation(invitation_id: int) -> list[Registration]:
    """The guests an invitation brought who still mean to come: the invited person or who stands in, then companions."""
    chosen = select(Registration).where(Registration.invitation_id == invitation_id, Registration.state.in_(ACTIVE))
    return list(db.session.scalars(chosen.order_by(Registration.companion_of_id.is_not(None), Registration.id)))


def companions_of(registration: Registration) -> list[Registration]:
    """Who comes along with a guest."""
    chosen = select(Registration).where(Registration.companion_of_id == registration.id, Registration.state.in_(ACTIVE))
    return list(db.session.scalars(chosen.order_by(Registration.id)))


def by_mobile_and_name(event_id: int, mobile: str, name: str) -> Registration | None:
    """The active registration with this number and this name, however it is written."""
    rows = db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.mobile == mobile, Registration.state.in_(ACTIVE))
        .order_by(Registration.id)
    )
    return next((row for row in rows if names.key(row.name) == names.key(name)), None)


def by_mobile(event: Event, mobile: str) -> Registration | None:
    """The guest of this number who still means to come."""
    chosen = select(Registration).where(Registration.event_id == event.id, Registration.mobile == mobile, Registration.state.in_(ACTIVE))
    return db.session.scalar(chosen.order_by(Registration.id).limit(1))


def types_used(ids) -> set[int]:
    """Those of the guest type ``ids`` that a guest has."""
    return set(db.session.scalars(select(Registration.type_id).where(Registration.type_id.in_(ids)).distinct()))


def waiting_position(registration: Registration) -> int:
    """1 for the first on the waiting list."""
    ahead = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.state == WAITING,
        Registration.type_id.is_not_distinct_from(registration.type_id),  # other types wait for places of their own
        or_(
            Registration.waiting_since < registration.waiting_since,
            (Registration.waiting_since == registration.waiting_since) & (Registration.id < registration.id),
        ),
    )
    return (db.session.scalar(ahead) or 0) + 1


def people_registered(ids) -> set[int]:
    """Those of ``ids`` who registered for anything."""
    return set(db.session.scalars(select(Registration.person_id).where(Registration.person_id.in_(ids))))


def by_surname_and_tail(event_id: int, surname: str, tail: str) -> list[Registration]:
    """Guests of an event by the beginning of the name and the last four digits, for the door."""
    rows = db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.mobile.like(f"%{tail}"))
        .order_by(Registration.state, Registration.id)
    )
    start = names.key(surname)
    if not start:
        return []
    return [row for row in rows if names.key(row.name).startswith(start)]
