"""Reads of rosters on their way in."""

from sqlalchemy import Select, String, cast, or_, select

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core.db import db
from outreach.directory import names
from outreach.directory.card_models import CardAnswer, Consent
from outreach.directory.duplicate_models import Merge
from outreach.directory.models import Person
from outreach.directory.roster_models import Batch, BatchRow, KnownHeading
from outreach.directory.tier_models import TierProposal
from outreach.permissions import Permission


def select_visible(user) -> Select:
    """The batches of units where ``user`` may import."""
    return select(Batch).where(Batch.unit_id.in_(reach(user, Permission.DIRECTORY_IMPORT)))


def filtered_rows(batch: Batch, *, doubtful: bool = False, reason: str = "", verdict: str = "") -> Select:
    """The rows of a batch in the order of the sheets; only doubtful ones, only one doubt, only one verdict."""
    chosen = select(BatchRow).where(BatchRow.batch_id == batch.id)
    if doubtful:
        chosen = chosen.where(BatchRow.doubtful.is_(True))
    if reason:
        chosen = chosen.where(cast(BatchRow.doubts, String).like(f'%"{reason}%'))
    if verdict:
        chosen = chosen.where(BatchRow.verdict == verdict)
    return chosen.order_by(BatchRow.number)


def people_of(batch: Batch) -> list[int]:
    """The ids of the cards a batch made or added to."""
    made = select(Person.id).join(BatchRow, BatchRow.id == Person.origin_id).where(BatchRow.batch_id == batch.id)
    joined = select(BatchRow.person_id).where(BatchRow.batch_id == batch.id, BatchRow.person_id.is_not(None))
    return list(db.session.scalars(made.union(joined)))


def known_headings(unit: Unit) -> dict[str, list[str]]:
    """Heading shape -> fields, as clerks of this county corrected them before."""
    rows = db.session.execute(select(KnownHeading.shape, KnownHeading.fields).where(KnownHeading.county_id == unit.county_id))
    return dict(rows.tuples().all())


def select_rows(user) -> Select:
    """The rows of batches within reach, to be found one by one."""
    return select(BatchRow).join(Batch, Batch.id == BatchRow.batch_id).where(Batch.unit_id.in_(reach(user, Permission.DIRECTORY_IMPORT)))


def person_of_row(row_id: int, unit: Unit, name_key: str) -> int | None:
    """The card of this name within ``unit`` that a row of an earlier batch made or joined."""
    made = select(Person.id).where(Person.origin_id == row_id)
    joined = select(BatchRow.person_id).where(BatchRow.id == row_id)
    below = select(Unit.id).where(Unit.path.startswith(unit.path, autoescape=True))
    return db.session.scalar(
        select(Person.id)
        .where(or_(Person.id.in_(made), Person.id.in_(joined)), Person.unit_id.in_(below), Person.name_key == name_key)
        .limit(1)
    )


def entered_lines(unit: Unit, name_keys: set[str], *, but: int | None = None) -> list[tuple[dict, int]]:
    """(what it said, its card) of every row of earlier batches, none of batch ``but``, that made a card within ``unit`` of one of these
    names. A card that went into another one is that other one."""
    below = select(Unit.id).where(Unit.path.startswith(unit.path, autoescape=True))
    entered = (
        select(BatchRow.card, Person.id).where(BatchRow.batch_id.is_distinct_from(but), Person.unit_id.in_(below)).order_by(BatchRow.id)
    )
    own, found = entered.join(Person, Person.origin_id == BatchRow.id), []
    wanted = sorted(name_keys)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        found += db.session.execute(own.where(Person.name_key.in_(some))).tuples()
    merged = (
        entered.join(Merge, Merge.gone_origin_id == BatchRow.id).join(Person, Person.id == Merge.kept_id).where(Merge.undone_at.is_(None))
    )
    return found + [row for row in db.session.execute(merged).tuples() if names.key(row[0].get("name", "")) in name_keys]


def spoken_for(ids: list[int]) -> set[int]:
    """Those of ``ids`` who answered, agreed to something, or were proposed: their cards are no mere row of a sheet any more."""
    return {
        key
        for model in (Consent, CardAnswer, TierProposal)
        for key in db.session.scalars(select(model.person_id).where(model.person_id.in_(ids)))
    }
