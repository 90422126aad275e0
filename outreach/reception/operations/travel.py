"""Journeys, cars, rooms."""

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import delete

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.reception import travel_queries
from outreach.reception.travel_models import Journey, Pickup, Room, Stay
from outreach.registrations.models import ACTIVE, STAY, WAY_BACK, WAY_THERE, Registration, RegistrationChange
from outreach.registrations.operations import note_change

#: who comes to one station within so long can share a car
TOGETHER = timedelta(minutes=30)


def state_ways(registration: Registration, ways: dict[str, dict], stay: dict, *, by: User | None) -> None:
    """How a guest comes and goes and where they sleep, as far as the event asks for it;
    what stood there before is kept as a change.

    ``ways``: direction -> values of :func:`state_journey`; ``stay``: values of :func:`state_stay`.
    """
    event = registration.event
    if event.asks_travel:
        for direction, way in ways.items():
            before = _way_words(travel_queries.journeys_of(registration).get(direction), event.zone)
            state_journey(registration, direction, by=by, **way)
            db.session.flush()
            after = _way_words(travel_queries.journeys_of(registration).get(direction), event.zone)
            note_change(registration, direction, before, after, by=by)
    if event.asks_room:
        before = _stay_words(travel_queries.stay_of(registration))
        state_stay(registration, by=by, **stay)
        db.session.flush()
        note_change(registration, STAY, before, _stay_words(travel_queries.stay_of(registration)), by=by)


def _way_words(row: Journey | None, zone: str) -> str:
    if row is None:
        return ""
    at = clock.in_zone(row.at, zone)
    wanted = "接送" if row.wanted else ""
    return " ".join(word for word in (f"{at:%Y-%m-%d %H:%M}", row.number, row.station, wanted) if word)


def _stay_words(row: Stay | None) -> str:
    return "" if row is None else f"{row.from_on} – {row.until_on} {row.shares_with}".strip()


def _lock_expected(registration: Registration) -> None:
    """Hold a guest who is still expected at an event that lies ahead."""
    lock(registration)
    if registration.state not in ACTIVE:
        raise Refused(_("This registration was cancelled."))
    registration.event.check_ahead()


def state_journey(
    registration: Registration,
    direction: str,
    *,
    at: datetime | None,
    vehicle: str,
    number: str,
    station: str,
    wanted: bool,
    by: User | None,
) -> None:
    """How a guest comes or goes; without a time nothing is known.

    Another time, train or place leaves the car it was in.
    """
    _lock_expected(registration)
    row = travel_queries.journeys_of(registration).get(direction)
    if at is None:
        if row is not None:
            db.session.delete(row)
    else:
        row = row or Journey(registration_id=registration.id, direction=direction)
        if row.pickup_id is not None and (row.at, row.station, row.number, wanted) != (
            at,
            station,
            number,
            True,
        ):
            row.pickup_id = None
        row.at, row.vehicle, row.number, row.station, row.wanted = at, vehicle, number, station, wanted
        db.session.add(row)
    audit.record(by, "reception.state_journey", registration, direction=direction)


def state_stay(
    registration: Registration,
    *,
    from_on: date | None,
    until_on: date | None,
    shares_with: str,
    by: User | None,
) -> None:
    """From when to when a guest sleeps there; without days no room is needed."""
    _lock_expected(registration)
    row = travel_queries.stay_of(registration)
    if from_on is None or until_on is None:
        if row is not None:
            db.session.delete(row)
    else:
        row = row or Stay(registration_id=registration.id)
        row.from_on, row.until_on, row.shares_with = from_on, until_on, shares_with
        db.session.add(row)
    audit.record(by, "reception.state_stay", registration)


def propose_pickups(event: Event, direction: str, *, by: User) -> int:
    """Group who is in no car yet by station and half hour; how many cars were added.

    Who drives is filled in by hand.
    """
    lock(event)
    groups: list[Pickup] = []
    for row in travel_queries.journeys(event, direction, loose=True):
        car = next(
            (one for one in groups if one.station == row.station and row.at - one.journeys[0].at <= TOGETHER),
            None,
        )
        if car is None:
            car = Pickup(event_id=event.id, direction=direction, at=row.at, station=row.station)
            groups.append(car)
            db.session.add(car)
        car.journeys.append(row)
        car.at = max(car.at, row.at)  # it leaves when the last one is there
    audit.record(by, "reception.propose_pickups", event, direction=direction, cars=len(groups))
    return len(groups)


