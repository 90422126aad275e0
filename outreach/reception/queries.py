"""Reads of halls, seats, badges, and of guests as they are seated and printed."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core.db import db
from outreach.directory.models import CHAMBER, Organisation, Person, Post
from outreach.directory.strokes import by_surname
from outreach.events.models import Event, GuestType
from outreach.permissions import Permission
from outreach.reception.models import Badge, Hall, Seat
from outreach.reception.seating import Guest
from outreach.registrations.models import TAKEN, Registration

#: what the audience may be divided by
BLOCKS = ("type", "county", "chamber", "company")


def select_halls(user, permission: Permission = Permission.REGISTRATIONS_VIEW) -> Select:
    """The halls of events within reach."""
    return (
        select(Hall).join(Event, Event.id == Hall.event_id).where(Event.unit_id.in_(reach(user, permission)))
    )


def halls(event: Event) -> list[Hall]:
    """The halls of an event."""
    return list(db.session.scalars(select(Hall).where(Hall.event_id == event.id).order_by(Hall.id)))


def seated_count(hall: Hall) -> int:
    """How many sit there."""
    return (
        db.session.scalar(
            select(func.count()).where(Seat.hall_id == hall.id, Seat.registration_id.is_not(None))
        )
        or 0
    )


def seats(hall: Hall) -> list[Seat]:
    """Every seat with who sits there, from the front."""
    chosen = (
        select(Seat)
        .where(Seat.hall_id == hall.id)
        .options(joinedload(Seat.registration).joinedload(Registration.type))
    )
    return list(db.session.scalars(chosen.order_by(Seat.row, Seat.number)))


def select_guests(event: Event) -> Select:
    """Guests with a place, by guest type, then by strokes."""
    return (
        select(Registration)
        .outerjoin(GuestType, GuestType.id == Registration.type_id)
        .where(Registration.event_id == event.id, Registration.state.in_(TAKEN))
        .options(joinedload(Registration.type))
        .order_by(GuestType.place, GuestType.id, Registration.id)
    )


def guests(event: Event) -> list[Registration]:
    """The same, those of one type by 姓氏笔画."""
    rows = list(db.session.scalars(select_guests(event)))
    return sorted(
        rows,
        key=lambda row: (row.type.place if row.type else 999, row.type_id or 0, by_surname(row.name), row.id),
    )


def unseated(hall: Hall) -> list[Registration]:
    """Guests who have no seat in this hall."""
    taken = select(Seat.registration_id).where(Seat.hall_id == hall.id, Seat.registration_id.is_not(None))
    return list(db.session.scalars(select_guests(hall.event).where(Registration.id.not_in(taken))))


def to_seat(event: Event, block: str) -> list[Guest]:
    """The guests as seating sees them; ``block`` is one of ``BLOCKS``."""
    rows = guests(event)
    blocks = _blocks(rows, block)
    return [
        Guest(
            row.id,
            row.type.place if row.type else 999,
            blocks.get(row.id, ""),
            by_surname(row.name),
            row.companion_of_id,
        )
        for row in rows
    ]


def _blocks(rows: list[Registration], block: str) -> dict[int, str]:
    if block == "company":
        return {row.id: row.company for row in rows}
    people = [row.person_id for row in rows if row.person_id]
    if block == "county":
        found = select(Person.id, func.substr(func.coalesce(Person.home_code, Unit.place_code), 1, 6)).join(
            Unit, Unit.id == Person.unit_id
        )
        names = dict(db.session.execute(found.where(Person.id.in_(people))).all())
    elif block == "chamber":
        found = select(Post.person_id, Organisation.name).join(
            Organisation, Organisation.id == Post.organisation_id
        )
        names = dict(
            db.session.execute(
                found.where(Post.person_id.in_(people), Organisation.kind == CHAMBER).order_by(Post.id.desc())
            ).all()
        )
    else:
        names = {}
    return {row.id: names.get(row.person_id, "~") for row in rows}


def badges(event: Event) -> dict[int, Badge]:
    """Registration id -> its badge."""
    return {
        row.registration_id: row
        for row in db.session.scalars(select(Badge).where(Badge.event_id == event.id))
    }


def last_badge(event: Event) -> int:
    """The highest number given."""
    return db.session.scalar(select(func.max(Badge.number)).where(Badge.event_id == event.id)) or 0


def seat_words(event: Event) -> dict[int, str]:
    """Registration id -> hall, row and seat in words, for lists and badges: "主会场 3排12号"."""
    rows = db.session.execute(
        select(Seat.registration_id, Hall.name, Hall.kind, Seat.row, Seat.number)
        .join(Hall, Hall.id == Seat.hall_id)
        .where(Hall.event_id == event.id, Seat.registration_id.is_not(None))
        .order_by(Hall.id)
    )
    words: dict[int, list[str]] = {}
    for registration_id, name, kind, row, number in rows:
        place = f"{row}桌" if kind == "tables" else f"主席台{number}号" if row == 0 else f"{row}排{number}号"
        words.setdefault(registration_id, []).append(f"{name} {place}")
    return {key: "；".join(found) for key, found in words.items()}
