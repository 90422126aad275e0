"""How single Chinese characters are read, by pypinyin without its dictionary of phrases.

The dictionary takes 46 MB in every process, and it knows words, not places: it reads 漯河 as Tahe, 南乐 as
Nanyue, 朝阳 as Zhaoyang.
"""

import os

for _switch in ("PYPINYIN_NO_PHRASES", "PYPINYIN_NO_DICT_COPY"):  # looked at when it is imported
    os.environ[_switch] = "1"

from pypinyin import Style, lazy_pinyin  # noqa: E402


def of_name(text: str) -> list[str]:
    """A syllable for each character, without tones, ü as v."""
    return lazy_pinyin(text, style=Style.NORMAL)


def of_place(text: str) -> list[str]:
    """A syllable for each character, without tones, ü as ü;
    characters that places read otherwise are read so.
    """
    syllables = lazy_pinyin(text, style=Style.NORMAL, v_to_u=True)
    for part, said in _IN_PLACES.items():
        at = text.find(part)
        while at >= 0:
            syllables[at : at + len(part)] = said.split()
            at = text.find(part, at + len(part))
    return syllables


#: what stands in names of places -> its reading there, where its characters alone are read otherwise; the
#: longer ones last
_IN_PLACES = {
    "长": "chang",
    "藏": "zang",
    "都": "du",
    "佛": "fo",
    "勒": "le",
    "圈": "juan",
    "重庆": "chong qing",
    "重阳": "chong yang",
    "厦门": "xia men",
    "蚌埠": "beng bu",
    "六安": "lu an",
    "六合": "lu he",
    "喀什": "ka shi",
    "太行": "tai hang",
    "宝坻": "bao di",
    "乐亭": "lao ting",
    "乐清": "yue qing",
    "蔚县": "yu xian",
    "单县": "shan xian",
    "莘县": "shen xian",
    "浚县": "xun xian",
    "洪洞": "hong tong",
    "涡阳": "guo yang",
    "茄子": "qie zi",
    "枞阳": "zong yang",
    "铅山": "yan shan",
    "东阿": "dong e",
    "牟平": "mu ping",
    "中牟": "zhong mu",
    "泌阳": "bi yang",
    "黄陂": "huang pi",
    "番禺": "pan yu",
    "大埔": "da bu",
    "犍为": "qian wei",
    "浪卡子": "lang qia zi",
    "吴堡": "wu bu",
    "堡子": "bu zi",
    "里堡": "li pu",
    "柴沟堡": "chai gou bu",
    "尉犁": "yu li",
}
