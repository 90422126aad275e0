"""One row of a sheet becomes the values of one person, with every doubt named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from outreach.core import identity
from outreach.core.sheets import Sheet
from outreach.directory.models import REGISTERED
from outreach.directory.reading import as_text, business, numbers, people
from outreach.directory.reading.headings import Heading, chamber_in, field_of
from outreach.directory.reading.places import Cities, Towns

_FOOTER = re.compile(
    r"^(合计|小计|总计|填报人|审核人|制表|负责人签字|备注[:：]|注[:：]|—?续表—?|共\d+人|单位负责人)"
)

#: doubts that are worth knowing but lose nothing
MILD = frozenset(("amount_about", "amount_range", "amount_unread"))


@dataclass
class Row:
    """What one line says. ``values`` is JSON-ready; ``doubts``: (field, code, as stated)."""

    sheet: str
    line: int
    raw: list
    values: dict = field(default_factory=dict)
    doubts: list = field(default_factory=list)
    said: str | None = None  # ``entering.said``

    def doubt(self, name: str, codes, stated) -> None:
        """Note each code with what stood there."""
        for code in codes:
            self.doubts.append((name, code, as_text(stated)[:60]))


@dataclass
class Reader:
    """Reads sheets of one file within one unit. ``typed``: whether text cells are as typed (False for CSV)."""

    towns: Towns
    cities: Cities
    typed: bool = True
    chamber: str = ""  # whose members these are, where somebody said so; else what a title names

    def rows(self, sheet: Sheet, heading: Heading, fields: list[str]) -> Iterator[Row]:
        """Every line below the heading that speaks of a person; totals, signatures and repeated headings are passed over."""
        columns = [
            (index, name, getattr(self, f"_{name}", None))
            for index, name in enumerate(fields)
            if name and name != "skip"
        ]
        name_column = next((index for index, name, _read in columns if name == "name"), None)
        chamber = self.chamber or chamber_in(heading.title)
        sheet_code = self._sheet_code(sheet, heading)
        above, village = None, ""
        start = heading.first_row + heading.depth
        for line, cells in enumerate(sheet.rows[start:], start + 1):
            filled = [cell for cell in cells if cell is not None]
            if not filled or self._passed_over(cells, filled, heading, name_column):
                continue
            if len(filled) == 1 and re.search(r"(村|社区)$", as_text(filled[0])):
                village = as_text(filled[0])[:40]  # a village's heading row stands for the rows below it
                continue
            row = Row(sheet.name, line, [])
            self._keep_raw(row, cells)
            self._fill(row, columns, heading, above, sheet_code, chamber)
            above = row.values.get("home_code") or above
            if village and not row.values.get("home_village"):
                row.values["home_village"] = village
            yield row

    def _sheet_code(self, sheet: Sheet, heading: Heading) -> str | None:
        for text in (sheet.name, heading.reporter, heading.title):
            if text:
                reading = self.towns.read(re.sub(r"人民政府.*|政府.*", "", text), None, None)
                if reading.value:
                    return reading.value
        return None

    @staticmethod
    def _passed_over(cells: list, filled: list, heading: Heading, name_column: int | None) -> bool:
        first = filled[0]
        if type(first) is str and _FOOTER.match(first.strip("—- ")):
            return True
        name = cells[name_column] if name_column is not None and name_column < len(cells) else None
        if name is None:  # perhaps the second row of a repeated heading
            return all(field_of(as_text(cell)) for cell in filled)
        return (
            re.sub(r"\s+", "", as_text(name)) in heading.words
        )  # the heading again, on the next printed page

    @staticmethod
    def _keep_raw(row: Row, cells: list) -> None:
        texts = [cell.isoformat() if type(cell) is date else cell for cell in cells]
        if any(type(cell) is str and len(cell) >= 18 for cell in texts):
            for index, cell in enumerate(texts):
                if isinstance(cell, str) and (clean := identity.without(cell)) != cell:
                    cells[index] = texts[index] = clean
                    row.doubts.append(("", "id_number", ""))
        row.raw = texts

    def _fill(self, row: Row, columns, heading: Heading, above, sheet_code, chamber: str) -> None:
        values = row.values
        values.update(mobiles=[], landlines=[], posts=[], notes=[], tier=REGISTERED, home_code=sheet_code)
        cells = row.raw
        for index, name, read in columns:
            cell = cells[index] if index < len(cells) else None
            if cell is None and name not in ("name", "home"):
                continue
            if name == "home":
                reading = self.towns.read(cell, above, sheet_code)
                values["home_code"] = reading.value
                row.doubt("home", reading.doubts, cell)
            else:
                read(row, cell, heading)
        self._employment(values, chamber, member=bool(self.chamber))
        values["note"] = "；".join(values.pop("notes"))[:2000]

    def _name(self, row: Row, cell, _heading) -> None:
        reading = people.read_name(cell)
        name, gender, key = reading.value
        row.values["name"] = name
        if gender:
            row.values["gender"] = gender
        if key:
            row.values["tier"] = people.KEY
        row.doubt("name", reading.doubts, cell)

    def _row_key(self, row: Row, cell, _heading) -> None:
        match = re.fullmatch(r"R(\d{1,15})", as_text(cell).strip())
        if match:
            row.values["row_key"] = int(match[1])

    def _gender(self, row: Row, cell, _heading) -> None:
        row.values.setdefault("gender", people.read_gender(cell))

    def _phone(self, row: Row, cell, _heading) -> None:
        reading = numbers.read(cell)
        mobiles, landlines, same = reading.value
        row.values["mobiles"] += [number for number in mobiles if number not in row.values["mobiles"]]
        row.values["landlines"] += landlines
        if same and mobiles:
            row.values["wechat"] = mobiles[0]
        row.doubt("phone", reading.doubts, cell)

    def _wechat(self, row: Row, cell, _heading) -> None:
        text = as_text(cell)
        if "同手机" in text or "手机号" in text:
            row.values["wechat"] = next(iter(row.values["mobiles"]), "")
        elif re.fullmatch(r"[A-Za-z0-9_\-]{4,40}", text):
            row.values["wechat"] = text

    def _village(self, row: Row, cell, _heading) -> None:
        row.values["home_village"] = as_text(cell)[:40]

    def _birth(self, row: Row, cell, _heading) -> None:
        reading = people.read_birth(cell, typed=self.typed)
        row.values["birth"] = reading.value
        row.doubt("birth", reading.doubts, cell)

    def _lives(self, row: Row, cell, _heading) -> None:
        reading = self.cities.read(cell)
        row.values["province"], row.values["city"] = reading.value
        row.values["lives_raw"] = as_text(cell)[:60]
        row.doubt("lives", reading.doubts, cell)

    def _employer_post(self, row: Row, cell, _heading) -> None:
        found, left = business.posts(as_text(cell))
        row.values["posts"] += [list(pair) for pair in found]
        if left:
            row.values["notes"].append(left)

    def _employer(self, row: Row, cell, _heading) -> None:
        row.values["employer"] = as_text(cell)[:120]

    def _title(self, row: Row, cell, _heading) -> None:
        row.values["title"] = as_text(cell)[:40]

    def _chamber_title(self, row: Row, cell, _heading) -> None:
        row.values["chamber_title"] = as_text(cell)[:40]

    def _credit_code(self, row: Row, cell, _heading) -> None:
        reading = business.credit_code(as_text(cell))
        row.values["credit_code"] = reading.value
        row.doubt("credit_code", reading.doubts, cell)

    def _industry(self, row: Row, cell, _heading) -> None:
        text = as_text(cell)
        row.values["industry"] = business.industry(text)
        if text and not row.values["industry"]:
            row.doubt("industry", ["industry_unread"], cell)

    def _scale(self, row: Row, cell, heading: Heading) -> None:
        reading = business.amount(cell, heading.unit)
        row.values["scale_wan"] = None if reading.value is None else str(reading.value)
        row.values["scale_stated"] = as_text(cell)[:40]
        row.doubt("scale", reading.doubts, cell)

    def _tier(self, row: Row, cell, _heading) -> None:
        row.values["tier"] = max(row.values["tier"], people.read_tier(cell))

    def _email(self, row: Row, cell, _heading) -> None:
        text = as_text(cell)
        if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
            row.values["email"] = text[:254]

    def _note(self, row: Row, cell, _heading) -> None:
        if text := as_text(cell):
            row.values["notes"].append(text)

    @staticmethod
    def _employment(values: dict, chamber: str, *, member: bool) -> None:
        employer, title = values.pop("employer", ""), values.pop("title", "")
        if employer and not re.search(r"^(无|个体|自由职业)$", employer):
            values["posts"].append([employer, title])
        elif title or employer:
            values["notes"].append(title or employer)
        office = values.pop("chamber_title", "")
        if chamber and (office or member):
            values["posts"].append([chamber, office or "会员"])
        elif office:
            values["notes"].append(office)
        unique = dict.fromkeys((body, office) for body, office in values["posts"])
        values["posts"] = [list(pair) for pair in unique]
