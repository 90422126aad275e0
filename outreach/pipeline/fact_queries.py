"""One line for each project: when it reached each milestone, its five amounts, its state. Counted from rows in three statements.

Boards, cohorts, lights and totals all read these lines, so that no two pages differ. Plain values: thousands of them have to be quick.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, Subquery, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from outreach.core.db import db
from outreach.pipeline.follow_models import MonthlyReport
from outreach.pipeline.models import LANDED, LEAD, MILESTONES, Agreement, Instalment, Milestone, Project
from outreach.pipeline.queries import STANDS
from outreach.pipeline.report_queries import latest

_ZERO = Decimal(0)


_ORIGINAL = aliased(Instalment)
#: money a second person has confirmed; a counter-entry counts where what it takes back did
CONFIRMED_MONEY = or_(
    Instalment.confirmed_at.is_not(None),
    exists().where(_ORIGINAL.id == Instalment.corrects_id, _ORIGINAL.confirmed_at.is_not(None)),
)


@dataclass(slots=True)
class Line:
    """One project. ``began``: milestone that stands -> its day, in the usual order. The five amounts stand side by side."""

    id: int
    unit_id: int
    agreement_id: int | None
    event_id: int | None
    state: str
    began: dict[str, date]
    unconfirmed: int
    intended_wan: Decimal
    agreed_wan: Decimal
    contracted_wan: Decimal | None
    paid_in_wan: Decimal
    completed_wan: Decimal

    @property
    def stage(self) -> str:
        """The furthest milestone that stands."""
        return next(reversed(self.began), LEAD)

    @property
    def landed(self) -> bool:
        """Whether construction or production stands."""
        return any(kind in self.began for kind in LANDED)


def _pivoted(ids: Select, confirmed: bool) -> Subquery:
    """(project, the day of each milestone that stands, contracted, not confirmed), of these projects alone."""
    kind = Milestone.kind
    columns = [func.max(case((kind == name, Milestone.happened_on))).label(name) for name in MILESTONES]
    contracted = func.max(case((kind == "contract", Milestone.amount_wan))).label("contracted")
    unconfirmed = func.sum(case((Milestone.confirmed_at.is_(None), 1), else_=0)).label("open")
    chosen = select(Milestone.project_id, *columns, contracted, unconfirmed).where(
        Milestone.project_id.in_(ids), *STANDS
    )
    if confirmed:
        chosen = chosen.where(Milestone.confirmed_at.is_not(None))
    return chosen.group_by(Milestone.project_id).subquery()


def lines(projects: Select, *, confirmed: bool = False) -> list[Line]:
    """The lines of ``projects`` (a select of :class:`Project`). ``confirmed``: only confirmed facts."""
    ids = projects.with_only_columns(Project.id, maintain_column_froms=True).order_by(None)
    paid = select(Instalment.project_id, func.sum(Instalment.amount_wan).label("sum")).where(
        Instalment.project_id.in_(ids)
    )
    if confirmed:
        paid = paid.where(CONFIRMED_MONEY)
    money, facts, newest = (
        paid.group_by(Instalment.project_id).subquery(),
        _pivoted(ids, confirmed),
        latest(ids),
    )
    chosen = (
        select(
            Project.id,
            Project.unit_id,
            Project.agreement_id,
            Agreement.event_id,
            Project.state,
            Agreement.intended_wan,
            Agreement.agreed_wan,
            facts.c.contracted,
            money.c.sum,
            MonthlyReport.completed_wan,
            facts.c.open,
            *(facts.c[name] for name in MILESTONES),
        )
        .where(Project.id.in_(ids))
        .outerjoin(Agreement, Agreement.id == Project.agreement_id)
        .outerjoin(facts, facts.c.project_id == Project.id)
        .outerjoin(money, money.c.project_id == Project.id)
        .outerjoin(newest, newest.c.project_id == Project.id)
        .outerjoin(MonthlyReport, MonthlyReport.id == newest.c.id)
    )
    found = []
    for row in db.session.connection().execute(chosen):
        (
            key,
            unit,
            agreement,
            event,
            state,
            intended,
            agreed,
            contracted,
            sum_,
            completed,
            unconfirmed,
            *days,
        ) = row
        began = {name: day for name, day in zip(MILESTONES, days, strict=True) if day is not None}
        found.append(
            Line(
                key,
                unit,
                agreement,
                event,
                state,
                began,
                unconfirmed or 0,
                intended or _ZERO,
                agreed or _ZERO,
                contracted,
                sum_ or _ZERO,
                completed or _ZERO,
            )
        )
    return found


AMOUNTS = ("intended_wan", "agreed_wan", "contracted_wan", "paid_in_wan", "completed_wan")
