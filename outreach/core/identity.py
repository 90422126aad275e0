"""ID numbers (居民身份证号, GB 11643): recognised wherever they are pasted, never stored (data minimisation, PIPL art. 6)."""

import re

_ID = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dXx])"
)
REMOVED = "〔身份证号已删除〕"


def id_number(text: str) -> str | None:
    """The first ID number in ``text`` (18 characters with a possible birth date), or None."""
    match = _ID.search(text)
    return match[0] if match else None


def without(text: str) -> str:
    """The text with every ID number replaced by a note that it was removed."""
    return _ID.sub(REMOVED, text) if len(text) >= 18 else text
