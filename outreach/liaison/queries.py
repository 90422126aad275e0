"""Reads of pairings, contacts, trips: who is due, who is near, who else goes there."""

from datetime import date, timedelta

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from outreach.accounts.models import Grant, Unit, User
from outreach.accounts.queries import reach
from outreach.core import tokens
from outreach.core.clock import today
from outreach.core.db import db, is_sqlite
from outreach.directory import queries as directory
from outreach.directory.models import CHAMBER, Organisation, Person, PersonPhone, Post
from outreach.directory.restricting import FREE, is_free
from outreach.liaison.models import (
    CANCELLED,
    HELD,
    PLANNED,
    PROMISE,
    Contact,
    Feed,
    FollowUp,
    LeaderPost,
    Pairing,
    Trip,
)
from outreach.permissions import Permission

#: another county's plan is told of when it lies within so many days of ours
COLLISION_DAYS = 30

#: the last time somebody was in touch with the person of the outer query
LAST = (
    select(func.max(Contact.day))
    .where(Contact.person_id == Person.id, Contact.state == HELD)
    .correlate(Person)
    .scalar_subquery()
)
#: the same with anybody of the company of the outer query's pairing
LAST_THERE = (
    select(func.max(Contact.day))
    .join(Post, Post.person_id == Contact.person_id)
    .where(Post.organisation_id == Pairing.organisation_id, Contact.state == HELD)
    .correlate(Pairing)
    .scalar_subquery()
)
LAST_OF_PAIRING = case((Pairing.person_id.is_(None), LAST_THERE), else_=LAST)


def select_posts(user, permission: Permission = Permission.LIAISON_VIEW) -> Select:
    """The leaders' posts within reach, highest first."""
    return (
        select(LeaderPost)
        .where(LeaderPost.unit_id.in_(reach(user, permission)))
        .order_by(LeaderPost.rank, LeaderPost.id)
    )


def open_posts(user, permission: Permission = Permission.LIAISON_VIEW) -> list[LeaderPost]:
    """Posts that still exist."""
    return list(
        db.session.scalars(select_posts(user, permission).where(LeaderPost.closed_at.is_(None))).unique()
    )


def loads(posts: list[LeaderPost]) -> dict[int, tuple[int, int]]:
    """Post id -> (open pairings, of which overdue)."""
    ids = [post.id for post in posts]
    late = case((_overdue(), 1), else_=0)
    rows = db.session.execute(
        select(Pairing.post_id, func.count(), func.sum(late))
        .outerjoin(Person, Person.id == Pairing.person_id)
        .where(Pairing.post_id.in_(ids), Pairing.ended_on.is_(None))
        .group_by(Pairing.post_id)
    )
    return {post_id: (count, int(overdue or 0)) for post_id, count, overdue in rows}


def _overdue():
    """The pairing's rhythm has run out: nobody was in touch since,
    counted from the pairing's own first day.
    """
    start = func.coalesce(LAST_OF_PAIRING, Pairing.since_on)
    if is_sqlite():
        return func.julianday(today().isoformat()) - func.julianday(start) > Pairing.rhythm_days
    return today() - start > Pairing.rhythm_days


def select_pairings(
    user,
    *,
    post: int | None = None,
    overdue: bool = False,
    text: str = "",
    ended: bool = False,
    full: bool = False,
    free: bool = False,
) -> Select:
    """(pairing, last contact) of people within reach and of companies whose post is, longest without
    contact first; ``full``: of those who may be unmasked; ``free``: without who is restricted.
    """
    within = reach(user, Permission.DIRECTORY_UNMASK if full else Permission.LIAISON_VIEW)
    chosen = (
        select(Pairing, LAST_OF_PAIRING.label("last"))
        .join(LeaderPost, LeaderPost.id == Pairing.post_id)
        .outerjoin(Person, Person.id == Pairing.person_id)
        .outerjoin(Organisation, Organisation.id == Pairing.organisation_id)
        .where(
            or_(
                Person.unit_id.in_(within), and_(Pairing.person_id.is_(None), LeaderPost.unit_id.in_(within))
            ),
            Pairing.ended_on.is_not(None) if ended else Pairing.ended_on.is_(None),
        )
        .options(joinedload(Pairing.person), joinedload(Pairing.organisation), joinedload(Pairing.clerk))
        .order_by(func.coalesce(LAST_OF_PAIRING, Pairing.since_on), Pairing.id)
    )
    if free:
        chosen = chosen.where(is_free(Pairing.person_id))
    if post:
        chosen = chosen.where(Pairing.post_id == post)
    if overdue:
        chosen = chosen.where(_overdue())
    if text:
        chosen = chosen.where(
            or_(
                Person.name.startswith(text.strip(), autoescape=True),
                Person.pinyin.startswith(text.strip().lower(), autoescape=True),
                Organisation.name.contains(text.strip(), autoescape=True),
            )
        )
    return chosen


