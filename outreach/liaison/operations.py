"""Every write of keeping in touch."""

from collections import Counter
from datetime import date, time

from sqlalchemy import select, update

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock, files, tokens
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.masking import ERASED
from outreach.core.refusals import Refused
from outreach.core.taken_back import reopen
from outreach.directory.models import Organisation, Person
from outreach.liaison import messages, queries
from outreach.liaison.models import (
    CANCELLED,
    HELD,
    LEAD,
    PLANNED,
    PROMISE,
    UNREACHED,
    WISH,
    Contact,
    Feed,
    FollowUp,
    LeaderPost,
    Pairing,
    Tenure,
    Trip,
)


def add_post(
    unit: Unit, *, title: str, holder: str, rank: int, from_on: date, user: User | None, by: User | None
) -> LeaderPost:
    """A leader's post and who holds it."""
    post = LeaderPost(unit=unit, title=title, rank=rank, user_id=getattr(user, "id", None))
    if holder:
        post.tenures.append(Tenure(name=holder, from_on=from_on))
    db.session.add(post)
    audit.record(by, "liaison.add_post", post)
    return post


def hand_over(post: LeaderPost, *, holder: str, from_on: date, user: User | None, by: User) -> None:
    """The post changes hands; its pairings stay with it. An empty holder leaves it vacant."""
    lock(post)
    for tenure in post.tenures:
        if tenure.until_on is None:
            if from_on < tenure.from_on:
                raise Refused(_("The new holder cannot begin before the present one began."))
            tenure.until_on = from_on
    if holder:
        post.tenures.insert(0, Tenure(name=holder, from_on=from_on))
    post.user_id = getattr(user, "id", None)
    audit.record(by, "liaison.hand_over", post)


def close_post(post: LeaderPost, *, heir: LeaderPost | None, by: User) -> int:
    """The post is abolished; its pairings go to ``heir``, or end. How many."""
    lock(post)
    if post.closed_at is not None:
        raise Refused(_("This post is closed already."))
    if heir is not None and (heir.id == post.id or heir.closed_at is not None):
        raise Refused(_("The pairings cannot go to this post."))
    rows = (
        db.session.scalars(select(Pairing).where(Pairing.post_id == post.id, Pairing.ended_on.is_(None)))
        .unique()
        .all()
    )
    for pairing in rows:
        pairing.ended_on, pairing.end_reason = clock.today(), _("the post was closed")
        if heir is not None and not queries.is_paired(heir, pairing):
            db.session.add(
                Pairing(
                    post=heir,
                    person_id=pairing.person_id,
                    organisation_id=pairing.organisation_id,
                    clerk_id=pairing.clerk_id,
                    rhythm_days=pairing.rhythm_days,
                    since_on=clock.today(),
                )
            )
    post.closed_at = clock.now()
    audit.record(by, "liaison.close_post", post, pairings=len(rows))
    return len(rows)


def pair(
    post: LeaderPost,
    person: Person,
    *,
    rhythm_days: int,
    clerk: User | None,
    by: User | None,
    since_on: date | None = None,
) -> Pairing:
    """A post keeps in touch with a person. One leader at each level: county and township may both pair."""
    lock(person)
    for other in queries.pairings_of(person):
        if other.post.unit.level == post.unit.level:
            raise Refused(
                _(
                    "%(post)s is paired with this person already. End that pairing first.",
                    post=other.post.title,
                )
            )
    row = Pairing(
        post=post,
        person_id=person.id,
        rhythm_days=rhythm_days,
        clerk_id=getattr(clerk, "id", None),
        since_on=since_on or clock.today(),
    )
    db.session.add(row)
    audit.record(by, "liaison.pair", row, person=person.id)
    return row


