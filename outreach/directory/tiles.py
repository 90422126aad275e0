"""A map of tiles: one square a province, roughly where it lies. No outline data, no borders."""

from typing import NamedTuple

#: short name -> (row, column)
_PLACES = {
    "黑龙江": (1, 8),
    "内蒙古": (2, 6),
    "吉林": (2, 8),
    "新疆": (3, 1),
    "甘肃": (3, 3),
    "宁夏": (3, 4),
    "山西": (3, 5),
    "北京": (3, 6),
    "天津": (3, 7),
    "辽宁": (3, 8),
    "西藏": (4, 1),
    "青海": (4, 2),
    "陕西": (4, 4),
    "河南": (4, 5),
    "河北": (4, 6),
    "山东": (4, 7),
    "四川": (5, 3),
    "重庆": (5, 4),
    "湖北": (5, 5),
    "安徽": (5, 6),
    "江苏": (5, 7),
    "上海": (5, 8),
    "云南": (6, 3),
    "贵州": (6, 4),
    "湖南": (6, 5),
    "江西": (6, 6),
    "浙江": (6, 7),
    "广西": (7, 4),
    "广东": (7, 5),
    "福建": (7, 6),
    "台湾": (7, 8),
    "海南": (8, 4),
    "澳门": (8, 5),
    "香港": (8, 6),
}


class Tile(NamedTuple):
    """One square: the division's short and full name, its place, what is counted there."""

    short: str
    full: str
    row: int
    column: int
    count: int


def tiles(counts: dict[str, int]) -> list[Tile]:
    """Every province with its count; ``counts`` by full name (广东省)."""
    found = []
    for short, (row, column) in _PLACES.items():
        full = next((name for name in counts if name.startswith(short)), "")
        found.append(Tile(short, full, row, column, counts.get(full, 0)))
    return found
