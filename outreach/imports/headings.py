"""Where a sheet's heading is, and what each column means for one kind of sheet.

A heading is compared without blanks, brackets, required-marks, questionnaire numbering (``1、您的姓名：``),
trailing colons and its unit, in simplified characters. An exact heading beats one that only ends with a known
word, an earlier word of the field's list beats a later one, and a heading of somebody else (推荐人电话) is
never taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, lru_cache

from outreach.core.han import simplified
from outreach.core.sheets import Sheet
from outreach.imports.amounts import GIVEN, Unit, flat, unit_in, without_unit
from outreach.imports.cells import as_text

#: how many rows are searched for the heading
DEEPEST = 20
_LONGEST = 30  # characters of a heading; more is a sentence
#: people beside the one a row is about: their names and numbers are never the person's own
OTHER_PEOPLE = re.compile(
    r"推荐|介绍人|引荐|紧急|应急联系|秘书(?![长处])|助理|司机|家属|亲属|家人|亲友|配偶|爱人|妻子|丈夫|"
    r"父亲|母亲|父母|子女|儿子|女儿|兄弟|"
    r"(?:老家|家乡|家中|家庭|本村|村内|留守).{0,4}(?:联系|电话|手机)|联系人|联络人|联络员|对接人|经办人|"
    r"填表人|填报人|填写人|审核人|包联|"
    r"责任人|服务专员|村支书|提交者|登记人|emergency|referr|spouse|assistant|secretary|contactperson"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind of sheet.

    ``headings``: words its column may bear, the strongest first. ``ends``: whether a longer heading that ends
    with one of them counts too. ``ditto``: whether 同上 takes the value of the row above. ``shared``: whether
    a cell merged over several rows holds for each of them (an amount holds once). ``many``: whether several
    columns may be this field. ``others``: the field is about somebody else by itself, so :data:`OTHER_PEOPLE`
    does not apply. ``amount``: its heading may name a unit.
    """

    name: str
    headings: tuple[str, ...]
    ends: bool = True
    ditto: bool = False
    shared: bool = True
    many: bool = False
    others: bool = False
    amount: bool = False


class Taken(StrEnum):
    """Why a column is taken for a field, or is not."""

    EXACT = "exact"
    ENDS = "ends"
    CHOSEN = "chosen"  # by a person
    UNKNOWN = "unknown"
    OTHERS = "others"  # of somebody else
    TWICE = "twice"  # another column is taken for the same field


@dataclass(frozen=True, slots=True)
class Match:
    """What one heading means: a field's name or "", how, and how strong (smaller is stronger)."""

    field: str
    taken: Taken
    strength: tuple[int, int] = (9, 0)


_NONE = Match("", Taken.UNKNOWN)