def find_pairing(user, permission: Permission) -> Select:
    """The pairings within reach, to be found one by one."""
    within = reach(user, permission)
    people = select(Person.id).where(Person.unit_id.in_(within))
    posts = select(LeaderPost.id).where(LeaderPost.unit_id.in_(within))
    return select(Pairing).where(
        or_(Pairing.person_id.in_(people), and_(Pairing.person_id.is_(None), Pairing.post_id.in_(posts)))
    )


def pairings_of(person: Person) -> list[Pairing]:
    """Who keeps in touch with a person now."""
    return list(
        db.session.scalars(
            select(Pairing)
            .where(Pairing.person_id == person.id, Pairing.ended_on.is_(None))
            .order_by(Pairing.id)
        ).unique()
    )


def leaders_of(ids: list[int]) -> dict[int, int]:
    """Person id -> the post that keeps in touch with them; of several the one of highest order."""
    rows = db.session.execute(
        select(Pairing.person_id, Pairing.post_id)
        .join(LeaderPost, LeaderPost.id == Pairing.post_id)
        .where(Pairing.person_id.in_(ids), Pairing.ended_on.is_(None))
        .order_by(LeaderPost.rank.desc(), LeaderPost.id.desc())
    )
    return dict(rows.all())


def pairings_of_organisation(organisation: Organisation, user) -> list[Pairing]:
    """Which posts within reach look after a company."""
    chosen = (
        select(Pairing)
        .join(LeaderPost, LeaderPost.id == Pairing.post_id)
        .where(
            Pairing.organisation_id == organisation.id,
            Pairing.ended_on.is_(None),
            LeaderPost.unit_id.in_(reach(user, Permission.LIAISON_VIEW)),
        )
    )
    return list(db.session.scalars(chosen.options(joinedload(Pairing.clerk))).unique())


def select_contacts(
    user,
    *,
    permission: Permission = Permission.LIAISON_VIEW,
    state: str = "",
    mine: bool = False,
    free: bool = False,
) -> Select:
    """Contacts with people within reach; ``free``: without who is restricted."""
    within = reach(user, permission)
    chosen = select(Contact).join(Person, Person.id == Contact.person_id).where(Person.unit_id.in_(within))
    if free:
        chosen = chosen.where(FREE)
    if state:
        chosen = chosen.where(Contact.state == state)
    if mine:
        chosen = chosen.outerjoin(LeaderPost, LeaderPost.id == Contact.post_id).where(
            or_(Contact.created_by_id == user.id, LeaderPost.user_id == user.id)
        )
    return chosen.options(joinedload(Contact.person), joinedload(Contact.post))


def contacts_of(person: Person) -> list[Contact]:
    """Contacts with a person, latest first."""
    chosen = (
        select(Contact)
        .where(Contact.person_id == person.id)
        .options(joinedload(Contact.post), joinedload(Contact.created_by))
    )
    return list(db.session.scalars(chosen.order_by(Contact.day.desc(), Contact.id.desc()).limit(50)).unique())


def select_follow_ups(user, *, mine: bool = True, closed: bool = False, free: bool = False) -> Select:
    """What is still to be done after contacts (``closed``: what is done), earliest due first;
    without a date last. ``free``: of nobody who is restricted.
    """
    within = reach(user, Permission.LIAISON_VIEW)
    chosen = (
        select(FollowUp)
        .join(Contact, Contact.id == FollowUp.contact_id)
        .join(Person, Person.id == Contact.person_id)
        .where(Person.unit_id.in_(within), FollowUp.done_at.is_not(None) == closed)
        .options(joinedload(FollowUp.contact).joinedload(Contact.person), joinedload(FollowUp.owner))
        .order_by(FollowUp.due_on.is_(None), FollowUp.due_on, FollowUp.id)
    )
    if free:
        chosen = chosen.where(FREE)
    return chosen.where(FollowUp.owner_id == user.id) if mine else chosen


