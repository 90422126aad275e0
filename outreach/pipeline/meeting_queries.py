"""Reads of joint meetings."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from outreach.accounts.models import Unit
from outreach.accounts.queries import below, reach
from outreach.core.db import db
from outreach.permissions import Permission
from outreach.pipeline.follow_models import Concern
from outreach.pipeline.meeting_models import Meeting, MeetingItem
from outreach.pipeline.models import Project


def select_meetings(user, permission: Permission = Permission.PIPELINE_VIEW) -> Select:
    """The meetings of units within reach, the last one first."""
    return (
        select(Meeting)
        .where(Meeting.unit_id.in_(reach(user, permission)))
        .order_by(Meeting.held_on.desc(), Meeting.id.desc())
    )


def open_concerns(unit: Unit) -> list[Concern]:
    """Every open matter of the projects of a unit and what lies below it, the most urgent first."""
    within = below(unit)
    chosen = (
        select(Concern).join(Concern.project).where(Project.unit_id.in_(within), Concern.settled_at.is_(None))
    )
    return list(db.session.scalars(chosen.order_by(Concern.due_on, Concern.id)))


def items(meeting: Meeting) -> list[MeetingItem]:
    """The agenda with the projects it is about."""
    chosen = (
        select(MeetingItem)
        .where(MeetingItem.meeting_id == meeting.id)
        .options(joinedload(MeetingItem.concern).joinedload(Concern.project))
    )
    return list(db.session.scalars(chosen.order_by(MeetingItem.id)))
