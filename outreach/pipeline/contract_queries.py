"""The rows behind the contracted amount: contracts of projects,
and contracts on paper that are no project yet, in one list.

They are the terms of ``sum_queries.Sums.contracted_wan``: a test holds the two equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, Subquery, case, func, literal, or_, select, union_all

from outreach.core.db import db
from outreach.directory.models import Organisation
from outreach.permissions import Permission
from outreach.pipeline.agreement_models import FIRST, INCREASE, Agreement
from outreach.pipeline.models import Milestone, Project
from outreach.pipeline.queries import ADDS, COUNTED_AT, PROVEN, STANDS, select_agreements, select_projects

#: the contract of a project; a paper that is no project yet; an increase, which adds an amount and is no
#: contract of its own
OF_PROJECT, PAPER = "project", "paper"
SOURCES = (OF_PROJECT, PAPER, INCREASE)


@dataclass(frozen=True)
class Contract:
    """One row: its project or its paper, the day and the amount that counts."""

    source: str
    of: Project | Agreement
    day: date
    amount_wan: Decimal

    @property
    def name(self) -> str:
        """The name of the project or the title of the paper."""
        return self.of.name if isinstance(self.of, Project) else self.of.title


def select_contracts(
    user,
    permission: Permission = Permission.PIPELINE_VIEW,
    *,
    text: str = "",
    source: str = "",
    unit: int | None = None,
    event: int | None = None,
    waiting: str = "",
) -> Select:
    """(source, id, day, amount) of what the contracted amount adds up, within reach, the newest first.

    ``source``: one of :data:`SOURCES`. ``waiting``: instead, what waits for its confirmation or its scan.
    """
    rows = _rows(user, permission, waiting=bool(waiting))
    chosen = select(rows.c.source, rows.c.id, rows.c.day, rows.c.amount_wan)
    if source:
        chosen = chosen.where(rows.c.source == source)
    if text:
        known = Organisation.name.icontains(text.strip(), autoescape=True)
        companies = select(Organisation.id).where(known)
        named = rows.c.name.icontains(text.strip(), autoescape=True)
        chosen = chosen.where(or_(named, rows.c.organisation_id.in_(companies)))
    chosen = chosen.where(rows.c.unit_id == unit) if unit else chosen
    chosen = chosen.where(rows.c.event_id == event) if event else chosen
    return chosen.order_by(rows.c.day.desc(), rows.c.source, rows.c.id)


def _rows(user, permission: Permission, *, waiting: bool) -> Subquery:
    projects = select_projects(user, permission)
    wanted = Milestone.confirmed_at.is_(None) if waiting else Milestone.confirmed_at.is_not(None)
    of_projects = (
        select(
            literal(OF_PROJECT).label("source"),
            Project.id.label("id"),
            Project.name.label("name"),
            Project.organisation_id,
            Project.unit_id,
            Agreement.event_id.label("event_id"),
            Milestone.happened_on.label("day"),
            Milestone.amount_wan.label("amount_wan"),
        )
        .join(Milestone, Milestone.project_id == Project.id)
        .outerjoin(Agreement, Agreement.id == Project.agreement_id)
        .where(
            Project.id.in_(projects.with_only_columns(Project.id)),
            Milestone.kind == "contract",
            Milestone.amount_wan.is_not(None),
            wanted,
            *STANDS,
        )
    )
    with_project = projects.where(Project.agreement_id.is_not(None)).with_only_columns(Project.agreement_id)
    papers = select_agreements(user, permission).with_only_columns(
        case((Agreement.counts_as == FIRST, PAPER), else_=INCREASE).label("source"),
        Agreement.id,
        Agreement.title.label("name"),
        Agreement.organisation_id,
        Agreement.unit_id,
        COUNTED_AT.label("event_id"),
        Agreement.signed_on.label("day"),
        Agreement.contracted_wan.label("amount_wan"),
        maintain_column_froms=True,
    )
    papers = papers.where(*ADDS, Agreement.contracted_wan.is_not(None), ~PROVEN if waiting else PROVEN).where(
        Agreement.id.not_in(with_project)
    )
    return union_all(of_projects, papers).subquery()


def rows(found: Iterable) -> list[Contract]:
    """The rows of :func:`select_contracts`, in its order, read in two statements."""
    order = list(found)
    objects: dict[tuple[bool, int], Project | Agreement] = {}
    for model in (Project, Agreement):
        ids = [row.id for row in order if (row.source == OF_PROJECT) == (model is Project)]
        if ids:
            for one in db.session.scalars(select(model).where(model.id.in_(ids))).unique():
                objects[model is Project, one.id] = one
    return [
        Contract(row.source, objects[row.source == OF_PROJECT, row.id], row.day, row.amount_wan)
        for row in order
    ]


@dataclass(frozen=True)
class Total:
    """What the rows add up to; an increase is no contract of its own."""

    contracts: int
    increases: int
    amount_wan: Decimal


def total(chosen: Select) -> Total:
    """Over all pages of :func:`select_contracts`."""
    rows = chosen.order_by(None).subquery()
    grouped = select(rows.c.source, func.count(), func.sum(rows.c.amount_wan)).group_by(rows.c.source)
    counts, amount = dict.fromkeys(SOURCES, 0), Decimal(0)
    for source, count, wan in db.session.execute(grouped):
        counts[source] = count
        amount += wan or 0
    return Total(counts[OF_PROJECT] + counts[PAPER], counts[INCREASE], amount)
