"""Home and residence cells (M4, M6): the gazetteer as people write it."""

import re
from dataclasses import dataclass, field

from outreach.core.phones import fold
from outreach.directory.reading import Reading, as_text

_TOWN_END = re.compile(r"(镇|乡|街道办事处|街道|办事处|办)$")
_CITY_END = re.compile(r"(市|地区|自治州|盟|林区)$")
_PROVINCE_END = re.compile(r"(维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|省|市)$")
_AREA_END = re.compile(r"(自治县|新区|区|县|市|旗)$")
_DIRECT = ("省直辖", "自治区直辖")
_SLIPS = str.maketrans("罡", "堽")  # 白罡乡 is 白堽乡


@dataclass
class Towns:
    """Townships by every name people use. ``by_name`` -> codes; more than one code is ambiguous."""

    by_name: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, places: dict[str, tuple[str, str]]) -> "Towns":
        """From ``code -> (name, county's name)`` of every township in question."""
        towns = cls()
        for code, (name, county) in places.items():
            plain = name.removeprefix(county)
            stem = _TOWN_END.sub("", plain)
            for word in {name, plain, stem, f"{stem}镇", f"{stem}乡"}:
                for prefix in {"", county, county.rstrip("县区")} if word else ():
                    towns.by_name.setdefault(prefix + word, set()).add(code)
        return towns

    def read(self, cell, sheet_code: str | None) -> Reading:
        """``value``: a township's code or None. ``sheet_code``: the sheet's own.

        Doubts: home_ambiguous, home_unread. An empty cell means the sheet's township.
        """
        text = re.sub(r"\s+", "", fold(as_text(cell)))
        if not text:
            return Reading(sheet_code)
        text = re.sub(r"^(河南省?)?(濮阳市)?(?=.)", "", text).translate(_SLIPS) or text
        codes = self._codes(text)
        if len(codes) == 1:
            return Reading(next(iter(codes)))
        if sheet_code in codes:
            return Reading(sheet_code)
        if codes:
            return Reading(None, ["home_ambiguous"])
        return Reading(None, ["home_unread"])

    def _codes(self, text: str) -> set[str]:
        if text in self.by_name:
            return self.by_name[text]
        for end in range(
            min(len(text), 12), 1, -1
        ):  # 城关镇东李庄村: the longest beginning that is a township
            if codes := self.by_name.get(text[:end]):
                return codes
        found = [name for name in self.by_name if len(name) > 2 and name in text]
        return self.by_name[max(found, key=len)] if found else set()


@dataclass
class Cities:
    """Provinces, cities and counties of the country by full and short name."""

    provinces: dict[str, str] = field(default_factory=dict)  # name or short name -> full name
    cities: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  # name -> (province, city)
    seen: dict[str, Reading] = field(default_factory=dict)

    @classmethod
    def of(cls, names: dict[str, str]) -> "Cities":
        """From ``code -> name`` of all provinces (2 digits), cities (4) and counties (6)."""
        found = cls()
        for code, name in names.items():
            if len(code) == 2:
                found.provinces[name] = found.provinces[_PROVINCE_END.sub("", name)] = name
        found.provinces["内蒙"] = found.provinces.get("内蒙古自治区", "")
        for code, name in sorted(
            names.items(), key=lambda pair: -len(pair[0])
        ):  # counties first: a city outranks them
            if len(code) not in (4, 6):
                continue
            province = names[code[:2]]
            city = names.get(code[:4], province)
            if city.startswith(_DIRECT):  # counties under the province itself are their own city
                city = name
            short = (_CITY_END if len(code) == 4 else _AREA_END).sub("", name)
            for word in {name, short if len(short) > 1 else name}:
                pairs = found.cities.setdefault(word, set())
                if len(code) == 4 and any(pair[1] != city for pair in pairs):
                    pairs.clear()
                pairs.add((province, city))
        return found

    def read(self, cell) -> Reading:
        """``value``: ``(province, city)``, "" where unknown. Doubts: lives_ambiguous, lives_unread."""
        text = re.sub(r"\s+", "", fold(as_text(cell)))
        if text not in self.seen:
            self.seen[text] = self._read(text)
        return self.seen[text]

    def _read(self, text: str) -> Reading:
        if not text:
            return Reading(("", ""))
        for end in range(min(8, len(text)), 1, -1):
            province = self.provinces.get(text[:end])
            if province and not (end == len(text) == 2 and text in self.cities and text == "吉林"):
                return self._within(province, text[end:])
        pairs = self._city(text)
        if len(pairs) == 1:
            return Reading(next(iter(pairs)))
        return Reading(("", ""), ["lives_ambiguous" if pairs else "lives_unread"])

    def _within(self, province: str, rest: str) -> Reading:
        if province in ("北京市", "上海市", "天津市", "重庆市"):
            return Reading((province, province))
        if not rest:
            return Reading((province, ""))
        pairs = {pair for pair in self._city(rest) if pair[0] == province}
        if len(pairs) == 1:
            return Reading(next(iter(pairs)))
        return Reading((province, ""), ["lives_ambiguous" if pairs else "lives_unread"])

    def _city(self, text: str) -> set[tuple[str, str]]:
        for end in range(min(10, len(text)), 1, -1):
            if pairs := self.cities.get(text[:end]):
                return pairs
        return set()
