"""Phone cells (M2) and ID numbers that must not be kept (M10)."""

import re

from outreach.core import phones
from outreach.directory.reading import DITTO, Reading, as_text

_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_STRONG = re.compile(r"[、，,;；/\n\r|]+|(?<=\d)\s*[和或]\s*(?=\d)")
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
    text = _BRACKETS.sub(" ", text).strip()
    for part in _parts(text):
        number = phones.mobile(part)
        if number:
            if number not in mobiles:
                mobiles.append(number)
        elif phones.LANDLINE.fullmatch(part.replace(" ", "")):
            landlines.append(_landline(part.replace(" ", "")))
        elif doubt := _doubt(part):
            doubts.append(doubt)
    return Reading((mobiles, landlines, same), doubts)


def _parts(text: str) -> list[str]:
    if phones.mobile(text):
        return [text]
    found = []
    for part in _STRONG.split(text):
        part = part.strip()
        if not part:
            continue
        pieces = part.split()
        if phones.mobile(part) or len(pieces) == 1 or not any(phones.mobile(piece) for piece in pieces):
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


def _landline(number: str) -> str:
    if "-" in number:
        return number
    area = 3 if number.startswith(("010", "02")) else 4
    return f"{number[:area]}-{number[area:]}"
