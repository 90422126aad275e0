"""Reads of gates, scans and who is here."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Select, and_, bindparam, distinct, exists, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from outreach.accounts.models import Unit
from outreach.accounts.queries import counties
from outreach.checkin.device_models import ARRIVAL, DAILY, DEPARTURE, Device, Gate, scope_of
from outreach.checkin.merging import Fact
from outreach.checkin.models import ADMITTED, LEFT, UNDONE, Scan
from outreach.core import clock
from outreach.core.db import begin_writing, db
from outreach.core.swift import Swift, guarded
from outreach.directory import queries as directory
from outreach.events.models import Event, GuestType
from outreach.registrations import queries as registrations
from outreach.registrations.models import CONFIRMED, Registration
from outreach.registrations.queries import AtDoor

#: scans that change who is inside
MOVING = (ADMITTED, LEFT, UNDONE)
_UNDO = aliased(Scan)
#: admissions that nobody undid, anywhere but at departure: who has one has arrived
STANDING = (
    Scan.verdict == ADMITTED,
    ~Scan.scope.startswith(DEPARTURE),
    ~exists().where(_UNDO.earlier_id == Scan.id, _UNDO.verdict == UNDONE),
)
# statements of the queue at the door are built once: building one costs as much as running it
_ADMISSIONS = (
    select(Scan).where(Scan.registration_id == bindparam("registration"), *STANDING).order_by(Scan.id.desc())
)
_ADMISSION = _ADMISSIONS.limit(1)
_BEFORE = or_(
    Scan.key == bindparam("key"),
    and_(Scan.registration_id == bindparam("registration"), Scan.verdict.in_(MOVING)),
)
_AT_HAND = Swift(
    select(
        Scan.id,
        Scan.key,
        Scan.event_id,
        Scan.registration_id,
        Scan.gate_id,
        Scan.scope,
        Scan.verdict,
        Scan.way,
        Scan.at,
        Scan.earlier_id,
    ).where(_BEFORE)
)
#: the INSERT of a scan before which none had this ``key`` and none had let its guest (``registration``) in or
#: out
FIRST_SCAN = Swift(guarded(Scan, ~exists(select(Scan.id).where(_BEFORE))))
_GUEST = registrations.HELD.cte("guest")
_SITE = Swift(
    select(
        Event.id,
        Event.state,
        Event.zone,
        Event.starts_at,
        Event.ends_at,
        Event.ticket_seed,
        Unit.path,
        Gate.id,
        Gate.purpose,
        Gate.rule,
        Gate.types,
        Gate.letters,
        Gate.opens_at,
        Gate.closes_at,
        *_GUEST.c,
    )
    .join(Unit, Unit.id == Event.unit_id)
    .outerjoin(
        Gate,
        and_(
            Gate.event_id == Event.id,
            Gate.id == bindparam("gate", type_=BigInteger),
            Gate.ended_at.is_(None),
        ),
    )
    .outerjoin(_GUEST, true())
    .where(Event.id == bindparam("event"))
)


class Site(NamedTuple):
    """An event where staff scan, as plain values; ``path`` is its unit's."""

    id: int
    state: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    ticket_seed: bytes
    path: str


class GateAt(NamedTuple):
    """One of its gates, the same way."""

    id: int
    purpose: str
    rule: str
    types: list
    letters: str
    opens_at: datetime | None
    closes_at: datetime | None
    zone: str

    def scope(self, moment) -> str:
        """What an admission here counts together with."""
        return scope_of(self.purpose, self.rule, self.zone, moment)


def site(
    event_id: int, gate_id: int | None, code: str | None
) -> tuple[Site | None, GateAt | None, AtDoor | None]:
    """The event, its gate of that id, and whoever has the ticket ``code``, held until the transaction ends:
    all that a scan by staff asks of them, in one statement.
    """
    begin_writing()
    row = _SITE.first({"event": event_id, "gate": gate_id, "code": code})
    if row is None:
        return None, None, None
    event, gate, guest = row[:7], row[7:14], row[14:]
    return (
        Site(*event),
        GateAt(*gate, row.zone) if gate[0] is not None else None,
        AtDoor(*guest) if guest[0] is not None else None,
    )


