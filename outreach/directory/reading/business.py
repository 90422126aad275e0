"""Employer and post cells (M5), industries, amounts (M9), credit codes (M10)."""

import re
from functools import lru_cache

from outreach.core.phones import fold
from outreach.directory.reading import Reading
from outreach.imports import amounts

_RANK = r"(?:名誉|荣誉|创始|常务|执行|联席|轮值|第一|首席|高级|独立|副|总|原|前|兼|党委|支部)*"
_TITLE = (
    _RANK
    + r"(?:董事长|董事|总经理|经理|总裁|总监|总工|法定代表人|法人代表|法人|负责人|会长|秘书长|秘书|理事长|"
    r"理事|监事长|监事|员工|职工|"
    r"会员|主任|院长|厂长|店长|校长|教授|工程师|股东|合伙人|创始人|创办人|CEO|COO|CFO|CTO|书记|主席|委员|"
    r"代表|部长|处长|科长|局长|站长|"
    r"行长|社长|场长|老板|所长|律师|医生|主管|干事|顾问|助理|经营者|业主|总)"
)
_BODY = (
    r"(?:公司|集团|厂|店|商会|协会|同乡会|校友会|联谊会|联合会|研究会|促进会|合作社|农场|中心|医院|学校|"
    r"大学|学院|银行|事务所|工作室|部|局|院|"
    r"委员会|政府|超市|酒店|饭店|宾馆|商行|经营部|门市部|市场|企业|基金会|研究所|联盟|站)"
)
_POST = re.compile(
    rf"^(?P<body>.+{_BODY}(?:[（(][^（）()]*[）)])?)\s*(?P<titles>{_TITLE}(?:\s*[/兼\s]\s*{_TITLE})*)?$"
)
_TITLES = re.compile(rf"^{_TITLE}(?:\s*[/兼\s]\s*{_TITLE})*$")
_VAGUE = re.compile(
    r"^(?:自己|在.{0,8})?(?:自己)?(?:开|办|经营|搞|做)(?:了|有)?(?:一?[个家])?.{0,4}(?:公司|厂|店|企业)$|"
    r"^(?:私企|企业|公司|工厂|某公司)$"
)
_CHAMBER = re.compile(r"(商会|协会|同乡会|校友会|联谊会|联合会|促进会)$")
_NOTE = re.compile(r"[（(](?:做|干|搞|从事|经营|主营)[^（）()]*[）)]")


@lru_cache(maxsize=50_000)
def posts(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """``((organisation, title), ...)`` and what is left over for the remark.

    >>> posts("北京某某建设工程有限公司董事长、河南商会副会长")
    ((('北京某某建设工程有限公司', '董事长'), ('河南商会', '副会长')), '')
    """
    whole = re.sub(r"[ \t]+", " ", text.strip())
    cleaned = _NOTE.sub("", whole).strip()
    if not cleaned:
        return (), whole
    found: list[tuple[str, str]] = []
    left: list[str] = list(_NOTE.findall(whole))
    for part in re.split(r"[、，,;；\n]+", cleaned):
        part = part.strip()
        if not part:
            continue
        match = _POST.match(part)
        if match and not _VAGUE.match(match["body"].strip()):
            body = match["body"].strip()
            titles = re.split(r"\s*[/兼\s]\s*", match["titles"]) if match["titles"] else [""]
            found.extend((body[:120], title[:40]) for title in titles if title or len(titles) == 1)
        elif found and _TITLES.match(part):
            found.append((found[-1][0], part[:40]))
        else:
            left.append(part)
    return tuple(dict.fromkeys(found)), "；".join(left)


def is_chamber(name: str) -> bool:
    """Whether the name is one of a chamber of commerce or an association."""
    return bool(_CHAMBER.search(name))


#: words that township sheets use -> section of GB/T 4754-2017; the first that occurs in the cell counts
_WORDS = (
    ("A", "种植 养殖 农业 林业 牧 渔 果 蔬 粮 苗木 农产品种 畜 家庭农场 合作社"),
    ("F", "建材批发 批发 零售 商贸 贸易 超市 销售 电商 建材 五金 经销 门市"),
    ("E", "装修 装饰 建筑 防水工程 工程 施工 土建 安装 园林 路桥 钢结构"),
    ("I", "软件 IT 互联网 信息 网络 计算机 通信 数据 人工智能 游戏"),
    (
        "C",
        (
            "制造 加工 服装 防水材料 医疗器械 机械 化工 食品 家具 电子 五金加工 材料 生产 印刷 工厂 纺织 "
            "制药 设备 新能源"
        ),
    ),
    ("G", "物流 运输 快递 仓储 货运 客运 跑车"),
    ("H", "餐饮 酒店 饭店 住宿 宾馆 民宿 小吃"),
    ("J", "金融 投资 银行 保险 证券 基金"),
    ("K", "房地产 物业 地产 房产"),
    ("P", "教育 培训 学校 幼儿"),
    ("O", "家政 美容 美发 维修 修理 保洁 洗浴 养老护理"),
    ("L", "租赁 商务 咨询 广告 人力资源 劳务 法律 会展 律师"),
    ("M", "科研 技术服务 检测 设计 环保技术 研究"),
    ("Q", "医院 卫生 医疗服务 诊所 养老"),
    ("R", "文化 体育 娱乐 传媒 影视 旅游"),
    ("B", "采矿 矿业 石油开采"),
    ("D", "电力 燃气 热力 供水 光伏"),
    ("N", "水利 环卫 环境治理"),
    ("S", "机关 政府 公务员 事业单位"),
)


@lru_cache(maxsize=5_000)
def industry(text: str) -> str:
    """The section letter of a free word, or nothing. The longest word that occurs decides."""
    folded = fold(text)
    if re.fullmatch(r"[A-Ta-t]", folded):
        return folded.upper()
    best = max(
        (
            (len(word), letter)
            for letter, line in _WORDS
            for word in line.split()
            if word.lower() in folded.lower()
        ),
        default=(0, ""),
        key=lambda pair: pair[0],
    )
    return best[1]


def amount(cell, unit: str) -> Reading:
    """``amounts.read`` with the unit as 万, 亿, 元 or ""."""
    return amounts.read(cell, amounts.unit_in(f"({unit.rstrip('元')}元)") if unit else None)


_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_REPAIRS = str.maketrans("OISZ", "0152")


def credit_code(text: str) -> Reading:
    """``value``: the unified social credit code if it is well formed by GB 32100-2015, else "".

    Doubts: code_wrong; ``code_repair:<code>`` when O/I/S/Z read as 0/1/5/2 would make it right (offered,
    never done).
    """
    code = re.sub(r"[\s-]", "", fold(text)).upper()
    if not code:
        return Reading("")
    if _valid(code):
        return Reading(code)
    repaired = code.translate(_REPAIRS)
    return Reading(
        "", [f"code_repair:{repaired}"] if repaired != code and _valid(repaired) else ["code_wrong"]
    )


def _valid(code: str) -> bool:
    if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", code):
        return False
    total = sum(_SIGNS.index(sign) * weight for sign, weight in zip(code, _WEIGHTS, strict=False))
    return _SIGNS[(31 - total % 31) % 31] == code[17]
