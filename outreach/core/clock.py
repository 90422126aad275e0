"""The one place that asks what time it is, so that a test can answer."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The current moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The current day in China, where deadlines and milestones are kept."""
    return now().astimezone(HOME).date()


def local(day_and_time: datetime, zone: str) -> datetime:
    """A naive wall-clock time of ``zone`` (an IANA name) as a moment in UTC."""
    return day_and_time.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def in_zone(moment: datetime, zone: str) -> datetime:
    """A moment as the wall clock of ``zone`` shows it."""
    return moment.astimezone(ZoneInfo(zone))
