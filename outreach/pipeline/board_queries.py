"""The board by stage: columns with their sums, and the first cards of each."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, Subquery, case, func, select

from outreach.accounts.models import Unit, User
from outreach.core.db import db
from outreach.pipeline.fact_queries import AMOUNTS
from outreach.pipeline.follow_models import MonthlyReport
from outreach.pipeline.models import ENDED, STAGES, Agreement, Instalment, Milestone, NextStep, Project
from outreach.pipeline.queries import STANDS, filtered_agreements, select_agreements
from outreach.pipeline.report_queries import latest

#: cards shown in a column; the rest stands in the list
CARDS = 20


@dataclass
class Card:
    """What a card shows. ``path`` is its unit's; ``since``: the day its stage began."""

    id: int
    name: str
    unit: str
    path: str
    officer: str
    since: date | None
    state: str
    step: str = ""
    due_on: date | None = None


@dataclass
class Column:
    """A stage: how many, the five amounts, the first cards."""

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)


_RANK = case({kind: place for place, kind in enumerate(STAGES)}, value=Milestone.kind)


def _ranked(projects: Select) -> Subquery:
    """(id, stage as its place in ``STAGES``, the day it began, ended, the five amounts) of each project."""
    ids = projects.with_only_columns(Project.id, maintain_column_froms=True).order_by(None).subquery()
    facts = (
        select(
            Milestone.project_id,
            func.max(_RANK).label("rank"),
            func.max(case((Milestone.kind == "contract", Milestone.amount_wan))).label("contracted"),
        )
        .where(*STANDS)
        .group_by(Milestone.project_id)
        .subquery()
    )
    paid = (
        select(Instalment.project_id, func.sum(Instalment.amount_wan).label("sum"))
        .group_by(Instalment.project_id)
        .subquery()
    )
    newest = latest()
    return (
        select(
            Project.id,
            func.coalesce(facts.c.rank, 0).label("rank"),
            (Project.state == ENDED).label("ended"),
            Agreement.intended_wan.label("intended_wan"),
            Agreement.agreed_wan.label("agreed_wan"),
            facts.c.contracted.label("contracted_wan"),
            paid.c.sum.label("paid_in_wan"),
            MonthlyReport.completed_wan.label("completed_wan"),
        )
        .join(ids, ids.c.id == Project.id)
        .outerjoin(Agreement, Agreement.id == Project.agreement_id)
        .outerjoin(facts, facts.c.project_id == Project.id)
        .outerjoin(paid, paid.c.project_id == Project.id)
        .outerjoin(newest, newest.c.project_id == Project.id)
        .outerjoin(MonthlyReport, MonthlyReport.id == newest.c.id)
    ).subquery()


def board(projects: Select) -> dict[str, Column]:
    """Stage -> column, in five statements however many projects there are. The stage is that of :attr:`Project.stage`."""
    rows = _ranked(projects)
    columns = {stage: Column(sums=dict.fromkeys(AMOUNTS, Decimal(0))) for stage in STAGES}
    totals = select(rows.c.rank, func.count(), *(func.sum(rows.c[name]) for name in AMOUNTS)).group_by(
        rows.c.rank
    )
    for rank, count, *sums in db.session.execute(totals):
        columns[STAGES[rank]] = Column(
            count, {name: total or Decimal(0) for name, total in zip(AMOUNTS, sums, strict=True)}
        )
    turn = func.row_number().over(partition_by=rows.c.rank, order_by=(rows.c.ended, rows.c.id)).label("turn")
    first = select(rows.c.id, rows.c.rank, turn).subquery()
    shown = db.session.execute(
        select(first.c.id, first.c.rank).where(first.c.turn <= CARDS).order_by(first.c.rank, first.c.turn)
    ).all()
    cards = _cards([key for key, _rank in shown])
    for key, rank in shown:
        columns[STAGES[rank]].cards.append(cards[key])
    return columns


def _cards(ids: list[int]) -> dict[int, Card]:
    rows = db.session.execute(
        select(Project.id, Project.name, Unit, User.name, Project.state)
        .join(Unit, Unit.id == Project.unit_id)
        .outerjoin(User, User.id == Project.officer_id)
        .where(Project.id.in_(ids))
    )
    cards = {
        key: Card(key, name, unit.shown, unit.path, officer or "", None, state)
        for key, name, unit, officer, state in rows
    }
    days = db.session.execute(
        select(Milestone.project_id, Milestone.kind, Milestone.happened_on)
        .where(Milestone.project_id.in_(ids), *STANDS)
        .order_by(_RANK)
    )
    for key, _kind, day in days:
        cards[key].since = day  # the last one is that of its stage
    due = (
        select(NextStep.project_id, func.min(NextStep.due_on).label("due"))
        .where(NextStep.project_id.in_(ids), NextStep.done_at.is_(None))
        .group_by(NextStep.project_id)
        .subquery()
    )
    steps = db.session.execute(
        select(NextStep.project_id, NextStep.text, NextStep.due_on)
        .join(due, due.c.project_id == NextStep.project_id)
        .where(NextStep.due_on == due.c.due, NextStep.done_at.is_(None))
        .order_by(NextStep.id.desc())
    )
    for key, words, day in steps:
        cards[key].step, cards[key].due_on = words, day
    return cards


def without_project(user) -> int:
    """First signings within reach that are no project yet: the home page and the cohorts count them, the board cannot."""
    chosen = (
        filtered_agreements(select_agreements(user), project="none")
        .with_only_columns(Agreement.id)
        .order_by(None)
    )
    return db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
