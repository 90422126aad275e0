"""春节, 端午, 中秋: the days on which one writes to people who agreed to be greeted.

The days come from the ``holidays`` package.
"""

from datetime import date, timedelta

from outreach.core.i18n import lazy

FESTIVALS = {
    "春节": lazy("Spring Festival"),
    "端午节": lazy("Dragon Boat Festival"),
    "中秋节": lazy("Mid-Autumn Festival"),
}
#: a festival is spoken of so many days ahead, in time for a card to be written
AHEAD = timedelta(days=21)


def days(year: int) -> dict[str, date]:
    """Festival (a key of ``FESTIVALS``) -> its first day in ``year``."""
    from holidays import country_holidays  # noqa: PLC0415 - 3 MB that few processes need

    found: dict[str, date] = {}
    for day, names in sorted(country_holidays("CN", years=year, language="zh_CN").items()):
        for name in names.split("; "):
            if name in FESTIVALS:
                found.setdefault(name, day)
    return found


def coming(today: date) -> tuple[str, date] | None:
    """The festival within the next three weeks and its day."""
    ahead = [(name, day) for year in (today.year, today.year + 1) for name, day in days(year).items()]
    return next(((name, day) for name, day in ahead if today <= day <= today + AHEAD), None)
