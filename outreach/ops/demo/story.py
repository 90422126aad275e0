"""The days of the demo's story, all counted from the day it is made."""

from datetime import UTC, datetime, time, timedelta

from outreach.core import clock

SATURDAY = 5


def days_ago(count: int, hour: int = 10) -> datetime:
    """The moment ``count`` days before today (after, when negative) at ``hour`` o'clock in China."""
    day = clock.today() - timedelta(days=count)
    return datetime.combine(day, time(hour), clock.HOME).astimezone(UTC)


def saturday(about: int, hour: int) -> datetime:
    """The Saturday in the week that ends about ``about`` days ago, at ``hour`` o'clock in China."""
    day = clock.today() - timedelta(days=about)
    return days_ago(about + (day.weekday() - SATURDAY) % 7, hour)
