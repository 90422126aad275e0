"""Name cells (M3), birth cells (M8), gender and tier."""

import re
from datetime import date, timedelta
from functools import lru_cache

from outreach.core.phones import fold
from outreach.directory.models import KEY, REGISTERED, SCREENED
from outreach.directory.reading import DITTO, Reading, as_text

#: nobody on a roster of entrepreneurs was born later; two digits up to the second number mean 20xx
LATEST, PIVOT = 2020, 15

_BRACKET = re.compile(r"[（(]([^（）()]*)[）)]")
_HONORIFIC = re.compile(r"^[\u3400-\u9fff]{1,2}(总|老师|老板|经理|主任|书记|先生|女士|哥|姐|董|局长|县长)$")
_NAME = re.compile(r"^[\u3400-\u9fff\U00020000-\U0003ffff·]{2,15}$|^[A-Za-z][A-Za-z .·'-]{1,38}$")


def read_name(cell) -> Reading:
    """``value``: ``(name, gender or "", is key)``. Doubts: namesake, name_title, name_odd, name_missing."""
    text = as_text(cell)
    if not text or text in DITTO:
        return Reading(("", "", False), ["name_missing"])
    doubts, gender = [], ""
    key = text.endswith(("*", "＊", "★"))
    text = fold(text).rstrip("*★ ")
    for inside in _BRACKET.findall(text):
        inside = inside.strip()
        if inside in ("男", "女"):
            gender = inside
        elif inside in ("大", "小") or inside.isdigit():
            doubts.append("namesake")
    text = _BRACKET.sub("", text)
    if text[-1:].isdigit():
        doubts.append("namesake")
        text = text[:-1]
    head, _blank, tail = text.partition(" ")
    name = text.replace(" ", "")
    if tail and len(head) > 1 and len(tail.replace(" ", "")) > 1 and not head.isascii():
        name, doubts = head, [*doubts, "name_title"]
    elif head.isascii():
        name = text
    if _HONORIFIC.match(name):
        doubts.append("name_title")
    elif not _NAME.match(name):
        doubts.append("name_odd")
    return Reading((name[:40], gender, key), doubts)


def read_gender(cell) -> str:
    """男, 女 or nothing."""
    text = as_text(cell)[:1]
    return text if text in ("男", "女") else ""


@lru_cache(maxsize=20_000)
def _text_birth(text: str, typed: bool) -> tuple[str, tuple[str, ...]]:
    text = fold(text).rstrip("生出 ")
    match = (
        re.fullmatch(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(?:\d{2})?", text)
        or re.fullmatch(r"((?:19|20)\d{2}|\d{2})\s*[年./\-]\s*(\d{1,2})(?:\s*月)?(?:[日./\-\s].*)?", text)
        or re.fullmatch(r"((?:19|20)\d{2}|\d{2})年(\d{1,2})月.*", text)
    )
    if match and 1 <= int(match[2]) <= 12:
        year = match[1] if len(match[1]) == 4 else _century(match[1])
        if not 1900 <= int(year) <= LATEST:
            return "", ("birth_unread",)
        if match[2] == "1" and not typed and re.fullmatch(r"\d+\.1", text):
            return year, ("birth_ambiguous",)  # a CSV cannot tell 1968.1 from 1968.10
        return f"{year}-{int(match[2]):02d}", ()
    if re.fullmatch(r"(19|20)\d{2}年?", text):
        return text[:4], ()
    return "", ("birth_unread",)


def _century(two: str) -> str:
    return ("20" if int(two) <= PIVOT else "19") + two


def read_birth(cell, *, typed: bool) -> Reading:
    """``value``: ``YYYY-MM`` or ``YYYY`` or "". ``typed``: text cells are as typed (a workbook), not as printed (CSV).

    A number 1968.1 may have been 1968.10: only the year is known, doubt birth_ambiguous. What is no date
    (属猴, 60后, 农历...) is birth_unread.
    """
    if cell is None or cell == "":
        return Reading("")
    if isinstance(cell, date):
        return (
            Reading(f"{cell.year}-{cell.month:02d}") if cell.year >= 1900 else Reading("", ["birth_unread"])
        )
    if isinstance(cell, float):
        return _number_birth(cell)
    value, doubts = _text_birth(as_text(cell), typed)
    return Reading(value, list(doubts))


def _number_birth(number: float) -> Reading:
    text = f"{number:.2f}"
    whole, part = text.split(".")
    if part == "00":
        if len(whole) in (4, 6, 8):
            value, doubts = _text_birth(whole, True)
            return Reading(value, list(doubts))
        if 3_000 < number < 60_000:  # Excel's serial day
            day = date(1899, 12, 30) + timedelta(days=int(number))
            return Reading(f"{day.year}-{day.month:02d}")
        return Reading("", ["birth_unread"])
    if part == "10":
        year = whole if len(whole) == 4 else _century(whole) if len(whole) == 2 else ""
        return Reading(year, ["birth_ambiguous"] if year else ["birth_unread"])
    month = part.lstrip("0") if part.startswith("0") else part.rstrip("0")
    value, doubts = _text_birth(f"{whole}.{month}", True)
    return Reading(value, list(doubts))


def read_tier(cell) -> int:
    """重点 is the key list, 乡贤企业家 is screened, anything else is registered."""
    text = as_text(cell)
    if "重点" in text or text in ("3", "三级", "三"):
        return KEY
    return SCREENED if "企业家" in text or text in ("2", "二级", "二") else REGISTERED
