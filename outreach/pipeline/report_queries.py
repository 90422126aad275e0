"""Reads of monthly reports and locks."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Result, Select, Subquery, case, func, literal, select
from sqlalchemy.orm import joinedload

from outreach.accounts.models import Unit
from outreach.accounts.queries import below
from outreach.core.clock import day_of, local, today
from outreach.core.db import db
from outreach.permissions import Permission
from outreach.pipeline.follow_models import MonthLock, MonthlyReport, ProjectState
from outreach.pipeline.models import RUNNING, Milestone, Project
from outreach.pipeline.queries import filtered_projects, select_projects, with_entered

#: reports of a month are due by this day of the next
DUE_DAY = 5
#: how a project stands that owes a report
MISSING, LATE, IN_TIME = "missing", "late", "in_time"


def is_locked(unit: Unit, day: date) -> bool:
    """Whether the month of ``day`` is locked in the county of ``unit``, or for the whole city."""
    above = select(Unit.id).where(literal(unit.path).startswith(Unit.path))
    chosen = select(MonthLock.id).where(MonthLock.unit_id.in_(above), MonthLock.month == day.replace(day=1))
    return db.session.scalar(chosen.limit(1)) is not None


def locks(unit_ids) -> dict[tuple[int, date], MonthLock]:
    """(county, month) -> its lock."""
    rows = db.session.scalars(select(MonthLock).where(MonthLock.unit_id.in_(unit_ids)))
    return {(row.unit_id, row.month): row for row in rows}


def due_on(month: date) -> date:
    """When the report of ``month`` is due."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=DUE_DAY)


def last_month() -> date:
    """The first day of the month before this one."""
    return (today().replace(day=1) - timedelta(days=1)).replace(day=1)


def reports(project: Project) -> list[MonthlyReport]:
    """Every report of a project, the newest month first; within a month the one that holds first."""
    chosen = (
        select(MonthlyReport)
        .where(MonthlyReport.project_id == project.id)
        .options(joinedload(MonthlyReport.entered_by))
    )
    return list(db.session.scalars(chosen.order_by(MonthlyReport.month.desc(), MonthlyReport.id.desc())))


def latest(ids: Select | None = None) -> Subquery:
    """(project, report id) of the report that holds for each project's newest month;
    of the projects ``ids`` alone, where they are given.
    """
    rows = select(MonthlyReport.project_id, func.max(MonthlyReport.month).label("month"))
    rows = rows.where(MonthlyReport.project_id.in_(ids)) if ids is not None else rows
    newest = rows.group_by(MonthlyReport.project_id).subquery()
    return (
        select(MonthlyReport.project_id, func.max(MonthlyReport.id).label("id"))
        .join(
            newest,
            (newest.c.project_id == MonthlyReport.project_id) & (newest.c.month == MonthlyReport.month),
        )
        .group_by(MonthlyReport.project_id)
    ).subquery()


def last_reports(projects: Select) -> dict[int, MonthlyReport]:
    """Project -> the report that holds for its newest month."""
    newest = latest(projects.with_only_columns(Project.id).order_by(None))
    rows = db.session.scalars(select(MonthlyReport).join(newest, newest.c.id == MonthlyReport.id))
    return {row.project_id: row for row in rows}


def select_reporting(user, month: date, permission: Permission = Permission.PIPELINE_VIEW) -> Select:
    """The projects that owe a report for ``month``: with a contract by its end, and running then.

    A pause counts when it was entered before the report was due: one that is dated back later takes no debt
    away.
    """
    end = (month + timedelta(days=32)).replace(day=1)
    signed = with_entered("contract").where(Milestone.happened_on < end)
    then = (
        select(ProjectState.state)
        .where(
            ProjectState.project_id == Project.id,
            ProjectState.since_on < end,
            ProjectState.entered_at < _late_from(month),
        )
        .order_by(ProjectState.since_on.desc(), ProjectState.id.desc())
        .limit(1)
        .correlate(Project)
        .scalar_subquery()
    )
    return select_projects(user, permission).where(
        func.coalesce(then, RUNNING) == RUNNING, Project.id.in_(signed)
    )


def _late_from(month: date) -> datetime:
    """The moment after which a report of ``month`` comes late."""
    return local(datetime.combine(due_on(month) + timedelta(days=1), time()), "Asia/Shanghai")


class Owed(NamedTuple):
    """A project that owes a report: the one that holds and the day the first one came, if there is any;
    missing, late or in_time.
    """

    project: Project
    report: MonthlyReport | None
    first_on: date | None
    state: str


def select_owed(
    user,
    month: date,
    permission: Permission = Permission.PIPELINE_VIEW,
    *,
    text: str = "",
    state: str = "",
    unit: int = 0,
    mine: bool = False,
) -> Select:
    """Everybody who owes a report for ``month``, missing ones first;
    :func:`owed` makes rows of what is read.
    """
    came = (
        select(
            MonthlyReport.project_id,
            func.max(MonthlyReport.id).label("holds"),
            func.min(MonthlyReport.entered_at).label("first_at"),
        )
        .where(MonthlyReport.month == month)
        .group_by(MonthlyReport.project_id)
        .subquery()
    )
    standing = case(
        (came.c.holds.is_(None), MISSING), (came.c.first_at >= _late_from(month), LATE), else_=IN_TIME
    )
    chosen = (
        filtered_projects(select_reporting(user, month, permission), text=text)
        .outerjoin(came, came.c.project_id == Project.id)
        .outerjoin(MonthlyReport, MonthlyReport.id == came.c.holds)
        .add_columns(MonthlyReport, came.c.first_at, standing.label("standing"))
        .order_by(came.c.holds.is_not(None), Project.id)
    )
    if state:
        chosen = chosen.where(standing == state)
    if unit:
        chosen = chosen.where(Project.unit_id.in_(below(db.session.get_one(Unit, unit))))
    return chosen.where(Project.officer_id == user.id) if mine else chosen


def owed(result: Result) -> list[Owed]:
    """Rows of :func:`select_owed`."""
    return [
        Owed(project, report, day_of(first_at) if first_at else None, state)
        for project, report, first_at, state in result.unique()
    ]


def standing_counts(chosen: Select) -> dict[str, int]:
    """missing, late, in_time -> how many of ``chosen`` (of :func:`select_owed`)."""
    rows = (
        chosen.order_by(None)
        .with_only_columns(chosen.selected_columns.standing, maintain_column_froms=True)
        .subquery()
    )
    return dict(
        db.session.execute(select(rows.c.standing, func.count()).group_by(rows.c.standing)).tuples().all()
    )
