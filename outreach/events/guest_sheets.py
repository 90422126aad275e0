"""A guest list as somebody keeps it in a sheet: whose name and number stand in each line. Nothing is repaired, nothing is kept."""

from dataclasses import dataclass

from outreach.core import phones
from outreach.core.sheets import Sheet
from outreach.directory.reading import as_text
from outreach.directory.reading.headings import field_of

_DEEPEST = 12
MOST_LINES = 5000


@dataclass
class Line:
    """One line of a sheet: where it stands, and what it says of a guest."""

    sheet: str
    number: int
    name: str
    mobile: str
    company: str


def _columns(cells: list) -> dict[str, int]:
    """Field -> column, of a row that is a heading with a name in it."""
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        field = field_of(as_text(cell)) if cell not in (None, "") else ""
        if field in ("name", "phone", "employer", "employer_post") and field not in found:
            found[field] = column
    return found if "name" in found and len(found) > 1 else {}


def lines(sheets: list[Sheet]) -> tuple[list[Line], int]:
    """(every line with a name below a heading that has one, at most ``MOST_LINES``; how many were left off)."""
    found: list[Line] = []
    for sheet in sheets:
        head = next(
            (
                (place, columns)
                for place, cells in enumerate(sheet.rows[:_DEEPEST])
                if (columns := _columns(cells))
            ),
            None,
        )
        if head is None:
            continue
        first, columns = head
        for number, cells in enumerate(sheet.rows[first + 1 :], start=first + 2):
            said = {
                field: as_text(cells[column]).strip()
                if column < len(cells) and cells[column] is not None
                else ""
                for field, column in columns.items()
            }
            if said["name"]:
                company = said.get("employer") or said.get("employer_post", "")
                found.append(
                    Line(
                        sheet.name,
                        number,
                        said["name"].replace(" ", "").replace("　", "")[:40],
                        phones.mobile(said.get("phone", "")) or "",
                        company[:120],
                    )
                )
    return found[:MOST_LINES], max(0, len(found) - MOST_LINES)
