"""The lines below a heading, with what merged cells and 同上 stand for filled in and ID numbers removed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from outreach.core.sheets import Sheet
from outreach.imports.cells import as_text, clean, is_ditto
from outreach.imports.headings import Heading

_FOOTER = re.compile(
    r"^(合\s*计|小\s*计|总\s*计|填报人|审核人|制表|负责人签字|备注[:：]|注[:：]|—?续表—?|"
    r"共\d+[人户家个项]|单位负责人)"
)


class Mark(StrEnum):
    """How a line came to the value of a cell that is not its own."""

    MERGED = "merged"  # the cell covers this row too
    DITTO = "ditto"  # 同上: inferred from the row above
    DITTO_LOST = "ditto_lost"  # 同上, and nothing above; or a field that must not be taken from above


@dataclass(slots=True)
class Line:
    """One line.

    ``cells``: as they are to be read; ``raw``: as they stood, ready for JSON; ``marks``: column -> why it is
    filled. ``continues``: the key cell (a person's name) is merged with the line above: the line says more
    about the same thing. ``hidden``: the row is hidden or filtered out in the workbook.
    """

    sheet: str
    number: int  # as Excel shows it
    heading: Heading
    cells: list
    raw: list
    marks: dict[int, Mark] = field(default_factory=dict)
    removed: bool = False  # an ID number was
    continues: bool = False
    hidden: bool = False

    def of(self, name: str):
        """The cell of a field, None where the sheet has no such column or the cell is empty."""
        index = self.heading.column(name)
        return self.cells[index] if index is not None and index < len(self.cells) else None


def lines(sheet: Sheet, heading: Heading) -> Iterator[Line]:
    """Every filled line below the heading; totals, signatures and repeated headings are passed over."""
    kind = heading.kind
    known = [(index, kind.by_name[name]) for index, name in enumerate(heading.fields) if name in kind.by_name]
    ditto = [(index, one.ditto) for index, one in known]
    key = heading.column(kind.key)
    covered = _covered(sheet, heading, {index: one.shared for index, one in known})
    before: list = []
    for place, row in enumerate(sheet.rows[heading.start :], heading.start):
        own, removed = clean(row)
        over = covered.get(place)
        filled = [cell for cell in own if cell is not None]
        if (not filled and not over) or (filled and _passed_over(own, filled, heading, key)):
            continue
        if not filled and key is not None and key not in (over or {}):
            continue  # an empty row within a merged area
        raw = [cell.isoformat() if isinstance(cell, date) else cell for cell in own]
        line = Line(sheet.name, place + 1, heading, own, raw, removed=removed, hidden=place in sheet.hidden)
        if over:
            _fill_merged(line, over, key)
        for index, taken in ditto:
            if index < len(own) and is_ditto(own[index]):
                _fill_ditto(line, index, taken, before)
        before = line.cells
        yield line


def _covered(sheet: Sheet, heading: Heading, shared: dict[int, bool]) -> dict[int, dict[int, object]]:
    """Row -> column -> value of the cell that covers it from above.

    What is not shared holds for its first row only.
    """
    found: dict[int, dict[int, object]] = {}
    for top, left, bottom, _right in sheet.merged:
        if bottom == top or top < heading.start or not shared.get(left, True):
            continue
        row = sheet.rows[top] if top < len(sheet.rows) else []
        value = row[left] if left < len(row) else None
        if value is not None:
            for place in range(top + 1, min(bottom + 1, len(sheet.rows))):
                found.setdefault(place, {})[left] = value
    return found


def _fill_merged(line: Line, over: dict[int, object], key: int | None) -> None:
    line.continues = key is not None and key in over
    if line.continues:
        return  # what is merged was said by the line above
    for index, value in over.items():
        line.cells.extend([None] * (index + 1 - len(line.cells)))
        if line.cells[index] is None:
            (line.cells[index],), _removed = clean([value])
            line.marks[index] = Mark.MERGED


def _fill_ditto(line: Line, index: int, taken: bool, before: list) -> None:
    if not taken:
        line.marks[index] = Mark.DITTO_LOST
        return
    above = before[index] if index < len(before) else None
    line.marks[index] = Mark.DITTO_LOST if above is None else Mark.DITTO
    line.cells[index] = above


def _passed_over(cells: list, filled: list, heading: Heading, key: int | None) -> bool:
    first = filled[0]
    if type(first) is str and _FOOTER.match(first.strip("—- ")):
        return True
    if len(filled) < 2:
        return False
    value = cells[key] if key is not None and key < len(cells) else None
    if value is None:  # perhaps the second row of a repeated heading
        return all(type(cell) is str and heading.kind.match(as_text(cell)).field for cell in filled)
    return re.sub(r"\s+", "", as_text(value)) in heading.words
