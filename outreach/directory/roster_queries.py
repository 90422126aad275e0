"""Reads of rosters on their way in."""

from collections.abc import Iterator

from sqlalchemy import Select, String, and_, cast, or_, select

from outreach.accounts.models import Unit
from outreach.accounts.queries import below, reach
from outreach.core.db import db
from outreach.core.files import StoredFile
from outreach.directory.card_models import CardAnswer, Consent
from outreach.directory.duplicate_models import Merge
from outreach.directory.models import Person
from outreach.directory.roster_models import Batch, BatchRow, KnownHeading
from outreach.directory.tier_models import TierProposal
from outreach.permissions import Permission


def select_visible(user) -> Select:
    """The batches of units where ``user`` may import."""
    return select(Batch).where(Batch.unit_id.in_(reach(user, Permission.DIRECTORY_IMPORT)))


def filtered(chosen: Select, *, text: str = "", state: str = "") -> Select:
    """Narrow batches by the name of their file and by state; without one, what was discarded is left out."""
    if text:
        files = select(StoredFile.id).where(StoredFile.name.icontains(text.strip(), autoescape=True))
        chosen = chosen.where(Batch.file_id.in_(files))
    return chosen.where(Batch.state == state if state else Batch.state != "discarded").order_by(
        Batch.id.desc()
    )


def filtered_rows(batch: Batch, *, doubtful: bool = False, reason: str = "", verdict: str = "") -> Select:
    """The rows of a batch in the order of the sheets; only doubtful ones, only one doubt,
    only one verdict.
    """
    chosen = select(BatchRow).where(BatchRow.batch_id == batch.id)
    if doubtful:
        chosen = chosen.where(BatchRow.doubtful.is_(True))
    if reason:
        chosen = chosen.where(cast(BatchRow.doubts, String).like(f'%"{reason}%'))
    if verdict:
        chosen = chosen.where(BatchRow.verdict == verdict)
    return chosen.order_by(BatchRow.number)


def free_rows(chosen: Select) -> Select:
    """Rows of batches without those that made or joined the card of somebody restricted."""
    held = select(Person.id).where(
        or_(Person.id == BatchRow.person_id, Person.origin_id == BatchRow.id),
        Person.restricted_at.is_not(None),
    )
    return chosen.where(~held.exists())


def people_of(batch: Batch) -> list[int]:
    """The ids of the cards a batch made or added to."""
    made = (
        select(Person.id).join(BatchRow, BatchRow.id == Person.origin_id).where(BatchRow.batch_id == batch.id)
    )
    joined = select(BatchRow.person_id).where(BatchRow.batch_id == batch.id, BatchRow.person_id.is_not(None))
    return list(db.session.scalars(made.union(joined)))


def known_headings(unit: Unit) -> dict[str, list[str]]:
    """Heading shape -> fields, as clerks of this county corrected them before."""
    rows = db.session.execute(
        select(KnownHeading.shape, KnownHeading.fields).where(KnownHeading.county_id == unit.county_id)
    )
    return dict(rows.tuples().all())


def select_rows(user) -> Select:
    """The rows of batches within reach, to be found one by one."""
    return (
        select(BatchRow)
        .join(Batch, Batch.id == BatchRow.batch_id)
        .where(Batch.unit_id.in_(reach(user, Permission.DIRECTORY_IMPORT)))
    )


def person_of_row(row_id: int, unit: Unit, name_key: str) -> int | None:
    """The card of this name within ``unit`` that a row of an earlier batch made or joined."""
    made = select(Person.id).where(Person.origin_id == row_id)
    joined = select(BatchRow.person_id).where(BatchRow.id == row_id)
    return db.session.scalar(
        select(Person.id)
        .where(
            or_(Person.id.in_(made), Person.id.in_(joined)),
            Person.unit_id.in_(below(unit)),
            Person.name_key == name_key,
        )
        .limit(1)
    )


def _portions(values) -> Iterator[list]:
    """Few enough at a time for one statement."""
    ordered = sorted(values)
    for start in range(0, len(ordered), 500):
        yield ordered[start : start + 500]


def cards_now(ids: set[int]) -> dict[int, int]:
    """Each of these cards that is there -> itself; each that went into another one,
    by however many merges -> where it is today.
    """
    now = {key: key for key in ids}
    while gone := set(now.values()) - _there(set(now.values())):
        went = {
            gone_id: kept_id
            for some in _portions(gone)
            for gone_id, kept_id in db.session.execute(
                select(Merge.gone_id, Merge.kept_id).where(Merge.gone_id.in_(some), Merge.undone_at.is_(None))
            )
        }
        now = {key: went.get(card, card) for key, card in now.items() if card not in gone or card in went}
    return now


def _there(ids: set[int]) -> set[int]:
    return {
        key
        for some in _portions(ids)
        for key in db.session.scalars(select(Person.id).where(Person.id.in_(some)))
    }


def younger(ids: set[int], moment) -> set[int]:
    """Those of these cards that were made after ``moment``."""
    return {
        key
        for some in _portions(ids)
        for key in db.session.scalars(
            select(Person.id).where(Person.id.in_(some), Person.created_at > moment)
        )
    }


def entered_lines(unit: Unit, said: set[str], *, but: int | None = None) -> list[tuple[str, int]]:
    """(what it said, its card today) of every row of earlier batches, none of batch ``but``,
    that said one of these and made a card within ``unit``.
    """
    found: list[tuple[str, int]] = []
    for some in _portions(said):
        rows = select(BatchRow.said, Person.id, Merge.kept_id).where(
            BatchRow.said.in_(some), BatchRow.batch_id.is_distinct_from(but)
        )
        rows = rows.outerjoin(Person, Person.origin_id == BatchRow.id)
        rows = rows.outerjoin(
            Merge, and_(Merge.gone_origin_id == BatchRow.id, Merge.undone_at.is_(None))
        ).order_by(BatchRow.id)
        found += [(told, made or kept) for told, made, kept in db.session.execute(rows) if made or kept]
    now = cards_now({card for _told, card in found})
    here = {
        key
        for some in _portions(set(now.values()))
        for key in db.session.scalars(
            select(Person.id).where(Person.id.in_(some), Person.unit_id.in_(below(unit)))
        )
    }
    return [(told, now[card]) for told, card in found if now.get(card) in here]


def held_lines(batch_id: int, said: set[str]) -> list[tuple[str, int]]:
    """(what it said, its card) of the rows of a batch that have one already."""
    held = select(BatchRow.said, BatchRow.person_id).where(
        BatchRow.batch_id == batch_id, BatchRow.person_id.is_not(None)
    )
    return [
        row
        for some in _portions(said)
        for row in db.session.execute(held.where(BatchRow.said.in_(some))).tuples()
    ]


def spoken_for(ids: list[int]) -> set[int]:
    """Those of ``ids`` who answered, agreed to something, or were proposed:
    their cards are no mere row of a sheet any more.
    """
    return {
        key
        for model in (Consent, CardAnswer, TierProposal)
        for key in db.session.scalars(select(model.person_id).where(model.person_id.in_(ids)))
    }
