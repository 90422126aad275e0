"""Guests sign up for items of the programme that ask for it."""

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import ProgrammeItem
from outreach.registrations import sign_up_queries as queries
from outreach.registrations.models import CONFIRMED, Registration, SignUp


def sign_up(registration: Registration, item: ProgrammeItem) -> None:
    """The guest comes to this item; once is enough. Places are counted behind the event's lock.

    :class:`Refused` without a place at the event, when the item is full or has begun, or at the time of
    another they signed up for.
    """
    event = registration.event
    lock(event, registration)
    event.check_ahead()
    if registration.state != CONFIRMED:
        raise Refused(_("Only guests with a place can sign up."))
    if item.event_id != event.id or not item.sign_up or clock.now() >= item.starts_at:
        raise Refused(_("Nobody can sign up for this item any more."))
    mine = queries.items_of(registration.id)
    if item.id in {row.id for row in mine}:
        return
    if other := next(
        (row for row in mine if row.starts_at < item.ends_at and item.starts_at < row.ends_at), None
    ):
        raise Refused(_("At that time you have signed up for “%(item)s”.", item=other.title))
    if item.capacity is not None and queries.taken(event.id).get(item.id, 0) >= item.capacity:
        raise Refused(_("This item is full."))
    db.session.add(SignUp(item=item, registration=registration))
    audit.record(None, "registrations.sign_up", item, registration=registration.id)


def give_up(registration: Registration, item: ProgrammeItem, *, by: User | None) -> None:
    """The guest does not come to this item after all; who was not signed up stays so."""
    lock(registration.event, registration)
    if by is None:  # afterwards the list says who had signed up
        registration.event.check_ahead()
    row = queries.of_guest(registration.id, item.id)
    if row is not None:
        db.session.delete(row)
        audit.record(by, "registrations.give_up", item, registration=registration.id)


def take_over_sign_ups(old_id: int, new_id: int) -> None:
    """Who comes in somebody's place comes to the same items."""
    rows = queries.sign_ups_of(old_id)
    for row in rows:
        row.registration_id = new_id
    audit.record(None, "registrations.take_over_sign_ups", count=len(rows), guest=new_id)
