"""Reads of saved views."""

from sqlalchemy import Select, and_, func, or_, select

from outreach.accounts.models import Unit
from outreach.core.db import db
from outreach.directory.view_models import PEOPLE, SavedView


def select_views(user, room: str = PEOPLE) -> Select:
    """The user's own views of a list and those shared by the offices the user works in, below or above."""
    paths = [grant.unit.path for grant in user.grants]
    near = [
        or_(
            Unit.path.startswith(path, autoescape=True),
            func.substr(path, 1, func.length(Unit.path)) == Unit.path,
        )
        for path in paths
    ]
    within = select(Unit.id).where(or_(*near)) if near else select(Unit.id).where(Unit.id < 0)
    mine = or_(
        SavedView.created_by_id == user.id, and_(SavedView.shared.is_(True), SavedView.unit_id.in_(within))
    )
    return select(SavedView).where(SavedView.room == room, mine)


def views(user, room: str = PEOPLE) -> list[SavedView]:
    """All of them by name."""
    return list(db.session.scalars(select_views(user, room).order_by(SavedView.name, SavedView.id)))
