"""Reads of tiers: the screening queue, proposals, re-screening, why somebody is not on a list,
the state of townships' data.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core import clock
from outreach.core.db import db
from outreach.directory.models import KEY, REGISTERED, SCREENED, Person, PersonPhone, Post, TierDecision
from outreach.directory.restricting import FREE
from outreach.directory.tier_models import TierProposal
from outreach.permissions import Permission

#: a tier is looked at again after so long
YEAR = timedelta(days=365)

LAST_DECIDED = (
    select(func.max(TierDecision.decided_at))
    .where(TierDecision.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)


def select_queue(user, *, queue: str, unit: int | None = None) -> Select:
    """People to decide on, without those who are restricted: ``new`` (registered, never decided),
    ``set_aside`` (decided to stay registered), ``yearly`` (screened or key, last decided more than a year
    ago).
    """
    chosen = select(Person).where(Person.unit_id.in_(reach(user, Permission.DIRECTORY_VIEW)), FREE)
    if queue == "yearly":
        chosen = chosen.where(
            Person.tier >= SCREENED, func.coalesce(LAST_DECIDED, Person.created_at) < clock.now() - YEAR
        )
    else:
        decided = select(TierDecision.id).where(TierDecision.person_id == Person.id).exists()
        chosen = chosen.where(Person.tier == REGISTERED, decided if queue == "set_aside" else ~decided)
    if unit:
        path = select(Unit.path).where(Unit.id == unit).scalar_subquery()
        chosen = chosen.where(
            Person.unit_id.in_(select(Unit.id).where(func.substr(Unit.path, 1, func.length(path)) == path))
        )
    return chosen.order_by(Person.home_code, Person.scale_wan.is_(None), Person.scale_wan.desc(), Person.id)


def select_proposals(
    user, permission: Permission = Permission.DIRECTORY_VIEW, *, state: str = "open", tier: int = 0
) -> Select:
    """Proposals on people within reach, oldest first."""
    within = select(Person.id).where(Person.unit_id.in_(reach(user, permission)))
    chosen = select(TierProposal).where(TierProposal.person_id.in_(within)).order_by(TierProposal.id)
    if state:
        chosen = chosen.where(TierProposal.state == state)
    if tier:
        chosen = chosen.where(TierProposal.tier == tier)
    return chosen.options(
        joinedload(TierProposal.person),
        joinedload(TierProposal.proposed_by),
        joinedload(TierProposal.decided_by),
    )


def proposals_of(person: Person) -> list[TierProposal]:
    """The proposals on a person, latest first."""
    return list(
        db.session.scalars(
            select(TierProposal).where(TierProposal.person_id == person.id).order_by(TierProposal.id.desc())
        )
    )


def why_not(person: Person, decisions: list[TierDecision]) -> tuple[str, TierDecision | TierProposal | None]:
    """Why a person is not on the key list: (removed | declined | waiting | never_proposed,
    the row that says so).
    """
    if decisions and decisions[0].tier < KEY and any(decision.tier == KEY for decision in decisions[1:]):
        return "removed", decisions[0]
    proposals = [row for row in proposals_of(person) if row.tier == KEY]
    if proposals and proposals[0].state in ("open", "declined"):
        return ("waiting" if proposals[0].state == "open" else "declined"), proposals[0]
    return "never_proposed", None


@dataclass
class TownData:
    """The state of one township's data: shares of cards that hold something.

    A league of data, never of officials.
    """

    unit: Unit
    people: int
    reachable: int
    placed: int
    employed: int
    fresh: int

    @property
    def complete(self) -> int:
        """Per cent: the mean of reachable, placed and employed."""
        return (
            round(100 * (self.reachable + self.placed + self.employed) / (3 * self.people))
            if self.people
            else 0
        )

    def share(self, part: int) -> int:
        """``part`` of all cards in per cent."""
        return round(100 * part / self.people) if self.people else 0


def towns(user) -> list[TownData]:
    """Every township within reach, also those without a card, and the offices that keep cards;
    least complete first.
    """
    phone = (
        select(PersonPhone.id)
        .where(PersonPhone.person_id == Person.id, PersonPhone.kind == "mobile")
        .exists()
    )
    post = select(Post.id).where(Post.person_id == Person.id).exists()
    ones = [
        func.sum(case((holds, 1), else_=0))
        for holds in (phone, Person.province != "", post, Person.updated_at > clock.now() - YEAR)
    ]
    rows = db.session.execute(
        select(Unit, func.count(Person.id), *ones)
        .outerjoin(Person, Person.unit_id == Unit.id)
        .where(Unit.id.in_(reach(user, Permission.DIRECTORY_VIEW)))
        .group_by(Unit)
    )
    found = [
        TownData(unit, people, *(int(part or 0) if people else 0 for part in parts))
        for unit, people, *parts in rows
        if people or unit.level == "township"
    ]
    return sorted(found, key=lambda town: (town.complete, town.share(town.fresh), town.unit.place_code or ""))
