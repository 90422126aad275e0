"""Who may change an organisation."""

from sqlalchemy import func, select

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.directory.models import Organisation, Person, Post
from outreach.permissions import Permission

EDIT = Permission.DIRECTORY_EDIT


def may_edit_organisation(row: Organisation, user) -> bool:
    """Whether ``user`` may change it: all people who are or were posted there are within reach.

    Where nobody is posted, counties and the city may, and who entered it.
    """
    within = reach(user, EDIT)
    mine = func.count(Person.id).filter(Person.unit_id.in_(within))
    people, own = db.session.execute(
        select(func.count(Person.id), mine)
        .join(Post, Post.person_id == Person.id)
        .where(Post.organisation_id == row.id)
    ).one()
    if people:
        return people == own
    above = select(Unit.id).where(Unit.id.in_(within), Unit.level != "township").limit(1)
    return db.session.scalar(above) is not None or _entered(row, user)


def _entered(row: Organisation, user) -> bool:
    entry = select(AuditEntry.id).where(
        AuditEntry.object_kind == Organisation.__tablename__,
        AuditEntry.object_id == row.id,
        AuditEntry.verb == "directory.add_organisation",
        AuditEntry.user_id == user.id,
    )
    return db.session.scalar(entry.limit(1)) is not None
