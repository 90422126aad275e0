"""Spreadsheets in and out: reading in a child process with limits, writing ready to print."""

import io
import marshal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer

import xlsxwriter

from outreach.core import clock, separated
from outreach.core.files import OLE, ZIP
from outreach.core.i18n import _, day
from outreach.core.refusals import Refused

READER = Path(__file__).with_name("sheet_reader.py")
SECONDS = 90
MOST_ROWS = 100_000  # of a CSV; a workbook is limited by its cells


@dataclass
class Sheet:
    """One sheet: rows of cells (str, float, bool, date or None), merged ranges and hidden rows,
    counted from 0.

    A sheet that is hidden itself comes without its rows (``is_hidden``), so that it can be said.
    ``tells_hidden``: whether the format tells which rows are hidden.
    """

    name: str
    rows: list[list]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: frozenset[int] = frozenset()
    is_hidden: bool = False
    tells_hidden: bool = True


def read(path: Path, name: str) -> Iterator[Sheet]:
    """Every sheet of an .xlsx, .xls, .ods or .csv file, one by one,
    or :class:`Refused` with the reason in words.

    The refusal may come after some sheets: whoever reads keeps nothing before the end.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(ZIP) or head.startswith(OLE):
        yield from _read_workbook(path)
    else:
        yield _read_csv(path.read_bytes())


def read_bytes(content: bytes, name: str) -> list[Sheet]:
    """The same of a file that is not kept."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        path.write_bytes(content)
        return list(read(path, name))


def _read_workbook(path: Path) -> Iterator[Sheet]:
    command = [sys.executable, "-I", str(READER), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        alarm = Timer(SECONDS, child.kill)
        alarm.start()
        try:
            while (found := _next(child.stdout)) is not None:
                title, rows, merged, hidden = found
                cells = [[_cell(cell) for cell in row] for row in rows or ()]
                told = hidden is not None
                yield Sheet(title, cells, merged, frozenset(hidden or ()), rows is None, told)
            errors = child.stderr.read().decode(errors="replace")
            if child.wait():
                raise Refused(_refusal(child.returncode, errors), at="file")
        finally:
            alarm.cancel()
            child.kill()


def _next(stream):
    try:
        return marshal.load(stream)  # noqa: S302 - written by our own child process
    except (EOFError, ValueError, TypeError):  # the child ended early; its exit status says why
        return None


def _refusal(status: int, detail: str) -> str:
    if status == 3:
        return _("This is not a spreadsheet. Save it as .xlsx, .xls, .ods or .csv and try again.")
    if status == 4:
        return _("This file is protected by a password. Remove the password in Excel or WPS and try again.")
    if status == 6:
        return _(
            "Cell %(cell)s holds a formula. Copy the sheet, paste it as values only, save, and try again.",
            cell=detail[:12],
        )
    if status == -9:
        return _("Reading this file took too long. Split it into smaller files.")
    return _(
        "This file is damaged or too large to read. Copy the filled cells into a new workbook and try again."
    )


def _cell(cell):
    return date.fromisoformat(cell[1]) if type(cell) is list else cell


def _read_csv(content: bytes) -> Sheet:
    try:
        return Sheet("", separated.read(content, MOST_ROWS))
    except separated.Unreadable as fault:
        if fault.characters:
            raise Refused(
                _("The characters of this file cannot be read. Save it as .xlsx and try again."), at="file"
            ) from None
        raise Refused(_refusal(5 if fault.too_long else 3, ""), at="file") from None


@dataclass
class Column:
    """One column of an export: heading, how a row yields it, width in characters,
    kind text/number/wan/area/day.

    ``total``: the sum of the column stands in the last row.
    """

    heading: str
    value: object
    width: int = 14
    kind: str = "text"
    total: bool = False


def filled_by(unit: str) -> str:
    """The line below a title: who fills the sheet in, and when."""
    return _("Filled in by %(unit)s　%(day)s", unit=unit, day=day(clock.today()))


def write(
    title: str,
    columns: list[Column],
    rows,
    *,
    subtitle: str = "",
    paper: int = 9,
    across: int = 1,
    numbered: bool = False,
) -> bytes:
    """A workbook ready to print: merged title, subtitle, bordered table on landscape paper (9: A4, 8:
    A3), repeated heading, page numbers.

    ``across``: how many pages its columns take side by side; the first column then stands on each.
    ``numbered``: 序号 is put before the columns.
    """
    rows = list(rows)
    if numbered:
        numbers = count(1)
        columns = [Column(_("No."), lambda row: next(numbers), 5, "number"), *columns]
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title[:28].translate({ord(sign): "-" for sign in "[]:*?/\\'"}))
    border = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 10}
    formats = {
        "text": book.add_format({**border, "num_format": "@"}),
        "number": book.add_format({**border, "num_format": "0"}),
        "area": book.add_format({**border, "num_format": "#,##0.##"}),
        "wan": book.add_format({**border, "num_format": "#,##0.00####"}),
        "day": book.add_format({**border, "num_format": "yyyy-mm-dd"}),
    }
    heading = book.add_format({**border, "bold": True, "align": "center", "bg_color": "#F0F2F5"})
    sheet.merge_range(
        0, 0, 0, len(columns) - 1, title, book.add_format({"bold": True, "font_size": 16, "align": "center"})
    )
    left = subtitle or _("Exported %(day)s", day=day(clock.today()))
    sheet.merge_range(
        1, 0, 1, len(columns) - 1, left, book.add_format({"font_size": 9, "font_color": "#666666"})
    )
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(2, index, str(column.heading), heading)
    last = 2
    for last, row in enumerate(rows, start=3):
        for index, column in enumerate(columns):
            _write_cell(sheet, last, index, column.value(row), formats[column.kind])
    if rows and any(column.total for column in columns):
        last += 1
        for index, value in enumerate(_totals(columns, rows)):
            _write_cell(sheet, last, index, value, formats[columns[index].kind])
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(across, 0)
    sheet.repeat_rows(2)
    if across > 1:
        sheet.repeat_columns(0, 1 if numbered else 0)
    sheet.freeze_panes(3, 0)
    sheet.print_area(0, 0, max(last, 3), len(columns) - 1)
    sheet.set_footer("&C&P / &N")
    book.close()
    return target.getvalue()


def _totals(columns: list[Column], rows: list) -> list:
    """合计: values, not formulas, so that the sheet can be read back."""
    sums: list = [
        sum((value for row in rows if (value := column.value(row)) is not None), Decimal(0))
        if column.total
        else None
        for column in columns
    ]
    return [_("Total"), *sums[1:]]


def _write_cell(sheet, row, column, value, style):
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, date | datetime):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)


#: paper sizes of Excel
A3, A4 = 8, 9
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
