"""What is reported and watched about a project: its pauses, hand-overs, monthly reports and their locks,
concerns, notices; the rules; frozen figures.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key, Wan
from outreach.core.taken_back import Reopenable, Withdrawable
from outreach.events.models import Event
from outreach.pipeline.models import Project

#: 提醒函, 督办单, 约谈: each step when the one before ran out
REMINDER, SUPERVISION, SUMMONS = "reminder", "supervision", "summons"
LEVELS = (REMINDER, SUPERVISION, SUMMONS)


class ProjectState(Base):
    """暂停, 重启, 终止: a project stands still, goes on, or ends, from a day on and why."""

    __tablename__ = "project_states"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    state: Mapped[str] = mapped_column(String(8))
    since_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    entered_by: Mapped[User | None] = relationship()


class HandOver(Base):
    """From whom to whom a project went, and why."""

    __tablename__ = "hand_overs"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    after_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    before: Mapped[User | None] = relationship(foreign_keys=[before_id])
    after: Mapped[User] = relationship(foreign_keys=[after_id])


class PlanChange(Base):
    """A planned day that was moved, and why: a plan that moves with the delay shows that it did."""

    __tablename__ = "plan_changes"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    name: Mapped[str] = mapped_column(String(20))  # planned_start or planned_production
    before: Mapped[date]
    after: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    by: Mapped[User | None] = relationship()


class MonthlyReport(Base):
    """月报: how a project stands at the end of a month.

    The last row of a month holds; after the lock a row is a dated correction.
    """

    __tablename__ = "monthly_reports"
    __table_args__ = (Index("ix_monthly_reports_project_id_month", "project_id", "month"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    month: Mapped[date]  # its first day
    completed_wan: Mapped[Decimal] = mapped_column(Wan)  # 累计完成投资
    jobs: Mapped[int | None]  # 已用工, at the end of the month
    output_wan: Mapped[Decimal | None] = mapped_column(Wan)  # of the year so far
    tax_wan: Mapped[Decimal | None] = mapped_column(Wan)
    progress: Mapped[str] = mapped_column(String(300), default="")  # 形象进度
    correction: Mapped[str] = mapped_column(String(200), default="")  # why it was changed after the lock
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    project: Mapped[Project] = relationship()
    entered_by: Mapped[User | None] = relationship()


class MonthLock(Base):
    """锁报: from now on the month's figures of a county change only by corrections."""

    __tablename__ = "month_locks"
    __table_args__ = (UniqueConstraint("unit_id", "month"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    month: Mapped[date]
    locked_at: Mapped[datetime] = mapped_column(default=clock.now)
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    unit: Mapped[Unit] = relationship()


class Concern(Reopenable, Base):
    """需协调事项: what holds a project up, who clears it, by when."""

    __tablename__ = "concerns"
    CLOSED = "settled_at"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(60))
    due_on: Mapped[date] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(300), default="")
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    project: Mapped[Project] = relationship()


class Notice(Reopenable, Withdrawable, Base):
    """督办: a numbered paper with a deadline; received, answered, closed.

    A withdrawn one keeps its number.
    """

    __tablename__ = "notices"
    CLOSED = "closed_at"
    __table_args__ = (UniqueConstraint("unit_id", "year", "serial"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    year: Mapped[int]
    serial: Mapped[int]
    level: Mapped[str] = mapped_column(String(12))
    addressee: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    received_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(300), default="")
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    project: Mapped[Project] = relationship()
    unit: Mapped[Unit] = relationship()

    @property
    def number(self) -> str:
        """督〔2026〕7号."""
        return f"督〔{self.year}〕{self.serial}号"


class LightRule(Base):
    """A county's own limits for the lights (``lights.RULES``), where they differ from the usual ones."""

    __tablename__ = "light_rules"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(16))
    yellow: Mapped[int]
    red: Mapped[int]


class EvidenceRule(Base):
    """What proves a milestone: 营业执照, 施工许可证.

    Empty: a milestone of this kind is confirmed without a paper.
    """

    __tablename__ = "evidence_rules"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    papers: Mapped[list] = mapped_column(JSON, default=list)


class CalendarDay(Base):
    """A day that is off or worked, against what the calendar says:
    the holidays of a year that was published late.
    """

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    note: Mapped[str] = mapped_column(String(60), default="")


class Snapshot(Base):
    """口径快照: figures frozen on a day with their definition and the rows they came from,
    so that a later report can say what changed.
    """

    __tablename__ = "snapshots"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    as_of: Mapped[date]
    definition: Mapped[dict] = mapped_column(JSON)
    figures: Mapped[dict] = mapped_column(JSON)
    rows: Mapped[list] = mapped_column(JSON)
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    event: Mapped[Event] = relationship()
    taken_by: Mapped[User | None] = relationship()
