"""How a read row meets the register: who is known already, and entering many rows at a time.

Plain tuples by the thousand instead of one object each.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select, update

from outreach.accounts.models import Unit
from outreach.core import clock
from outreach.core.db import db, pour, reserve
from outreach.directory import names, roster_queries, terms
from outreach.directory.models import (
    CHAMBER,
    COMPANY,
    REGISTERED,
    Organisation,
    OrganisationTerm,
    Person,
    PersonPhone,
    PersonTerm,
    Post,
    TierDecision,
)
from outreach.directory.operations import adding
from outreach.directory.operations.adding import FILLED
from outreach.directory.reading.business import is_chamber
from outreach.directory.reading.rows import Row
from outreach.directory.roster_models import NEW, SAME, SKIPPED, Batch, BatchRow
from outreach.permissions import Permission


def _units_below(unit: Unit):
    return select(Unit.id).where(Unit.path.startswith(unit.path, autoescape=True))


#: a line without a number must tell one of these besides the name, to be known again
_TELLING = ("posts", "home_village", "birth")


def line(card: dict) -> str:
    """What a row without a number said when it was read, to know the same line again when the sheet is sent once more; else nothing."""
    if card.get("mobiles") and "as_read" not in card or not any(card.get(name) for name in _TELLING):
        return ""
    said = {name: value for name, value in card.items() if value and name != "row_key"}
    return card.get("as_read") or json.dumps(said, ensure_ascii=False, sort_keys=True)


class Lines:
    """Lines that earlier batches entered, within a unit: each is known again as often as it was entered."""

    def __init__(self, unit: Unit, cards: Iterable[dict], *, but: int | None = None):
        """``cards``: of the rows that may be known; ``but``: a batch whose own rows do not count."""
        told = {names.key(card["name"]) for card in cards if card.get("name") and line(card)}
        self.entered: dict[str, list[int]] = defaultdict(list)
        for card, person_id in roster_queries.entered_lines(unit, told, but=but) if told else ():
            if said := line(card):
                self.entered[said].append(person_id)

    def take(self, card: dict) -> int | None:
        """The card this line made before."""
        people = self.entered.get(line(card)) if self.entered else None
        return people.pop(0) if people else None


class Known:
    """Numbers and names on the register within a unit, and in the rows read so far. ``cards``: of every row to come."""

    def __init__(self, unit: Unit, cards: Iterable[dict]):
        self.people: dict[str, list[tuple[int, str]]] = defaultdict(list)
        rows = db.session.execute(
            select(PersonPhone.number, Person.id, Person.name_key)
            .join(Person, Person.id == PersonPhone.person_id)
            .where(PersonPhone.kind == "mobile", Person.unit_id.in_(_units_below(unit)))
        )
        for number, person_id, name_key in rows:
            self.people[number].append((person_id, name_key))
        self.unit = unit
        self.lines = Lines(unit, cards)
        self.rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.places: dict[tuple[str, ...], str] = {}

    def verdict(self, number: int, row: Row) -> tuple[str, int | None, int | None]:
        """(verdict, known person, earlier row of this file). Adds the doubts same_person and phone_shared."""
        found = self.match(row.values)
        if row.values.get("name") and found == (None, None):
            self._doubt(row, names.key(row.values["name"]))
        return self.place(number, row.values, found)

    def match(self, values: dict) -> tuple[int | None, int | None]:
        """(known person, earlier row of this file) with the same name and number."""
        if not values.get("name"):
            return None, None
        name_key = names.key(values["name"])
        corrected = roster_queries.person_of_row(values["row_key"], self.unit, name_key) if values.get("row_key") else None
        person = corrected or self._same(self.people, values["mobiles"], name_key) or self.lines.take(values)
        return person, self._same(self.rows, values["mobiles"], name_key)

    def place(self, number: int, values: dict, found: tuple[int | None, int | None]) -> tuple[str, int | None, int | None]:
        """(verdict, known person, earlier row), and the row is remembered for those below it."""
        if not values.get("name"):
            return SKIPPED, None, None
        person_id, earlier = found
        for mobile in values["mobiles"]:
            self.rows[mobile].append((earlier or number, names.key(values["name"])))
        return (NEW if found == (None, None) else SAME), person_id, earlier

    @staticmethod
    def _same(known, mobiles: list[str], name_key: str) -> int | None:
        return next((key for mobile in mobiles for key, other in known.get(mobile, ()) if other == name_key), None)

    def _doubt(self, row: Row, name_key: str) -> None:
        values = row.values
        if any(self.people.get(mobile) or self.rows.get(mobile) for mobile in values["mobiles"]):
            row.doubts.append(("phone", "phone_shared", values["mobiles"][0]))
        marks = {(name_key, "village", values.get("home_code") or "", values["home_village"])} if values.get("home_village") else set()
        marks |= {(name_key, "company", body, "") for body, _title in values["posts"] if not is_chamber(body)}
        other = next((self.places[mark] for mark in sorted(marks) if mark in self.places), None)
        if other:
            row.doubts.append(("name", "same_person", other))
        for mark in marks:
            self.places.setdefault(mark, f"{row.sheet} {row.line}".strip())


class Entry(NamedTuple):
    """What of a batch row enters the register; ``card`` are its values."""

    id: int | None
    sheet: str
    line: int
    verdict: str
    card: dict

    @classmethod
    def select(cls):
        """The entries of batch rows, without an object for each."""
        return select(BatchRow.id, BatchRow.sheet, BatchRow.line, BatchRow.verdict, BatchRow.card, BatchRow.number)


CARD = (
    "id", "unit_id", "name", "name_key", "pinyin", "stroke_surname", "stroke_name", *FILLED, "scale_wan", "note", "tier", "tags", "source", "consents",
    "may_print", "origin_id", "version", "created_at", "updated_at",
)  # fmt: skip


class Gate:
    """Enters rows of one batch."""

    def __init__(self, batch: Batch):
        self.batch = batch
        by = batch.applied_by
        self.decides = by is not None and by.reaches(Permission.DIRECTORY_DECIDE, batch.unit)
        self.source = batch.file.name[:100]
        below = select(Unit.id, Unit.place_code).where(Unit.path.startswith(batch.unit.path, autoescape=True))
        self.units = {code: key for key, code in db.session.execute(below)}
        self.organisations = {key: row_id for row_id, key in db.session.execute(select(Organisation.id, Organisation.name_key))}

    def enter(self, entries: list) -> None:
        """New rows become cards; known ones add what the card lacks."""
        self._organisations({body: None for entry in entries for body, _title in entry.card.get("posts", ())})
        self._credit_codes(entries)
        come_since = self._come_since([entry for entry in entries if entry.verdict == NEW])
        self._insert([entry for entry in entries if entry.verdict == NEW and entry.id not in come_since])
        known = [entry.id for entry in entries if entry.verdict == SAME or entry.id in come_since]
        if known:
            rows = db.session.scalars(select(BatchRow).where(BatchRow.id.in_(known)).order_by(BatchRow.number)).all()
            adding.add(self.batch, rows, self.organisations)

    def _come_since(self, entries: list) -> set[int]:
        """Rows whose person entered the register after the dry run (another batch, a click): they join that card."""
        numbers = {number for entry in entries for number in entry.card["mobiles"]}
        holders = db.session.execute(select(PersonPhone.number, PersonPhone.person_id).where(PersonPhone.number.in_(numbers))).all()
        here = select(Person.id, Person.name_key).where(
            Person.id.in_({person_id for _number, person_id in holders}), Person.unit_id.in_(_units_below(self.batch.unit))
        )
        keys = dict(db.session.execute(here).all())
        known = {(number, keys[person_id]): person_id for number, person_id in holders if person_id in keys}
        lines = Lines(self.batch.unit, (entry.card for entry in entries), but=self.batch.id)
        found = {}
        for entry in entries:
            hits = (known.get((number, names.key(entry.card["name"]))) for number in entry.card["mobiles"])
            if person_id := next(filter(None, hits), None) or lines.take(entry.card):
                found[entry.id] = person_id
        for row in db.session.scalars(select(BatchRow).where(BatchRow.id.in_(found))) if found else ():
            row.verdict, row.person_id = SAME, found[row.id]
        return set(found)

    def _organisations(self, bodies) -> None:
        missing = {names.organisation_key(body): body for body in bodies}
        missing = {key: body for key, body in missing.items() if key not in self.organisations}
        ids, moment = reserve(Organisation, len(missing)) if missing else [], clock.now()
        self.organisations.update(zip(missing, ids, strict=True))
        rows = [
            (row_id, CHAMBER if is_chamber(body) else COMPANY, body, key, "", "", "", "", moment)
            for row_id, (key, body) in zip(ids, missing.items(), strict=True)
        ]
        pour(Organisation, ("id", "kind", "name", "name_key", "province", "city", "industry", "note", "created_at"), rows)
        found = {(term, self.organisations[key]) for key, body in missing.items() for term in terms.of_organisation(body)}
        pour(OrganisationTerm, ("term", "organisation_id"), sorted(found))

    def _credit_codes(self, entries: list) -> None:
        """The code of a row belongs to its first company, if neither has another one already."""
        codes = {}
        for entry in entries:
            body = next((body for body, _title in entry.card.get("posts", ()) if not is_chamber(body)), None)
            if entry.card.get("credit_code") and body:
                codes.setdefault(entry.card["credit_code"], self.organisations[names.organisation_key(body)])
        if codes:
            taken = set(db.session.scalars(select(Organisation.credit_code).where(Organisation.credit_code.in_(list(codes)))))
            given = {organisation_id: code for code, organisation_id in codes.items() if code not in taken}
            for organisation_id, code in given.items():
                db.session.execute(
                    update(Organisation)
                    .where(Organisation.id == organisation_id, Organisation.credit_code.is_(None))
                    .values(credit_code=code)
                )

    def _insert(self, entries: list) -> None:
        ids, moment = reserve(Person, len(entries)) if entries else [], clock.now()
        people, phones, posts, found, decisions = [], [], {}, [], []
        for person_id, entry in zip(ids, entries, strict=True):
            card = entry.card
            people.append(self._card(person_id, entry, moment))
            numbers = [(number, "mobile") for number in card["mobiles"]] + [
                (number, "landline") for number in dict.fromkeys(card["landlines"])
            ]
            phones += [(person_id, number, kind, self.source, moment) for number, kind in numbers]
            for body, title in card["posts"]:
                posts[person_id, self.organisations[names.organisation_key(body)], title, self.source] = None
            found += [
                (term, person_id) for term in terms.of_person(card["name"], [number for number, _kind in numbers], card.get("wechat", ""))
            ]
            if self.decides and card["tier"] > REGISTERED:
                decisions.append((person_id, card["tier"], f"{self.source}：{entry.sheet} {entry.line}", moment, self.batch.applied_by_id))
        pour(Person, CARD, people)
        pour(PersonPhone, ("person_id", "number", "kind", "source", "added_at"), phones)
        pour(Post, ("person_id", "organisation_id", "title", "source"), list(posts))
        pour(PersonTerm, ("term", "person_id"), sorted(found))
        pour(TierDecision, ("person_id", "tier", "reason", "decided_at", "decided_by_id"), decisions)

    def _card(self, person_id: int, entry, moment) -> tuple:
        card = entry.card
        name = card["name"]
        filled = [card.get(field) or (None if field == "home_code" else "") for field in FILLED]
        return (
            person_id, self.units.get(card.get("home_code")) or self.batch.unit_id, name, *names.sort_keys(name).values(), *filled,
            card.get("scale_wan"), card.get("note", ""), card["tier"] if self.decides else REGISTERED, [], f"{self.source}：{entry.sheet} {entry.line}"[:120], {}, False, entry.id, 1, moment, moment,
        )  # fmt: skip
