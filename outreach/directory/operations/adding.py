"""What known cards gain from the rows of a sheet: numbers, posts and fields they lack;
nothing they have is changed.

Noted on each row, so that a revert takes back just that.
"""

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from outreach.core.db import db, hold, pour
from outreach.directory import names, terms
from outreach.directory.models import Person, PersonPhone, PersonTerm, Post
from outreach.directory.roster_models import GAINED, Batch, BatchRow


class Gain(NamedTuple):
    """What one row brought its card."""

    row: BatchRow
    person: Person
    fields: dict
    phones: list[PersonPhone]
    posts: list[Post]


def add(batch: Batch, rows: list[BatchRow], organisations: dict[str, int]) -> None:
    """Add to every row's card what it lacks.

    ``organisations``: key of the name -> id, of all that the rows name.
    """
    _find_cards(batch, rows)
    known = {row.person_id for row in rows if row.person_id}
    people = {person.id: person for person in _people(known)}
    with db.session.no_autoflush:
        gains = [
            _gain(row, people[row.person_id], organisations, batch.file.name[:100])
            for row in rows
            if row.person_id in people
        ]
    db.session.flush()
    _find_by(gains)
    for row, _person, fields, phones, posts in gains:
        if fields or phones or posts:
            row.added = {
                "fields": fields,
                "phones": [phone.id for phone in phones],
                "posts": [post.id for post in posts],
            }


def _find_cards(batch: Batch, rows: list[BatchRow]) -> None:
    """The card of a row that repeats an earlier one is the one which that made, or joined."""
    earlier = {row.same_as_row for row in rows if row.person_id is None and row.same_as_row}
    if not earlier:
        return
    first = select(BatchRow.number, Person.id, BatchRow.person_id).outerjoin(
        Person, Person.origin_id == BatchRow.id
    )
    found = {
        number: made or joined
        for number, made, joined in db.session.execute(
            first.where(BatchRow.batch_id == batch.id, BatchRow.number.in_(earlier))
        )
    }
    for row in rows:
        if row.person_id is None and row.same_as_row:
            row.person_id = found.get(row.same_as_row)


def _people(ids: set[int]) -> list[Person]:
    """Held: what somebody fills in at this moment is seen, and not written over."""
    if not ids:
        return []
    hold(Person, Person.id.in_(ids))
    chosen = select(Person).where(Person.id.in_(ids)).execution_options(populate_existing=True)
    return list(db.session.scalars(chosen).unique())


def _gain(row: BatchRow, person: Person, organisations: dict[str, int], source: str) -> Gain:
    card = row.card
    fields = {name: card[name] for name in GAINED if card.get(name) and getattr(person, name) in (None, "")}
    for name, value in fields.items():
        setattr(person, name, Decimal(value) if name == "scale_wan" else value)
    kinds = dict.fromkeys(card["mobiles"], "mobile") | dict.fromkeys(card["landlines"], "landline")
    have = {phone.number for phone in person.phones}
    phones = [
        PersonPhone(number=number, kind=kind, source=source)
        for number, kind in kinds.items()
        if number not in have
    ]
    person.phones.extend(phones)
    held = {(post.organisation_id, post.title) for post in person.posts}
    wanted = dict.fromkeys(
        (organisations[names.organisation_key(body)], title) for body, title in card["posts"]
    )
    posts = [
        Post(organisation_id=key, title=title, source=source)
        for key, title in wanted
        if (key, title) not in held
    ]
    person.posts.extend(posts)
    return Gain(row, person, fields, phones, posts)


def _find_by(gains: list[Gain]) -> None:
    """Who gained a number or a WeChat name is found by it."""
    wanted = {
        (term, gain.person.id)
        for gain in gains
        if gain.phones
        for term in terms.of_person(gain.person.name, [phone.number for phone in gain.phones])
    }
    ids = {person_id for _term, person_id in wanted}
    have = (
        db.session.execute(select(PersonTerm.term, PersonTerm.person_id).where(PersonTerm.person_id.in_(ids)))
        if ids
        else ()
    )
    pour(PersonTerm, ("term", "person_id"), sorted(wanted - {tuple(row) for row in have}))
