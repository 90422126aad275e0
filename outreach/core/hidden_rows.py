"""Which rows of a workbook are hidden or filtered out, by format.

Part of the child process of ``sheet_reader``: imports nothing of ours. Each function takes the bytes of a
file and returns the name of a sheet -> its hidden rows, counted from 0, or ``None`` where the file does not
tell (an .xlsb, or an .xls from before Excel 97): then every row is read and the preview says so.
"""

import html
import io
import re
import struct
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

Hidden = dict[str, list[int]] | None

MOST_ROWS = 1 << 20  # of one sheet
_ROW = re.compile(rb"""<(?:\w+:)?row\s(?=[^>]*\shidden=["'](?:1|true)["'])[^>]*?\br=["'](\d+)["']""")
_SHEET = re.compile(r"""<(?:\w+:)?sheet\s[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]+)\"""")
_TARGET = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def of(content: bytes) -> Hidden:
    """The hidden rows of an .xlsx, .ods or .xls."""
    if not content.startswith(b"PK\x03\x04"):
        return in_xls(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" in archive.NameToInfo:
            return in_xlsx(archive)
        if "content.xml" in archive.NameToInfo:
            return in_ods(archive)
    return None


def in_xlsx(archive: zipfile.ZipFile) -> Hidden:
    """``hidden`` of the rows; what the workbook does not tell in the usual way is left out."""
    found: dict[str, list[int]] = {}
    try:
        book = archive.read("xl/workbook.xml").decode(errors="replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode(errors="replace")
    except KeyError:
        return None
    parts = {}
    for link in _TARGET.findall(links):
        key, target = re.search(r'\bId="([^"]+)"', link), re.search(r'\bTarget="([^"]+)"', link)
        if key and target:
            path = target[1].lstrip("/")
            parts[key[1]] = path if path.startswith("xl/") else f"xl/{path}"
    for name, key in _SHEET.findall(book):
        if parts.get(key) in archive.NameToInfo:
            with archive.open(parts[key]) as stream:
                if rows := _rows_in_xlsx(stream):
                    found[html.unescape(name)] = rows
    return found


def _rows_in_xlsx(stream) -> list[int]:
    found: list[int] = []
    tail = b""
    while chunk := stream.read(1 << 20):
        text = tail + chunk
        if b"hidden" in text:
            found += [int(number) - 1 for number in _ROW.findall(text)]
        tail = text[max(len(text) - 500, text.rfind(b"<row")) :] if b"<row" in text[-500:] else text[-500:]
    return sorted(set(found))


def in_ods(archive: zipfile.ZipFile) -> Hidden:
    """``table:visibility`` of the rows: ``collapse`` where somebody hid them,
    ``filter`` where a filter did.
    """
    found: dict[str, list[int]] = {}
    tables: list[
        list[int]
    ] = []  # the open tables; one within a cell has rows of its own, which are none of the sheet
    place = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal place
        if name == f"{_TABLE} table":
            tables.append([])
            if len(tables) == 1:
                place = 0
                found[attributes.get(f"{_TABLE} name", "")] = tables[0]
        elif name == f"{_TABLE} table-row" and len(tables) == 1:
            count = int(attributes.get(f"{_TABLE} number-rows-repeated", 1))
            if attributes.get(f"{_TABLE} visibility") in ("collapse", "filter"):
                tables[0].extend(range(place, min(place + count, MOST_ROWS)))
            place += count

    def end(name: str) -> None:
        if name == f"{_TABLE} table":
            tables.pop()

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        with archive.open("content.xml") as stream:
            parser.ParseFile(stream)
    except (expat.ExpatError, ValueError):
        return None
    return found


_BOUNDSHEET, _ROW_RECORD, _BEGIN, _END, _BIFF8 = 0x0085, 0x0208, 0x0809, 0x000A, 0x0600
_HIDDEN_ROW = 0x20


def in_xls(content: bytes) -> Hidden:
    """``fDyZero`` of the ROW records of an .xls since Excel 97 ([MS-XLS] 2.4.221)."""
    try:
        stream = _workbook_stream(content)
        if stream is None:
            return None
        _kind, at, _size = next(_records(stream, 0))
        if struct.unpack_from("<H", stream, at)[0] != _BIFF8:
            return None
        return {name: _rows_in_xls(stream, start) for name, start in _sheets_in_xls(stream)}
    except (struct.error, IndexError, StopIteration, UnicodeDecodeError):
        return None


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """(kind, where its data is, how long) of one substream, with those nested in it left out."""
    depth = 0
    while start + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, start)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 1:
            yield kind, start + 4, size
        if depth <= 0:
            return
        start += 4 + size


def _sheets_in_xls(stream: bytes) -> Iterator[tuple[str, int]]:
    for kind, at, _size in _records(stream, 0):
        if kind == _BOUNDSHEET:
            start, _state, _type, length, wide = struct.unpack_from("<IBBBB", stream, at)
            raw = stream[at + 8 : at + 8 + length * (2 if wide & 1 else 1)]
            yield raw.decode("utf-16-le" if wide & 1 else "latin-1"), start


def _rows_in_xls(stream: bytes, start: int) -> list[int]:
    found = set()
    for kind, at, _size in _records(stream, start):
        if kind == _ROW_RECORD:
            row, flags = struct.unpack_from("<H10xH", stream, at)
            if flags & _HIDDEN_ROW:
                found.add(row)
    return sorted(found)


_FREE, _DIRECTORY_ENTRY = 0xFFFFFFF0, 128


def _workbook_stream(content: bytes) -> bytes | None:
    """The stream ``Workbook`` of a compound file ([MS-CFB])."""
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    directory, _signature, cutoff, mini_fat = struct.unpack_from("<4I", content, 48)
    more, more_count = struct.unpack_from("<2I", content, 68)
    sector = 1 << shift

    def read(number: int) -> bytes:
        return content[(number + 1) * sector : (number + 2) * sector]

    def numbers(part: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4]))

    fat_sectors = numbers(content[76:512])
    for _each in range(min(more_count, len(content) // sector)):
        part = numbers(read(more))
        fat_sectors += part[:-1]
        more = part[-1]
    fat = [number for one in fat_sectors if one < _FREE for number in numbers(read(one))]

    def chain(first: int, table: list[int]) -> Iterator[int]:
        for _each in range(len(table) + 1):
            if first >= _FREE:
                return
            yield first
            first = table[first]

    entries = b"".join(map(read, chain(directory, fat)))
    root = struct.unpack_from("<I", entries, 116)[0]
    for at in range(0, len(entries), _DIRECTORY_ENTRY):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        if entries[at : at + max(length - 2, 0)].decode("utf-16-le") != "Workbook":
            continue
        first, size = struct.unpack_from("<2I", entries, at + 116)
        if size >= cutoff:
            return b"".join(map(read, chain(first, fat)))[:size]
        small = b"".join(map(read, chain(root, fat)))
        table = [number for one in chain(mini_fat, fat) for number in numbers(read(one))]
        step = 1 << mini_shift
        return b"".join(small[one * step : (one + 1) * step] for one in chain(first, table))[:size]
    return None
