"""Trips and the visits they are for."""

from datetime import date

from outreach.accounts.models import Unit, User
from outreach.core import audit
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory.models import Person
from outreach.liaison import queries
from outreach.liaison.models import LeaderPost, Trip
from outreach.liaison.operations.contacts import cancel_contact, plan_contact


def plan_trip(
    unit: Unit,
    people: list[Person],
    *,
    province: str,
    city: str,
    from_on: date,
    until_on: date,
    party: str,
    post: LeaderPost | None,
    by: User,
) -> Trip:
    """A trip and the visits it is for."""
    trip = Trip(
        unit=unit,
        province=province,
        city=city,
        from_on=from_on,
        until_on=until_on,
        party=party,
        post_id=getattr(post, "id", None),
        created_by_id=by.id,
    )
    db.session.add(trip)
    db.session.flush()
    for person in people:
        plan_contact(
            person, way="visit", day=from_on, place=city or province, party=party, post=post, by=by, trip=trip
        )
    audit.record(by, "liaison.plan_trip", trip, people=len(people))
    return trip


def change_trip(
    trip: Trip, *, from_on: date, until_on: date, party: str, post: LeaderPost | None, by: User
) -> int:
    """Other days, another party, another leader.

    Planned visits outside the new days move to the nearest one; how many.
    """
    lock(trip)
    if trip.called_off:
        raise Refused(_("This trip was called off."))
    trip.from_on, trip.until_on, trip.party, trip.post_id = (
        from_on,
        until_on,
        party,
        getattr(post, "id", None),
    )
    moved = 0
    for contact in queries.planned_visits(trip):
        day = min(max(contact.day, from_on), until_on)
        moved += day != contact.day
        contact.day, contact.post_id = day, trip.post_id
    audit.record(by, "liaison.change_trip", trip, moved=moved)
    return moved


def add_visits(trip: Trip, people: list[Person], *, by: User) -> int:
    """More people to see on a trip, on its first day; those on it already are left alone.

    How many were added.
    """
    lock(trip)
    if trip.called_off:
        raise Refused(_("This trip was called off."))
    have = {contact.person_id for contact in queries.planned_visits(trip)}
    new = [person for person in people if person.id not in have]
    for person in new:
        plan_contact(
            person,
            way="visit",
            day=trip.from_on,
            place=trip.city,
            party=trip.party,
            post=trip.post,
            by=by,
            trip=trip,
        )
    audit.record(by, "liaison.add_visits", trip, people=len(new))
    return len(new)


def call_off_trip(trip: Trip, *, reason: str, by: User) -> None:
    """The trip does not take place, nor do the visits still planned for it."""
    lock(trip)
    if trip.called_off:
        raise Refused(_("This trip was called off."))
    trip.called_off = reason
    for contact in queries.planned_visits(trip):
        cancel_contact(contact, reason=reason, by=by)
    audit.record(by, "liaison.call_off_trip", trip, reason=reason)


def print_trip(trip: Trip, *, reason: str, by: User) -> None:
    """Leave the trace of a programme printed with names and numbers in full."""
    audit.record(by, "liaison.print_trip", trip, reason=reason)
