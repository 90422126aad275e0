"""A cell as text, and what was read from it."""

import re
from dataclasses import dataclass, field
from datetime import date

from outreach.core import identity

#: what stands for "the same as in the row above"
DITTO = frozenset(
    (
        "同上",
        "〃",
        '"',
        "″",
        "''",
        "..",
        "…",
        "同前",
        "〞",
        "“",
        "”",
        "““",
        "””",
        "＂",
        "上同",
        "同上行",
        "同上列",
        "々",
    )
)
_LONGEST_DITTO = max(map(len, DITTO))
#: characters that take no room or turn the direction of writing; they come in by copying from chats and web
#: pages
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


@dataclass(slots=True)
class Reading:
    """The value of a cell and the codes of what is doubtful about it."""

    value: object = None
    doubts: list[str] = field(default_factory=list)


def as_text(cell) -> str:
    """A cell as it is read aloud: whole floats without their point,
    invisible characters and outer blanks gone.
    """
    if type(cell) is str:
        return INVISIBLE.sub("", cell).strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


_GUARD = re.compile(r'="(.*)"|\'(?=[\d=+\-@])(.+)|(\d{7,})\.0+')


def unguarded(text: str) -> str:
    """Without what programs put around a number to keep it whole: ``="154…"``, ``'154…``;
    ``15400085010.0`` loses its point.
    """
    if text[:1] not in ("'", "=") and not text.endswith("0"):
        return text
    match = _GUARD.fullmatch(text)
    return next(part for part in match.groups() if part is not None) if match else text


def is_ditto(cell) -> bool:
    """Whether the cell only points at the one above it."""
    return type(cell) is str and len(cell) <= _LONGEST_DITTO + 4 and cell.strip() in DITTO


def clean(cells: list) -> tuple[list, bool]:
    """``(the cells without invisible characters and ID numbers, whether an ID number was removed)``;
    blank text is None.

    The list given is not changed.
    """
    found, removed = [], False
    for cell in cells:
        kind = type(cell)
        if kind is str:
            plain = unguarded(INVISIBLE.sub("", cell).strip())
            safe = identity.without(plain)
            removed = removed or safe is not plain
            found.append(safe or None)
        elif kind is float and abs(cell) >= 1e14:
            text = identity.of_number(cell)
            removed = removed or text is not None
            found.append(cell if text is None else text)
        else:
            found.append(cell)
    return found, removed