def standing_admission(registration_id: int) -> Scan | None:
    """The last admission that counts now, or None."""
    return db.session.scalar(_ADMISSION, {"registration": registration_id})


def standing_admissions(registration_id: int) -> list[Scan]:
    """Every admission that counts now, the last one first: somebody let in at three gates has three."""
    return list(db.session.scalars(_ADMISSIONS, {"registration": registration_id}))


class Said(NamedTuple):
    """What was said of one scan, for whoever answers;
    ``guest`` is who was recognised, ``earlier`` the admission that "already" speaks of.
    """

    id: int
    key: str
    verdict: str
    gate_id: int | None
    received_at: datetime
    guest: AtDoor | Registration | None
    earlier: Scan | None

    @classmethod
    def of(cls, row: Scan) -> "Said":
        """The same of a scan that was kept before."""
        return cls(row.id, row.key, row.verdict, row.gate_id, row.received_at, row.registration, row.earlier)


class AtHand(NamedTuple):
    """A scan of before, as plain values."""

    id: int
    key: str
    event_id: int
    registration_id: int | None
    gate_id: int | None
    scope: str
    verdict: str
    way: str
    at: datetime
    earlier_id: int | None


def scans_at_hand(key: str, registration_id: int | None) -> list[AtHand]:
    """The scan a device named ``key``, if it came before, and every scan that let the guest in or out."""
    return [AtHand(*row) for row in _AT_HAND.rows({"key": key, "registration": registration_id})]


def facts(scans: list[AtHand]) -> list[Fact]:
    """Scans of one guest as ``merging`` sees them."""
    return [
        Fact(
            str(row.id), "", row.scope, row.verdict, int(1000 * row.at.timestamp()), str(row.earlier_id or "")
        )
        for row in scans
        if row.verdict in MOVING
    ]


def gate_of(event: Event | Site, gate_id: int) -> Gate | None:
    """The gate with this key, if the event has it."""
    return db.session.scalar(select_gates(event).where(Gate.id == gate_id))


def desk_scope(event: Event | Site) -> str:
    """What an admission without a gate counts together with:
    the arrival, by the day where the event's arrival gates count daily.
    """
    daily = any(gate.rule == DAILY and gate.purpose == ARRIVAL for gate in gates(event))
    return scope_of(ARRIVAL, DAILY if daily else "", event.zone, clock.now())


def has_scans(event: Event, purpose: str) -> bool:
    """Whether somebody was let in for this purpose."""
    return (
        db.session.scalar(
            select(Scan.id)
            .where(Scan.event_id == event.id, Scan.verdict == ADMITTED, Scan.scope.startswith(purpose))
            .limit(1)
        )
        is not None
    )


def arrived_count(event_id: int) -> int:
    """How many of those with a place are here; who is here without one is on the list of what is to be
    decided.
    """
    return arrived_counts(event_id).get(event_id, 0)


def arrived_counts(*event_ids: int) -> dict[int, int]:
    """Event id -> arrivals; of all events where none is named."""
    placed = select(Scan.event_id, func.count(distinct(Scan.registration_id))).join(
        Registration, Registration.id == Scan.registration_id
    )
    chosen = placed.where(Registration.state == CONFIRMED, *STANDING).group_by(Scan.event_id)
    rows = db.session.execute(chosen.where(Scan.event_id.in_(event_ids)) if event_ids else chosen)
    return dict(rows.tuples().all())


def gates(event: Event | Site) -> list[Gate]:
    """The gates of an event."""
    return list(db.session.scalars(select(Gate).where(Gate.event_id == event.id).order_by(Gate.id)))


def open_gates(event: Event) -> list[Gate]:
    """Those that were not closed for good."""
    return [gate for gate in gates(event) if gate.ended_at is None]


