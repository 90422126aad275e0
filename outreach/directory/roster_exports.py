"""The doubtful rows of a batch as they stood, to be corrected and uploaded again:
doubtful cells coloured, the reason beside.
"""

import io
import re

import xlsxwriter

from outreach.directory.reading.headings import OWN_COLUMNS
from outreach.directory.roster_forms import doubt_words
from outreach.directory.roster_models import Batch, BatchRow

#: a doubt about posts may lie in any of these columns
_COLUMNS_OF = {"posts": ("employer", "employer_post", "title", "chamber_title")}


def workbook(batch: Batch, rows: list[BatchRow]) -> bytes:
    """The sheets by their own names and titles, which may name the township or the unit of amounts;
    the last two columns say what is doubtful and which row it is.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    plain, bad = (
        book.add_format({"num_format": "@", "border": 1}),
        book.add_format({"num_format": "@", "border": 1, "bg_color": "#FBD5D1"}),
    )
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#F0F2F5", "text_wrap": True})
    for shape in batch.shapes:
        for name in shape["sheets"]:
            mine = [row for row in rows if row.sheet == name]
            if mine:
                above = shape.get("above", {}).get(name, [])
                _sheet(book.add_worksheet(_free_name(name, book)), shape, above, mine, plain, bad, head)
    if not book.worksheets():
        book.add_worksheet("1")
    book.close()
    return target.getvalue()


def _free_name(name: str, book) -> str:
    """What Excel takes as a sheet's name, once in a book whatever the case of its letters."""
    plain = re.sub(r"[\[\]:*?/\\]", "", name).strip("'")[:28] or "1"
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    return next(
        free
        for free in (plain, *(f"{plain} {number}" for number in range(2, 99_999)))
        if free.lower() not in taken
    )


def _sheet(sheet, shape: dict, above: list[str], rows: list[BatchRow], plain, bad, head) -> None:
    for line, text in enumerate(above):
        sheet.write_string(line, 0, text)
    columns = [column for column in shape["columns"] if column not in OWN_COLUMNS]
    for index, column in enumerate([*columns, *OWN_COLUMNS]):
        sheet.write_string(len(above), index, column, head)
    sheet.set_column(0, len(columns) - 1, 16)
    sheet.set_column(len(columns), len(columns), 50)
    sheet.freeze_panes(len(above) + 1, 0)
    for line, row in enumerate(rows, len(above) + 1):
        doubted = {name for field, _code, _stated in row.doubts for name in _COLUMNS_OF.get(field, (field,))}
        for index in range(len(columns)):
            cell = row.raw[index] if index < len(row.raw) else None
            style = bad if shape["fields"][index] in doubted else plain
            text = "" if cell is None else f"{cell:.15g}" if isinstance(cell, float) else str(cell)
            sheet.write_string(line, index, text, style)
        sheet.write_string(line, len(columns), doubt_words(row), plain)
        sheet.write_string(line, len(columns) + 1, f"R{row.id}", plain)
