"""ID numbers (居民身份证号, GB 11643): recognised however they are written, never stored (data minimisation,
PIPL art. 6).

Recognised: 18 characters with a possible birth date, with or without blanks and hyphens between them, full
width or not; the same cut off after the birth date (a spreadsheet keeps 15 digits of a number); the 15 digits
of before 1999; and ``4.10922E+17``, what a spreadsheet shows of one.
"""

import re

_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_COMPACT = rf"[1-9]\d{{5}}(?:19|20)\d{{2}}{_MONTH_DAY}\d{{0,3}}[\dXx]?(?![\dXx])"
_OF_15 = rf"{_PROVINCE}\d{{4}}\d{{2}}{_MONTH_DAY}\d{{3}}(?!\d)"
_GAP = r"[\s\-\u2010-\u2015\u2212_.·]{0,2}"
_DIGIT = rf"{_GAP}\d"
_APART = (
    rf"(?!1[3-9]\d{{9}}(?!\d)){_PROVINCE}(?:{_DIGIT}){{4}}{_GAP}(?:1{_GAP}9|2{_GAP}0)(?:{_DIGIT}){{2}}"
    rf"{_GAP}(?:0{_GAP}[1-9]|1{_GAP}[0-2]){_GAP}(?:0{_GAP}[1-9]|[12]{_GAP}\d|3{_GAP}[01])"
    rf"(?:{_DIGIT}){{3}}{_GAP}[\dXx](?!{_GAP}[\dXx])"
)
_ID = re.compile(rf"(?<!\d)(?:{_COMPACT}|{_OF_15}|{_APART})")
_SCIENTIFIC = re.compile(r"(?<![\d.])[1-9]\.\d{3,16}[eE]\+?1[47](?!\d)")
#: full-width digits, letters and signs, one character for one
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FEWEST = 9  # characters: 4.109E+17
#: what a text must hold to be looked at closely: fourteen digits close together, or an exponent
_POSSIBLE = re.compile(
    r"(?:[0-9０-９][\s\-－\u2010-\u2015\u2212_.·]{0,2}){13}[0-9０-９]|[eEＥｅ][+＋]?[1１][47４７]"
)
REMOVED = "〔身份证号已删除〕"


def _spans(text: str) -> list[tuple[int, int]]:
    if not _POSSIBLE.search(text):
        return []
    narrow = text.translate(_NARROW)
    return [match.span() for pattern in (_ID, _SCIENTIFIC) for match in pattern.finditer(narrow)]


def id_number(text: str) -> str | None:
    """The first ID number in ``text`` as it is written there, or None."""
    spans = _spans(text) if len(text) >= _FEWEST else []
    return text[slice(*min(spans))] if spans else None


def without(text: str) -> str:
    """The text with every ID number replaced by a note that it was removed;
    the same object where there is none.
    """
    if len(text) < _FEWEST or not (spans := _spans(text)):
        return text
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}{REMOVED}{text[end:]}"
    return text


def of_number(number: float) -> str | None:
    """The note that replaces an ID number a sheet holds as a number (15 digits or more), or None."""
    if 1e14 <= number < 1e18 and _ID.fullmatch(str(int(number))):
        return REMOVED
    return None
