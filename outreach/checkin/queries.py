"""Reads of gates, scans and who is here."""

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from outreach.checkin.models import ADMITTED, UNDONE, Gate, Scan
from outreach.core.db import db, fetch
from outreach.events.models import Event
from outreach.registrations import queries as registrations
from outreach.registrations.models import CONFIRMED, Registration

_UNDO = aliased(Scan)
#: admissions that nobody undid
_STANDING = (Scan.verdict == ADMITTED, ~exists().where(_UNDO.earlier_id == Scan.id, _UNDO.verdict == UNDONE))
# statements of the queue at the door are built once: building one costs as much as running it
_ADMISSION = select(Scan).where(Scan.registration_id == bindparam("registration"), *_STANDING).order_by(Scan.id.desc()).limit(1)
_AT_HAND = select(Scan).where(or_(Scan.key == bindparam("key"), and_(Scan.registration_id == bindparam("registration"), *_STANDING)))
_GATE = select(Gate.id).where(Gate.id == bindparam("id"), Gate.event_id == bindparam("event"))


def standing_admission(registration_id: int) -> Scan | None:
    """The admission that counts now, or None."""
    return db.session.scalar(_ADMISSION, {"registration": registration_id})


def scans_at_hand(key: str, registration_id: int | None) -> list[Scan]:
    """The scan a device named ``key``, if it came before, and the guest's admission that counts now."""
    return list(db.session.scalars(_AT_HAND, {"key": key, "registration": registration_id}))


def gate_exists(event: Event, gate_id: int) -> bool:
    """Whether the event has this gate."""
    return fetch(_GATE, {"id": gate_id, "event": event.id}).first() is not None


def arrived_count(event_id: int) -> int:
    """How many are here."""
    return db.session.scalar(select(func.count()).select_from(Scan).where(Scan.event_id == event_id, *_STANDING)) or 0


def arrived_counts() -> dict[int, int]:
    """Event id -> arrivals."""
    rows = db.session.execute(select(Scan.event_id, func.count()).where(*_STANDING).group_by(Scan.event_id))
    return dict(rows.all())


def gates(event: Event) -> list[Gate]:
    """The gates of an event."""
    return list(db.session.scalars(select(Gate).where(Gate.event_id == event.id).order_by(Gate.id)))


def select_gates(event: Event) -> Select:
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
    """Registration id -> the admission that counts."""
    rows = db.session.scalars(select(Scan).options(selectinload(Scan.gate)).where(Scan.event_id == event.id, *_STANDING))
    return {row.registration_id: row for row in rows}


def select_guests(event: Event, *, text: str = "", arrived: str = "") -> Select:
    """Guests with a place, by name, company or phone tail, here or missing."""
    chosen = select(Registration).where(Registration.event_id == event.id, Registration.state == CONFIRMED)
    text = text.strip()
    if text.isdigit():
        chosen = chosen.where(registrations.by_number(text))
    elif text:
        chosen = chosen.where(Registration.name.icontains(text, autoescape=True) | Registration.company.icontains(text, autoescape=True))
    here = select(Scan.registration_id).where(Scan.event_id == event.id, *_STANDING)
    if arrived:
        chosen = chosen.where(Registration.id.in_(here) if arrived == "yes" else Registration.id.not_in(here))
    return chosen.order_by(Registration.name, Registration.id)


def standing_scans(event: Event) -> Select:
    """The ids of the guests of an event who are here, as a sub-select."""
    return select(Scan.registration_id).where(Scan.event_id == event.id, *_STANDING)


def select_people_here() -> Select:
    """The ids of everybody of the directory who was ever admitted, undone admissions left out."""
    guests = select(Scan.registration_id).where(*_STANDING)
    return select(Registration.person_id).where(Registration.id.in_(guests), Registration.person_id.is_not(None))
