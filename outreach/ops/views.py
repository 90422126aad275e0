"""For the watchman: is the house alive?"""

from flask import Blueprint
from sqlalchemy import func, select, text

from outreach.core.access import open_to_all
from outreach.core.clock import now
from outreach.core.db import db
from outreach.core.worker import Job

bp = Blueprint("ops", __name__)


@bp.get("/healthz")
@open_to_all
def health():
    """200 when the database answers; ``waiting`` counts jobs that are due."""
    db.session.execute(text("SELECT 1"))
    waiting = db.session.scalar(select(func.count()).where(Job.finished_at.is_(None), Job.due_at <= now()))
    return {"status": "ok", "waiting": waiting}
