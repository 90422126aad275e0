"""The child process that opens a workbook nobody has vouched for.

Run as a script, never imported by the server. ``python sheet_reader.py FILE`` writes to standard output, as
``marshal``, one sheet after the other and then ``None``: ``[name, rows, merged, hidden]``; ``rows`` is
``None`` for a hidden sheet. A cell is a str, float, bool, ``None`` or ``["day", "YYYY-MM-DD"]``; ``merged``
holds ``(first row, first column, last row, last column)``, ``hidden`` the rows that are hidden or filtered
out, counted from 0, or ``None`` where the format does not tell. Exit status 3: not a workbook, 4: protected,
5: too large, 6: formulas (their place on standard error).
"""

import datetime
import io
import marshal
import os
import re
import resource
import sys
import zipfile

import python_calamine

# this script runs isolated; its folder comes last, so that no name of ours hides another
sys.path.append(os.path.dirname(__file__))
import hidden_rows

MEMORY = 1 << 30
SECONDS = 60
MOST_BYTES = 300 << 20  # of all parts of an .xlsx, unpacked
MOST_CELLS = 4_000_000
FORMULA = re.compile(rb"<(?:\w+:)?c(\s[^>]*)?>\s*<(?:\w+:)?f[\s/>]")
FORMULA_OF_ODS = re.compile(rb"""\stable:formula=["']""")
PLACE = re.compile(rb"""\sr=["']([A-Z]+[0-9]+)""")


def plain(cell):
    """One cell as a value that ``marshal`` can write."""
    if cell == "" or cell is None:
        return None
    if type(cell) in (str, float, bool):
        return cell
    if isinstance(cell, int):
        return float(cell)
    if isinstance(cell, datetime.datetime):
        return ["day", cell.date().isoformat()]
    if isinstance(cell, datetime.date):
        return ["day", cell.isoformat()]
    return str(cell)


def check_size(content: bytes) -> None:
    """Refuse a zip bomb before it is unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MOST_BYTES or len(parts) > 5000:
            sys.exit(5)


def check_formulas(content: bytes) -> None:
    """Refuse cells that are computed instead of written: what they show may be out of date."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.namelist():
            if part == "content.xml":
                pattern = FORMULA_OF_ODS
            elif re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
                pattern = FORMULA
            else:
                continue
            with archive.open(part) as stream:
                tail = b""
                while chunk := stream.read(1 << 20):
                    if match := pattern.search(tail + chunk):
                        place = PLACE.search(match[1] or b"") if pattern is FORMULA else None
                        sys.stderr.write(place[1].decode() if place else "?")
                        sys.exit(6)
                    tail = chunk[-2000:]


def main(path: str) -> None:
    """Read every sheet of ``path``; of hidden ones only the name."""
    with open(path, "rb") as file:
        content = file.read()
    zipped = content.startswith(b"PK\x03\x04")
    if zipped:
        try:
            check_size(content)
        except (zipfile.BadZipFile, EOFError, OSError):
            sys.exit(3)
    elif b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in content:
        sys.exit(4)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.PasswordError:
        sys.exit(4)
    except Exception:
        sys.exit(3)
    hidden = hidden_rows.of(content)
    cells = 0
    for about in book.sheets_metadata:
        if about.visible != python_calamine.SheetVisibleEnum.Visible:
            if about.typ == python_calamine.SheetTypeEnum.WorkSheet:
                marshal.dump([about.name, None, [], []], sys.stdout.buffer)
            continue
        sheet = book.get_sheet_by_name(about.name)
        cells += sheet.total_height * sheet.total_width
        if cells > MOST_CELLS:
            sys.exit(5)
        rows = [[plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        merged = [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or []]
        marshal.dump(
            [about.name, rows, merged, None if hidden is None else hidden.get(about.name, [])],
            sys.stdout.buffer,
        )
        sys.stdout.buffer.flush()
    if zipped:
        check_formulas(content)
    marshal.dump(None, sys.stdout.buffer)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    main(sys.argv[1])
