"""The board by stage: columns with their sums, and the first cards of each."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, select

from outreach.accounts.models import Unit, User
from outreach.core.db import db
from outreach.pipeline import fact_queries
from outreach.pipeline.models import STAGES, NextStep, Project

#: cards shown in a column; the rest stands in the list
CARDS = 20


@dataclass
class Card:
    """What a card shows. ``since``: the day its stage began."""

    id: int
    name: str
    unit: str
    officer: str
    since: date | None
    state: str
    step: str = ""
    due_on: date | None = None


@dataclass
class Column:
    """A stage: how many, the five amounts, the cards that stood there longest."""

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)


def board(projects: Select) -> dict[str, Column]:
    """Stage -> column, in five statements however many projects there are."""
    by_stage: dict[str, list[fact_queries.Line]] = {stage: [] for stage in STAGES}
    for line in fact_queries.lines(projects):
        by_stage[line.stage].append(line)
    columns, shown = {}, []
    for stage, lines in by_stage.items():
        lines.sort(key=lambda line: (line.state == "ended", line.began.get(line.stage) or date.max, line.id))
        columns[stage] = Column(len(lines), fact_queries.sums_of(lines))
        shown += lines[:CARDS]
    cards = _cards([line.id for line in shown])
    for line in shown:
        card = cards[line.id]
        card.since = line.began.get(line.stage)
        columns[line.stage].cards.append(card)
    return columns


def _cards(ids: list[int]) -> dict[int, Card]:
    rows = db.session.execute(
        select(Project.id, Project.name, Unit.name, User.name, Project.state).join(Unit, Unit.id == Project.unit_id)
        .outerjoin(User, User.id == Project.officer_id).where(Project.id.in_(ids))
    )  # fmt: skip
    cards = {key: Card(key, name, unit, officer or "", None, state) for key, name, unit, officer, state in rows}
    due = (
        select(NextStep.project_id, func.min(NextStep.due_on).label("due"))
        .where(NextStep.project_id.in_(ids), NextStep.done_at.is_(None)).group_by(NextStep.project_id).subquery()
    )  # fmt: skip
    steps = db.session.execute(
        select(NextStep.project_id, NextStep.text, NextStep.due_on).join(due, due.c.project_id == NextStep.project_id)
        .where(NextStep.due_on == due.c.due, NextStep.done_at.is_(None)).order_by(NextStep.id.desc())
    )  # fmt: skip
    for key, words, day in steps:
        cards[key].step, cards[key].due_on = words, day
    return cards
