"""口径快照: figures are frozen with their definition and the rows they came from,
so that a later report can say what changed.
"""

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db
from outreach.events.models import Event
from outreach.pipeline import snapshot_queries as snapshots
from outreach.pipeline.follow_models import Snapshot


def freeze(event: Event, *, name: str, way: str, confirmed: bool, by: User) -> Snapshot:
    """Keep a summit's figures as the user sees them today."""
    figures, rows = snapshots.taken(by, event, confirmed=confirmed)
    row = Snapshot(
        unit_id=event.unit_id,
        event_id=event.id,
        name=name,
        as_of=clock.today(),
        definition={"way": way, "confirmed": confirmed},
        figures=figures,
        rows=rows,
        taken_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(by, "pipeline.freeze", row, event=event.id)
    return row
