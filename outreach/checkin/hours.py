"""When staff may admit somebody by hand."""

from datetime import datetime, time, timedelta

from outreach.checkin.device_models import Gate
from outreach.core import clock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event

#: the last day of an event ends when its banquet does
SMALL_HOURS = time(6)


def check_day(event: Event, gate: Gate | None) -> None:
    """:class:`Refused` where staff admit by hand on another day than those of the event, in its zone; the last one ends in the small
    hours. A gate that opens earlier (the evening before) or closes later is not refused within its own hours."""
    moment = clock.now()
    begins = clock.local(datetime.combine(event.first_day, time()), event.zone)
    ends = clock.local(datetime.combine(event.last_day + timedelta(days=1), SMALL_HOURS), event.zone)
    if gate is not None and gate.opens_at is not None:
        begins = min(begins, gate.opens_at)
    if gate is not None and gate.closes_at is not None:
        ends = max(ends, gate.closes_at)
    if not begins <= moment < ends:
        raise Refused(_("Guests are admitted by hand on the days of the event only."))
