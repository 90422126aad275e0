"""One row of a sheet becomes the values of one person, with every doubt named."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from outreach.core import mail_addresses
from outreach.core.sheets import Sheet
from outreach.directory.models import REGISTERED
from outreach.directory.reading import as_text, business, numbers, people
from outreach.directory.reading.headings import chamber_in
from outreach.directory.reading.places import Cities, Towns
from outreach.imports import amounts
from outreach.imports.headings import Heading
from outreach.imports.rows import Line, Mark, lines

#: doubts that are worth knowing but lose nothing
MILD = frozenset(("amount_about", "amount_range", "amount_unread", "ditto", "home_inferred"))
#: those of them that tell where a value comes from
INFERRED = frozenset(("ditto", "home_inferred"))
_TOWNSHIP = re.compile(r"[\u3400-\u9fff]{2,12}(?:镇|乡|街道|街道办事处|办事处)(?=\s*(?:[（(].*)?$)")


def kinds_of_doubt(doubts: Iterable) -> Iterator[str]:
    """The kinds of doubt a row has, without what is suggested; ``doubts``: (field, code, as stated)."""
    return (code.partition(":")[0] for _field, code, _stated in doubts)


def is_doubtful(doubts: Iterable) -> bool:
    """Whether one of these doubts loses something."""
    return any(code not in MILD for _field, code, _stated in doubts)


@dataclass
class Row:
    """What one line says. ``values`` is JSON-ready; ``doubts``: (field, code, as stated)."""

    sheet: str
    line: int
    raw: list
    values: dict = field(default_factory=dict)
    doubts: list = field(default_factory=list)
    said: str | None = None  # ``entering.said``
    hidden: bool = False

    def doubt(self, name: str, codes, stated) -> None:
        """Note each code with what stood there."""
        for code in codes:
            self.doubts.append((name, code, as_text(stated)[:60]))

    def join(self, other: "Row") -> None:
        """A further line of the same person (the name is merged over both):
        its numbers, posts and remarks come to these.
        """
        for name in ("mobiles", "landlines", "posts"):
            self.values[name] += [one for one in other.values[name] if one not in self.values[name]]
        for name, value in other.values.items():
            if value and not self.values.get(name):
                self.values[name] = value
        if other.values["note"] and other.values["note"] not in self.values["note"]:
            self.values["note"] = "；".join(filter(None, (self.values["note"], other.values["note"])))[:2000]
        self.doubts += [doubt for doubt in other.doubts if doubt[0] != "name"]


@dataclass
class _Place:
    """Where the rows of a sheet come from unless they say something else."""

    code: str | None = None
    inferred: str = ""  # the unit whose upload it is, where only that says so
    village: str = ""

    def holds(self, filled: list, towns: Towns) -> bool:
        """Whether a line is a heading of its own, a township or a village for the rows below it."""
        if len(filled) != 1:
            return False
        text = as_text(filled[0])
        if re.search(r"(村|社区)$", text):
            self.village = text[:40]
            return True
        if (match := _TOWNSHIP.match(text)) and (code := towns.read(match[0], None).value):
            self.code, self.inferred, self.village = code, "", ""
            return True
        return False


@dataclass
class Reader:
    """Reads sheets of one file within one unit.

    ``typed``: whether text cells are as typed (False for CSV).
    """

    towns: Towns
    cities: Cities
    typed: bool = True
    chamber: str = ""  # whose members these are, where somebody said so; else what a title names
    home: tuple[str, str] | None = None  # (code, name) of the township whose own upload this is

    def rows(self, sheet: Sheet, heading: Heading, seen: Callable[[Line], None]) -> Iterator[Row]:
        """Every line below the heading that speaks of a person.

        ``seen`` is told of each line, whoever it speaks of.
        """
        columns = [
            (index, name, getattr(self, f"_{name}", None))
            for index, name in enumerate(heading.fields)
            if name and name != "skip"
        ]
        chamber = self.chamber or chamber_in(heading.title)
        place = self._place(sheet, heading)
        last: Row | None = None
        for line in lines(sheet, heading):
            seen(line)
            filled = [cell for cell in line.raw if cell is not None]
            if not line.continues and place.holds(filled, self.towns):
                continue
            row = self._read(line, columns, place, chamber)
            if line.continues and last is not None:
                last.join(row)
                continue
            if last is not None:
                yield last
            last = row
        if last is not None:
            yield last

    def _place(self, sheet: Sheet, heading: Heading) -> _Place:
        for text in (sheet.name, heading.reporter, heading.title):
            if text:
                reading = self.towns.read(re.sub(r"人民政府.*|政府.*", "", text), None)
                if reading.value:
                    return _Place(reading.value)
        return _Place(*self.home) if self.home else _Place()

    def _read(self, line: Line, columns, place: _Place, chamber: str) -> Row:
        row = Row(line.sheet, line.number, line.raw, hidden=line.hidden)
        if line.removed:
            row.doubts.append(("", "id_number", ""))
        values, cells = row.values, line.cells
        values.update(
            mobiles=[],
            landlines=[],
            posts=[],
            notes=[],
            tier=REGISTERED,
            home_code=None if line.continues else place.code,
        )
        said_home = False
        for index, name, read in columns:
            cell = cells[index] if index < len(cells) else None
            mark = line.marks.get(index)
            if mark is Mark.DITTO:
                row.doubts.append((name, "ditto", as_text(cell)[:60]))
            elif mark is Mark.DITTO_LOST and cell is None:
                row.doubts.append((name, "ditto_lost", ""))
                continue
            if cell is None and name != "name":
                continue
            if name == "home":
                said_home = True
                reading = self.towns.read(cell, place.code)
                values["home_code"] = reading.value
                row.doubt("home", reading.doubts, cell)
            else:
                read(row, cell, line.heading)
        if place.inferred and not said_home and values["home_code"]:
            row.doubts.append(("home", "home_inferred", place.inferred))
        if place.village and not values.get("home_village"):
            values["home_village"] = place.village
        self._whole_name(row)
        self._employment(values, chamber, member=bool(self.chamber))
        values["note"] = "；".join(values.pop("notes"))[:2000]
        return row

    def _whole_name(self, row: Row) -> None:
        """A name of two columns, where the sheet has no column of whole names."""
        surname, given = row.values.pop("surname", ""), row.values.pop("given", "")
        if surname or given:
            latin = (surname + given).isascii()
            self._name(row, f"{given} {surname}".strip() if latin else surname + given, None)

    def _surname(self, row: Row, cell, _heading) -> None:
        row.values["surname"] = as_text(cell)

    def _given(self, row: Row, cell, _heading) -> None:
        row.values["given"] = as_text(cell)

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
        text = as_text(cell)
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_\-]{5,19}", text) and not re.search(
            r"\d{7}", text
        ):  # below 电话/微信
            row.values["wechat"] = text
            return
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
        unit = heading.unit_of("scale")
        reading = amounts.read(cell, unit)
        row.values["scale_wan"] = None if reading.value is None else str(reading.value)
        foreign = unit.words if unit and unit.foreign and type(cell) is float else ""
        row.values["scale_stated"] = f"{as_text(cell)}{foreign}"[:40]
        row.doubt("scale", reading.doubts, cell)

    def _tier(self, row: Row, cell, _heading) -> None:
        row.values["tier"] = max(row.values["tier"], people.read_tier(cell))

    def _email(self, row: Row, cell, _heading) -> None:
        text = as_text(cell)
        if address := mail_addresses.read(text):
            row.values["email"] = address

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
