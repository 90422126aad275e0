"""What is kept of people's requests, as the person reads it."""

from collections.abc import Iterable

from outreach.core.held import Section, entry
from outreach.core.i18n import _, day
from outreach.ops.request_forms import CHANNEL_NAMES, KIND_NAMES, STATE_NAMES
from outreach.ops.request_models import RightsRequest


def of_requests(rows: Iterable[RightsRequest]) -> list[Section]:
    """Kind, days, state and answer of each request."""
    entries = [
        entry(
            (_("What is asked for"), KIND_NAMES[row.kind]),
            (_("How it came"), CHANNEL_NAMES[row.channel]),
            (_("In words"), row.said),
            (_("Received on"), day(row.received_on)),
            (_("Answered by (at the latest)"), day(row.due_on)),
            (_("State"), STATE_NAMES[row.state]),
            (_("Closed on"), day(row.closed_at) if row.closed_at else ""),
            (_("Answer"), row.answer),
        )
        for row in rows
    ]
    return [Section(_("Requests about your data"), entries)]
