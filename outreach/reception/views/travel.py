"""Staff pages of journeys, cars and rooms."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.core import clock
from outreach.core.access import chosen_key, found, requires
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.web import page
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.reception import operations, travel_queries
from outreach.reception.forms import VEHICLE_NAMES, PickupForm, RoomsForm, TravelForm
from outreach.reception.travel_models import ARRIVE, LEAVE, Journey, Pickup, Room, Stay
from outreach.reception.views.seats import bp, event_within
from outreach.registrations import queries as registrations
from outreach.registrations.models import Registration

EDIT = Permission.REGISTRATIONS_EDIT


def _travel(event: Event, *, status: int = 200, wrong: tuple[int, PickupForm] | None = None):
    ways = {
        direction: (travel_queries.pickups(event, direction), travel_queries.journeys(event, direction))
        for direction in (ARRIVE, LEAVE)
    }
    forms = {}
    for cars, _journeys in ways.values():
        for car in cars:
            there = clock.in_zone(car.at, event.zone).replace(tzinfo=None)
            forms[car.id] = PickupForm(
                formdata=None, at=there, station=car.station, car=car.car, driver=car.driver
            )
    if wrong:
        forms[wrong[0]] = wrong[1]
    return page(
        "reception/travel.html", event=event, ways=ways, forms=forms, vehicles=VEHICLE_NAMES, status=status
    )


@bp.get("/events/<int:event_id>/travel")
@requires(EDIT)
def travel(event_id: int):
    return _travel(event_within(event_id, EDIT))


@bp.post("/events/<int:event_id>/travel/<any(arrive,leave):direction>")
@requires(EDIT)
def propose_pickups(event_id: int, direction: str):
    event = event_within(event_id, EDIT)
    flash(_("%(num)d cars added.", num=operations.propose_pickups(event, direction, by=current_user)))
    return redirect(url_for(".travel", event_id=event.id), 303)


def _pickup(event: Event, pickup_id: int) -> Pickup:
    return found(db.select(Pickup).where(Pickup.event_id == event.id), pickup_id)


@bp.post("/events/<int:event_id>/pickups/<int:pickup_id>")
@requires(EDIT)
def save_pickup(event_id: int, pickup_id: int):
    event = event_within(event_id, EDIT)
    row, form = _pickup(event, pickup_id), PickupForm()
    if not form.validate_on_submit():
        return _travel(event, wrong=(row.id, form), status=422)
    values = form.values()
    operations.save_pickup(row, by=current_user, at=clock.local(values.pop("at"), event.zone), **values)
    return redirect(url_for(".travel", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/pickups/<int:pickup_id>/remove")
@requires(EDIT)
def remove_pickup(event_id: int, pickup_id: int):
    event = event_within(event_id, EDIT)
    operations.remove_pickup(_pickup(event, pickup_id), by=current_user)
    return redirect(url_for(".travel", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/journeys/<int:journey_id>")
@requires(EDIT)
def put_in_car(event_id: int, journey_id: int):
    event = event_within(event_id, EDIT)
    row = found(db.select(Journey).join(Registration).where(Registration.event_id == event.id), journey_id)
    pickup_id = chosen_key("pickup")
    operations.put_in_car(row, _pickup(event, pickup_id) if pickup_id else None, by=current_user)
    return redirect(url_for(".travel", event_id=event.id), 303)


def _rooms(event: Event, form: RoomsForm, *, status: int = 200):
    rooms = travel_queries.rooms(event)
    return page(
        "reception/rooms.html",
        event=event,
        rooms=rooms,
        stays=travel_queries.stays(event),
        form=form,
        status=status,
    )


@bp.get("/events/<int:event_id>/rooms")
@requires(EDIT)
def rooms(event_id: int):
    return _rooms(event_within(event_id, EDIT), RoomsForm(formdata=None))


@bp.post("/events/<int:event_id>/rooms")
@requires(EDIT)
def add_rooms(event_id: int):
    event, form = event_within(event_id, EDIT), RoomsForm()
    if not form.validate_on_submit():
        return _rooms(event, form, status=422)
    count = operations.add_rooms(
        event, hotel=form.hotel.data, numbers=form.listed(), beds=form.beds.data, by=current_user
    )
    flash(_("%(num)d rooms added.", num=count))
    return redirect(url_for(".rooms", event_id=event.id), 303)


def _room(event: Event, room_id: int) -> Room:
    return found(db.select(Room).where(Room.event_id == event.id), room_id)


@bp.post("/events/<int:event_id>/rooms/<int:room_id>/remove")
@requires(EDIT)
def remove_room(event_id: int, room_id: int):
    event = event_within(event_id, EDIT)
    operations.remove_room(_room(event, room_id), by=current_user)
    return redirect(url_for(".rooms", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/stays/<int:stay_id>")
@requires(EDIT)
def give_room(event_id: int, stay_id: int):
    event = event_within(event_id, EDIT)
    row = found(db.select(Stay).join(Registration).where(Registration.event_id == event.id), stay_id)
    room_id = chosen_key("room")
    operations.give_room(row, _room(event, room_id) if room_id else None, by=current_user)
    return redirect(url_for(".rooms", event_id=event.id), 303)


def _guest(registration_id: int) -> Registration:
    return found(registrations.select_visible(current_user, EDIT), registration_id)


@bp.get("/registrations/<int:registration_id>/ways")
@requires(EDIT)
def guest_ways(registration_id: int):
    """How one guest comes and goes, entered by staff."""
    row = _guest(registration_id)
    form = TravelForm.of(travel_queries.journeys_of(row), travel_queries.stay_of(row), row.event.zone)
    return page("reception/guest_ways.html", row=row, event=row.event, form=form)


@bp.post("/registrations/<int:registration_id>/ways")
@requires(EDIT)
def save_guest_ways(registration_id: int):
    row, form = _guest(registration_id), TravelForm()
    if not form.validate_on_submit():
        return page("reception/guest_ways.html", row=row, event=row.event, form=form, status=422)
    operations.state_ways(row, form.ways(row.event.zone), form.stay(), by=current_user)
    flash(_("The guest has been changed."))
    return redirect(url_for("registrations.guest", registration_id=row.id), 303)
