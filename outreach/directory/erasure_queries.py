"""Reads of erasing: who was erased, who else bears a name or a number, what a person is known by."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, Text, cast, func, or_, select

from outreach.accounts.models import Unit, User
from outreach.accounts.queries import below
from outreach.core import phones
from outreach.core.db import db
from outreach.core.erasing import Traces, digest, is_wechat
from outreach.core.masking import ERASED
from outreach.directory import tombstones
from outreach.directory.announcements import bearers, known_by
from outreach.directory.duplicate_models import Merge
from outreach.directory.erasure_models import Tombstone
from outreach.directory.models import Person, PersonPhone
from outreach.directory.roster_models import Batch, BatchRow


class Graves:
    """Every mark of an erased person, asked for row after row of a sheet."""

    def __init__(self):
        self.digests = set(db.session.scalars(select(Tombstone.digest)))

    def hold(self, marks: Iterable[str]) -> bool:
        """Whether an erased person had one of ``marks``."""
        return bool(self.digests) and any(digest(mark) in self.digests for mark in marks)


def was_erased(name: str, numbers: Iterable[str], **more) -> bool:
    """Whether somebody of this name and one of these numbers (or what ``tombstones.marks`` takes besides) was
    erased.
    """
    return Graves().hold(tombstones.marks(name, numbers, **more))


def erased_here(name: str, numbers: Iterable[str], unit: Unit) -> set[int]:
    """The emptied cards of this name and one of these numbers that the county of ``unit`` erased. Of what
    others erased nobody is told.
    """
    digests = [digest(mark) for mark in tombstones.marks(name, numbers)]
    chosen = (
        select(Tombstone.person_id)
        .join(Person, Person.id == Tombstone.person_id)
        .where(Tombstone.digest.in_(digests), Person.erased_unit_id.in_(units_of(unit)))
    )
    return set(db.session.scalars(chosen))


def traces_of(person: Person, by: User) -> Traces:
    """All that a person is known by: the card, cards merged into it, and what later domains hold;
    with what others bear too, or guests have whom ``by`` cannot erase.
    """
    gone = merged_cards(person.id)
    wechat = {person.wechat, *(row.gone.get("wechat") or "" for row in gone)}
    typed = {number.shown for text in wechat if (number := phones.read(text))}
    own = Traces(
        names=frozenset({person.name, *(row.gone.get("name") or "" for row in gone)} - {"", ERASED}),
        numbers=frozenset(phone.number for phone in person.phones) | typed,
        addresses=frozenset({person.email, *(row.gone.get("email") or "" for row in gone)} - {""})
        | frozenset(text for text in wechat if is_wechat(text)),
    )
    return with_shared(own.joined(*known_by(person.id)), person_id=person.id, by=by)


def with_shared(
    traces: Traces, *, by: User, person_id: int | None = None, registrations: Iterable[int] = ()
) -> Traces:
    """The same, knowing which names and numbers somebody else bears too."""
    shared = borne(traces, person_id=person_id)
    for answer in bearers(traces, person_id, frozenset(registrations), by=by):
        shared |= answer
    return traces.joined(Traces(shared=frozenset(shared)))


def borne(traces: Traces, *, person_id: int | None) -> set[str]:
    """Names and numbers of ``traces`` that other cards have; a name also where it is part of a longer one."""
    others = select(Person.id).where(Person.unit_id.is_not(None))
    if person_id is not None:
        others = others.where(Person.id != person_id)
    shared = {
        name
        for name in traces.names
        if db.session.scalar(others.where(Person.name.contains(name, autoescape=True)).limit(1))
    }
    phones = select(PersonPhone.number).where(
        PersonPhone.number.in_(sorted(traces.numbers)), PersonPhone.person_id != (person_id or 0)
    )
    addresses = sorted(address.lower() for address in traces.addresses)
    for column in (Person.email, Person.wechat):
        others = select(column).where(func.lower(column).in_(addresses), Person.id != (person_id or 0))
        shared |= _spelled_alike(traces.addresses, db.session.scalars(others))
    return shared | set(db.session.scalars(phones)) | _staff(traces)


def _spelled_alike(addresses: Iterable[str], others: Iterable[str]) -> set[str]:
    """Those of ``addresses`` that stand in ``others``, in capitals or small letters."""
    borne = {other.lower() for other in others}
    return {address for address in addresses if address.lower() in borne}


def _staff(traces: Traces) -> set[str]:
    """Names and addresses of ``traces`` that somebody has who works here."""
    names = select(User.name).where(User.name.in_(sorted(traces.names)))
    mail = select(User.email).where(func.lower(User.email).in_([one.lower() for one in traces.addresses]))
    return set(db.session.scalars(names)) | _spelled_alike(traces.addresses, db.session.scalars(mail))


def by_unit(rows: Iterable) -> list[tuple[str, int]]:
    """(name of the unit, how many) of rows of events, for the page that asks before an erasure."""
    return sorted(Counter(row.event.unit.shown for row in rows).items())


def units_of(unit: Unit) -> Select:
    """The ids of the units of the county of ``unit``: whose texts an erasure looks through for a name."""
    return below(db.session.get_one(Unit, unit.county_id))


def merged_cards(person_id: int) -> list[Merge]:
    """Every merge that led into this card, also by the way of another one."""
    found: dict[int, Merge] = {}
    wanted = {person_id}
    while wanted:
        rows = db.session.scalars(
            select(Merge).where(or_(Merge.kept_id.in_(wanted), Merge.gone_id == person_id))
        ).all()
        wanted = {row.gone_id for row in rows if row.id not in found}
        found |= {row.id: row for row in rows}
    return list(found.values())


def old_rows(before: datetime | None) -> Select:
    """Rows of rosters from before this moment that still hold what stood in the sheet;
    ``None``: of all rosters.
    """
    chosen = select(BatchRow.id).where(cast(BatchRow.raw, Text) != "[]")
    if before is not None:
        chosen = chosen.join(Batch, Batch.id == BatchRow.batch_id).where(Batch.created_at < before)
    return chosen


def old_row_count(before: datetime | None) -> int:
    """How many those are."""
    return db.session.scalar(select(func.count()).select_from(old_rows(before).subquery())) or 0
