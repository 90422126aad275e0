"""招商周报: what happened from one day to another, with the rows behind every figure."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from outreach.core.clock import local
from outreach.core.db import db
from outreach.pipeline import light_queries, lights
from outreach.pipeline.agreement_models import FIRST, INCREASE, Agreement
from outreach.pipeline.bulletins import Bulletin
from outreach.pipeline.follow_models import Concern
from outreach.pipeline.models import ENDED, Instalment, Milestone, NextStep, Project
from outreach.pipeline.queries import (
    CONFIRMED_MONEY,
    MAY_COUNT,
    OPEN_STEP,
    PROVEN,
    STANDS,
    WAITING_MONEY,
    select_agreements,
    select_projects,
)

#: a bulletin names so many projects with a red light, and says how many there are
MOST_RED = 50


def bulletin(user, first: date, last: date) -> Bulletin:
    """Within ``user``'s reach, from ``first`` to ``last`` inclusive.

    Lights and open matters are those of today, next steps those of the week after ``last``.
    """
    begins, ends = _midnight(first), _midnight(last + timedelta(days=1))
    projects = select_projects(user)
    ids = projects.with_only_columns(Project.id).order_by(None)
    going = ids.where(Project.state != ENDED)
    signed = (
        select_agreements(user)
        .where(
            Agreement.signed_on.between(first, last), Agreement.counts_as.in_((FIRST, INCREASE)), MAY_COUNT
        )
        .order_by(Agreement.signed_on, Agreement.id)
    )
    reached = (
        select(Milestone)
        .where(Milestone.project_id.in_(ids), *STANDS, Milestone.happened_on.between(first, last))
        .options(joinedload(Milestone.project))
    )
    paid = (
        select(Instalment)
        .where(Instalment.project_id.in_(ids), Instalment.paid_on.between(first, last))
        .options(joinedload(Instalment.project))
    )
    concerns = select(Concern).where(Concern.project_id.in_(going)).options(joinedload(Concern.project))
    steps = select(NextStep).where(
        NextStep.project_id.in_(going),
        *OPEN_STEP,
        NextStep.due_on.between(last + timedelta(days=1), last + timedelta(days=7)),
    )
    leads = select(func.count()).select_from(
        projects.where(
            Project.agreement_id.is_(None),
            Project.state != ENDED,
            Project.created_at >= begins,
            Project.created_at < ends,
        ).subquery()
    )
    settled = select(func.count()).where(
        Concern.project_id.in_(ids), Concern.settled_at >= begins, Concern.settled_at < ends
    )
    milestones = list(db.session.scalars(reached.order_by(Milestone.happened_on, Milestone.id)))
    paid = paid.order_by(Instalment.paid_on, Instalment.id)
    red, reds = _red(projects)
    return Bulletin(
        first,
        last,
        signed=list(db.session.scalars(signed.where(PROVEN)).unique()),
        leads=db.session.scalar(leads) or 0,
        reached=[row for row in milestones if row.confirmed_at],
        paid=_standing(list(db.session.scalars(paid.where(CONFIRMED_MONEY)))),
        red=red,
        reds=reds,
        concerns=list(
            db.session.scalars(concerns.where(Concern.settled_at.is_(None)).order_by(Concern.due_on))
        ),
        settled=db.session.scalar(settled) or 0,
        coming=list(
            db.session.scalars(
                steps.options(joinedload(NextStep.project)).order_by(NextStep.due_on, NextStep.id)
            )
        ),
        signed_waiting=list(db.session.scalars(signed.where(~PROVEN)).unique()),
        reached_waiting=[row for row in milestones if not row.confirmed_at],
        paid_waiting=list(db.session.scalars(paid.where(*WAITING_MONEY))),
    )


def _standing(rows: list[Instalment]) -> list[Instalment]:
    """Without what was entered and taken back within these days; a counter-entry to something older stays."""
    ids = {row.id for row in rows}
    undone = {row.corrects_id for row in rows if row.corrects_id in ids}
    return [row for row in rows if row.id not in undone and row.corrects_id not in ids]


def _midnight(day: date) -> datetime:
    return local(datetime.combine(day, time()), "Asia/Shanghai")


def _red(projects) -> tuple[list[tuple[Project, list]], int]:
    """(the projects whose light has been red longest, at most ``MOST_RED``; how many there are)."""
    lit = {
        key: reasons for key, reasons in light_queries.lit(projects).items() if lights.light(reasons) == "red"
    }
    order = sorted(lit, key=lambda key: (-lit[key][0].days, key))
    rows = {
        row.id: row
        for row in db.session.scalars(select(Project).where(Project.id.in_(order[:MOST_RED]))).unique()
    }
    return [(rows[key], lit[key]) for key in order[:MOST_RED]], len(order)
