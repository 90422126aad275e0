"""What waits for a second person: milestones and instalments in one list,
and what was returned to who entered it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, literal, or_, select, union_all

from outreach.core import clock
from outreach.core.db import db
from outreach.directory.models import Organisation
from outreach.permissions import Permission
from outreach.pipeline.models import Instalment, Milestone, Project
from outreach.pipeline.queries import STANDS, WAITING_MONEY, select_projects

MILESTONES, INSTALMENTS = "milestones", "instalments"
#: the kind of fact that an instalment is, beside the kinds of milestones
MONEY = "money"
MODELS: dict[str, type[Milestone] | type[Instalment]] = {MILESTONES: Milestone, INSTALMENTS: Instalment}


@dataclass(frozen=True)
class Waiting:
    """One row: ``part`` is ``milestones`` or ``instalments``."""

    part: str
    fact: Milestone | Instalment

    @property
    def key(self) -> str:
        """What a tick box sends."""
        return f"{self.part}-{self.fact.id}"

    @property
    def kind(self) -> str:
        """The kind of milestone, or ``money``."""
        return self.fact.kind if isinstance(self.fact, Milestone) else MONEY

    @property
    def happened_on(self):
        """The day of the fact."""
        return self.fact.happened_on if isinstance(self.fact, Milestone) else self.fact.paid_on


def select_waiting(
    user,
    *,
    text: str = "",
    kind: str = "",
    unit: int | None = None,
    officer: int | None = None,
    age: int = 0,
    returned: bool = False,
) -> Select:
    """(part, id) of the facts within reach that others entered and nobody confirmed, the oldest first.

    ``age``: entered at least so many days ago. ``returned``: instead, what was returned and not mended: also
    the user's own.
    """
    mine = select_projects(user, Permission.PIPELINE_EDIT)
    if text:
        companies = select(Organisation.id).where(Organisation.name.icontains(text.strip(), autoescape=True))
        mine = mine.where(
            or_(Project.name.icontains(text.strip(), autoescape=True), Project.organisation_id.in_(companies))
        )
    mine = mine.where(Project.unit_id == unit) if unit else mine
    mine = mine.where(Project.officer_id == officer) if officer else mine
    ids = mine.with_only_columns(Project.id)
    parts = [
        select(literal(part).label("part"), model.id.label("id"), model.entered_at.label("entered_at")).where(
            model.project_id.in_(ids), *conditions
        )
        for part, model, conditions in (
            (MILESTONES, Milestone, _of_milestones(kind)),
            (INSTALMENTS, Instalment, (*WAITING_MONEY, literal(kind in ("", MONEY)))),
        )
    ]
    for place, model in enumerate((Milestone, Instalment)):
        if returned:
            parts[place] = parts[place].where(model.returned_at.is_not(None))
        else:
            parts[place] = parts[place].where(
                model.returned_at.is_(None), model.entered_by_id.is_distinct_from(user.id)
            )
        if age:
            parts[place] = parts[place].where(model.entered_at <= clock.now() - timedelta(days=age))
    rows = union_all(*parts).subquery()
    return select(rows.c.part, rows.c.id).order_by(rows.c.entered_at, rows.c.part, rows.c.id)


def _of_milestones(kind: str) -> tuple:
    chosen = (Milestone.confirmed_at.is_(None), *STANDS)
    return (*chosen, Milestone.kind == kind) if kind else chosen


def rows(keys: Iterable) -> list[Waiting]:
    """The facts of :func:`select_waiting`, in its order, read in two statements."""
    order = [(part, key) for part, key in keys]
    found: dict[tuple[str, int], Waiting] = {}
    for part, model in MODELS.items():
        ids = [key for of, key in order if of == part]
        if ids:
            for fact in db.session.scalars(select(model).where(model.id.in_(ids))).unique():
                found[part, fact.id] = Waiting(part, fact)
    return [found[key] for key in order if key in found]


def within_reach(user, keys: Iterable[str]) -> list[Waiting]:
    """The facts that these tick boxes name, within reach, by project,
    so that two people lock them in the same order.
    """
    chosen = []
    for key in dict.fromkeys(keys):
        part, _, number = key.partition("-")
        if part in MODELS and number.isascii() and number.isdecimal() and len(number) < 12:
            chosen.append((part, int(number)))
    mine = set(
        db.session.scalars(select_projects(user, Permission.PIPELINE_EDIT).with_only_columns(Project.id))
    )
    found = [row for row in rows(chosen) if row.fact.project_id in mine]
    return sorted(found, key=lambda row: (row.fact.project_id, row.key))


def returned_count(user) -> int:
    """How many of the user's own entries were returned and wait to be mended."""
    chosen = select_waiting(user, returned=True).order_by(None).subquery()
    own = [
        select(model.id).where(
            model.id.in_(select(chosen.c.id).where(chosen.c.part == part)), model.entered_by_id == user.id
        )
        for part, model in MODELS.items()
    ]
    return sum(db.session.scalar(select(func.count()).select_from(one.subquery())) or 0 for one in own)
