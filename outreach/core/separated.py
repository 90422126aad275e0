"""Text tables (CSV, TSV) as Excel, WPS and web services of several countries write them."""

import csv
import io
import re
from collections import Counter
from itertools import islice

DELIMITERS = ",;\t|"
_LOOKED_AT = 50_000  # characters, to tell the delimiter
_ROWS_LOOKED_AT = 40
_SEP = re.compile(r'"?sep=(.)"?,*', re.IGNORECASE)


class Unreadable(Exception):
    """No table. ``characters``: its encoding is unknown; ``too_long``: it has too many rows."""

    def __init__(self, *, characters: bool = False, too_long: bool = False):
        super().__init__()
        self.characters, self.too_long = characters, too_long


def read(content: bytes, most_rows: int) -> list[list]:
    """The rows of a text table, cells as text or None. Raises :class:`Unreadable`.

    The delimiter is the one by which most rows have the same number of cells; ``sep=;`` in the first line
    says it. Quotes are doubled within quotes (RFC 4180).
    """
    text = decode(content)
    first, _newline, rest = text.partition("\n")
    said = _SEP.fullmatch(first.strip())
    if said:
        text = "\n" + rest
    rows = _rows(text, said[1] if said else delimiter_of(text), most_rows + 1)
    if len(rows) > most_rows:
        raise Unreadable(too_long=True)
    if not any(len(row) > 1 for row in rows):
        raise Unreadable
    return [[cell or None for cell in row] for row in rows]


def _rows(text: str, delimiter: str, most: int) -> list[list[str]]:
    try:
        return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), most))
    except csv.Error:
        raise Unreadable from None


def delimiter_of(text: str) -> str:
    """The delimiter by which most of the first rows are equally wide; the wider where two are as good."""
    start = text[:_LOOKED_AT]
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in _rows(start, delimiter, _ROWS_LOOKED_AT) if row]
        except Unreadable:
            continue
        wide = Counter(width for width in widths if width > 1)
        if wide:
            width, count = wide.most_common(1)[0]
            best, best_score = max(
                (best, best_score), (delimiter, (count / len(widths), width)), key=lambda one: one[1]
            )
    return best


def decode(content: bytes) -> str:
    """UTF-8, UTF-16 (with or without its mark), GB 18030 or Big5, told apart by what the characters are."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(content, "utf-16")
    if b"\0" in content:
        return _decoded(content, _utf_16(content))
    for encoding in ("utf-8-sig",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            pass
    return _chinese(content)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(characters=True) from None
    if "\0" in text:
        raise Unreadable
    return text


def _utf_16(content: bytes) -> str:
    """The byte order, by where the zero bytes of delimiters, digits and line ends stand."""
    even, odd = content[0::2].count(0), content[1::2].count(0)
    if len(content) % 2 or max(even, odd) < len(content) / 40 or min(even, odd) * 10 > max(even, odd):
        raise Unreadable
    return "utf-16-le" if odd > even else "utf-16-be"


def _chinese(content: bytes) -> str:
    """GB 18030 or Big5: by the share of characters that are among the usual ones of the encoding (GB 2312;
    Big5 level 1).
    """
    found: dict[str, tuple[float, str]] = {}
    for encoding, usual in (("gb18030", _usual_in_gb), ("big5", _usual_in_big5)):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = [character for character in text[:_LOOKED_AT] if ord(character) > 0x2E7F]
        share = sum(map(usual, sample)) / len(sample) if sample else 1.0
        found[encoding] = share, text
    if not found:
        raise Unreadable(characters=True)
    return max(found.values(), key=lambda pair: pair[0])[1]  # the first of two equal ones: GB 18030


def _usual_in_gb(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _usual_in_big5(character: str) -> bool:
    try:
        return b"\xa1\x40" <= character.encode("big5") <= b"\xc6\x7e"
    except UnicodeEncodeError:
        return False