@dataclass(frozen=True)
class Kind:
    """A kind of sheet: its fields, and what of it must be there.

    ``required``: each inner tuple is one way to be complete. ``key``: the field whose merged cell says that
    several rows are one thing. ``own``: words of columns that the product itself adds to a sheet it gives
    out; they are no part of its shape. ``settle(columns, fields, why)``: last say over all columns.
    """

    fields: tuple[Field, ...]
    required: tuple[tuple[str, ...], ...] = (("name",),)
    key: str = "name"
    own: tuple[str, ...] = ()
    settle: Callable[[list[str], list[str], list["Taken"]], tuple[list[str], list["Taken"]]] | None = None

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Name -> field."""
        return {one.name: one for one in self.fields}

    @cached_property
    def _exact(self) -> dict[str, tuple[Field, int]]:
        found: dict[str, tuple[Field, int]] = {}
        for one in self.fields:
            for order, word in enumerate(one.headings):
                found.setdefault(plain(word), (one, order))
        return found

    @cached_property
    def _ending(self) -> list[tuple[str, Field, int]]:
        known = [
            (word, one, order) for word, (one, order) in self._exact.items() if one.ends and len(word) > 1
        ]
        return sorted(known, key=lambda item: -len(item[0]))

    @cached_property
    def match(self) -> Callable[..., Match]:
        """``match(heading, above="")``: what a heading means; ``above``: the first row's heading over it.

        Cached.
        """
        return lru_cache(maxsize=5_000)(self._match)

    def _match(self, heading: str, above: str = "") -> Match:
        words = [word for word in dict.fromkeys(_forms(heading)) if word]
        whole = [f"{over}{word}" for over in _forms(above) for word in words if over]
        over = [word for word in _forms(above) if word] if not words else []
        for candidates in (words, whole, over):
            if found := self._found(candidates, f"{above}{heading}"):
                return found
        if OTHER_PEOPLE.search(plain(f"{above}{heading}")):
            return Match("", Taken.OTHERS)
        return _NONE

    def _found(self, words: list[str], whole: str) -> Match | None:
        others = bool(OTHER_PEOPLE.search(plain(whole)))
        for word in words:
            if (hit := self._exact.get(word)) and (not others or hit[0].others):
                return Match(hit[0].name, Taken.EXACT, (0, hit[1]))
        for word in words:
            if len(word) > _LONGEST or (others and word):
                continue
            for known, one, order in self._ending:
                if word.endswith(known) or (known.isascii() and len(known) > 3 and known in word):
                    return Match(one.name, Taken.ENDS, (1, order))
        return None

    def choice(self, sent: str) -> str:
        """What a person said a column is: a field, or ``total=亿元`` for an amount with its unit;
        "" for what is neither.
        """
        name, _sign, unit = sent.partition("=")
        if name not in self.by_name or (unit and not (self.by_name[name].amount and unit in GIVEN)):
            return ""
        return f"{name}={unit}" if unit else name

    def complete(self, fields: list[str]) -> bool:
        """Whether the fields are enough to read the sheet."""
        return any(all(name in fields for name in names) for names in self.required)


_NUMBERING = re.compile(
    r"^(?:[q题第]?\(?\d{1,3}\)?题?[,.:)]|\(\d{1,3}\)|\(?[一二三四五六七八九十]{1,3}[),.])"
)
_ASKING = re.compile(r"^(?:请(?:您)?(?:输入|填写|选择|写明|提供)|填写)?(?:您|你|本人)?的?")
_TAIL = re.compile(
    r"[*:?。!,;、.]+$|\((?:必填|选填|可选|单选|多选|多选题|单选题|填空题|自动|必填项|请填写)\)$"
)


@lru_cache(maxsize=20_000)
def plain(heading: str) -> str:
    """A heading as it is compared. ``2、请输入您的手机号码（必填）：`` -> ``手机号码``."""
    text = flat(simplified(as_text(heading))).lower().replace("*", "")
    text = _NUMBERING.sub("", text)
    asked = _ASKING.sub("", text)
    text = asked or text
    while (shorter := _TAIL.sub("", text)) != text:
        text = shorter
    return text


def _forms(heading: str) -> list[str]:
    """A heading as a whole, without its brackets, and without its unit: what may equal a known word."""
    whole = plain(heading)
    without = without_unit(whole)
    bare = re.sub(r"\([^()]*\)", "", without)
    numbered = re.sub(r"(?<=[^\d])[1-9一二三]$", "", bare)
    parts = [part for part in (bare.rsplit("/", 1) if "/" in bare else ()) if part]
    return [whole, without, bare, numbered, *reversed(parts)]


@dataclass
class Heading:
    """The heading of one sheet: what the columns are called and what each is taken for."""

    kind: Kind
    first_row: int
    depth: int
    columns: list[str]  # of two rows joined with "/"
    fields: list[str]
    taken: list[Taken]
    above: list[str] = field(default_factory=list)  # the cells over the table
    given: list[str] = field(default_factory=list)  # of each column the unit that a person named, or ""
    _units: dict[str, Unit | None] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def title(self) -> str:
        """The first line over the table."""
        return self.above[0] if self.above else ""

    @property
    def start(self) -> int:
        """The first row below the heading, from 0."""
        return self.first_row + self.depth

    @property
    def complete(self) -> bool:
        """Whether the sheet can be read with these fields."""
        return self.kind.complete(self.fields)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the heading, to know it again when it is repeated on the next printed page."""
        return frozenset(
            re.sub(r"\s+", "", part)
            for column in self.columns
            for part in (column, *column.split("/"))
            if part
        )

    @property
    def shape(self) -> str:
        """What two sheets with the same heading share; the columns of our own are left out."""
        return "|".join(column for column in self.columns if column not in self.kind.own)

    @property
    def reporter(self) -> str:
        """The unit that fills the sheet in, where a line over the table names it."""
        match = re.search(r"填报单位(?:[（(]盖章[)）])?[:：]\s*(\S+)", "\n".join(self.above))
        return match[1] if match else ""

    def column(self, name: str) -> int | None:
        """The first column of a field, from 0."""
        return self.fields.index(name) if name in self.fields else None

    def unit_of(self, name: str) -> Unit | None:
        """The unit of an amount: what the sheet names, else what a person said."""
        if name not in self._units:
            index = self.column(name)
            given = self.given[index] if index is not None and self.given else ""
            self._units[name] = self.named_unit(index) or GIVEN.get(given)
        return self._units[name]

    def asks_unit(self, index: int) -> bool:
        """Whether a column is an amount whose unit the sheet does not name."""
        one = self.kind.by_name.get(self.fields[index])
        return one is not None and one.amount and self.named_unit(index) is None

    def named_unit(self, index: int | None) -> Unit | None:
        """The unit that the sheet names: a column's heading (the lower row before the upper one),
        else a line over the table.
        """
        parts = self.columns[index].split("/") if index is not None else []
        whole = [self.columns[index]] if index is not None else []
        return next(
            (
                unit
                for text in (*reversed(parts[1:]), *whole, *self.above)
                if (unit := unit_in(text)) is not None
            ),
            None,
        )

    def mapped(self, fields: list[str]) -> "Heading":
        """The same heading with the columns as a person chose them (``Kind.choice``);
        what they did not see keeps its field.
        """
        parts = [sent.partition("=") for sent in (*fields, *self.fields[len(fields) :])]
        wanted, given = [name for name, _sign, _unit in parts], [unit for _name, _sign, unit in parts]
        taken = [
            was if now == before else Taken.CHOSEN if now else Taken.UNKNOWN
            for now, before, was in zip(wanted, self.fields, self.taken, strict=True)
        ]
        return replace(self, fields=wanted, taken=taken, given=given)


