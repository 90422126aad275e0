"""Reads of erasing: who was erased, who else bears a name or a number, what a person is known by."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, Text, cast, func, or_, select

from outreach.core.db import db
from outreach.core.erasing import Traces, digest
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


def traces_of(person: Person) -> Traces:
    """All that a person is known by: the card, cards merged into it, and what later domains hold;
    with what others bear too.
    """
    gone = merged_cards(person.id)
    own = Traces(
        names=frozenset({person.name, *(row.gone.get("name") or "" for row in gone)} - {"", ERASED}),
        numbers=frozenset(phone.number for phone in person.phones),
        addresses=frozenset(
            {person.email, person.wechat}
            | {row.gone.get(name) or "" for row in gone for name in ("email", "wechat")}
        )
        - {""},
    )
    return with_shared(own.joined(*known_by(person.id)), person_id=person.id)


def with_shared(traces: Traces, *, person_id: int | None = None, registrations: Iterable[int] = ()) -> Traces:
    """The same, knowing which names and numbers somebody else bears too."""
    shared = borne(traces, person_id=person_id)
    for answer in bearers(traces, person_id, frozenset(registrations)):
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
    mail = select(Person.email).where(func.lower(Person.email).in_(addresses), Person.id != (person_id or 0))
    return shared | set(db.session.scalars(phones)) | set(db.session.scalars(mail))


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
