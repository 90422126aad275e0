"""Every write to events."""

import secrets

from sqlalchemy import insert, select

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory.models import Person
from outreach.events import queries
from outreach.events.announcements import capacity_raised, event_cancelled
from outreach.events.models import Event, Invitation, ProgrammeItem

_SLUG_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


def _check_times(event: Event) -> None:
    if event.ends_at <= event.starts_at:
        raise Refused(_("The end must be after the beginning."))
    if event.opens_at and event.closes_at and event.closes_at <= event.opens_at:
        raise Refused(_("Registration must close after it opens."))


def add_event(unit: Unit, *, by: User | None, **values) -> Event:
    """A draft. Its public address is short and says nothing."""
    event = Event(unit=unit, slug="".join(secrets.choice(_SLUG_SIGNS) for _sign in range(8)), **values)
    _check_times(event)
    db.session.add(event)
    audit.record(by, "events.add_event", event)
    return event


def edit_event(event: Event, *, by: User, **values) -> None:
    """Change an event; guests' calendars follow a change of time or place."""
    lock(event)
    _check_open(event)
    watched = ("starts_at", "ends_at", "venue", "city", "address")
    before = {name: getattr(event, name) for name in watched}
    capacity = event.capacity
    for name, value in values.items():
        setattr(event, name, value)
    _check_times(event)
    event.updated_at = clock.now()
    changed = [name for name in watched if getattr(event, name) != before[name]]
    if changed:
        event.sequence += 1
    audit.record(by, "events.edit_event", event, changed=changed)
    if event.capacity > capacity:
        capacity_raised(event, by=by)


def publish(event: Event, *, by: User | None) -> None:
    """Put the page before the public."""
    lock(event)
    event.move("published")
    event.updated_at = clock.now()
    audit.record(by, "events.publish", event)
    capacity_raised(event, by=by)


def withdraw(event: Event, *, by: User) -> None:
    """Take the page back to a draft."""
    lock(event)
    event.move("draft")
    audit.record(by, "events.withdraw", event)


def hold(event: Event, *, by: User | None) -> None:
    """The event has taken place."""
    lock(event)
    if event.starts_at > clock.now():
        raise Refused(_("The event has not begun yet."))
    event.move("held")
    audit.record(by, "events.hold", event)


def cancel(event: Event, *, reason: str, by: User) -> None:
    """Call it off; every guest with an address is told."""
    lock(event)
    event.move("cancelled")
    event.sequence += 1
    event.updated_at = clock.now()
    audit.record(by, "events.cancel", event, reason=reason)
    event_cancelled(event, by=by)


def _check_open(event: Event) -> None:
    if event.state in ("held", "cancelled"):
        raise Refused(_("An event that was held or cancelled stays as it was."))


def add_item(event: Event, *, by: User | None, **values) -> ProgrammeItem:
    """One more item of the programme."""
    _check_open(event)
    item = ProgrammeItem(event=event, **values)
    db.session.add(item)
    audit.record(by, "events.add_item", item, event=event.id)
    return item


def edit_item(item: ProgrammeItem, *, by: User, **values) -> None:
    """Change an item of the programme."""
    _check_open(item.event)
    for name, value in values.items():
        setattr(item, name, value)
    audit.record(by, "events.edit_item", item)


def remove_item(item: ProgrammeItem, *, by: User) -> None:
    """Take an item out of the programme."""
    _check_open(item.event)
    audit.record(by, "events.remove_item", item, event=item.event_id)
    db.session.delete(item)


def invite(event: Event, people: list[Person], *, by: User | None) -> int:
    """Invite people of the directory; who is invited already stays so. How many are new."""
    lock(event)
    if event.state in ("held", "cancelled"):
        raise Refused(_("An event that was held or cancelled invites nobody."))
    known = set(db.session.scalars(queries.invited_ids(event)))
    fresh = [person.id for person in people if person.id not in known]
    rows = [{"event_id": event.id, "person_id": key, "invited_at": clock.now(), "invited_by_id": getattr(by, "id", None)} for key in fresh]
    if rows:
        db.session.execute(insert(Invitation), rows)
    audit.record(by, "events.invite", event, count=len(fresh))
    return len(fresh)


def uninvite(event: Event, person_id: int, *, by: User) -> None:
    """Take an invitation back."""
    row = db.session.scalar(select(Invitation).where(Invitation.event_id == event.id, Invitation.person_id == person_id))
    if row is None:
        raise Refused(_("This person is not invited."))
    audit.record(by, "events.uninvite", event, person=person_id)
    db.session.delete(row)
