"""For machines: is the house alive? What became of its text messages?"""

import hmac

from flask import Blueprint, abort, current_app, request

from outreach.core import sms
from outreach.core.access import open_to_all, takes
from outreach.core.web import csrf, limiter
from outreach.ops.health import checks, reasons

bp = Blueprint("ops", __name__)
MOST_RECEIPTS = 1000


@bp.get("/healthz")
@open_to_all
@limiter.limit("120 per minute")
def health():
    """200 when the database is of this version, a write is taken, the disk has room,
    a worker beats and no job waits long; else 503 and which of them is not so.
    """
    found = checks(current_app.config["INSTANCE"])
    good = all(check.good for check in found)
    said = {check.part.value: "ok" if check.good else "failing" for check in found}
    answer = {"status": "ok" if good else "failing", "checks": said}
    if why := reasons(found):
        answer["reason"] = "; ".join(why)
    return answer, 200 if good else 503


@bp.post("/sms/receipts")
@csrf.exempt
@open_to_all
@takes(1_000_000)
@limiter.limit("600 per minute")
def sms_receipts():
    """What became of text messages, told by the gateway with the token we call it with:
    a JSON list, see :func:`outreach.core.sms.receive`.
    """
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