def find(sheet: Sheet, kind: Kind) -> Heading | None:
    """The heading within the first rows: the row that names most fields;
    without one the first row of several texts.

    It may be incomplete (``heading.complete``): then a person has to say what the columns are. None: there is
    no table.
    """
    best, best_score = None, (False, 1)
    for index, row in enumerate(sheet.rows[:DEEPEST]):
        words = [as_text(cell) for cell in row]
        if sum(bool(word) for word in words) < 2:
            continue
        names = [kind.match(word).field for word in words if word and _may_head(word)]
        score = (kind.complete(names), len(set(names) - {""}))
        if score > best_score:
            best, best_score = index, score
    if best is None:
        best = _first_of_texts(sheet)
    return None if best is None else _joined(sheet, kind, best)


def find_mapped(sheet: Sheet, kind: Kind, mapping: dict[str, list[str]]) -> Heading | None:
    """As :func:`find`; a shape in ``mapping`` is taken for the fields a person chose for it."""
    heading = find(sheet, kind)
    if heading is None or heading.shape not in mapping:
        return heading
    return heading.mapped(mapping[heading.shape][: len(heading.columns)])


def _may_head(word: str) -> bool:
    """Whether a cell may be a heading: not a sentence, not ``填报单位：某局``, not a title."""
    text = plain(word)
    if len(text) > _LONGEST or re.search(r"登记表|名册|花名册|统计表|一览表|台账", text):
        return False
    if re.match(r"(?:金额|计量|货币)?单位:", text):
        return False
    _head, colon, tail = text.partition(":")
    return not colon or not tail or unit_in(tail) is not None


def _first_of_texts(sheet: Sheet) -> int | None:
    """The first row with several texts and nothing but texts, above at least one more filled row."""
    for index, row in enumerate(sheet.rows[:DEEPEST]):
        filled = [cell for cell in row if cell is not None and as_text(cell)]
        if len(filled) < 2 or not any(map(any, sheet.rows[index + 1 : index + 4])):
            continue
        if all(type(cell) is str and not re.search(r"\d{5}", cell) for cell in filled):
            return index
    return None


def _joined(sheet: Sheet, kind: Kind, first: int) -> Heading:
    width = max(len(row) for row in sheet.rows[first : first + 2])
    top = _squeezed(sheet.rows[first], width)
    below = _squeezed(sheet.rows[first + 1] if first + 1 < len(sheet.rows) else [], width)
    deep = _is_second_row(sheet, kind, first, top, below)
    spans: dict[int, int] = {}
    for row, left, _bottom, right in sheet.merged:
        if row == first:
            spans.update(dict.fromkeys(range(left, right + 1), left))
    heads, last = [], ""
    for index, word in enumerate(top):
        last = word or last
        own = top[spans[index]] if index in spans else last if deep and below[index] else ""
        heads.append(word or own)
    columns, matches = [], []
    for head, under in zip(heads, below, strict=True):
        two = deep and under and head and head != under
        columns.append(f"{head}/{under}" if two else (under or head) if deep else head)
        matches.append(kind.match(under, head) if two else kind.match(columns[-1]) if columns[-1] else _NONE)
    above = [text for row in sheet.rows[:first] for cell in row if (text := as_text(cell))]
    fields, taken = _settled(kind, columns, matches)
    return Heading(kind, first, 2 if deep else 1, columns, fields, taken, above)


def _squeezed(row: list, width: int) -> list[str]:
    words = [re.sub(r"\s+", "", as_text(cell)) for cell in row]
    return words + [""] * (width - len(words))


def _is_second_row(sheet: Sheet, kind: Kind, first: int, top: list[str], below: list[str]) -> bool:
    filled = [word for word in below if word]
    if not filled:
        return False
    if any(row == first and bottom > first for row, _left, bottom, _right in sheet.merged):
        return True
    named = sum(bool(kind.match(word).field) for word in filled)
    return named == len(filled) and len(filled) < len([word for word in top if word])


def _settled(kind: Kind, columns: list[str], matches: list[Match]) -> tuple[list[str], list[Taken]]:
    """(fields, why) of all columns: of several that mean one field the strongest is taken."""
    best: dict[str, int] = {}
    for index, match in enumerate(matches):
        if match.field and (match.field not in best or match.strength < matches[best[match.field]].strength):
            best[match.field] = index
    fields, taken = [], []
    for index, match in enumerate(matches):
        one = kind.by_name.get(match.field)
        kept = one is not None and (one.many or best[match.field] == index)
        fields.append(match.field if kept else "")
        taken.append(match.taken if kept or not match.field else Taken.TWICE)
    return kind.settle(columns, fields, taken) if kind.settle else (fields, taken)
