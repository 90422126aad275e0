"""Every write to halls, seats and badges."""

from sqlalchemy import select, update

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.reception import queries, seating
from outreach.reception.models import ROWS, TABLES, Badge, Hall, Seat
from outreach.registrations.models import TAKEN, Registration

MOST_SEATS = 6000


def add_hall(
    event: Event,
    *,
    name: str,
    kind: str,
    rows: int,
    seats: int,
    platform: int,
    even_rule: str,
    by: User | None,
) -> Hall:
    """A hall or a banquet with all its seats."""
    lock(event)
    event.check_ahead()
    if any(hall.name == name for hall in queries.halls(event)):
        raise Refused(_("There is a hall of this name already."), at="name")
    if rows * seats + platform > MOST_SEATS:
        raise Refused(_("At most %(num)d seats.", num=MOST_SEATS))
    hall = Hall(
        event=event,
        name=name,
        kind=kind,
        rows=rows,
        seats=seats,
        platform=platform if kind == ROWS else 0,
        even_rule=even_rule,
    )
    hall.places = [Seat(row=0, number=number) for number in range(1, hall.platform + 1)]
    hall.places += [
        Seat(row=row, number=number) for row in range(1, rows + 1) for number in range(1, seats + 1)
    ]
    db.session.add(hall)
    audit.record(by, "reception.add_hall", hall, event=event.id)
    return hall


def remove_hall(hall: Hall, *, by: User) -> None:
    """The drawing goes, with who sits where."""
    lock(hall, to_delete=True)
    audit.record(by, "reception.remove_hall", hall, event=hall.event_id)
    db.session.delete(hall)


def propose(hall: Hall, *, platform_type: int, block: str, keep_rows: int, by: User) -> int:
    """Seat everybody by the rules; what was seated before is given up. How many have a seat.

    ``platform_type``: the guest type that sits on the platform; ``keep_rows``: rows (or tables) at the end
    that stay free for the late.
    """
    lock(hall.event, hall)
    _clear(hall)
    everybody = seating.in_order(queries.to_seat(hall.event, block))
    types = dict(
        db.session.execute(
            select(Registration.id, Registration.type_id).where(Registration.event_id == hall.event_id)
        ).all()
    )
    places = [seat for seat in queries.seats(hall) if not seat.closed]
    front = [seat.number for seat in places if seat.row == 0]
    # who accompanies a leader sits in the hall
    leaders = [
        guest
        for guest in everybody
        if platform_type and types[guest.id] == platform_type and guest.companion_of is None
    ][: len(front)]
    chosen = {(0, number): key for number, key in seating.on_platform(leaders, front, hall.even_rule).items()}
    seated = {guest.id for guest in leaders}
    others = [guest for guest in everybody if guest.id not in seated]
    rows = [
        [(seat.row, seat.number) for seat in places if seat.row == row]
        for row in range(1, max(1, hall.rows - keep_rows) + 1)
    ]
    fill = seating.at_tables if hall.kind == TABLES else seating.in_rows
    behind = {row.id for row in hall.event.types if any(word in row.name for word in _BEHIND)}
    chosen |= fill([guest for guest in others if types[guest.id] not in behind], rows)
    free = [[seat for seat in row if seat not in chosen] for row in rows[1:]]
    chosen |= fill([guest for guest in others if types[guest.id] in behind], free)
    for seat in places:
        seat.registration_id = chosen.get((seat.row, seat.number))
    audit.record(by, "reception.propose", hall, seated=len(chosen), block=block)
    return len(chosen)


#: guest types that never sit in the first row or at the first table
_BEHIND = ("媒体", "记者", "工作人员", "会务")


def _clear(hall: Hall) -> None:
    db.session.execute(update(Seat).where(Seat.hall_id == hall.id).values(registration_id=None))
    db.session.expire_all()


def clear(hall: Hall, *, by: User) -> None:
    """Nobody sits anywhere."""
    lock(hall.event, hall)
    _clear(hall)
    audit.record(by, "reception.clear", hall)


def seat_guest(hall: Hall, registration: Registration, seat: Seat | None, *, by: User) -> None:
    """Give a guest a seat, or none. Who sat there changes places with the guest; nobody has two."""
    # as a cancellation does: the event first
    lock(hall.event, registration, hall, *([seat] if seat is not None else []))
    if registration.event_id != hall.event_id or registration.state not in TAKEN:
        raise Refused(_("This guest has no place at the event."))
    if seat is not None and (seat.hall_id != hall.id or seat.closed):
        raise Refused(_("This seat stays free."))
    mine = select(Seat).where(Seat.hall_id == hall.id, Seat.registration_id == registration.id)
    old = db.session.scalar(mine, execution_options={"populate_existing": True})
    other = seat.registration_id if seat is not None else None
    for place in (old, seat):
        if place is not None:
            place.registration_id = None
    db.session.flush()  # first both are free: a seat and a guest are unique
    if seat is not None:
        seat.registration_id = registration.id
    if old is not None and other is not None and old is not seat:
        old.registration_id = other
    audit.record(
        by,
        "reception.seat_guest",
        hall,
        registration=registration.id,
        seat_row=seat.row if seat else None,
        number=seat.number if seat else None,
    )


def close_seat(seat: Seat, *, by: User) -> None:
    """The seat stays free (an aisle, somebody who comes late), or is opened again."""
    lock(seat.hall.event, seat.hall, seat)
    seat.closed = not seat.closed
    seat.registration_id = None if seat.closed else seat.registration_id
    audit.record(
        by, "reception.close_seat", seat.hall, seat_row=seat.row, number=seat.number, closed=seat.closed
    )


def leave_seats(registration_ids: list[int]) -> int:
    """Guests who do not come give their seats up."""
    count = db.session.execute(
        update(Seat).where(Seat.registration_id.in_(registration_ids)).values(registration_id=None)
    ).rowcount
    if count:
        audit.record(None, "reception.leave_seats", count=count)
    return count


def take_over_seats(old_id: int, new_id: int) -> None:
    """One guest's seats go to another, who comes instead."""
    if db.session.execute(
        update(Seat).where(Seat.registration_id == old_id).values(registration_id=new_id)
    ).rowcount:
        audit.record(None, "reception.take_over_seats", old=old_id, new=new_id)


def number_badges(event: Event, rows: list[Registration], *, by: User) -> list[Badge]:
    """The badges of these guests, numbered on; a number once given stays with its guest. Counts the print."""
    lock(event)
    have, last = queries.badges(event), queries.last_badge(event)
    for row in rows:
        if row.id not in have:
            last += 1
            have[row.id] = Badge(event_id=event.id, registration=row, number=last)
            db.session.add(have[row.id])
        badge = have[row.id]
        badge.times, badge.printed_at = (badge.times or 0) + 1, clock.now()
    db.session.flush()
    audit.record(by, "reception.number_badges", event, count=len(rows))
    return [have[row.id] for row in rows]


def show_names(hall: Hall, *, reason: str, by: User) -> None:
    """Leave the trace of a plan looked at with names in full."""
    audit.record(by, "reception.show_names", hall, reason=reason)


def print_paper(event: Event, *, paper: str, count: int, reason: str, by: User) -> None:
    """Leave the trace of a list or plan that leaves the house with names in full."""
    audit.record(by, "reception.print_paper", event, paper=paper, count=count, reason=reason)
