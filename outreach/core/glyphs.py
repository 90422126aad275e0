"""Which characters the fonts of printed papers can draw, read from the fonts' own tables (OpenType ``cmap``,
formats 4 and 12).
"""

import struct
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

#: drawn by no glyph of their own: blanks, line ends, marks that take no room
_UNDRAWN = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf"))


@lru_cache(maxsize=8)
def _covered(path: Path) -> tuple[range, ...]:
    """The code points of one font file as ranges, in order."""
    data = path.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    start = next(
        struct.unpack_from(">I", data, 20 + 16 * index)[0]
        for index in range(tables)
        if data[12 + 16 * index : 16 + 16 * index] == b"cmap"
    )
    found: list[range] = []
    for index in range(struct.unpack_from(">H", data, start + 2)[0]):
        place = start + struct.unpack_from(">I", data, start + 8 + 8 * index)[0]
        kind = struct.unpack_from(">H", data, place)[0]
        if kind == 12:
            groups = struct.unpack_from(">I", data, place + 12)[0]
            for group in range(groups):
                first, last, _glyph = struct.unpack_from(">III", data, place + 16 + 12 * group)
                found.append(range(first, last + 1))
        elif kind == 4:
            double = struct.unpack_from(">H", data, place + 6)[0]
            ends = struct.unpack_from(f">{double // 2}H", data, place + 14)
            starts = struct.unpack_from(f">{double // 2}H", data, place + 16 + double)
            found += [
                range(first, last + 1) for first, last in zip(starts, ends, strict=True) if first != 0xFFFF
            ]
    return tuple(sorted(set(found), key=lambda one: one.start))


@lru_cache(maxsize=20_000)
def _drawn(character: str, paths: tuple[Path, ...]) -> bool:
    code = ord(character)
    return unicodedata.category(character) in _UNDRAWN or any(
        code in one for path in paths for one in _covered(path)
    )


def missing(text: str, paths: Iterable[Path]) -> str:
    """The characters of ``text`` that no font of ``paths`` can draw, each once, in their order."""
    fonts = tuple(paths)
    return "".join(dict.fromkeys(character for character in text if not _drawn(character, fonts)))
