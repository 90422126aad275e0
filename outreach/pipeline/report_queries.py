"""Reads of monthly reports and locks."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, Subquery, func, literal, select
from sqlalchemy.orm import joinedload

from outreach.accounts.models import Unit
from outreach.core.clock import in_zone, local, today
from outreach.core.db import db
from outreach.pipeline.follow_models import MonthLock, MonthlyReport, ProjectState
from outreach.pipeline.models import RUNNING, Milestone, Project
from outreach.pipeline.queries import select_projects, with_milestone

#: reports of a month are due by this day of the next
DUE_DAY = 5


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
    chosen = select(MonthlyReport).where(MonthlyReport.project_id == project.id).options(joinedload(MonthlyReport.entered_by))
    return list(db.session.scalars(chosen.order_by(MonthlyReport.month.desc(), MonthlyReport.id.desc())))


def latest(ids: Select | None = None) -> Subquery:
    """(project, report id) of the report that holds for each project's newest month; of the projects ``ids`` alone, where they are given."""
    rows = select(MonthlyReport.project_id, func.max(MonthlyReport.month).label("month"))
    rows = rows.where(MonthlyReport.project_id.in_(ids)) if ids is not None else rows
    newest = rows.group_by(MonthlyReport.project_id).subquery()
    return (
        select(MonthlyReport.project_id, func.max(MonthlyReport.id).label("id"))
        .join(newest, (newest.c.project_id == MonthlyReport.project_id) & (newest.c.month == MonthlyReport.month))
        .group_by(MonthlyReport.project_id)
    ).subquery()


def last_reports(projects: Select) -> dict[int, MonthlyReport]:
    """Project -> the report that holds for its newest month."""
    newest = latest(projects.with_only_columns(Project.id).order_by(None))
    rows = db.session.scalars(select(MonthlyReport).join(newest, newest.c.id == MonthlyReport.id))
    return {row.project_id: row for row in rows}


def select_reporting(user, month: date):
    """The projects that owe a report for ``month``: with a contract by its end, and running then.

    A pause counts when it was entered before the report was due: one that is dated back later takes no debt away.
    """
    end = (month + timedelta(days=32)).replace(day=1)
    due = local(datetime.combine(due_on(month) + timedelta(days=1), time()), "Asia/Shanghai")
    signed = with_milestone("contract").where(Milestone.happened_on < end)
    then = (
        select(ProjectState.state).where(ProjectState.project_id == Project.id, ProjectState.since_on < end, ProjectState.entered_at < due)
        .order_by(ProjectState.since_on.desc(), ProjectState.id.desc()).limit(1).correlate(Project).scalar_subquery()
    )  # fmt: skip
    return select_projects(user).where(func.coalesce(then, RUNNING) == RUNNING, Project.id.in_(signed))


def of_month(user, month: date) -> list[tuple[Project, MonthlyReport | None, date | None]]:
    """(project, the report that holds, the day the first one came) of everybody who owes one, missing ones first."""
    projects = db.session.scalars(select_reporting(user, month).order_by(Project.id)).unique().all()
    chosen = select(MonthlyReport).where(MonthlyReport.month == month, MonthlyReport.project_id.in_([row.id for row in projects]))
    holds, first = {}, {}
    for row in db.session.scalars(chosen.order_by(MonthlyReport.id)):
        holds[row.project_id] = row
        first.setdefault(row.project_id, in_zone(row.entered_at, "Asia/Shanghai").date())
    return sorted(((row, holds.get(row.id), first.get(row.id)) for row in projects), key=lambda line: line[1] is not None)
