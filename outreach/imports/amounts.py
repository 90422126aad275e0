"""Amounts of money: the unit a heading or a title names, and what a cell says.

Exact, in ``Decimal`` 万元; nothing is assumed.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from outreach.core.phones import fold
from outreach.imports.cells import Reading, as_text

_SCALES = {
    "": Decimal("0.0001"),
    "百": Decimal("0.01"),
    "千": Decimal("0.1"),
    "万": Decimal(1),
    "十万": Decimal(10),
    "百万": Decimal(100),
    "千万": Decimal(1_000),
    "亿": Decimal(10_000),
    "十亿": Decimal(100_000),
    "百亿": Decimal(1_000_000),
    "千亿": Decimal(10_000_000),
    "万亿": Decimal(100_000_000),
}
_SCALE = "(?:" + "|".join(sorted(filter(None, _SCALES), key=len, reverse=True)) + ")"
_FOREIGN = (
    r"(?:美元|美金|美圆|港元|港币|港纸|欧元|英镑|日元|日圆|韩元|韩圆|加元|加币|澳元|澳币|澳门元|澳门币|"
    r"新台币|台币|"
    r"新元|新加坡元|新币|泰铢|卢布|卢比|法郎|外币|USD|US\$|HKD|HK\$|EUR|GBP|JPY|AUD|CAD|SGD|MOP|TWD|€|£|\$)"
)
_YUAN = r"(?:元|圆|人民币|RMB|CNY|¥)"
_UNIT = re.compile(
    rf"(?P<before>人民币|RMB|CNY|¥|{_FOREIGN})?(?P<scale>{_SCALE})?(?P<currency>{_FOREIGN}|{_YUAN})"
    rf"(?:人民币)?",
    re.I,
)
#: a scale without its currency counts only where it stands by itself: 年产值(万), 总投资/亿
_BARE = re.compile(rf"(?:^|[(/:,;])(?P<scale>{_SCALE})(?=$|[)/,;])")
_BRACKETS = str.maketrans("[]〔〕【】{}「」〈〉《》，；、：", "()" * 7 + ",;,:")
#: more than any company's output or project's cost: a slip, or the wrong unit
MOST_WAN = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Unit:
    """What one of a column's numbers means. ``wan``: in 万元, None for a foreign currency.

    ``words``: as stated.
    """

    wan: Decimal | None
    words: str

    @property
    def foreign(self) -> bool:
        """Whether the numbers are no yuan: they have no amount here."""
        return self.wan is None


YUAN, WAN, YI = Unit(_SCALES[""], "元"), Unit(_SCALES["万"], "万元"), Unit(_SCALES["亿"], "亿元")
#: what a person may say the unit of a column is, where the sheet names none
GIVEN = {unit.words: unit for unit in (WAN, YI, YUAN)}


def flat(text: str) -> str:
    """NFKC, without blanks, brackets and separators of one kind each."""
    return re.sub(r"\s+", "", fold(text)).translate(_BRACKETS)


@lru_cache(maxsize=5_000)
def unit_in(text: str) -> Unit | None:
    """The unit a heading or a line above the table names, or None.

    >>> unit_in("总投资【亿元】").wan, unit_in("单位：百万元").wan, unit_in("总投资（万美元）").foreign
    (Decimal('10000'), Decimal('100'), True)
    """
    plain = flat(text)
    for match in _UNIT.finditer(plain):
        if not match["scale"] and not _stands_alone(plain, match):
            continue  # 单元, 公元, 元宇宙
        words = match[0]
        foreign = re.search(_FOREIGN, words, re.I)
        return Unit(None if foreign else _SCALES[match["scale"] or ""], words)
    match = _BARE.search(plain)
    return Unit(_SCALES[match["scale"]], match["scale"] + "元") if match else None


def _stands_alone(text: str, match: re.Match) -> bool:
    if len(match["currency"]) > 1 and match["currency"] != "人民币":
        return True  # 美元
    before = text[match.start() - 1 : match.start()]
    after = text[match.end() : match.end() + 1]
    return before in ("", "(", "/", ":", ",", ";", "-") and after in ("", ")", "/", ",", ";")


def without_unit(text: str) -> str:
    """A flat heading without the unit it names: ``总投资/亿元``, ``总投资:亿元``, ``总投资额(单位:万元)`` ->
    ``总投资``, ``总投资额``.
    """
    if unit_in(text) is None:
        return text
    plain = re.sub(
        r"\((?:金额)?(?:单位)?:?[^()]*\)", lambda match: "" if unit_in(match[0]) else match[0], text
    )
    tail = re.search(
        rf"[/:,;\-]?(?:金额)?(?:单位)?[:/]?(?:人民币)?(?:{_SCALE})?(?:{_FOREIGN}|{_YUAN})(?:人民币)?$",
        plain,
        re.I,
    )
    if tail and tail.start() and unit_in(tail[0]):
        plain = plain[: tail.start()]
    bare = re.search(rf"[/:,;](?:单位:?)?{_SCALE}$", plain)
    return plain[: bare.start()] if bare and bare.start() else plain


_ABOUT = r"(?P<about>约|近|大约|超|逾|左右|预计)?"
_CELL = re.compile(
    rf"(?P<yuan>人民币|RMB|CNY|¥)?{_ABOUT}(?P<number>\d{{1,15}}(?:\.\d{{1,10}})?)(?P<some>余|多)?"
    rf"(?P<scale>{_SCALE})?(?P<currency>元|圆)?"
    r"(?P<after>人民币)?(?P<more>左右|余|多|以上|上下)?元?",
    re.I,
)
_RANGE = re.compile(r"\d+(?:\.\d+)?(?:亿|万|千万|百万)?元?[-—–~至到]\d+(?:\.\d+)?(?:亿|万|千万|百万)?元?")
_NOTHING = frozenset(("", "无", "没有", "-", "/", "0", "—", "--"))


@lru_cache(maxsize=20_000)
def _read_text(text: str, unit: Unit | None) -> tuple[Decimal | None, tuple[str, ...]]:
    plain = fold(text).replace(",", "").replace(" ", "")
    if plain in _NOTHING:
        return None, ()
    if re.search(_FOREIGN, plain, re.I):
        return None, ("amount_currency",)
    match = _CELL.fullmatch(plain)
    if _RANGE.fullmatch(plain.removeprefix("约")):
        return None, ("amount_range",)
    if not match:
        return None, ("amount_unread",)
    if unit and unit.foreign and not (match["yuan"] or match["after"]):
        return None, ("amount_currency",)  # 5000万元 below 万美元 may be either
    if match["scale"] in ("百", "千") and not match["currency"]:
        return None, ("amount_unread",)
    if match["scale"] or match["currency"]:
        factor = _SCALES[match["scale"] or ""]
    elif unit and unit.wan is not None:
        factor = unit.wan
    else:
        return None, ("amount_no_unit",)
    value = (Decimal(match["number"]) * factor).quantize(Decimal("0.000001"))
    if value > MOST_WAN:
        return None, ("amount_unread",)
    return value, ("amount_about",) if match["about"] or match["some"] or match["more"] else ()


def read(cell, unit: Unit | None) -> Reading:
    """``value``: 万元 as ``Decimal`` or None.

    ``unit``: the column's, None where neither heading nor title names one. A cell's own unit beats the
    column's. Doubts: amount_range, amount_currency, amount_no_unit, amount_unread, amount_negative,
    amount_about (the number is known, but the sheet says "about").
    """
    if isinstance(cell, bool):
        return Reading(None, ["amount_unread"])
    if isinstance(cell, float):
        if cell < 0:
            return Reading(None, ["amount_negative"])
        if not cell < 1e15:
            return Reading(None, ["amount_unread"])
        cell = f"{Decimal(str(cell)):f}"
    value, doubts = _read_text(as_text(cell), unit)
    return Reading(value, list(doubts))
