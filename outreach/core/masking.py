"""What a list shows of a name or a number (display restriction, GB/T 35273 7.2)."""

import re

from flask_login import current_user

from outreach.core import phones
from outreach.core.han import simplified
from outreach.core.i18n import _
from outreach.permissions import Permission

#: what stands where the name of an erased person was
ERASED = "已删除"

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "巫马",
        "公西",
        "颛孙",
        "壤驷",
        "公良",
        "漆雕",
        "乐正",
        "宰父",
        "谷梁",
        "拓跋",
        "夹谷",
        "轩辕",
        "令狐",
        "段干",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "梁丘",
        "左丘",
        "东门",
        "西门",
        "南荣",
    ]
)


def surname(name: str) -> str:
    """The surname, two characters when it is a known compound one and something follows it,
    in either script.
    """
    return name[:2] if len(name) > 2 and simplified(name[:2]) in COMPOUND_SURNAMES else name[:1]


def name(full: str | None) -> str:
    """张丽 -> 张*, 张海丰 -> 张**, 欧阳少东 -> 欧阳**; a one-character name becomes a star."""
    if not full:
        return ""
    if full == ERASED:
        return _("erased")
    if len(full) == 1:
        return "*"
    head = surname(full)
    return head + "*" * min(len(full) - len(head), 2)


def phone(number: str | None) -> str:
    """Mobile 138****1234; landline 0393-***5602; other countries +852 ****4567."""
    return phones.masked(number) if number else ""


def text(value: str | None) -> str:
    """WeChat and mail addresses: w***8, z***@..."""
    if not value:
        return ""
    if "@" in value:
        return f"{value[:1]}***@{value.rsplit('@', 1)[1]}"
    return f"{value[:1]}***{value[-1:]}" if len(value) > 2 else "***"


_INTERNATIONAL = re.compile(r"(?<![0-9+＋])[+＋][0-9][0-9 ()-]{6,22}[0-9](?![0-9])")


def numbers(value: str) -> str:
    """Running text with the middle of every mobile number and every number of another country left out,
    also of one written in groups.
    """
    value = _INTERNATIONAL.sub(lambda match: phone(match[0]) if phones.read(match[0]) else match[0], value)
    return re.sub(r"(?<![0-9])(1[3-9][0-9])[ -]?[0-9]{4}[ -]?([0-9]{4})(?![0-9])", r"\1****\2", value)


def discreet(value: str | None) -> str:
    """What somebody wrote, for whoever looks: with the numbers in it only for those who may see numbers,
    wherever they may look.
    """
    shown, looked_at = (
        current_user.paths(Permission.DIRECTORY_UNMASK),
        current_user.paths(Permission.DIRECTORY_VIEW),
    )
    may = bool(shown) and all(path.startswith(tuple(shown)) for path in looked_at)
    return (value or "") if may else numbers(value or "")


def install(app) -> None:
    """The filters ``mask_name``, ``mask_phone``, ``mask_text``, ``mask_numbers``, ``discreet``."""
    app.jinja_env.filters.update(
        mask_name=name, mask_phone=phone, mask_text=text, mask_numbers=numbers, discreet=discreet
    )
