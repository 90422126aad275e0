"""Thanks to those who came, with the way to the feedback form."""

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import ARCHIVED, CANCELLED, DRAFT, Event
from outreach.registrations import message_queries, messages, question_queries
from outreach.registrations.models import Registration
from outreach.registrations.question_models import AFTER


def thank(event: Event, rows: list[Registration], *, words: str, channel: str, by: User) -> dict[str, int]:
    """Write ``words`` to guests by ``mail``, ``sms`` or ``both``, to each once:
    channel -> how many, ``none`` for whom there is no way.
    """
    lock(event)
    if event.state in (DRAFT, CANCELLED, ARCHIVED) or clock.now() < event.starts_at:
        raise Refused(_("Thanks go out when the event has begun."))
    asks = bool(question_queries.questions(event, AFTER))
    counts = {"mail": 0, "sms": 0, "none": 0}
    for row in _anew(rows):
        if row.thanked_at is not None:
            continue
        if messages.is_led(row):  # the guest who brings them is thanked
            continue
        for earlier in message_queries.unreached_thanks(row.id):  # this try replaces them
            db.session.delete(earlier)
        told = messages.thanks(row, words, asks=asks, channel=channel)
        reached = told.mail_id is not None or told.sms_id is not None
        counts["mail"] += told.mail_id is not None
        counts["sms"] += told.sms_id is not None
        counts["none"] += not reached
        row.thanked_at = clock.now() if reached else None
    audit.record(by, "registrations.thank", event, **counts)
    return counts


def _anew(rows: list[Registration]) -> list[Registration]:
    """As they stand now that the event is held: somebody may have thanked them a moment ago."""
    chosen = (
        db.select(Registration).where(Registration.id.in_([row.id for row in rows])).order_by(Registration.id)
    )
    return list(db.session.scalars(chosen, execution_options={"populate_existing": True}))
