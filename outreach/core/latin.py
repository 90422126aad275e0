"""Chinese place names in Latin letters: 深圳市 is Shenzhen, 马庄桥镇 is Mazhuangqiao Town.

Spelled by GB/T 28039 and the rules of 1984 for the Latin spelling of Chinese place names: the syllables of a
name in one word, an apostrophe before a syllable that begins with a vowel (六安 Lu'an), the kind of place in
English; names from other languages keep their usual spelling.
"""

import re
from functools import lru_cache

from outreach.core import syllables
from outreach.core.i18n import is_chinese

#: names from other languages, and two provinces that pinyin without tones cannot tell apart
_KNOWN = {
    "内蒙古自治区": "Inner Mongolia",
    "广西壮族自治区": "Guangxi",
    "西藏自治区": "Tibet",
    "宁夏回族自治区": "Ningxia",
    "新疆维吾尔自治区": "Xinjiang",
    "陕西省": "Shaanxi",
    "香港特别行政区": "Hong Kong",
    "香港": "Hong Kong",
    "澳门特别行政区": "Macao",
    "澳门": "Macao",
    "呼和浩特市": "Hohhot",
    "乌鲁木齐市": "Urumqi",
    "拉萨市": "Lhasa",
    "哈尔滨市": "Harbin",
    "齐齐哈尔市": "Qiqihar",
    "鄂尔多斯市": "Ordos",
}
#: the kind of a place; of a province and a city the name alone is usual
_KINDS = {
    "街道": "Subdistrict",
    "地区": "Prefecture",
    "镇": "Town",
    "乡": "Township",
    "县": "County",
    "区": "District",
    "市": "",
    "省": "",
    "村": "Village",
}
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


@lru_cache(maxsize=20_000)
def spelled(name: str) -> str:
    """One place name; what is not Chinese stays as it is."""
    if name in _KNOWN:
        return _KNOWN[name]
    if not _CHINESE.fullmatch(name):
        return name
    kind = next((kind for kind in _KINDS if name.endswith(kind) and len(name) > len(kind) + 1), "")
    said = syllables.of_place(name)[: len(name) - len(kind)]
    word = "".join(
        f"'{syllable}" if place and syllable[0] in "aoe" else syllable for place, syllable in enumerate(said)
    )
    return f"{word.capitalize()} {_KINDS.get(kind, '')}".strip()


def place(name: str | None) -> str:
    """A place as the page writes it: in Chinese as it is, in English spelled."""
    if not name:
        return ""
    return name if is_chinese() else spelled(name)


def install(app) -> None:
    """The filter ``place``."""
    app.jinja_env.filters["place"] = place
