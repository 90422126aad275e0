"""Phone cells (M2) and ID numbers that must not be kept (M10)."""

import re

from outreach.core import phones
from outreach.core.phones import Kind
from outreach.directory.reading import DITTO, Reading, as_text

#: remarks in brackets; area codes and the (0) of international numbers are none
_BRACKETS = re.compile(r"[（(](?!\s*\+?[0-9]+\s*[)）])[^（）()]*[）)]")
_STRONG = re.compile(r"[、，,;；/\n\r|]+|(?<=\d)\s*[和或]\s*(?=\d)")
#: words before a number that say what it is; each begins a new number
_LABELS = re.compile(
    r"(?:手机|移动|座机|固话|电话|办公|单位|家|宅电|传真|mobile|phone|tel)(?:号码?|"
    r"电话)?\s*[:.]?\s*(?=[+(0-9])",
    re.IGNORECASE,
)
_TWO_MOBILES = re.compile(r"(?<=\d{11})-(?=1\d{10}\b)")
_DIGIT = re.compile(r"\d")


def read(cell) -> Reading:
    """``value``: ``(mobiles, landlines, wechat is the same)``. Doubts: phone_lost, phone_ditto, phone_short,
    phone_long, phone_no_area, phone_unread."""
    text = as_text(cell)
    if phones.MOBILE.fullmatch(text):  # nine cells of ten
        return Reading(([text], [], False))
    text = phones.fold(text)
    if not text:
        return Reading(([], [], False))
    if text in DITTO:
        return Reading(([], [], False), ["phone_ditto"])
    same = "微信" in text or "同号" in text
    mobiles: list[str] = []
    landlines: list[str] = []
    doubts: list[str] = []
    text = _TWO_MOBILES.sub(",", _LABELS.sub(",", _BRACKETS.sub(" ", text))).strip(" ,")
    for part in _parts(text):
        number = phones.read(part)
        if number:
            found = mobiles if number.kind in (Kind.MOBILE, Kind.ABROAD) else landlines
            if number.shown not in found:
                found.append(number.shown)
        elif doubt := _doubt(part):
            doubts.append(doubt)
    return Reading((mobiles, landlines, same), doubts)


def _parts(text: str) -> list[str]:
    if phones.read(text):
        return [text]
    found = []
    for part in _STRONG.split(text):
        part = part.strip()
        if not part:
            continue
        pieces = part.split()
        if phones.read(part) or len(pieces) == 1 or not any(phones.read(piece) for piece in pieces):
            found.append(part)
        else:
            found.extend(pieces)
    return found


def _doubt(part: str) -> str | None:
    if phones.lost_digits(part):
        return "phone_lost"
    digits = "".join(_DIGIT.findall(part))
    if not digits:
        return "phone_unread" if part not in ("无", "-", "/") else None
    if 7 <= len(digits) <= 8 and digits[0] != "1":
        return "phone_no_area"
    if len(digits) < 11:
        return "phone_short"
    return "phone_long" if len(digits) > 11 else "phone_unread"
