"""The order of a signing ceremony."""

from decimal import Decimal

from outreach.accounts.models import Unit, User
from outreach.core import audit
from outreach.core.db import db, lock
from outreach.events.models import Event
from outreach.reception import ceremony_queries as queries
from outreach.reception.ceremony_models import SigningLine


def save_signing(
    event: Event,
    row: SigningLine | None,
    *,
    unit: Unit,
    title: str,
    company: str,
    signer: str,
    counterpart: str,
    witness: str,
    intended_wan: Decimal | None,
    by: User,
) -> SigningLine:
    """One more signature at the end of the order, or a changed one."""
    lock(event)
    event.check_ahead()
    if row is None:
        row = SigningLine(event=event, place=len(queries.lines(event)) + 1)
        db.session.add(row)
    row.unit, row.title, row.company, row.signer = unit, title, company, signer
    row.counterpart, row.witness, row.intended_wan = counterpart, witness, intended_wan
    db.session.flush()
    audit.record(by, "reception.save_signing", row, event=event.id)
    return row


def move_signing(row: SigningLine, *, up: bool, by: User) -> None:
    """One place earlier or later; the first stays first, the last last."""
    lock(row.event)
    row.event.check_ahead()
    rows = queries.lines(row.event)
    here = rows.index(row)
    there = max(0, here - 1) if up else min(len(rows) - 1, here + 1)
    rows.insert(there, rows.pop(here))
    for place, one in enumerate(rows, 1):
        one.place = place
    audit.record(by, "reception.move_signing", row, place=there + 1)


def remove_signing(row: SigningLine, *, by: User) -> None:
    """Out of the order; the others move up."""
    lock(row.event)
    row.event.check_ahead()
    audit.record(by, "reception.remove_signing", row, event=row.event_id, title=row.title)
    rest = [one for one in queries.lines(row.event) if one is not row]
    db.session.delete(row)
    for place, one in enumerate(rest, 1):
        one.place = place
