"""One line for each project: when it reached each milestone, its five amounts, its state.

Counted from rows in three statements. Boards, cohorts, lights and totals all read these lines, so that no two
pages differ. Plain values: thousands of them have to be quick.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Row, Select, Subquery, case, func, select

from outreach.core.db import db
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.follow_models import MonthlyReport
from outreach.pipeline.models import LANDED, LEAD, MILESTONES, Instalment, Milestone, Project
from outreach.pipeline.queries import CONFIRMED_MONEY, STANDS
from outreach.pipeline.report_queries import latest

_ZERO = Decimal(0)


@dataclass(slots=True)
class Line:
    """One project. ``began``: milestone that stands -> its day, in the usual order; ``confirmed``: those of
    them that a second person confirmed. The five amounts stand side by side and are what is proven;
    ``…_waiting_wan`` is what was entered beside it.
    """

    id: int
    unit_id: int
    agreement_id: int | None
    event_id: int | None
    state: str
    began: dict[str, date]
    confirmed: dict[str, date]
    intended_wan: Decimal
    agreed_wan: Decimal
    contracted_wan: Decimal | None
    paid_in_wan: Decimal
    completed_wan: Decimal
    contracted_waiting_wan: Decimal | None
    paid_waiting_wan: Decimal

    @property
    def stage(self) -> str:
        """The furthest milestone that stands, confirmed or not."""
        return next(reversed(self.began), LEAD)

    @property
    def confirmed_stage(self) -> str:
        """The furthest milestone that is confirmed."""
        return next(reversed(self.confirmed), LEAD)

    @property
    def landed(self) -> bool:
        """Whether construction or production is confirmed."""
        return any(kind in self.confirmed for kind in LANDED)

    @property
    def landing_waits(self) -> bool:
        """Whether construction or production is entered and none of it confirmed."""
        return not self.landed and any(kind in self.began for kind in LANDED)


def _pivoted(ids: Select) -> Subquery:
    """(project, the day of each milestone that stands, the confirmed ones as bits in the order of
    ``MILESTONES``, contracted, contracted and not confirmed), of these projects alone. A kind stands once in
    a project.
    """
    kind, is_confirmed = Milestone.kind, Milestone.confirmed_at.is_not(None)
    bit = case({name: 1 << place for place, name in enumerate(MILESTONES)}, value=kind, else_=0)
    amount = Milestone.amount_wan
    return (
        select(
            Milestone.project_id,
            *(func.max(case((kind == name, Milestone.happened_on))).label(name) for name in MILESTONES),
            func.sum(case((is_confirmed, bit), else_=0)).label("bits"),
            func.max(case((is_confirmed & (kind == "contract"), amount))).label("contracted"),
            func.max(case((~is_confirmed & (kind == "contract"), amount))).label("contracted_waiting"),
        )
        .where(Milestone.project_id.in_(ids), *STANDS)
        .group_by(Milestone.project_id)
        .subquery()
    )


def _paid(ids: Select) -> Subquery:
    """(project, paid in and confirmed, paid in and waiting)."""
    amount = Instalment.amount_wan
    return (
        select(
            Instalment.project_id,
            func.sum(case((CONFIRMED_MONEY, amount))).label("confirmed"),
            func.sum(case((CONFIRMED_MONEY, None), else_=amount)).label("waiting"),
        )
        .where(Instalment.project_id.in_(ids))
        .group_by(Instalment.project_id)
        .subquery()
    )


def lines(projects: Select) -> list[Line]:
    """The lines of ``projects`` (a select of :class:`Project`)."""
    ids = projects.with_only_columns(Project.id, maintain_column_froms=True).order_by(None)
    money, facts, newest = _paid(ids), _pivoted(ids), latest(ids)
    chosen = (
        select(
            Project.id,
            Project.unit_id,
            Project.agreement_id,
            Agreement.event_id,
            Project.state,
            Agreement.intended_wan.label("intended"),
            Agreement.agreed_wan.label("agreed"),
            facts.c.contracted,
            facts.c.contracted_waiting,
            money.c.confirmed.label("paid"),
            money.c.waiting.label("paid_waiting"),
            MonthlyReport.completed_wan.label("completed"),
            facts.c.bits,
            *(facts.c[name] for name in MILESTONES),
        )
        .where(Project.id.in_(ids))
        .outerjoin(Agreement, Agreement.id == Project.agreement_id)
        .outerjoin(facts, facts.c.project_id == Project.id)
        .outerjoin(money, money.c.project_id == Project.id)
        .outerjoin(newest, newest.c.project_id == Project.id)
        .outerjoin(MonthlyReport, MonthlyReport.id == newest.c.id)
    )
    return [_line(row) for row in db.session.connection().execute(chosen)]


def _line(row: Row) -> Line:
    days = row[-len(MILESTONES) :]
    began = {name: day for name, day in zip(MILESTONES, days, strict=True) if day is not None}
    bits = int(row.bits or 0)
    return Line(
        id=row.id,
        unit_id=row.unit_id,
        agreement_id=row.agreement_id,
        event_id=row.event_id,
        state=row.state,
        began=began,
        confirmed={name: day for name, day in began.items() if bits & (1 << MILESTONES.index(name))},
        intended_wan=row.intended or _ZERO,
        agreed_wan=row.agreed or _ZERO,
        contracted_wan=row.contracted,
        paid_in_wan=row.paid or _ZERO,
        completed_wan=row.completed or _ZERO,
        contracted_waiting_wan=row.contracted_waiting,
        paid_waiting_wan=row.paid_waiting or _ZERO,
    )


AMOUNTS = ("intended_wan", "agreed_wan", "contracted_wan", "paid_in_wan", "completed_wan")
