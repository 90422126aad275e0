"""Reads of the order of a signing ceremony."""

from sqlalchemy import select

from outreach.core.db import db
from outreach.events.models import Event
from outreach.reception.ceremony_models import SigningLine


def lines(event: Event) -> list[SigningLine]:
    """The signatures in their order."""
    return list(
        db.session.scalars(
            select(SigningLine)
            .where(SigningLine.event_id == event.id)
            .order_by(SigningLine.place, SigningLine.id)
        )
    )
