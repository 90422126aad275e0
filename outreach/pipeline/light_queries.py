"""Lights of projects: what the rules say of a project's rows today."""

from datetime import date

from sqlalchemy import Select, case, func, select

from outreach.accounts.queries import county_ids
from outreach.core import clock
from outreach.core.clock import today
from outreach.core.db import db
from outreach.pipeline import fact_queries, lights, rule_queries
from outreach.pipeline.follow_models import MonthlyReport
from outreach.pipeline.models import RUNNING, Instalment, Milestone, NextStep, Project


def _last_entries(projects: Select) -> dict[int, date]:
    """Project -> the day something was last entered about it."""
    ids = projects.with_only_columns(Project.id).order_by(None)
    found: dict[int, date] = {}
    done = case((NextStep.withdrawn_at.is_(None), NextStep.done_at))
    for model, moment in (
        (Milestone, Milestone.entered_at),
        (Instalment, Instalment.entered_at),
        (MonthlyReport, MonthlyReport.entered_at),
        (NextStep, done),
        (Project, Project.created_at),
    ):
        owner = Project.id if model is Project else model.project_id
        for key, last in db.session.execute(
            select(owner, func.max(moment)).where(owner.in_(ids)).group_by(owner)
        ):
            if last is not None and (key not in found or clock.day_of(last) > found[key]):
                found[key] = clock.day_of(last)
    return found


def lit(projects: Select) -> dict[int, list[lights.Reason]]:
    """Project -> why its light is on; green ones are left out."""
    running = projects.where(Project.state == RUNNING)
    found, last = {}, _last_entries(running)
    limits, own, day = rule_queries.limits(), rule_queries.own_days(), today()
    counties = county_ids()
    plans = {
        row[0]: row[1:]
        for row in db.session.execute(
            running.with_only_columns(Project.id, Project.planned_start, Project.planned_production).order_by(
                None
            )
        )
    }
    for line in fact_queries.lines(running):
        case = lights.Case(line.state, line.began, line.confirmed, last.get(line.id, day), *plans[line.id])
        if reasons := lights.reasons(case, day, limits.get(counties[line.unit_id], lights.RULES), own):
            found[line.id] = reasons
    return found


def reasons_of(project: Project) -> list[lights.Reason]:
    """Why this project's light is on."""
    return lit(select(Project).where(Project.id == project.id)).get(project.id, [])
