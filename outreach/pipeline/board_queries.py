"""The board by stage: columns with their sums, and the first cards of each."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, Subquery, case, func, select

from outreach.accounts.models import Unit, User
from outreach.core.db import db
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.fact_queries import AMOUNTS
from outreach.pipeline.follow_models import MonthlyReport
from outreach.pipeline.models import ENDED, STAGES, Instalment, Milestone, NextStep, Project
from outreach.pipeline.queries import (
    CONFIRMED_MONEY,
    OPEN_STEP,
    PROVEN,
    STANDS,
    filtered_agreements,
    select_agreements,
)
from outreach.pipeline.report_queries import latest

#: cards shown in a column; the rest stands in the list
CARDS = 20


@dataclass
class Card:
    """What a card shows.

    ``path`` is its unit's; ``since``: the day its stage began; ``waits``: its stage is not confirmed yet.
    """

    id: int
    name: str
    unit: str
    path: str
    officer: str
    since: date | None
    state: str
    step: str = ""
    due_on: date | None = None
    waits: bool = False


@dataclass
class Column:
    """A stage as entered: how many, how many of them wait for confirmation,
    the five amounts as far as proven, the first cards.
    """

    count: int = 0
    waiting: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)


_RANK = case({kind: place for place, kind in enumerate(STAGES)}, value=Milestone.kind)


def _ranked(projects: Select) -> Subquery:
    """(id, stage as its place in ``STAGES``, waits, ended, the five amounts) of each project.

    A stage waits when the furthest milestone entered is not the furthest confirmed.
    """
    ids = projects.with_only_columns(Project.id, maintain_column_froms=True).order_by(None).subquery()
    confirmed = Milestone.confirmed_at.is_not(None)
    facts = (
        select(
            Milestone.project_id,
            func.max(_RANK).label("rank"),
            func.max(case((confirmed, _RANK), else_=0)).label("confirmed_rank"),
            func.max(case((confirmed & (Milestone.kind == "contract"), Milestone.amount_wan))).label(
                "contracted"
            ),
        )
        .where(*STANDS)
        .group_by(Milestone.project_id)
        .subquery()
    )
    paid = (
        select(Instalment.project_id, func.sum(Instalment.amount_wan).label("sum"))
        .where(CONFIRMED_MONEY)
        .group_by(Instalment.project_id)
        .subquery()
    )
    newest = latest()
    return (
        select(
            Project.id,
            func.coalesce(facts.c.rank, 0).label("rank"),
            case((facts.c.rank > facts.c.confirmed_rank, 1), else_=0).label("waits"),
            (Project.state == ENDED).label("ended"),
            case((PROVEN, Agreement.intended_wan)).label("intended_wan"),
            case((PROVEN, Agreement.agreed_wan)).label("agreed_wan"),
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
    """Stage -> column, in five statements however many projects there are.

    The stage is that of :attr:`Project.stage`.
    """
    rows = _ranked(projects)
    columns = {stage: Column(sums=dict.fromkeys(AMOUNTS, Decimal(0))) for stage in STAGES}
    totals = select(
        rows.c.rank, func.count(), func.sum(rows.c.waits), *(func.sum(rows.c[name]) for name in AMOUNTS)
    ).group_by(rows.c.rank)
    for rank, count, waiting, *sums in db.session.execute(totals):
        columns[STAGES[rank]] = Column(
            count,
            waiting or 0,
            {name: total or Decimal(0) for name, total in zip(AMOUNTS, sums, strict=True)},
        )
    turn = func.row_number().over(partition_by=rows.c.rank, order_by=(rows.c.ended, rows.c.id)).label("turn")
    first = select(rows.c.id, rows.c.rank, rows.c.waits, turn).subquery()
    shown = db.session.execute(
        select(first.c.id, first.c.rank, first.c.waits)
        .where(first.c.turn <= CARDS)
        .order_by(first.c.rank, first.c.turn)
    ).all()
    cards = _cards([key for key, _rank, _waits in shown])
    for key, rank, waits in shown:
        cards[key].waits = bool(waits)
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
        .where(NextStep.project_id.in_(ids), *OPEN_STEP)
        .group_by(NextStep.project_id)
        .subquery()
    )
    steps = db.session.execute(
        select(NextStep.project_id, NextStep.text, NextStep.due_on)
        .join(due, due.c.project_id == NextStep.project_id)
        .where(NextStep.due_on == due.c.due, *OPEN_STEP)
        .order_by(NextStep.id.desc())
    )
    for key, words, day in steps:
        cards[key].step, cards[key].due_on = words, day
    return cards


def without_project(user) -> int:
    """First signings within reach that are no project yet:
    the home page and the cohorts count them, the board cannot.
    """
    chosen = (
        filtered_agreements(select_agreements(user), project="none")
        .with_only_columns(Agreement.id)
        .order_by(None)
    )
    return db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
