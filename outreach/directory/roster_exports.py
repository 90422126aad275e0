"""The doubtful rows of a batch as they stood, to be corrected and uploaded again: doubtful cells coloured, the reason beside."""

import io

import xlsxwriter

from outreach.directory.forms import doubt_words
from outreach.directory.reading.headings import OWN_COLUMNS
from outreach.directory.roster_models import Batch, BatchRow

#: a doubt about posts may lie in any of these columns
_COLUMNS_OF = {"posts": ("employer", "employer_post", "title", "chamber_title")}


def workbook(batch: Batch, rows: list[BatchRow]) -> bytes:
    """One sheet for each kind of heading; the last two columns say what is doubtful and which row it is."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    plain, bad = book.add_format({"num_format": "@", "border": 1}), book.add_format({"num_format": "@", "border": 1, "bg_color": "#FBD5D1"})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#F0F2F5", "text_wrap": True})
    for number, shape in enumerate(batch.shapes, 1):
        mine = [row for row in rows if row.sheet in shape["sheets"]]
        if mine:
            _sheet(book.add_worksheet(f"{number}"), shape, mine, plain, bad, head)
    if not book.worksheets():
        book.add_worksheet("1")
    book.close()
    return target.getvalue()


def _sheet(sheet, shape: dict, rows: list[BatchRow], plain, bad, head) -> None:
    columns = [column for column in shape["columns"] if column not in OWN_COLUMNS]
    for index, column in enumerate([*columns, *OWN_COLUMNS]):
        sheet.write_string(0, index, column, head)
    sheet.set_column(0, len(columns) - 1, 16)
    sheet.set_column(len(columns), len(columns), 50)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows, 1):
        doubted = {name for field, _code, _stated in row.doubts for name in _COLUMNS_OF.get(field, (field,))}
        for index in range(len(columns)):
            cell = row.raw[index] if index < len(row.raw) else None
            style = bad if shape["fields"][index] in doubted else plain
            text = "" if cell is None else f"{cell:.15g}" if isinstance(cell, float) else str(cell)
            sheet.write_string(line, index, text, style)
        sheet.write_string(line, len(columns), doubt_words(row), plain)
        sheet.write_string(line, len(columns) + 1, f"R{row.id}", plain)