def pair_organisation(
    post: LeaderPost, organisation: Organisation, *, rhythm_days: int, clerk: User | None, by: User
) -> Pairing:
    """首席服务员: a post looks after a company, once."""
    lock(organisation)
    if any(other.post_id == post.id for other in queries.open_pairings_of(organisation)):
        raise Refused(_("This post looks after the company already."))
    row = Pairing(
        post=post,
        organisation_id=organisation.id,
        rhythm_days=rhythm_days,
        clerk_id=getattr(clerk, "id", None),
        since_on=clock.today(),
    )
    db.session.add(row)
    audit.record(by, "liaison.pair_organisation", row, organisation=organisation.id)
    return row


def end_pairing(pairing: Pairing, *, reason: str, by: User) -> None:
    """The pairing ends and stays on record."""
    lock(pairing)
    if pairing.ended_on is not None:
        raise Refused(_("This pairing has ended already."))
    pairing.ended_on, pairing.end_reason = clock.today(), reason
    audit.record(by, "liaison.end_pairing", pairing, reason=reason)


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
    """Somebody means to get in touch."""
    contact = Contact(
        unit_id=person.unit_id,
        person_id=person.id,
        state=PLANNED,
        way=way,
        day=day,
        at=at,
        place=place,
        party=party,
        post_id=getattr(post, "id", None),
        created_by_id=by.id,
        trip_id=getattr(trip, "id", None),
    )
    db.session.add(contact)
    audit.record(by, "liaison.plan_contact", contact, person=person.id)
    return contact


def record_contact(person: Person, *, way: str, post: LeaderPost | None, by: User, **held) -> Contact:
    """A contact that took place without having been planned. ``held``: what :func:`hold_contact` takes."""
    planned = {name: held[name] for name in ("day", "place", "party")}
    contact = plan_contact(person, way=way, post=post, by=by, **planned)
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
    """A planned contact took place, or was tried and ``not_reached``, which changes nothing about when the next one is due.

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
    """A planned contact takes place another day, elsewhere or otherwise. A visit of a trip stays within its days."""
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
    """It does not take place; or it was recorded by mistake: then it counts no longer, and what it left open is closed with it."""
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
    """Other days, another party, another leader. Planned visits outside the new days move to the nearest one; how many."""
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
    """More people to see on a trip, on its first day; those on it already are left alone. How many were added."""
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


def make_feed(*, by: User) -> str:
    """A fresh calendar address; the one before stops working."""
    db.session.execute(
        update(Feed).where(Feed.user_id == by.id, Feed.revoked_at.is_(None)).values(revoked_at=clock.now())
    )
    token = tokens.fresh()
    db.session.add(Feed(user_id=by.id, sha256=tokens.digest(token)))
    audit.record(by, "liaison.make_feed")
    return token


def revoke_feeds(*, by: User) -> None:
    """No calendar reads this user's dates any more."""
    db.session.execute(
        update(Feed).where(Feed.user_id == by.id, Feed.revoked_at.is_(None)).values(revoked_at=clock.now())
    )
    audit.record(by, "liaison.revoke_feeds")


def open_file(contact: Contact, *, by: User) -> None:
    """Leave the trace of a contact's paper or photograph taken out of the house."""
    audit.record(by, "liaison.open_file", contact, file=contact.file_id)


def export_pairings(*, count: int, full: bool, reason: str, by: User) -> None:
    """Leave the trace of the list of pairings taken out of the house."""
    audit.record(by, "liaison.export_pairings", reason=reason, count=count, full=full)


def remind_all() -> int:
    """Write to everybody who has an address and something overdue; how many letters."""
    count = 0
    for user in db.session.scalars(select(User).where(User.active.is_(True), User.email != "")).unique():
        due = [(pairing, day) for pairing, day in queries.due_pairings(user) if day <= clock.today()]
        tasks = [
            row
            for row in db.session.scalars(queries.select_follow_ups(user)).unique()
            if row.due_on and row.due_on <= clock.today()
        ]
        if due or tasks:
            messages.reminder(user, due, tasks)
            count += 1
    audit.record(None, "liaison.remind_all", count=count)
    return count


def forget_contacts(person_id: int, *, by: User) -> Counter:
    """Of an erased person: contacts stay as facts without a word of what was said; what is planned is called off, pairings end."""
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
