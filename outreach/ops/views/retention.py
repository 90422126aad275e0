"""What goes when, for administrators."""

from flask import abort
from flask_login import current_user
from sqlalchemy import func, select

from outreach.core.access import requires
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.jobs import Job
from outreach.core.retention import RULES
from outreach.core.web import page
from outreach.ops.views.machines import bp
from outreach.permissions import Permission

#: the page says what goes within so many days
SOON = 30


@bp.get("/retention")
@requires(Permission.ACCOUNTS_MANAGE)
def retention():
    """What will go when, by kind; what went the last nights. It counts the whole system."""
    if not current_user.holds_at_top(Permission.ACCOUNTS_MANAGE):
        abort(404)
    lately = select(AuditEntry).where(AuditEntry.verb == "ops.forget_old").order_by(AuditEntry.id.desc())
    return page(
        "ops/retention.html",
        rules=list(RULES.values()),
        soon=SOON,
        went=list(db.session.scalars(lately.limit(20))),
        next_run=db.session.scalar(
            select(func.min(Job.due_at)).where(Job.task == "ops.forget_old", Job.finished_at.is_(None))
        ),
    )
