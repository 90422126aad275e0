"""Reads of journeys, pick-ups, rooms and stays."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from outreach.core import clock
from outreach.core.db import db
from outreach.events.models import Event
from outreach.reception.travel_models import KEPT, Journey, Pickup, Room, Stay
from outreach.registrations.models import TAKEN, Registration


def journeys(event: Event, direction: str, *, loose: bool = False) -> list[Journey]:
    """The ways there or back of guests with a place, by time;
    ``loose``: who wants to be fetched and is in no car yet.
    """
    chosen = (
        select(Journey)
        .join(Registration)
        .where(
            Registration.event_id == event.id, Registration.state.in_(TAKEN), Journey.direction == direction
        )
    )
    if loose:
        chosen = chosen.where(Journey.wanted, Journey.pickup_id.is_(None))
    return list(
        db.session.scalars(chosen.options(joinedload(Journey.registration)).order_by(Journey.at, Journey.id))
    )


def pickups(event: Event, direction: str) -> list[Pickup]:
    """The cars in one direction by time, with who goes along."""
    chosen = select(Pickup).where(Pickup.event_id == event.id, Pickup.direction == direction)
    return list(
        db.session.scalars(
            chosen.options(selectinload(Pickup.journeys).joinedload(Journey.registration)).order_by(
                Pickup.at, Pickup.id
            )
        )
    )


def journeys_of(registration: Registration) -> dict[str, Journey]:
    """Direction -> the guest's journey."""
    return {
        row.direction: row
        for row in db.session.scalars(select(Journey).where(Journey.registration_id == registration.id))
    }


def rooms(event: Event) -> list[Room]:
    """The rooms held for an event, with who sleeps there."""
    chosen = (
        select(Room)
        .where(Room.event_id == event.id)
        .options(selectinload(Room.stays).joinedload(Stay.registration))
    )
    return list(db.session.scalars(chosen.order_by(Room.hotel, Room.number, Room.id)))


def stays(event: Event) -> list[Stay]:
    """The stays of guests with a place, who has no room yet first."""
    chosen = (
        select(Stay)
        .join(Registration)
        .where(Registration.event_id == event.id, Registration.state.in_(TAKEN))
    )
    return list(
        db.session.scalars(
            chosen.options(joinedload(Stay.registration), joinedload(Stay.room)).order_by(
                Stay.room_id.is_not(None), Stay.from_on, Stay.id
            )
        )
    )


def stay_of(registration: Registration) -> Stay | None:
    """The guest's stay."""
    return db.session.scalar(select(Stay).where(Stay.registration_id == registration.id))


def guests_of_old_events() -> list[int]:
    """The registrations whose journeys and stays have outlived the event by a month."""
    return list(
        db.session.scalars(
            select(Registration.id)
            .join(Event, Event.id == Registration.event_id)
            .where(Event.ends_at < clock.now() - KEPT)
        )
    )
