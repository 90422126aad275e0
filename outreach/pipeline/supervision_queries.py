"""Reads of concerns, notices, pauses and hand-overs."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from outreach.accounts.queries import reach
from outreach.core.clock import today
from outreach.core.db import db
from outreach.permissions import Permission
from outreach.pipeline.follow_models import Concern, HandOver, Notice, PlanChange, ProjectState
from outreach.pipeline.models import Project


def last_notice(project_id: int) -> Notice | None:
    """The last paper about a project that was not withdrawn."""
    chosen = select(Notice).where(Notice.project_id == project_id, Notice.withdrawn_at.is_(None))
    return db.session.scalar(chosen.order_by(Notice.id.desc()).limit(1))


def following_notice(notice: Notice) -> Notice | None:
    """The paper about the same project that came next and was not withdrawn."""
    chosen = select(Notice).where(
        Notice.project_id == notice.project_id, Notice.id > notice.id, Notice.withdrawn_at.is_(None)
    )
    return db.session.scalar(chosen.order_by(Notice.id).limit(1))


def notices_of(project: Project) -> list[Notice]:
    """Every paper about a project, the last one first."""
    return list(
        db.session.scalars(select(Notice).where(Notice.project_id == project.id).order_by(Notice.id.desc()))
    )


def select_notices(user, *, state: str = "", permission: Permission = Permission.PIPELINE_VIEW) -> Select:
    """Papers within reach: ``open``, ``late`` (open and past the deadline), ``closed``, ``withdrawn``,
    or all.
    """
    chosen = (
        select(Notice)
        .join(Notice.project)
        .where(Project.unit_id.in_(reach(user, permission)))
        .options(joinedload(Notice.project))
    )
    if state:
        withdrawn = Notice.withdrawn_at.is_not(None)
        chosen = chosen.where(withdrawn if state == "withdrawn" else ~withdrawn)
    if state in ("open", "late"):
        chosen = chosen.where(Notice.closed_at.is_(None))
    if state == "late":
        chosen = chosen.where(Notice.due_on < today())
    if state == "closed":
        chosen = chosen.where(Notice.closed_at.is_not(None))
    over = or_(Notice.closed_at.is_not(None), Notice.withdrawn_at.is_not(None))
    return chosen.order_by(over, Notice.due_on, Notice.id)


def concerns_of(project: Project) -> list[Concern]:
    """What had to be co-ordinated, open ones first."""
    return list(
        db.session.scalars(
            select(Concern)
            .where(Concern.project_id == project.id)
            .order_by(Concern.settled_at.is_not(None), Concern.due_on)
        )
    )


def open_concerns(projects: Select) -> dict[int, list[Concern]]:
    """Project -> its open matters, the most urgent first."""
    among = projects.with_only_columns(Project.id).order_by(None)
    chosen = select(Concern).where(Concern.project_id.in_(among), Concern.settled_at.is_(None))
    found: dict[int, list[Concern]] = {}
    for row in db.session.scalars(chosen.order_by(Concern.due_on, Concern.id)):
        found.setdefault(row.project_id, []).append(row)
    return found


def select_concerns(user, permission: Permission = Permission.PIPELINE_VIEW) -> Select:
    """Open matters within reach, the most urgent first."""
    chosen = (
        select(Concern)
        .join(Concern.project)
        .where(Project.unit_id.in_(reach(user, permission)), Concern.settled_at.is_(None))
    )
    return chosen.options(joinedload(Concern.project)).order_by(Concern.due_on, Concern.id)


def states_of(project: Project) -> list[ProjectState]:
    """Pauses, resumptions and the end, in time."""
    chosen = (
        select(ProjectState)
        .where(ProjectState.project_id == project.id)
        .options(joinedload(ProjectState.entered_by))
    )
    return list(db.session.scalars(chosen.order_by(ProjectState.id)))


def plan_changes_of(project: Project) -> list[PlanChange]:
    """Planned days that were moved, in time."""
    chosen = select(PlanChange).where(PlanChange.project_id == project.id).options(joinedload(PlanChange.by))
    return list(db.session.scalars(chosen.order_by(PlanChange.id)))


def hand_overs_of(project: Project) -> list[HandOver]:
    """From whom to whom, in time."""
    chosen = (
        select(HandOver)
        .where(HandOver.project_id == project.id)
        .options(joinedload(HandOver.before), joinedload(HandOver.after))
    )
    return list(db.session.scalars(chosen.order_by(HandOver.id)))
