"""A guest list as somebody keeps it in a sheet: whose name and number stand in each line.

Nothing is repaired, nothing is kept.
"""

from dataclasses import dataclass, field

from outreach.core.sheets import Sheet
from outreach.directory.reading import business, numbers, people
from outreach.directory.reading.headings import KIND
from outreach.imports import columns, headings, rows
from outreach.imports.cells import as_text

MOST_LINES = 5000
#: what is taken of a roster's columns
TAKEN = ("name", "surname", "given", "phone", "employer", "employer_post")
#: what a roster knows as of no use, as 序号: not said to be left out
KNOWN = "skip"


@dataclass
class Line:
    """One line of a sheet: where it stands, what it says of a guest, and doubts (codes of rosters)."""

    sheet: str
    number: int
    name: str
    mobile: str
    company: str
    doubts: list[str] = field(default_factory=list)


@dataclass
class GuestSheet:
    """``lines``: at most ``MOST_LINES``; ``cut``: how many were left off; ``hidden``: rows that are hidden in
    the workbook and were left out, ``tells_hidden``: whether the format tells them; ``unused``: filled
    columns that nothing is taken from, as :meth:`columns.Tally.shown` tells them.
    """

    lines: list[Line] = field(default_factory=list)
    cut: int = 0
    hidden: int = 0
    tells_hidden: bool = True
    unused: list[dict] = field(default_factory=list)


def read(sheets: list[Sheet]) -> GuestSheet:
    """Every line with a name below a heading that has one, by the rules of rosters."""
    found = GuestSheet()
    for sheet in sheets:
        heading = None if sheet.is_hidden else headings.find(sheet, KIND)
        if heading is None or not heading.complete:
            continue
        heading = heading.mapped([name if name in (*TAKEN, KNOWN) else "" for name in heading.fields])
        tally = columns.Tally(heading)
        found.tells_hidden &= sheet.tells_hidden
        for line in rows.lines(sheet, heading):
            tally.see(line)
            if line.hidden:
                found.hidden += 1
            elif not line.continues and (guest := _line(line)):
                found.lines.append(guest)
        found.unused += tally.left_out()
    found.cut = max(0, len(found.lines) - MOST_LINES)
    del found.lines[MOST_LINES:]
    return found


def _line(line: rows.Line) -> Line | None:
    cell = line.of("name")
    if cell is None:
        cell = "".join(as_text(line.of(name)) for name in ("surname", "given"))
    if not as_text(cell):
        return None
    name, phone = people.read_name(cell), numbers.read(line.of("phone"))
    full, _gender, _key = name.value
    mobiles, _landlines, _same = phone.value
    return Line(
        line.sheet,
        line.number,
        full,
        next(iter(mobiles), ""),
        _company(line)[:120],
        [*name.doubts, *phone.doubts],
    )


def _company(line: rows.Line) -> str:
    if text := as_text(line.of("employer")):
        return text
    text = as_text(line.of("employer_post"))
    posts, _rest = business.posts(text)
    return posts[0][0] if posts else text