def colleagues(unit: Unit) -> list[User]:
    """Who may own a follow-up: active users with a role at this unit, below it or above it."""
    grants = select(Grant.user_id).join(Unit, Unit.id == Grant.unit_id)
    near = or_(
        Unit.path.startswith(unit.path, autoescape=True),
        func.substr(unit.path, 1, func.length(Unit.path)) == Unit.path,
    )
    return list(
        db.session.scalars(
            select(User).where(User.active.is_(True), User.id.in_(grants.where(near))).order_by(User.name)
        )
    )


def select_near(user, *, province: str, city: str = "", at_least: int = 1, unseen_days: int = 0) -> Select:
    """(person, last contact) of who lives there and is not restricted, key list first,
    then longest unseen.
    """
    within = reach(user, Permission.LIAISON_VIEW)
    chosen = select(Person, LAST.label("last")).where(
        Person.unit_id.in_(within), Person.province == province, Person.tier >= at_least, FREE
    )
    if city:
        chosen = chosen.where(directory.in_city(city))
    if unseen_days:
        chosen = chosen.where(func.coalesce(LAST, date(1900, 1, 1)) < today() - timedelta(days=unseen_days))
    return chosen.order_by(Person.tier.desc(), LAST.is_not(None), LAST, Person.stroke_surname, Person.id)


def chambers_in(province: str) -> list[Organisation]:
    """The chambers through which people there can be reached."""
    return list(
        db.session.scalars(
            select(Organisation)
            .where(Organisation.kind == CHAMBER, Organisation.province == province)
            .order_by(Organisation.name)
        )
    )


def chambers_of(people: list[Person]) -> dict[int, str]:
    """Person id -> the chamber they hold a post in."""
    rows = db.session.execute(
        select(Post.person_id, Organisation.name)
        .join(Organisation)
        .where(Organisation.kind == CHAMBER, Post.person_id.in_([person.id for person in people]))
        .order_by(Post.id.desc())
    )
    return dict(rows.all())


def collisions(people: list[Person], around: date) -> set[int]:
    """Those of ``people`` whom an office outside their own county plans to see within 30 days:
    the same name with the same number on another county's card. Who, when and where is not told.
    """
    own, theirs = aliased(PersonPhone), aliased(PersonPhone)
    mine, other = aliased(Person), aliased(Person)
    here, there = aliased(Unit), aliased(Unit)
    rows = db.session.scalars(
        select(mine.id)
        .join(own, own.person_id == mine.id)
        .join(theirs, theirs.number == own.number)
        .join(other, and_(other.id == theirs.person_id, other.id != mine.id, other.name_key == mine.name_key))
        .join(here, here.id == mine.unit_id)
        .join(there, there.id == other.unit_id)
        .join(Contact, Contact.person_id == other.id)
        .where(
            mine.id.in_([person.id for person in people]),
            Contact.state == PLANNED,
            func.substr(here.place_code, 1, 6) != func.substr(there.place_code, 1, 6),
            Contact.day.between(
                around - timedelta(days=COLLISION_DAYS), around + timedelta(days=COLLISION_DAYS)
            ),
        )
    )
    return set(rows)


def select_trips(user, permission: Permission = Permission.LIAISON_VIEW) -> Select:
    """The trips within reach, latest first."""
    return (
        select(Trip)
        .options(joinedload(Trip.post))
        .where(Trip.unit_id.in_(reach(user, permission)))
        .order_by(Trip.from_on.desc(), Trip.id.desc())
    )


def programme(
    trip: Trip, user, permission: Permission = Permission.LIAISON_VIEW, *, to_go_out: bool = False
) -> list[Contact]:
    """The visits of a trip to people within reach, by day; ``to_go_out``: for paper and calendars, without
    those called off and without who is restricted.
    """
    within = select(Person.id).where(Person.unit_id.in_(reach(user, permission)))
    chosen = (
        select(Contact)
        .where(Contact.trip_id == trip.id, Contact.person_id.in_(within))
        .options(joinedload(Contact.person))
    )
    if to_go_out:
        chosen = chosen.where(Contact.state != CANCELLED, is_free(Contact.person_id))
    return list(
        db.session.scalars(
            chosen.order_by(Contact.day, Contact.at.is_(None), Contact.at, Contact.id)
        ).unique()
    )


def planned_visits(trip: Trip) -> list[Contact]:
    """What is still to come of a trip, for whoever may change the trip."""
    return list(
        db.session.scalars(
            select(Contact).where(Contact.trip_id == trip.id, Contact.state == PLANNED).order_by(Contact.id)
        )
    )


