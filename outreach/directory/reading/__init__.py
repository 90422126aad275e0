"""Reading the cells of any county's sheet: each module turns one kind of cell into a value, or says what is doubtful.

Nothing is repaired that could be repaired wrongly: what was lost is empty and flagged (domain cases M1-M10).
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Reading:
    """The value of a cell and the codes of what is doubtful about it."""

    value: object = None
    doubts: list[str] = field(default_factory=list)


DITTO = frozenset(("同上", "〃", '"', "″", "''", "..", "…", "同前", "〞", "“"))


def as_text(cell) -> str:
    """A cell as one would read it aloud: whole floats without their point, outer blanks gone."""
    if type(cell) is str:
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)
