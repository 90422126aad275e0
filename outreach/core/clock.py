"""The one place that asks what time it is, so that a test, or the demo's history, can answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Asia/Shanghai")
_set: ContextVar[datetime | None] = ContextVar("set_clock", default=None)


def now() -> datetime:
    """The current moment, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """The current day in China, where deadlines and milestones are kept."""
    return now().astimezone(HOME).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block it is ``moment`` (aware): what is written carries the time of the story it tells."""
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)


def day_of(moment: datetime, zone: str = "Asia/Shanghai") -> date:
    """The day of a moment on the wall clock of ``zone``: never the day in UTC, never the database's."""
    return in_zone(moment, zone).date()


def local(day_and_time: datetime, zone: str) -> datetime:
    """A naive wall-clock time of ``zone`` (an IANA name) as a moment in UTC."""
    return day_and_time.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def wall_shifted(moment: datetime, before: datetime, after: datetime, zone: str) -> datetime:
    """``moment`` as far from ``after`` as it was from ``before`` on the wall clock of ``zone``:
    over a change of the clocks 14:00 stays 14:00.
    """
    wall_before, wall_after, wall = (
        in_zone(one, zone).replace(tzinfo=None) for one in (before, after, moment)
    )
    return local(wall + (wall_after - wall_before), zone)


def in_zone(moment: datetime, zone: str) -> datetime:
    """A moment as the wall clock of ``zone`` shows it."""
    return moment.astimezone(ZoneInfo(zone))