def last_words(people: list[Person]) -> dict[int, tuple[Contact, list[FollowUp]]]:
    """Person id -> the last contact that took place, and the promises still open."""
    ids = [person.id for person in people]
    held = (
        select(Contact)
        .where(Contact.person_id.in_(ids), Contact.state == HELD)
        .order_by(Contact.day, Contact.id)
    )
    last = {contact.person_id: contact for contact in db.session.scalars(held).unique()}
    open_rows = (
        select(FollowUp, Contact.person_id)
        .join(Contact, Contact.id == FollowUp.contact_id)
        .where(Contact.person_id.in_(ids), FollowUp.kind == PROMISE, FollowUp.done_at.is_(None))
        .order_by(FollowUp.id)
    )
    promised: dict[int, list[FollowUp]] = {}
    for row, person_id in db.session.execute(open_rows):
        promised.setdefault(person_id, []).append(row)
    return {person_id: (contact, promised.get(person_id, [])) for person_id, contact in last.items()}


def greetings(user, *, born: bool = True) -> list[Person]:
    """Who agreed to be greeted: those born this month, or all of them."""
    within = reach(user, Permission.LIAISON_VIEW)
    chosen = select(Person).where(Person.unit_id.in_(within), Person.tier > 1, FREE)
    if born:
        chosen = chosen.where(Person.birth.endswith(f"-{today():%m}"))
    return [
        person
        for person in db.session.scalars(chosen.order_by(Person.stroke_surname)).unique()
        if person.consents.get("greetings")
    ]


def feed(token: str) -> Feed | None:
    """The feed of ``token`` while it is good and its user active."""
    row = db.session.scalar(
        select(Feed).where(Feed.sha256 == tokens.digest(token), Feed.revoked_at.is_(None))
    )
    return row if row is not None and row.user.active else None


def feeds_of(user) -> list[Feed]:
    """The user's feeds that still work."""
    return list(
        db.session.scalars(
            select(Feed).where(Feed.user_id == user.id, Feed.revoked_at.is_(None)).order_by(Feed.id.desc())
        )
    )


def due_pairings(user) -> list[tuple[Pairing, date]]:
    """(pairing, day it is due) of what this user arranges, or whose post is theirs; nobody restricted is
    due.
    """
    chosen = select_pairings(user, free=True).where(
        or_(
            Pairing.clerk_id == user.id,
            Pairing.post_id.in_(select(LeaderPost.id).where(LeaderPost.user_id == user.id)),
        )
    )
    rows = db.session.execute(chosen).unique().all()
    return [
        (pairing, (last or pairing.since_on) + timedelta(days=pairing.rhythm_days)) for pairing, last in rows
    ]


def ids_of(mark: str) -> Select | None:
    """The ids of who is ``paired``, ``unpaired``, ``paired with <post>`` or ``silent for <days>``;
    None for another mark.
    """
    paired = select(Pairing.person_id).where(Pairing.ended_on.is_(None), Pairing.person_id.is_not(None))
    if mark == "paired":
        return paired
    if mark == "unpaired":
        return select(Person.id).where(Person.id.not_in(paired))
    if mark.startswith("paired with "):
        return paired.where(Pairing.post_id == int(mark.removeprefix("paired with ")))
    if mark.startswith("silent for "):
        since = today() - timedelta(days=min(int(mark.removeprefix("silent for ")), 36_500))
        return select(Person.id).where(
            Person.id.not_in(select(Contact.person_id).where(Contact.state == HELD, Contact.day > since))
        )
    return None


def people_in_touch(ids) -> set[int]:
    """Those of ``ids`` with a contact or a pairing."""
    return set(db.session.scalars(select(Contact.person_id).where(Contact.person_id.in_(ids)))) | set(
        db.session.scalars(select(Pairing.person_id).where(Pairing.person_id.in_(ids)))
    )


def is_paired(post: LeaderPost, like: Pairing) -> bool:
    """Whether ``post`` keeps in touch already with whom the pairing ``like`` is about."""
    same = and_(
        Pairing.person_id.is_not_distinct_from(like.person_id),
        Pairing.organisation_id.is_not_distinct_from(like.organisation_id),
    )
    return (
        db.session.scalar(
            select(Pairing.id).where(Pairing.post_id == post.id, Pairing.ended_on.is_(None), same).limit(1)
        )
        is not None
    )


def open_pairings_of(organisation: Organisation) -> list[Pairing]:
    """Every post that looks after a company now."""
    return list(
        db.session.scalars(
            select(Pairing).where(Pairing.organisation_id == organisation.id, Pairing.ended_on.is_(None))
        ).unique()
    )
