"""For machines: is the house alive? What became of its text messages? For the administrator: what goes when."""

import hmac

from flask import Blueprint, abort, current_app, request
from sqlalchemy import func, select, text

from outreach.core import sms
from outreach.core.access import open_to_all, requires, takes
from outreach.core.audit import AuditEntry
from outreach.core.clock import now
from outreach.core.db import db
from outreach.core.retention import RULES
from outreach.core.web import csrf, limiter, page
from outreach.core.worker import Job
from outreach.permissions import Permission

bp = Blueprint("ops", __name__)
MOST_RECEIPTS = 1000
#: the page says what goes within so many days
SOON = 30


@bp.get("/healthz")
@open_to_all
def health():
    """200 when the database answers; ``waiting`` counts jobs that are due."""
    db.session.execute(text("SELECT 1"))
    waiting = db.session.scalar(select(func.count()).where(Job.finished_at.is_(None), Job.due_at <= now()))
    return {"status": "ok", "waiting": waiting}


@bp.post("/sms/receipts")
@csrf.exempt
@open_to_all
@takes(1_000_000)
@limiter.limit("600 per minute")
def sms_receipts():
    """What became of text messages, told by the gateway with the token we call it with: a JSON list, see :func:`outreach.core.sms.receive`."""
    token, said = (
        current_app.config["SMS_TOKEN"],
        request.headers.get("Authorization", "").removeprefix("Bearer "),
    )
    if not token or not hmac.compare_digest(said.encode(), token.encode()):
        abort(401)
    receipts = request.get_json(silent=True)
    if not isinstance(receipts, list) or len(receipts) > MOST_RECEIPTS:
        abort(400)
    return {"noted": sms.receive(receipts)}


@bp.get("/retention")
@requires(Permission.ACCOUNTS_MANAGE)
def retention():
    """What will go when, by kind; what went the last nights."""
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
