"""What entering a row will write, value by value, as the dry run shows it:
names and numbers masked as in every list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select

from outreach.accounts.models import Place
from outreach.core import latin, masking
from outreach.core.db import db
from outreach.core.i18n import wan
from outreach.directory import names
from outreach.directory.models import INDUSTRIES, REGISTERED, Person
from outreach.directory.roster_models import GAINED, NEW, SAME, Batch, BatchRow


class Fate(StrEnum):
    """What becomes of a value of the sheet."""

    ENTERED = "entered"
    KEPT = "kept"  # the card has another one, which stays
    LEFT = "left"  # a known card does not take it from a sheet


@dataclass(frozen=True, slots=True)
class Entry:
    """One value. ``field``: a name of ``forms.ENTRY_NAMES``; ``before``: what the card says today."""

    field: str
    value: str
    fate: Fate = Fate.ENTERED
    before: str = ""


@dataclass(frozen=True)
class _Card:
    """What a known person's card holds, from the register or from an earlier row of the same sheet."""

    fields: dict
    phones: frozenset[str]
    posts: frozenset[tuple[str, str]]


def entries(batch: Batch, rows: list[BatchRow], *, decides: bool) -> dict[int, list[Entry]]:
    """Row id -> what entering it writes.

    ``decides``: whether who looks may set tiers, as entering will ask again.
    """
    cards = _cards(batch, rows)
    places = _places(rows, cards)
    found = {}
    for row in rows:
        if row.verdict == NEW:
            found[row.id] = list(_of_new(row.card, places, decides=decides))
        elif row.verdict == SAME:
            found[row.id] = list(_of_known(row.card, cards.get(row.id), places))
    return found


def _cards(batch: Batch, rows: list[BatchRow]) -> dict[int, _Card]:
    ids = {row.person_id for row in rows if row.person_id}
    people = {
        person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids))).unique()
    }
    earlier = {row.same_as_row for row in rows if not row.person_id and row.same_as_row}
    above = select(BatchRow.number, BatchRow.card).where(
        BatchRow.batch_id == batch.id, BatchRow.number.in_(earlier)
    )
    repeated = dict(db.session.execute(above).tuples().all()) if earlier else {}
    found = {}
    for row in rows:
        if row.person_id in people:
            found[row.id] = _of_person(people[row.person_id])
        elif row.same_as_row in repeated:
            card = repeated[row.same_as_row]
            phones = frozenset((*card.get("mobiles", ()), *card.get("landlines", ())))
            found[row.id] = _Card(card, phones, frozenset(map(_post_key, card.get("posts", ()))))
    return found


def _of_person(person: Person) -> _Card:
    fields = {name: getattr(person, name) for name in GAINED}
    posts = frozenset((post.organisation.name_key, post.title) for post in person.posts)
    return _Card(fields, frozenset(phone.number for phone in person.phones), posts)


def _post_key(post) -> tuple[str, str]:
    body, title = post
    return names.organisation_key(body), title


def _places(rows: list[BatchRow], cards: dict[int, _Card]) -> dict[str, str]:
    codes = {row.card.get("home_code") for row in rows} | {
        card.fields.get("home_code") for card in cards.values()
    }
    found = select(Place.code, Place.name).where(Place.code.in_(codes - {None, ""}))
    return {code: latin.place(name) for code, name in db.session.execute(found)}


def _numbers(card: dict) -> list[str]:
    return list(dict.fromkeys((*card.get("mobiles", ()), *card.get("landlines", ()))))


def _of_new(card: dict, places: dict[str, str], *, decides: bool) -> Iterator[Entry]:
    for number in _numbers(card):
        yield Entry("phone", masking.phone(number))
    for body, title in card.get("posts", ()):
        yield Entry("employer_post", f"{body} {title}".strip())
    for name in GAINED:
        if shown := _shown(name, card.get(name), places):
            yield Entry(name, shown)
    if card.get("credit_code"):
        yield Entry("credit_code", card["credit_code"])
    if card.get("note"):
        yield Entry("note", masking.numbers(card["note"]))
    if card.get("tier", REGISTERED) > REGISTERED:
        yield Entry("tier", str(card["tier"]), Fate.ENTERED if decides else Fate.LEFT)


def _of_known(card: dict, known: _Card | None, places: dict[str, str]) -> Iterator[Entry]:
    if known is None:
        return
    for number in _numbers(card):
        if number not in known.phones:
            yield Entry("phone", masking.phone(number))
    for body, title in card.get("posts", ()):
        if _post_key((body, title)) not in known.posts:
            yield Entry("employer_post", f"{body} {title}".strip())
    for name in GAINED:
        value, before = _shown(name, card.get(name), places), _shown(name, known.fields.get(name), places)
        if value and value != before:
            yield Entry(name, value, Fate.KEPT if before else Fate.ENTERED, before)
    if card.get("note"):
        yield Entry("note", masking.numbers(card["note"]), Fate.LEFT)
    if card.get("tier", REGISTERED) > REGISTERED:
        yield Entry("tier", str(card["tier"]), Fate.LEFT)


def _shown(name: str, value, places: dict[str, str]) -> str:
    if value is None or value == "":
        return ""
    if name == "home_code":
        return places.get(value, value)
    if name in ("province", "city"):
        return latin.place(value)
    if name == "industry":
        return str(INDUSTRIES.get(value, value))
    if name == "scale_wan":
        return wan(Decimal(value))
    return masking.text(value) if name in ("wechat", "email") else str(value)


@dataclass(frozen=True, slots=True)
class LeftColumn:
    """A filled column that nothing is entered from. ``why``: ``imports.headings.Taken``."""

    heading: str
    why: str
    filled: int


def left_out(batch: Batch) -> list[tuple[str, list[LeftColumn]]]:
    """(names of the sheets, their filled columns that are not entered) of every heading that could be
    read.
    """
    found = []
    for shape in batch.shapes:
        if not shape.get("complete"):
            continue
        columns = [
            LeftColumn(heading, why, filled)
            for heading, field, why, filled in zip(
                shape["columns"], shape["fields"], shape["why"], shape["filled"], strict=False
            )
            if filled and not field
        ]
        if columns:
            found.append(("、".join(filter(None, shape["sheets"])), columns))
    return found


def no_unit(batch: Batch) -> list[str]:
    """The headings of filled amounts whose unit neither the sheet names nor a person has."""
    return [
        heading
        for shape in batch.shapes
        for heading, filled, asks, unit in zip(
            shape["columns"],
            shape["filled"],
            shape.get("asks_unit", ()),
            shape.get("units", ()),
            strict=False,
        )
        if asks and filled and not unit
    ]
