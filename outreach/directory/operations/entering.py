"""How a read row meets the register: who is known already, and entering many rows at a time.

Plain tuples by the thousand instead of one object each.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import select, update

from outreach.accounts.models import Unit
from outreach.accounts.queries import below
from outreach.core import clock
from outreach.core.db import db, lock_name, pour, reserve
from outreach.directory import joining_queries, names, roster_queries, terms, tombstones
from outreach.directory.erasure_queries import Graves
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
from outreach.directory.reading.business import is_chamber
from outreach.directory.reading.rows import INFERRED, Row
from outreach.directory.roster_models import FILLED, NEW, SAME, SKIPPED, Batch, BatchRow
from outreach.permissions import Permission

#: the name held by whoever enters rows of a roster or takes them back
ENTERING = "entering rosters"
#: the doubt of a row that is not entered because its person was erased
ERASED_BEFORE = ("name", "erased", "")
#: a line without a number must tell one of these besides the name, to be known again
_TELLING = ("posts", "home_village", "birth")


def said(row: Row) -> str | None:
    """What a row without a number says as it is read, unreadable cells included, as a digest by which the
    same line is known when its sheet is sent once more. None: it has a number, or says too little.
    """
    values = row.values
    if values.get("mobiles") or not values.get("name") or not any(values.get(name) for name in _TELLING):
        return None
    inferred = {(name, code) for name, code, _stated in row.doubts if code in INFERRED}
    not_said = {"row_key", "home_code"} if ("home", "home_inferred") in inferred else {"row_key"}
    told = {name: value for name, value in values.items() if value and name not in not_said}
    doubts = [doubt for doubt in row.doubts if doubt[1] not in INFERRED]
    whole = json.dumps([told, doubts], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()


def line_to_match(line: str | None, card: dict) -> str | None:
    """Nothing where a clerk has given the row another name: it is somebody else, whatever the line said."""
    return None if card.get("renamed") else line


class Lines:
    """Lines that earlier batches entered, within a unit: each is known again as often as it was entered."""

    def __init__(self, unit: Unit, lines: Iterable[str | None], *, batch_id: int | None = None):
        """``lines``: what may be known.

        ``batch_id``: the batch that enters; what its rows hold already is used up.
        """
        wanted = {line for line in lines if line}
        self.entered: dict[str, list[int]] = defaultdict(list)
        for line, person_id in roster_queries.entered_lines(unit, wanted, but=batch_id):
            self.entered[line].append(person_id)
        for line, person_id in (
            roster_queries.held_lines(batch_id, wanted) if batch_id and self.entered else ()
        ):
            self.take(line, person_id)

    def take(self, line: str | None, known: int | None = None) -> int | None:
        """The card this line made before; it is used up. ``known``: whose it is certainly."""
        people = self.entered.get(line, []) if line else []
        if known is None:
            return people.pop(0) if people else None
        if known in people:
            people.remove(known)
        return known


class Known:
    """Numbers and names on the register within a unit, and in the rows read so far.

    ``lines``: of every row to come.
    """

    def __init__(self, unit: Unit, lines: Iterable[str | None]):
        self.people: dict[str, list[tuple[int, str]]] = defaultdict(list)
        rows = db.session.execute(
            select(PersonPhone.number, Person.id, Person.name_key)
            .join(Person, Person.id == PersonPhone.person_id)
            .where(PersonPhone.kind == "mobile", Person.unit_id.in_(below(unit)))
        )
        for number, person_id, name_key in rows:
            self.people[number].append((person_id, name_key))
        self.unit = unit
        self.graves = Graves()
        self.lines = Lines(unit, lines)
        self.rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.places: dict[tuple[str, ...], str] = {}

    def verdict(self, number: int, row: Row) -> tuple[str, int | None, int | None]:
        """(verdict, known person, earlier row of this file).

        Adds the doubts erased, same_person and phone_shared.
        """
        found = self.match(row.values, row.said)
        if row.values.get("name") and found == (None, None):
            if self.is_erased(row.values):
                row.doubts.append(ERASED_BEFORE)
            else:
                self._doubt(row, names.key(row.values["name"]))
        return self.place(number, row.values, found)

    def match(self, values: dict, line: str | None) -> tuple[int | None, int | None]:
        """(known person, earlier row of this file) with the same name and number,
        or the same line without one.
        """
        if not values.get("name"):
            return None, None
        name_key = names.key(values["name"])
        corrected = (
            roster_queries.person_of_row(values["row_key"], self.unit, name_key)
            if values.get("row_key")
            else None
        )
        person = self.lines.take(line, corrected or self._same(self.people, values["mobiles"], name_key))
        return person, self._same(self.rows, values["mobiles"], name_key)

    def place(
        self, number: int, values: dict, found: tuple[int | None, int | None]
    ) -> tuple[str, int | None, int | None]:
        """(verdict, known person, earlier row), and the row is remembered for those below it."""
        if not values.get("name") or (found == (None, None) and self.is_erased(values)):
            return SKIPPED, None, None
        person_id, earlier = found
        for mobile in values["mobiles"]:
            self.rows[mobile].append((earlier or number, names.key(values["name"])))
        return (NEW if found == (None, None) else SAME), person_id, earlier

    def is_erased(self, values: dict) -> bool:
        """Whether the row would bring back somebody who was erased."""
        return self.graves.hold(tombstones.of_row(values)) if self.graves.digests else False

    @staticmethod
    def _same(known, mobiles: list[str], name_key: str) -> int | None:
        return next(
            (key for mobile in mobiles for key, other in known.get(mobile, ()) if other == name_key), None
        )

    def _doubt(self, row: Row, name_key: str) -> None:
        values = row.values
        if any(self.people.get(mobile) or self.rows.get(mobile) for mobile in values["mobiles"]):
            row.doubts.append(("phone", "phone_shared", values["mobiles"][0]))
        marks = (
            {(name_key, "village", values.get("home_code") or "", values["home_village"])}
            if values.get("home_village")
            else set()
        )
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
    number: int = 0
    said: str | None = None
    person_id: int | None = None

    @classmethod
    def select(cls):
        """The entries of batch rows, without an object for each."""
        return select(
            BatchRow.id,
            BatchRow.sheet,
            BatchRow.line,
            BatchRow.verdict,
            BatchRow.card,
            BatchRow.number,
            BatchRow.said,
            BatchRow.person_id,
        )


CARD = (
    "id",
    "unit_id",
    "name",
    "name_key",
    "pinyin",
    "stroke_surname",
    "stroke_name",
    *FILLED,
    "scale_wan",
    "note",
    "tier",
    "tags",
    "source",
    "consents",
    "may_print",
    "origin_id",
    "version",
    "created_at",
    "updated_at",
)
#: one object each for all cards, so that ``pour`` writes it down once
_NO_TAGS: list = []
_NO_CONSENTS: dict = {}


class Gate:
    """Enters rows of one batch."""

    def __init__(self, batch: Batch):
        self.batch = batch
        by = batch.applied_by
        self.decides = by is not None and by.reaches(Permission.DIRECTORY_DECIDE, batch.unit)
        self.source = batch.file.name[:100]
        units = select(Unit.place_code, Unit.id).where(Unit.id.in_(below(batch.unit)))
        self.units = dict(db.session.execute(units).tuples().all())
        self.organisations = {
            key: row_id for row_id, key in db.session.execute(select(Organisation.id, Organisation.name_key))
        }

    def enter(self, entries: list) -> None:
        """New rows become cards; known ones add what the card lacks. One portion at a time in the whole
        house: what another worker enters at this moment would not be seen here, and would be entered twice.
        """
        lock_name(ENTERING)
        entries = self._with_cards_of_today([Entry(*entry) for entry in entries])
        self._organisations({body: None for entry in entries for body, _title in entry.card.get("posts", ())})
        self._credit_codes(entries)
        entries = self._without_erased(entries)
        come_since = self._come_since([entry for entry in entries if entry.verdict == NEW])
        self._insert([entry for entry in entries if entry.verdict == NEW and entry.id not in come_since])
        known = [entry.id for entry in entries if entry.verdict == SAME or entry.id in come_since]
        if known:
            rows = db.session.scalars(
                select(BatchRow).where(BatchRow.id.in_(known)).order_by(BatchRow.number)
            ).all()
            adding.add(self.batch, rows, self.organisations)

    def _with_cards_of_today(self, entries: list[Entry]) -> list[Entry]:
        """A card known in the dry run may have gone into another one since, or be gone:
        then its row is a new one after all.
        """
        known = {entry.person_id for entry in entries if entry.verdict == SAME and entry.person_id}
        if not known:
            return entries
        # a card that is younger than the sheet is not the one it knew: SQLite gave numbers again before they
        # counted on
        now = roster_queries.cards_now(known - roster_queries.younger(known, self.batch.created_at))
        moved = [
            entry.id
            for entry in entries
            if entry.verdict == SAME and now.get(entry.person_id) != entry.person_id
        ]
        rows = (
            {row.id: row for row in db.session.scalars(select(BatchRow).where(BatchRow.id.in_(moved)))}
            if moved
            else {}
        )
        for row in rows.values():
            row.person_id = now.get(row.person_id)
            if (
                row.person_id is None and row.same_as_row is None
            ):  # who repeats a row of the sheet joins what that row makes
                row.verdict = NEW
        return [
            entry._replace(verdict=rows[entry.id].verdict) if entry.id in rows else entry for entry in entries
        ]

    def _without_erased(self, entries: list[Entry]) -> list[Entry]:
        """Somebody may have been erased since the dry run: that row makes no card."""
        graves = Graves()
        if not graves.digests:
            return entries
        gone = {e.id for e in entries if e.verdict == NEW and graves.hold(tombstones.of_row(e.card))}
        if gone:
            db.session.execute(update(BatchRow).where(BatchRow.id.in_(gone)).values(verdict=SKIPPED))
        return [entry for entry in entries if entry.id not in gone]

    def _come_since(self, entries: list) -> set[int]:
        """Rows whose person entered the register after the dry run (another batch, a click):
        they join that card.
        """
        numbers = {number for entry in entries for number in entry.card["mobiles"]}
        holders = db.session.execute(
            select(PersonPhone.number, PersonPhone.person_id).where(PersonPhone.number.in_(numbers))
        ).all()
        here = select(Person.id, Person.name_key).where(
            Person.id.in_({person_id for _number, person_id in holders}),
            Person.unit_id.in_(below(self.batch.unit)),
        )
        keys = dict(db.session.execute(here).all())
        known = {(number, keys[person_id]): person_id for number, person_id in holders if person_id in keys}
        lines = Lines(
            self.batch.unit,
            (line_to_match(entry.said, entry.card) for entry in entries),
            batch_id=self.batch.id,
        )
        found = {}
        for entry in entries:
            hits = (known.get((number, names.key(entry.card["name"]))) for number in entry.card["mobiles"])
            if person_id := lines.take(line_to_match(entry.said, entry.card), next(filter(None, hits), None)):
                found[entry.id] = person_id
        for row in db.session.scalars(select(BatchRow).where(BatchRow.id.in_(found))) if found else ():
            row.verdict, row.person_id = SAME, found[row.id]
        return set(found)

    def _organisations(self, bodies) -> None:
        missing = {names.organisation_key(body): body for body in bodies}
        missing = {key: body for key, body in missing.items() if key not in self.organisations}
        come_since = select(Organisation.name_key, Organisation.id).where(
            Organisation.name_key.in_(list(missing))
        )
        self.organisations.update(db.session.execute(come_since).tuples().all() if missing else ())
        missing = {key: body for key, body in missing.items() if key not in self.organisations}
        self.organisations.update(joining_queries.joined_by_key(list(missing)))
        missing = {key: body for key, body in missing.items() if key not in self.organisations}
        ids, moment = reserve(Organisation, len(missing)) if missing else [], clock.now()
        self.organisations.update(zip(missing, ids, strict=True))
        rows = [
            (row_id, CHAMBER if is_chamber(body) else COMPANY, body, key, "", "", "", "", moment)
            for row_id, (key, body) in zip(ids, missing.items(), strict=True)
        ]
        pour(
            Organisation,
            ("id", "kind", "name", "name_key", "province", "city", "industry", "note", "created_at"),
            rows,
        )
        found = {
            (term, self.organisations[key])
            for key, body in missing.items()
            for term in terms.of_organisation(body)
        }
        pour(OrganisationTerm, ("term", "organisation_id"), sorted(found))

    def _credit_codes(self, entries: list) -> None:
        """The code of a row belongs to its first company, if neither has another one already."""
        codes = {}
        for entry in entries:
            body = next((body for body, _title in entry.card.get("posts", ()) if not is_chamber(body)), None)
            if entry.card.get("credit_code") and body:
                codes.setdefault(entry.card["credit_code"], self.organisations[names.organisation_key(body)])
        if codes:
            taken = set(
                db.session.scalars(
                    select(Organisation.credit_code).where(Organisation.credit_code.in_(list(codes)))
                )
            )
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
                (term, person_id)
                for term in terms.of_person(card["name"], [number for number, _kind in numbers])
            ]
            if self.decides and card["tier"] > REGISTERED:
                decisions.append(
                    (person_id, card["tier"], self._place(entry), moment, self.batch.applied_by_id)
                )
        pour(Person, CARD, people)
        pour(PersonPhone, ("person_id", "number", "kind", "source", "added_at"), phones)
        pour(Post, ("person_id", "organisation_id", "title", "source"), list(posts))
        found.sort(key=itemgetter(0))  # the order of the key, for whoever comes later has the larger number
        pour(PersonTerm, ("term", "person_id"), found)
        pour(TierDecision, ("person_id", "tier", "reason", "decided_at", "decided_by_id"), decisions)

    def _place(self, entry) -> str:
        """Where a row stands: file, sheet (a text file has none) and line."""
        return f"{self.source}：{f'{entry.sheet} ' if entry.sheet else ''}{entry.line}"

    def _card(self, person_id: int, entry, moment) -> tuple:
        card = entry.card
        name = card["name"]
        filled = [card.get(field) or (None if field == "home_code" else "") for field in FILLED]
        return (
            person_id,
            self.units.get(card.get("home_code")) or self.batch.unit_id,
            name,
            *names.sort_keys(name).values(),
            *filled,
            card.get("scale_wan"),
            card.get("note", ""),
            card["tier"] if self.decides else REGISTERED,
            _NO_TAGS,
            self._place(entry)[:120],
            _NO_CONSENTS,
            False,
            entry.id,
            1,
            moment,
            moment,
        )
