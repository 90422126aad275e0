"""双重入场对账单: entries that happened twice, and admissions of guests who had no place;
found from the scans each time.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from outreach.checkin.merging import Fact, merge
from outreach.checkin.models import ADMITTED, UNDONE, Decision, Scan
from outreach.checkin.queries import MOVING
from outreach.core.db import db
from outreach.events.models import Event
from outreach.registrations.models import CONFIRMED, Registration


@dataclass(frozen=True)
class Double:
    """Two admissions of one ticket with no way out between them, and what was decided about the second."""

    first: Scan
    second: Scan
    decision: Decision | None

    @property
    def apart(self) -> int:
        """Seconds between them, by the corrected clocks."""
        return int((self.second.at - self.first.at).total_seconds())


def _facts(event_id: int) -> list[Fact]:
    rows = db.session.execute(
        select(Scan.id, Scan.registration_id, Scan.scope, Scan.verdict, Scan.at, Scan.earlier_id).where(
            Scan.event_id == event_id, Scan.verdict.in_(MOVING), Scan.registration_id.is_not(None)
        )
    )
    return [
        Fact(
            f"{key:020d}",
            str(guest),
            scope,
            verdict,
            int(1000 * at.timestamp()),
            f"{earlier:020d}" if earlier else "",
        )
        for key, guest, scope, verdict, at, earlier in rows
    ]


def doubles(event: Event) -> list[Double]:
    """Every double entry of an event, undecided ones first, then by time."""
    pairs = [(int(first), int(second)) for first, second in merge(_facts(event.id)).doubles]
    ids = {key for pair in pairs for key in pair}
    options = (
        joinedload(Scan.gate),
        joinedload(Scan.device),
        joinedload(Scan.scanned_by),
        joinedload(Scan.registration),
    )
    scans = (
        {row.id: row for row in db.session.scalars(select(Scan).where(Scan.id.in_(ids)).options(*options))}
        if ids
        else {}
    )
    chosen = (
        select(Decision)
        .where(Decision.scan_id.in_({second for _first, second in pairs}))
        .options(joinedload(Decision.decided_by))
    )
    decided = {row.scan_id: row for row in db.session.scalars(chosen.order_by(Decision.id))} if pairs else {}
    found = [Double(scans[first], scans[second], decided.get(second)) for first, second in pairs]
    return sorted(found, key=lambda double: (double.decision is not None, double.second.at))


def without_place(event: Event) -> list[Scan]:
    """Admissions of guests who have no place (any more):
    cancelled meanwhile, let in while the gate did not know, or not heard of yet.
    """
    undo = aliased(Scan)
    chosen = (
        select(Scan)
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .where(
            Scan.event_id == event.id,
            Scan.verdict == ADMITTED,
            func.coalesce(Registration.state, "") != CONFIRMED,
        )
        .where(~select(undo.id).where(undo.earlier_id == Scan.id, undo.verdict == UNDONE).exists())
        .options(joinedload(Scan.gate), joinedload(Scan.device), joinedload(Scan.registration))
        .order_by(Scan.at)
    )
    return list(db.session.scalars(chosen))