def save_pickup(pickup: Pickup, *, at: datetime, station: str, car: str, driver: str, by: User) -> None:
    """When and where the car stands, its number, who drives."""
    lock(pickup)
    pickup.at, pickup.station, pickup.car, pickup.driver = at, station, car, driver
    audit.record(by, "reception.save_pickup", pickup)


def remove_pickup(pickup: Pickup, *, by: User) -> None:
    """The car goes; who was in it is in none."""
    lock(pickup, to_delete=True)
    audit.record(by, "reception.remove_pickup", pickup)
    for row in pickup.journeys:
        row.pickup_id = None
    db.session.flush()
    db.session.expire(pickup, ["journeys"])
    db.session.delete(pickup)


def put_in_car(journey: Journey, pickup: Pickup | None, *, by: User) -> None:
    """A guest goes with this car, or with none."""
    if pickup is not None and (pickup.event_id, pickup.direction) != (
        journey.registration.event_id,
        journey.direction,
    ):
        raise Refused(_("This car goes elsewhere."))
    lock(*([pickup] if pickup else []), journey)
    journey.pickup_id = getattr(pickup, "id", None)
    audit.record(by, "reception.put_in_car", journey, pickup=journey.pickup_id)


def add_rooms(event: Event, *, hotel: str, numbers: list[str], beds: int, by: User) -> int:
    """Rooms of a hotel; those already there are left alone. How many are new."""
    lock(event)
    known = {(room.hotel, room.number) for room in travel_queries.rooms(event)}
    new = [number for number in dict.fromkeys(numbers) if (hotel, number) not in known]
    db.session.add_all(Room(event_id=event.id, hotel=hotel, number=number, beds=beds) for number in new)
    audit.record(by, "reception.add_rooms", event, count=len(new))
    return len(new)


def remove_room(room: Room, *, by: User) -> None:
    """A room nobody sleeps in is given back to the hotel."""
    lock(room, to_delete=True)
    if room.stays:
        raise Refused(_("Somebody sleeps in this room."))
    audit.record(by, "reception.remove_room", room)
    db.session.delete(room)


def give_room(stay: Stay, room: Room | None, *, by: User) -> None:
    """A guest sleeps in this room, as far as it has a bed free on those days; or in none yet."""
    if room is not None:
        lock(room)
        if room.event_id != stay.registration.event_id:
            raise Refused(_("This room is held for another event."))
        there = [
            other
            for other in room.stays
            if other is not stay and other.from_on < stay.until_on and stay.from_on < other.until_on
        ]
        if len(there) >= room.beds:
            raise Refused(_("No bed is free in %(room)s on those days.", room=f"{room.hotel} {room.number}"))
    stay.room = room
    audit.record(by, "reception.give_room", stay, room=getattr(room, "id", None))


def forget_travel() -> int:
    """Journeys and stays of events that ended a month ago; of how many guests."""
    ids = travel_queries.guests_of_old_events()
    count = 0
    for start in range(0, len(ids), 500):
        noted = RegistrationChange.registration_id.in_(ids[start : start + 500])
        travel = RegistrationChange.detail.in_((WAY_THERE, WAY_BACK, STAY))
        db.session.execute(delete(RegistrationChange).where(noted, travel))
        for model in (Journey, Stay):
            count += db.session.execute(
                delete(model).where(model.registration_id.in_(ids[start : start + 500]))
            ).rowcount
    audit.record(None, "reception.forget_travel", count=count)
    return count


def forget_erased(ids: list[int]) -> Counter:
    """Journeys and stays of erased guests; who shares a room with them is not asked any more."""
    done: Counter = Counter()
    for model in (Journey, Stay):
        gone = db.session.execute(delete(model).where(model.registration_id.in_(ids)))
        done[model.__tablename__] += gone.rowcount
    audit.record(None, "reception.forget_erased", count=sum(done.values()))
    return done
