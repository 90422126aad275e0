"""Every write to registrations."""

import secrets

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, insert_now, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import operations as directory
from outreach.directory import queries as people
from outreach.events import queries as events
from outreach.events.models import Event, registration_state
from outreach.registrations import messages, queries, tickets
from outreach.registrations.models import CANCELLED, CONFIRMED, NOTICE_VERSION, WAITING, Registration

#: a waiting list longer than the house itself helps nobody
WAITING_TIMES = 3


def register(slug: str, *, request_key: str, name: str, company: str, post: str, mobile: str, email: str, locale: str) -> Registration:
    """A guest registers: a place at once, or the waiting list when the house is full.

    The same form sent twice gives the same registration. Checks and the count happen behind the event's lock.
    """
    event = events.hold_public_event(slug)
    if event is None:
        raise Refused(_("Registration is not open."))
    standing = queries.standing(event.id, event.unit_path, request_key=request_key, name=name, mobile=mobile)
    if earlier := _same_form(standing, event.id, mobile, name):
        return earlier
    if registration_state(event) != "open":
        raise Refused(_("Registration is not open."))
    if standing.same_number:
        raise Refused(_("This number is registered already. Open your ticket from the link you were given, or ask the organisers."))
    registration = Registration(
        event_id=event.id, request_key=_own_key(standing, request_key), name=name, company=company, post=post, mobile=mobile, email=email,
        locale=locale, source="web", notice_version=NOTICE_VERSION, consented_at=clock.now(),
    )  # fmt: skip
    return _place(registration, event.capacity, standing, by=None)


def register_by_hand(
    event: Event, *, request_key: str, name: str, company: str, post: str, mobile: str, email: str, by: User
) -> Registration:
    """An organiser enters a guest, also when registration is closed."""
    lock(event)
    standing = queries.standing(event.id, event.unit.path, request_key=request_key, name=name, mobile=mobile)
    if earlier := _same_form(standing, event.id, mobile, name):
        return earlier
    if event.state in ("held", "cancelled"):
        raise Refused(_("An event that was held or cancelled takes no more guests."))
    if standing.same_number:
        raise Refused(_("This number is registered already."))
    registration = Registration(
        event_id=event.id, request_key=_own_key(standing, request_key), name=name, company=company, post=post, mobile=mobile, email=email,
        locale="zh_Hans_CN", source="desk",
    )  # fmt: skip
    return _place(registration, event.capacity, standing, by=by)


def _same_form(standing, event_id: int, mobile: str, name: str) -> Registration | None:
    """What this very form made before."""
    if standing.same_form is None:
        return None
    form = db.session.get_one(Registration, standing.same_form)
    return form if (form.event_id, form.mobile, form.name) == (event_id, mobile, name) else None


def _own_key(standing, request_key: str) -> str:
    """The name of a form that was sent again with another guest in it ("back", then the next name) is taken: a fresh one."""
    return request_key if standing.same_form is None else secrets.token_hex(16)


def _place(registration: Registration, capacity: int, standing, *, by: User | None) -> Registration:
    registration.code, registration.registered_at = tickets.new_code(), clock.now()
    registration.person_id = standing.person_id
    if standing.confirmed < capacity and not standing.waiting:  # nobody passes those who wait
        registration.state = CONFIRMED
    else:
        if standing.waiting >= max(20, WAITING_TIMES * capacity):
            raise Refused(_("The house and its waiting list are full."))
        registration.state, registration.waiting_since = WAITING, registration.registered_at
    insert_now(registration)
    (messages.confirmed if registration.state == CONFIRMED else messages.waiting)(registration)
    audit.record(by, "registrations.register", registration, state=registration.state, source=registration.source)
    return registration


def change(registration: Registration, *, name: str, company: str, post: str, email: str, by: User | None) -> None:
    """Correct a registration; the ticket stays the same."""
    lock(registration)
    if registration.state == CANCELLED:
        raise Refused(_("This registration was cancelled."))
    registration.name, registration.company, registration.post, registration.email = (name, company, post, email)
    registration.person_id = people.match(registration.event.unit, name, registration.mobile) or registration.person_id
    audit.record(by, "registrations.change", registration)


def confirm(registration: Registration, *, by: User) -> None:
    """Move one person from the waiting list into the house."""
    lock(registration.event, registration)
    if registration.event.state in ("held", "cancelled"):
        raise Refused(_("An event that was held or cancelled takes no more guests."))
    if queries.places_left(registration.event) < 1:
        raise Refused(_("No place is left."))
    registration.move(CONFIRMED)
    messages.confirmed(registration)
    audit.record(by, "registrations.confirm", registration)


def cancel(registration: Registration, *, by: User | None) -> None:
    """Give a place back; the first on the waiting list moves up."""
    lock(registration.event, registration)
    if registration.event.state in ("held", "cancelled"):
        raise Refused(_("The event is over; nothing can be cancelled any more."))
    registration.move(CANCELLED)
    registration.cancelled_at = clock.now()
    messages.cancelled(registration)
    audit.record(by, "registrations.cancel", registration)
    fill(registration.event, by=by)


def fill(event: Event, *, by: User | None) -> int:
    """Move the waiting list up as far as there are places; how many moved."""
    lock(event)
    moved = 0
    if event.state != "published":
        return moved
    for _place_left in range(queries.places_left(event)):
        first = queries.next_waiting(event)
        if first is None:
            break
        first.move(CONFIRMED)
        db.session.flush()
        messages.confirmed(first)
        audit.record(by, "registrations.fill", first)
        moved += 1
    return moved


def add_to_directory(registration: Registration, *, by: User) -> None:
    """A new prospect becomes a card of the event's unit, or joins the card that has come since."""
    lock(registration)
    if registration.person_id is not None:
        raise Refused(_("This guest is in the directory already."))
    event = registration.event
    known = people.match(event.unit, registration.name, registration.mobile)
    if known is None:
        source = _("registered for %(event)s", event=event.title)[:120]
        person = directory.add_person(
            event.unit, source=source, by=by, name=registration.name, mobiles=[registration.mobile], company=registration.company,
            title=registration.post, email=registration.email,
        )  # fmt: skip
        known = person.id
    registration.person_id = known
    audit.record(by, "registrations.add_to_directory", registration)


def tell_cancelled(event: Event, *, by: User | None) -> int:
    """The event is called off: write to every guest who left an address; how many guests it concerns."""
    rows = db.session.scalars(db.select(Registration).where(Registration.event_id == event.id, Registration.state != CANCELLED)).all()
    for row in rows:
        messages.event_cancelled(row)
    audit.record(by, "registrations.tell_cancelled", event, count=len(rows))
    return len(rows)


def export_guests(event: Event, *, count: int, full: bool, reason: str, by: User) -> None:
    """Leave the trace of a guest list taken out of the house."""
    audit.record(by, "registrations.export_guests", event, reason=reason, count=count, full=full)


def unmask(registration: Registration, *, reason: str, by: User) -> None:
    """Leave the trace of somebody reading a guest's number in full."""
    audit.record(by, "registrations.unmask", registration, reason=reason)
