"""Reads of 迎宾卡: who is to be told of whom, and what stands on the card."""

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from outreach.accounts.models import User
from outreach.accounts.queries import reach
from outreach.checkin.device_models import Brief, BriefChoice
from outreach.core.db import db
from outreach.directory.models import Person
from outreach.directory.restricting import is_free
from outreach.liaison.models import HELD, PROMISE, Contact, FollowUp, LeaderPost, Pairing
from outreach.permissions import Permission
from outreach.registrations.models import Registration


def who_to_brief(ids) -> list[tuple[Registration, User]]:
    """(guest, user): who holds or serves a post that keeps in touch with one of ``ids`` (registrations) and
    was not told yet; of nobody who is restricted.
    """
    if not ids:
        return []
    told = select(Brief.id).where(Brief.registration_id == Registration.id, Brief.user_id == User.id)
    rows = db.session.execute(
        select(Registration, User)
        .join(Pairing, Pairing.person_id == Registration.person_id)
        .join(LeaderPost, LeaderPost.id == Pairing.post_id)
        .join(User, or_(User.id == LeaderPost.user_id, User.id == Pairing.clerk_id))
        .where(
            Registration.id.in_(ids),
            Pairing.ended_on.is_(None),
            User.active,
            ~told.exists(),
            is_free(Registration.person_id),
        )
        .order_by(Registration.id, User.id)
    )
    return list(
        dict.fromkeys(
            (registration, user) for registration, user in rows if user.holds(Permission.LIAISON_VIEW)
        )
    )


def brief_choice(user_id: int) -> BriefChoice | None:
    """How a user wants to hear of arrivals; None: on the page alone."""
    return db.session.get(BriefChoice, user_id)


def briefs(user: User, most: int = 30) -> list[Brief]:
    """The last cards of people the user still keeps in touch with, or may see anyhow; newest first."""
    paired = (
        select(Pairing.id)
        .join(LeaderPost, LeaderPost.id == Pairing.post_id)
        .where(
            Pairing.person_id == Person.id,
            Pairing.ended_on.is_(None),
            or_(LeaderPost.user_id == user.id, Pairing.clerk_id == user.id),
        )
    )
    within = Person.unit_id.in_(reach(user, Permission.DIRECTORY_VIEW))
    mine = (
        select(Brief)
        .join(Brief.registration)
        .join(Registration.person)
        .where(Brief.user_id == user.id, or_(paired.exists(), within))
    )
    chosen = mine.options(
        joinedload(Brief.registration).joinedload(Registration.person),
        joinedload(Brief.registration).joinedload(Registration.event),
        joinedload(Brief.registration).joinedload(Registration.type),
        joinedload(Brief.registration).selectinload(Registration.companions),
    )
    return list(db.session.scalars(chosen.order_by(Brief.id.desc()).limit(most)))


def last_contacts(people: list[int]) -> dict[int, Contact]:
    """Person -> the last contact that was held."""
    chosen = (
        select(Contact)
        .where(Contact.person_id.in_(people), Contact.state == HELD)
        .options(joinedload(Contact.post))
    )
    return {row.person_id: row for row in db.session.scalars(chosen.order_by(Contact.day, Contact.id))}


def open_promises(people: list[int]) -> dict[int, list[FollowUp]]:
    """Person -> what was promised and is not done."""
    chosen = (
        select(FollowUp)
        .join(FollowUp.contact)
        .where(Contact.person_id.in_(people), FollowUp.kind == PROMISE, FollowUp.done_at.is_(None))
    )
    found: dict[int, list[FollowUp]] = {}
    for row in db.session.scalars(chosen.options(joinedload(FollowUp.contact)).order_by(FollowUp.due_on)):
        found.setdefault(row.contact.person_id, []).append(row)
    return found