def used_gates(event: Event) -> set[int]:
    """The ids of gates where somebody was scanned or a phone has joined: they can be closed, not removed."""
    own = select(Gate.id).where(Gate.event_id == event.id)
    scanned = select(Scan.gate_id).where(Scan.event_id == event.id, Scan.gate_id.in_(own))
    joined = select(Device.gate_id).where(Device.gate_id.in_(own), Device.joined_at.is_not(None))
    return set(db.session.scalars(scanned.union(joined)))


def types_of_gates(ids) -> set[int]:
    """Those of these guest types that some gate is only for."""
    chosen = (
        select(Gate.types).join(GuestType, GuestType.event_id == Gate.event_id).where(GuestType.id.in_(ids))
    )
    return {key for types in db.session.scalars(chosen) for key in types} & set(ids)


def select_gates(event: Event | Site) -> Select:
    """The gates of an event, to be found one by one."""
    return select(Gate).where(Gate.event_id == event.id)


def latest_scans(event: Event, most: int = 12) -> list[Scan]:
    """The last scans, newest first."""
    return list(
        db.session.scalars(
            select(Scan)
            .options(selectinload(Scan.gate), selectinload(Scan.registration))
            .where(Scan.event_id == event.id)
            .order_by(Scan.id.desc())
            .limit(most)
        )
    )


def arrivals_by_registration(event: Event) -> dict[int, Scan]:
    """Registration id -> the first admission that counts."""
    chosen = select(Scan).options(joinedload(Scan.gate)).where(Scan.event_id == event.id, *STANDING)
    return {
        row.registration_id: row
        for row in db.session.scalars(chosen.order_by(Scan.at.desc(), Scan.id.desc()))
    }


#: the county of a guest who comes from none of the house's
NO_COUNTY = "none"


def select_guests(
    event: Event, *, text: str = "", arrived: str = "", type: int = 0, home: str = ""
) -> Select:
    """Guests with a place, by name, company or phone tail, here or missing,
    by guest type and by home county (its division code or ``NO_COUNTY``).
    """
    chosen = select(Registration).where(Registration.event_id == event.id, Registration.state == CONFIRMED)
    chosen = registrations.searched(chosen, text)
    here = select(Scan.registration_id).where(Scan.event_id == event.id, *STANDING)
    if arrived:
        chosen = chosen.where(Registration.id.in_(here) if arrived == "yes" else Registration.id.not_in(here))
    if type:
        chosen = chosen.where(Registration.type_id == type)
    if home == NO_COUNTY:
        ours = directory.people_from(*(unit.place_code for unit in counties()))
        chosen = chosen.where(Registration.person_id.is_(None) | Registration.person_id.not_in(ours))
    elif home:
        chosen = chosen.where(Registration.person_id.in_(directory.people_from(home)))
    return chosen.order_by(Registration.name, Registration.id)


def standing_scans(event: Event) -> Select:
    """The ids of the guests of an event who are here, as a sub-select."""
    return select(Scan.registration_id).where(Scan.event_id == event.id, *STANDING)


def select_people_here() -> Select:
    """The ids of everybody of the directory who was ever admitted, undone admissions left out."""
    guests = select(Scan.registration_id).where(*STANDING)
    return select(Registration.person_id).where(
        Registration.id.in_(guests), Registration.person_id.is_not(None)
    )


def select_scans_since(event_id: int, after: int, moment=None) -> Select:
    """What happened at other gates since scan ``after``, as plain rows. With ``moment``: what came since then
    and has a number up to ``after``, because a transaction that began earlier may commit later.
    """
    earlier = aliased(Scan)
    recent = Scan.id > after if moment is None else and_(Scan.id <= after, Scan.received_at > moment)
    return (
        select(
            Scan.id,
            Scan.key,
            func.coalesce(Registration.door_id, Scan.door_id),
            Scan.scope,
            Scan.verdict,
            Scan.at,
            Gate.name,
            earlier.key,
            Scan.received_at,
        )
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .outerjoin(Gate, Gate.id == Scan.gate_id)
        .outerjoin(earlier, earlier.id == Scan.earlier_id)
        .where(Scan.event_id == event_id, Scan.verdict.in_(MOVING), recent)
        .order_by(Scan.id)
    )
