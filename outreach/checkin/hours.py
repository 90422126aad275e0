"""When guests are let in: on the days of the event, or in a gate's own hours."""

from datetime import datetime, time, timedelta
from typing import NamedTuple, Protocol

from outreach.core import clock
from outreach.core.i18n import _
from outreach.core.refusals import Refused

#: the last day of an event ends when its banquet does
SMALL_HOURS = time(6)


class Timed(Protocol):
    """An event: begin and end in UTC, and its zone."""

    starts_at: datetime
    ends_at: datetime
    zone: str


class Opening(Protocol):
    """A gate: its own hours in UTC, or None where it follows the event."""

    opens_at: datetime | None
    closes_at: datetime | None


class Hours(NamedTuple):
    """From when until when, in UTC."""

    opens: datetime
    closes: datetime


def of_event(event: Timed) -> Hours:
    """The days of the event in its zone; the last one ends in the small hours."""
    first, last = clock.day_of(event.starts_at, event.zone), clock.day_of(event.ends_at, event.zone)
    return Hours(
        clock.local(datetime.combine(first, time()), event.zone),
        clock.local(datetime.combine(last + timedelta(days=1), SMALL_HOURS), event.zone),
    )


def of_gate(event: Timed, gate: Opening | None) -> Hours:
    """The gate's own hours where it has some, else those of the event; a desk (None) has none of its own."""
    hours = of_event(event)
    if gate is None:
        return hours
    return Hours(gate.opens_at or hours.opens, gate.closes_at or hours.closes)


def check_day(event: Timed, gate: Opening | None) -> None:
    """:class:`Refused` where staff admit by hand on another day than those of the event.

    A gate that opens earlier (the evening before) or closes later is not refused within its own hours."""
    hours, own = of_event(event), of_gate(event, gate)
    if not min(hours.opens, own.opens) <= clock.now() < max(hours.closes, own.closes):
        raise Refused(_("Guests are admitted by hand on the days of the event only."))
