"""Contacts: planned, held, moved, withdrawn, and what is to follow from them."""

from collections import Counter
from datetime import date, time

from sqlalchemy import select

from outreach.accounts.models import User
from outreach.core import audit, clock, files
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.masking import ERASED
from outreach.core.refusals import Refused
from outreach.core.taken_back import reopen
from outreach.directory import restricting
from outreach.directory.models import Person
from outreach.liaison.models import (
    CANCELLED,
    HELD,
    LEAD,
    PLANNED,
    PROMISE,
    UNREACHED,
    WISH,
    Contact,
    FollowUp,
    LeaderPost,
    Pairing,
    Trip,
)


def plan_contact(
    person: Person,
    *,
    way: str,
    day: date,
    place: str,
    party: str,
    post: LeaderPost | None,
    by: User,
    trip: Trip | None = None,
    at: time | None = None,
) -> Contact:
    """Somebody means to get in touch; nobody does with who is restricted."""
    restricting.check_free(person)
    return _planned(person, way=way, day=day, place=place, party=party, post=post, by=by, trip=trip, at=at)


def _planned(
    person: Person, *, by: User, post: LeaderPost | None, trip: Trip | None = None, **values
) -> Contact:
    contact = Contact(
        unit_id=person.unit_id,
        person_id=person.id,
        state=PLANNED,
        post_id=getattr(post, "id", None),
        created_by_id=by.id,
        trip_id=getattr(trip, "id", None),
        **values,
    )
    db.session.add(contact)
    audit.record(by, "liaison.plan_contact", contact, person=person.id)
    return contact


def record_contact(person: Person, *, way: str, post: LeaderPost | None, by: User, **held) -> Contact:
    """A contact that took place without having been planned. ``held``: what :func:`hold_contact` takes."""
    planned = {name: held[name] for name in ("day", "place", "party")}
    contact = _planned(person, way=way, post=post, by=by, **planned)
    hold_contact(contact, by=by, **held)
    return contact


def hold_contact(
    contact: Contact,
    *,
    day: date,
    place: str,
    party: str,
    said: str,
    next_on: date | None,
    wish: str,
    lead: str,
    promise: str,
    owner: User | None,
    due_on: date | None,
    evidence: tuple[str, bytes] | None,
    by: User,
    not_reached: bool = False,
) -> None:
    """A planned contact took place, or was tried and ``not_reached``,
    which changes nothing about when the next one is due.

    What they want, what may become a project and what we promised become rows to follow up.
    """
    if day > clock.today():
        raise Refused(_("A contact that took place cannot lie in the future."), at="day")
    if not_reached and (wish or lead or promise):
        raise Refused(_("Who was not reached said nothing."), at="not_reached")
    if not not_reached and not (said or wish or lead or promise):
        raise Refused(_("Write what was said, or tick “Not reached”."), at="said")
    db.session.flush()
    lock(contact)
    contact.move(UNREACHED if not_reached else HELD)
    contact.day, contact.place, contact.party, contact.said, contact.next_on, contact.held_by_id = (
        day,
        place,
        party,
        said,
        next_on,
        by.id,
    )
    for kind, text in ((WISH, wish), (LEAD, lead), (PROMISE, promise)):
        if text:
            contact.follow_ups.append(
                FollowUp(kind=kind, text=text, owner_id=owner.id if owner else by.id, due_on=due_on)
            )
    if evidence is not None:
        name, content = evidence
        contact.file = files.keep(name, content, files.evidence_type(content), by=by)
    if next_on is not None:
        plan_contact(
            contact.person, way=contact.way, day=next_on, place="", party="", post=contact.post, by=by
        )
    audit.record(by, "liaison.hold_contact", contact, person=contact.person_id)


def move_contact(
    contact: Contact,
    *,
    way: str,
    day: date,
    at: time | None,
    place: str,
    party: str,
    post: LeaderPost | None,
    by: User,
) -> None:
    """A planned contact takes place another day, elsewhere or otherwise.

    A visit of a trip stays within its days.
    """
    lock(contact)
    if contact.state != PLANNED:
        raise Refused(_("Only a planned contact can be moved."))
    if contact.trip is not None and not contact.trip.from_on <= day <= contact.trip.until_on:
        raise Refused(
            _("The trip does not last until that day. Change the days of the trip first."), at="day"
        )
    before = contact.day
    contact.way, contact.day, contact.at, contact.place, contact.party, contact.post_id = (
        way,
        day,
        at,
        place,
        party,
        getattr(post, "id", None),
    )
    audit.record(by, "liaison.move_contact", contact, before=before.isoformat(), after=day.isoformat())


def cancel_contact(contact: Contact, *, reason: str, by: User) -> None:
    """It does not take place; or it was recorded by mistake:
    then it counts no longer, and what it left open is closed with it.
    """
    lock(contact)
    contact.move(CANCELLED)
    contact.reason = reason
    for row in contact.follow_ups:
        if row.done_at is None:
            row.done_at, row.outcome = clock.now(), _("The contact was withdrawn: %(reason)s", reason=reason)
    audit.record(by, "liaison.cancel_contact", contact, reason=reason)


def finish_follow_up(row: FollowUp, *, outcome: str, by: User) -> None:
    """Done, and what came of it."""
    lock(row)
    if row.done_at is not None:
        raise Refused(_("This was finished already."))
    row.done_at, row.outcome = clock.now(), outcome
    audit.record(by, "liaison.finish_follow_up", row)


def reopen_follow_up(row: FollowUp, *, reason: str, by: User) -> None:
    """It is not done after all; with a contact that was withdrawn it stays closed."""
    lock(row)
    if row.contact.state == CANCELLED:
        raise Refused(_("The contact was withdrawn: what it left stays closed."))
    reopen(row, reason=reason, by=by)
    audit.record(by, "liaison.reopen_follow_up", row, reason=reason)


def open_file(contact: Contact, *, by: User) -> None:
    """Leave the trace of a contact's paper or photograph taken out of the house."""
    audit.record(by, "liaison.open_file", contact, file=contact.file_id)


def forget_contacts(person_id: int, *, by: User) -> Counter:
    """Of an erased person: contacts stay as facts without a word of what was said;
    what is planned is called off, pairings end.
    """
    contacts = db.session.scalars(select(Contact).where(Contact.person_id == person_id)).unique().all()
    for contact in contacts:
        if contact.file is not None:
            files.forget(contact.file)
            contact.file.name = ERASED
        if contact.state == PLANNED:
            contact.move(CANCELLED)
        contact.place, contact.party, contact.said, contact.reason, contact.next_on = "", "", "", "", None
        for row in contact.follow_ups:
            row.text, row.outcome, row.reopened = ERASED, "", []
            row.done_at = row.done_at or clock.now()
    pairings = db.session.scalars(select(Pairing).where(Pairing.person_id == person_id)).unique().all()
    for pairing in pairings:
        pairing.ended_on, pairing.end_reason = pairing.ended_on or clock.today(), ""
    audit.record(by, "liaison.forget_contacts", count=len(contacts), pairings=len(pairings))
    return Counter(contacts=len(contacts), pairings=len(pairings))
