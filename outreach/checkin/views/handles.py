"""What a page of the door gives instead of a guest's number:
signed, for this session and this event, and short-lived.

Whoever counts numbers gets nobody: only guests whom a search or a ticket showed to this session can be
admitted.
"""

from flask import abort, current_app, session
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from outreach.core import tokens
from outreach.core.access import found
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.registrations import queries as registrations
from outreach.registrations.models import Registration

#: seconds a found guest may be admitted without being looked for again
LASTS = 900


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="checkin.handle")


def handle(row: Registration) -> str:
    """The handle of a guest whom this session was shown."""
    own = session.setdefault("door", tokens.fresh())
    return str(_signer().dumps([row.event_id, row.id, own]))


def shown_guest(event: Event, text: str, user, permission) -> Registration:
    """The guest of a handle that this session was given; 404 for any other,
    :class:`Refused` for one too old.
    """
    try:
        event_id, key, own = _signer().loads(text, max_age=LASTS)
    except SignatureExpired:
        raise Refused(_("This was found some time ago. Find the guest again.")) from None
    except (BadSignature, ValueError, TypeError):
        abort(404)
    if event_id != event.id or own != session.get("door"):
        abort(404)
    return found(registrations.select_visible(user, permission).where(Registration.event_id == event.id), key)
