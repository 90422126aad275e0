"""Names: the key two spellings share, the readings a name is searched by, the order of pinyin."""

import re
import unicodedata
from functools import lru_cache
from itertools import product

from outreach.core import syllables
from outreach.core.han import simplified
from outreach.core.masking import COMPOUND_SURNAMES
from outreach.directory.strokes import by_full_name, by_surname

#: characters that stand for the same name in lists (variants and common slips) and have no traditional form
#: of their own
_VARIANTS = str.maketrans("髙囯喆堃峯畧栢昇珎範鐘", "高国哲坤峰略柏升珍范钟")
#: every sign that people write for the middle dot of a name (GB/T 15834: U+00B7)
DOTS = "・･‧∙⋅•●·．｡。.﹒᛫⸱ꞏ"
_DOT = re.compile(rf"(?<=[\u3400-\U0003ffff])\s*[{DOTS}]\s*(?=[\u3400-\U0003ffff])")
#: how a character is read as a surname where that differs from its common reading; the first one sorts
SURNAME_READINGS: dict[str, tuple[str, ...]] = {
    "单": ("shan",),
    "仇": ("qiu",),
    "解": ("xie",),
    "曾": ("zeng",),
    "查": ("zha",),
    "盖": ("ge", "gai"),
    "区": ("ou",),
    "朴": ("piao",),
    "覃": ("qin", "tan"),
    "员": ("yun", "yuan"),
    "缪": ("miao",),
    "任": ("ren",),
    "华": ("hua",),
    "冼": ("xian",),
    "谌": ("chen", "shen"),
    "召": ("shao",),
    "葛": ("ge",),
    "乐": ("yue", "le"),
    "黑": ("he", "hei"),
    "秘": ("bi",),
    "折": ("she",),
    "种": ("chong",),
    "洗": ("xian",),
    "翟": ("zhai", "di"),
    "牟": ("mou", "mu"),
    "宁": ("ning",),
    "祭": ("zhai",),
    "柏": ("bai", "bo"),
    "纪": ("ji",),
    "燕": ("yan",),
    "应": ("ying",),
    "尉": ("wei",),
    "隗": ("wei", "kui"),
    "晁": ("chao",),
    "繁": ("po",),
    "不": ("fou",),
    "那": ("na",),
    "哈": ("ha",),
    "車": ("che",),
    "车": ("che",),
    "万": ("wan",),
    "卜": ("bu",),
    "郇": ("xun", "huan"),
    "呙": ("guo",),
    "瞿": ("qu",),
    "戚": ("qi",),
    "褚": ("chu",),
    "邸": ("di",),
    "都": ("du",),
    "石": ("shi",),
    "能": ("nai",),
    "重": ("chong",),
    "句": ("gou",),
    "洪": ("hong",),
    "沈": ("shen",),
    "贾": ("jia",),
    "藏": ("zang",),
}
_COMPOUND_READINGS = {
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "澹台": ("tan", "tai"),
    "长孙": ("zhang", "sun"),
}
#: of a longer text only the beginning is a name; normalising takes long for combining characters
_LONGEST = 400
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@lru_cache(maxsize=50_000)
def key(name: str) -> str:
    """What two spellings of one name share: no blanks and dots, simplified characters, variants folded."""
    folded = unicodedata.normalize("NFKC", name[:_LONGEST])
    return simplified(re.sub(rf"[\s{DOTS}]+", "", folded)).translate(_VARIANTS).lower()[:40]


def dotted(name: str) -> str:
    """The name with the middle dot of GB/T 15834, whichever sign was written between its characters."""
    return _DOT.sub("·", name)


@lru_cache(maxsize=50_000)
def organisation_key(name: str) -> str:
    """The same for an organisation: no blanks, brackets of one kind, simplified characters."""
    return simplified(re.sub(r"\s+", "", unicodedata.normalize("NFKC", name[:_LONGEST]))).lower()[:120]


@lru_cache(maxsize=30_000)
def _reading(character: str) -> str:
    if not _IDEOGRAPH.match(character):
        return character.lower()
    return syllables.of_name(character)[0]


@lru_cache(maxsize=100_000)
def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Every way to read ``name``, syllable by syllable; the first one sorts.

    >>> readings("单丽")
    (('shan', 'li'), ('dan', 'li'))
    """
    plain = key(name)
    if not plain:
        return ((),)
    head = plain[:2] if plain[:2] in COMPOUND_SURNAMES and len(plain) > 2 else plain[:1]
    rest = tuple(_reading(character) for character in plain[len(head) :])
    if len(head) == 2:
        return ((*_COMPOUND_READINGS.get(head, tuple(map(_reading, head))), *rest),)
    heads = dict.fromkeys((*SURNAME_READINGS.get(head, ()), _reading(head)))
    return tuple((first, *tail) for first, tail in product(heads, [rest]))


def sort_pinyin(name: str) -> str:
    """The text that sorts a name by pinyin."""
    return " ".join(readings(name)[0])[:120]


def sort_keys(name: str) -> dict[str, str]:
    """Every column of a card that follows from the name."""
    return {
        "name_key": key(name),
        "pinyin": sort_pinyin(name),
        "stroke_surname": by_surname(name),
        "stroke_name": by_full_name(name),
    }
