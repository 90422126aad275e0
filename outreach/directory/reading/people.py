"""Name cells (M3), birth cells (M8), gender and tier."""

import re
from datetime import date, timedelta
from functools import lru_cache

from outreach.core.masking import COMPOUND_SURNAMES
from outreach.core.phones import fold
from outreach.directory import names
from outreach.directory.models import KEY, REGISTERED, SCREENED
from outreach.directory.reading import DITTO, Reading, as_text

#: nobody on a roster of entrepreneurs was born later; two digits up to the second number mean 20xx
LATEST, PIVOT = 2020, 15

_BRACKET = re.compile(r"[（(]([^（）()]*)[）)]")
_HONORIFIC = re.compile(r"^[\u3400-\u9fff]{1,2}(总|老师|老板|经理|主任|书记|先生|女士|哥|姐|董|局长|县长)$")
_HAN = r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_NAME = re.compile(rf"(?:{_HAN}|·){{2,24}}$|{_HAN}$|[^\W\d_](?:[^\W\d_]|[ .·'’‘-]){{1,38}}$")
_HAN_PARTS = re.compile(rf"{_HAN}+(?: {_HAN}+)+$")
_TITLE_END = re.compile(
    r"(?:董事长|董事|经理|总裁|总监|会长|秘书长|理事长|理事|监事|主任|书记|主席|院长|校长|厂长|店长|教授|"
    r"工程师|局长|县长|镇长|乡长|处长|"
    r"科长|部长|行长|社长|所长|站长|老师|先生|女士|小姐|老板|律师|医生|法人|代表|委员|总|负责人|创始人|"
    r"合伙人|股东)$"
)
#: surnames of more than four Chinese of five; of two such names in one cell each is a person
_COMMON = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
    "余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
)


def read_name(cell) -> Reading:
    """``value``: ``(name, gender or "", is key)``.

    Doubts: namesake, name_title, name_two, name_odd, name_missing.
    """
    text = as_text(cell)
    if not text or text in DITTO:
        return Reading(("", "", False), ["name_missing"])
    doubts, gender = [], ""
    key = text.endswith(("*", "＊", "★"))
    text = names.dotted(fold(text).rstrip("*★ "))
    for inside in _BRACKET.findall(text):
        inside = inside.strip()
        if inside in ("男", "女"):
            gender = inside
        elif inside in ("大", "小") or inside.isdigit():
            doubts.append("namesake")
    text = re.sub(r"\s+", " ", _BRACKET.sub("", text)).strip()
    if text[-1:].isdigit():
        doubts.append("namesake")
        text = text[:-1]
    name, more = _whole(text)
    doubts += more
    if _HONORIFIC.match(name):
        doubts.append("name_title")
    elif not _NAME.match(name):
        doubts.append("name_odd")
    return Reading((name[:40], gender, key), list(dict.fromkeys(doubts)))


def _whole(text: str) -> tuple[str, list[str]]:
    """(the name, doubts) of a text that may have blanks:
    张 伟 and 欧阳 少东 are one, 买买提 艾力 has a dot, 张三 董事长 a title.
    """
    if " " not in text:
        return text, []
    if not _HAN_PARTS.match(text):
        head, _blank, tail = text.partition(" ")
        if re.match(rf"{_HAN}{{2,}}$", head) and tail.isascii():  # 王大卫 David
            return head, ["name_title"]
        return text, []  # David Wang, Nguyễn Văn An
    parts = text.split(" ")
    if len(parts[-1]) > 1 and _TITLE_END.search(parts[-1]) and len("".join(parts[:-1])) > 1:
        return "".join(parts[:-1]), ["name_title"]
    whole = "".join(parts)
    if len(whole) <= 3 or any(len(part) == 1 for part in parts) or parts[0] in COMPOUND_SURNAMES:
        return whole, []
    if all(2 <= len(part) <= 3 and part[0] in _COMMON for part in parts):
        return text, ["name_two"]
    return "·".join(parts), []


def read_gender(cell) -> str:
    """男, 女 or nothing."""
    text = as_text(cell)[:1]
    return text if text in ("男", "女") else ""


@lru_cache(maxsize=20_000)
def _text_birth(text: str, typed: bool) -> tuple[str, tuple[str, ...]]:
    text = fold(text).rstrip("生出 ")
    match = (
        re.fullmatch(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(?:\d{2})?", text)
        or re.fullmatch(r"((?:19|20)\d{2}|\d{2})\s*[年./\-]\s*(\d{1,2})(?:\s*月)?(?:[日./\-\s].*)?", text)
        or re.fullmatch(r"((?:19|20)\d{2}|\d{2})年(\d{1,2})月.*", text)
    )
    if match and 1 <= int(match[2]) <= 12:
        year = match[1] if len(match[1]) == 4 else _century(match[1])
        if not 1900 <= int(year) <= LATEST:
            return "", ("birth_unread",)
        if match[2] == "1" and not typed and re.fullmatch(r"\d+\.1", text):
            return year, ("birth_ambiguous",)  # a CSV cannot tell 1968.1 from 1968.10
        return f"{year}-{int(match[2]):02d}", ()
    if re.fullmatch(r"(19|20)\d{2}年?", text):
        return text[:4], ()
    return "", ("birth_unread",)


def _century(two: str) -> str:
    return ("20" if int(two) <= PIVOT else "19") + two


def read_birth(cell, *, typed: bool) -> Reading:
    """``value``: ``YYYY-MM`` or ``YYYY`` or "".

    ``typed``: text cells are as typed (a workbook), not as printed (CSV). A number 1968.1 may have been
    1968.10: only the year is known, doubt birth_ambiguous. What is no date (属猴, 60后, 农历...) is
    birth_unread.
    """
    if cell is None or cell == "":
        return Reading("")
    if isinstance(cell, date):
        return (
            Reading(f"{cell.year}-{cell.month:02d}") if cell.year >= 1900 else Reading("", ["birth_unread"])
        )
    if isinstance(cell, float):
        return _number_birth(cell)
    value, doubts = _text_birth(as_text(cell), typed)
    return Reading(value, list(doubts))


def _number_birth(number: float) -> Reading:
    text = f"{number:.2f}"
    whole, part = text.split(".")
    if part == "00":
        if len(whole) in (4, 6, 8):
            value, doubts = _text_birth(whole, True)
            return Reading(value, list(doubts))
        if 3_000 < number < 60_000:  # Excel's serial day
            day = date(1899, 12, 30) + timedelta(days=int(number))
            return Reading(f"{day.year}-{day.month:02d}")
        return Reading("", ["birth_unread"])
    if part == "10":
        year = whole if len(whole) == 4 else _century(whole) if len(whole) == 2 else ""
        return Reading(year, ["birth_ambiguous"] if year else ["birth_unread"])
    month = part.lstrip("0") if part.startswith("0") else part.rstrip("0")
    value, doubts = _text_birth(f"{whole}.{month}", True)
    return Reading(value, list(doubts))


def read_tier(cell) -> int:
    """重点 is the key list, 乡贤企业家 is screened, anything else is registered."""
    text = as_text(cell)
    if "重点" in text or text in ("3", "三级", "三"):
        return KEY
    return SCREENED if "企业家" in text or text in ("2", "二级", "二") else REGISTERED
