"""The two official orders of names: 按姓氏笔画 (party, CPPCC) and 按姓名笔画 (people's congresses).

Characters are ranked by number of strokes, then by the kinds of stroke in writing order (GF 3003-1999, GB
13000.1: 20,902 characters). The ranks come from the data file of the registry package cn_sort (MIT), which is
read and never imported.
"""

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from outreach.core.han import simplified
from outreach.core.masking import surname

#: pairs the data ranks the wrong way round: a stroke's main form comes before its variant (竖 before 竖钩)
_SWAPPED = (("干", "于"),)
_LONGEST = 12  # characters of a name that take part
_OUTSIDE = "ffff"
_AFTER_SINGLE = "fffe"  # behind every character of the table: 上官 comes after all who are 上


@lru_cache(maxsize=1)
def _ranks() -> dict[str, int]:
    spec = find_spec("cn_sort")
    if spec is None or spec.origin is None:
        raise RuntimeError("the data of cn_sort is missing: run make .venv/.run")
    rows = json.loads((Path(spec.origin).parent / "res" / "all_word.json").read_bytes())["all_word"]
    ranks = {
        row["chinese"]: row["stroke_increment_level"]
        for row in rows
        if len(row["chinese"]) == 1 and row["chinese"] >= "㐀"
    }
    for first, second in _SWAPPED:
        low, high = sorted((ranks[first], ranks[second]))
        ranks[first], ranks[second] = low, high
    return ranks


def _key(character: str) -> str:
    rank = _ranks().get(character)
    return f"{rank:04x}" if rank else f"{_OUTSIDE}{ord(character):05x}"


@lru_cache(maxsize=50_000)
def by_surname(name: str) -> str:
    """The text that sorts by strokes of the surname:
    names of two characters have an empty place in the middle, so 王毅 comes before 王沪宁.

    Who bears a compound surname stands together, after those of its first character alone.
    """
    plain = "".join(name.split())[:_LONGEST]
    head = surname(simplified(plain))
    if len(head) == 2:
        given = plain[2:]
        gap = "0000" if len(given) == 1 else ""
        return f"{_key(plain[0])}{_AFTER_SINGLE}{_key(plain[1])}{gap}{''.join(map(_key, given))}"
    if len(plain) == 2:
        return f"{_key(plain[0])}0000{_key(plain[1])}"
    return "".join(map(_key, plain))


@lru_cache(maxsize=50_000)
def by_full_name(name: str) -> str:
    """The text that sorts by strokes character by character: 王沪宁 before 王毅."""
    return "".join(map(_key, "".join(name.split())[:_LONGEST]))


def outside(name: str) -> bool:
    """Whether a character stands outside the table, so that the name is sorted last and the list should say
    so.
    """
    return any(character >= "㐀" and character not in _ranks() for character in name)
