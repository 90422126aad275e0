"""Working days of China, from the ``holidays`` package and the table of days the administrator enters.

Public holidays are fixed by 全国年节及纪念日放假办法; the weekends worked for them (调休) are published each
November. Until then a year's holidays are off and no weekend is worked.
"""

from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=16)
def _year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """(days off, weekend days worked) of a year."""
    from holidays import country_holidays  # noqa: PLC0415 - 3 MB that few processes need

    calendar = country_holidays("CN", years=year)
    worked = frozenset(day for day in calendar.weekend_workdays if day.year == year)
    return frozenset(calendar), worked


def is_known(year: int) -> bool:
    """Whether the year's 调休 had been published when the package was made."""
    return bool(_year(year)[1])


def unknown_years(day: date) -> list[int]:
    """The years of ``day`` and of three months later whose make-up days (调休) are not known:
    due days there may move.
    """
    years = sorted({day.year, (day + timedelta(days=92)).year})
    return [year for year in years if not is_known(year)]


def is_workday(day: date, own: dict[date, bool]) -> bool:
    """Whether offices are open.

    ``own``: day -> works, of the house's table, which goes before the calendar.
    """
    if day in own:
        return own[day]
    off, worked = _year(day.year)
    return day in worked or (day.weekday() < 5 and day not in off)


def between(start: date, end: date, own: dict[date, bool]) -> int:
    """Working days after ``start`` up to and with ``end``; 0 when end is not later.

    Beyond four years a round figure.
    """
    if (end - start).days > 1460:
        return (end - start).days * 250 // 365
    return sum(is_workday(start + timedelta(days=count), own) for count in range(1, (end - start).days + 1))


def after(start: date, count: int, own: dict[date, bool]) -> date:
    """The day ``count`` working days after ``start``."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_workday(day, own)
    return day
