"""The rows behind three figures of the funnel: who was invited to the summits, who has a place,
who arrived.
"""

from dataclasses import dataclass

from sqlalchemy import Result, Select, select
from sqlalchemy.orm import joinedload, noload, selectinload

from outreach.accounts.queries import county_ids, reach
from outreach.checkin.models import Scan
from outreach.checkin.queries import STANDING
from outreach.core.db import db
from outreach.desk.funnel import summits
from outreach.directory import queries as directory
from outreach.directory.models import Person, Post
from outreach.directory.restricting import is_free
from outreach.events.models import Event, Invitation
from outreach.permissions import Permission
from outreach.registrations import queries as registrations
from outreach.registrations.models import CONFIRMED, Registration

INVITED, GUESTS, ARRIVED = "invited", "guests", "arrived"


@dataclass(frozen=True)
class Row:
    """One person at one summit. ``name`` is whole; it and the answer are empty for whom ``user`` may not
    invite: who was invited and what they said is for those who invite.
    """

    event: Event
    name: str
    company: str
    post: str
    answer: str = ""
    person_id: int | None = None
    registration_id: int | None = None


def select_rows(
    user,
    permission: Permission = Permission.REGISTRATIONS_VIEW,
    *,
    step: str,
    text: str = "",
    event: int = 0,
    unit: int = 0,
    free: bool = False,
) -> Select:
    """Invitations or registrations behind the figure ``step``, narrowed by name or company, summit,
    and the county that hosts it; ``free``: without who is restricted, for a list that leaves the house.
    """
    at = summits(user, permission)
    if event:
        at = at.where(Event.id == event)
    if unit:
        at = at.where(Event.unit_id.in_([key for key, county in county_ids().items() if county == unit]))
    if step == INVITED:
        chosen, model = _invited(user, text.strip()), Invitation
    else:
        placed = select(Registration).options(joinedload(Registration.event))
        chosen, model = placed.where(Registration.state == CONFIRMED), Registration
    if step == ARRIVED:
        chosen = chosen.where(Registration.id.in_(select(Scan.registration_id).where(*STANDING)))
    if free:
        chosen = chosen.where(is_free(model.person_id))
    chosen = chosen.where(model.event_id.in_(at.with_only_columns(Event.id)))
    if step != INVITED:
        chosen = registrations.searched(chosen, text)
    return chosen.order_by(model.event_id.desc(), model.id)


def _invited(user, text: str) -> Select:
    chosen = select(Invitation).options(
        joinedload(Invitation.event),
        noload(Invitation.messages),
        joinedload(Invitation.person).options(
            noload(Person.phones), selectinload(Person.posts).joinedload(Post.organisation)
        ),
    )
    if not text:
        return chosen
    mine = select(Person.id).where(Person.unit_id.in_(reach(user, Permission.EVENTS_INVITE)))
    return chosen.where(Invitation.person_id.in_(directory.searched(mine, text)))


def rows(user, result: Result) -> list[Row]:
    """What :func:`select_rows` chose, as ``user`` may see it."""
    mine = set(db.session.scalars(reach(user, Permission.EVENTS_INVITE)))
    found = result.scalars().unique()
    return [
        _of_invitation(row, mine) if isinstance(row, Invitation) else _of_registration(row) for row in found
    ]


def _of_invitation(row: Invitation, mine: set[int]) -> Row:
    person = row.person
    if person.unit_id not in mine:
        return Row(row.event, "", "", "")
    post = person.company
    return Row(
        row.event,
        person.name,
        post.organisation.name if post else "",
        post.title if post else "",
        row.answer,
        person_id=person.id,
    )


def _of_registration(row: Registration) -> Row:
    return Row(row.event, row.name, row.company, row.post, registration_id=row.id)
