"""Days as sheets hold them. ``2024.1`` as a number may have been 2024.10: a doubt, never a day."""

import re
from datetime import date, datetime, timedelta

from outreach.core.phones import fold
from outreach.imports.cells import Reading, as_text

_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[\sT].*)?")
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?")
_DIGITS = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(\d{2})?")
_EPOCH = date(1899, 12, 30)  # of Excel's serial days
_SERIALS = range(20_000, 80_000)  # 1954 to 2119


def read_day(cell, *, typed: bool = True) -> Reading:
    """``value``: a ``date`` or None. A month without its day is the first, doubt ``day_first`` (mild).

    ``typed``: text cells are as typed (a workbook), not as printed (CSV). Doubts: day_ambiguous (January or
    October), day_unread.
    """
    if cell is None or cell == "":
        return Reading(None)
    if isinstance(cell, datetime):
        return Reading(cell.date())
    if isinstance(cell, date):
        return Reading(cell)
    if isinstance(cell, float):
        return _of_number(cell)
    text = fold(as_text(cell))
    if text in ("", "无", "-", "/", "—"):
        return Reading(None)
    if not typed and re.fullmatch(r"\d{4}\.1", text):
        return Reading(None, ["day_ambiguous"])
    if match := _DAY.fullmatch(text) or _DIGITS.fullmatch(text):
        return _built(match[1], match[2], match[3])
    if match := _MONTH.fullmatch(text):
        return _built(match[1], match[2], None)
    return Reading(None, ["day_unread"])


def _built(year: str, month: str, day: str | None) -> Reading:
    try:
        return Reading(date(int(year), int(month), int(day or 1)), [] if day else ["day_first"])
    except ValueError:
        return Reading(None, ["day_unread"])


def _of_number(number: float) -> Reading:
    if number.is_integer():
        if int(number) in _SERIALS:
            return Reading(_EPOCH + timedelta(days=int(number)))
        if match := _DIGITS.fullmatch(str(int(number))):
            return _built(match[1], match[2], match[3])
        return Reading(None, ["day_unread"])
    whole, part = f"{number:.2f}".split(".")
    if len(whole) != 4:
        serial = int(number)  # a day with its time
        return (
            Reading(_EPOCH + timedelta(days=serial)) if serial in _SERIALS else Reading(None, ["day_unread"])
        )
    if part == "10":
        return Reading(None, ["day_ambiguous"])
    return _built(whole, part.rstrip("0") if not part.startswith("0") else part, None)
