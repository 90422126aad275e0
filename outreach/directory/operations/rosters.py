"""Rosters: upload, apply in portions, revert. A crash in the middle resumes where it stopped."""

import hashlib
from collections import Counter
from decimal import Decimal

from sqlalchemy import delete, func, select, update

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock, files, jobs, worker
from outreach.core.db import db, hold, lock, lock_name
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import roster_queries
from outreach.directory.announcements import people_in_use
from outreach.directory.duplicate_models import Merge
from outreach.directory.models import Person, PersonPhone, Post
from outreach.directory.operations import entering
from outreach.directory.operations.people import reindex
from outreach.directory.reading.headings import KIND
from outreach.directory.roster_models import SAME, Batch, BatchRow, KnownHeading

PORTION = 5000


def upload_roster(unit: Unit, *, name: str, content: bytes, chamber: str = "", by: User) -> Batch:
    """Keep the file and let the worker read it."""
    if not content:
        raise Refused(_("This file is empty."), at="file")
    stored = files.keep(name, content, "application/octet-stream", by=by)
    batch = Batch(unit=unit, file=stored, chamber=chamber, created_by_id=by.id)
    db.session.add(batch)
    audit.record(by, "directory.upload_roster", batch)
    jobs.enqueue("directory.read_batch", lane=jobs.Lane.IMPORT, batch_id=batch.id)
    return batch


def remap_batch(batch: Batch, *, mapping: dict[str, list[str]], by: User) -> None:
    """Read the file again with the columns as a person corrected them."""
    lock(batch)
    if not any(KIND.complete(fields) for fields in mapping.values()):
        raise Refused(_("One column must be the name."), at="columns")
    batch.move("reading")
    batch.mapping, batch.cursor = mapping, 0
    _remember(batch, mapping)
    audit.record(by, "directory.remap_batch", batch)
    jobs.enqueue("directory.read_batch", lane=jobs.Lane.IMPORT, batch_id=batch.id)


def _remember(batch: Batch, mapping: dict[str, list[str]]) -> None:
    for shape, fields in mapping.items():
        if not KIND.complete(fields):
            continue
        fields = [sent.partition("=")[0] for sent in fields]  # the next sheet may be in another unit
        digest = hashlib.sha256(shape.encode()).hexdigest()
        known = db.session.scalar(
            select(KnownHeading).where(
                KnownHeading.county_id == batch.unit.county_id, KnownHeading.sha256 == digest
            )
        )
        if known is None:
            db.session.add(
                KnownHeading(county_id=batch.unit.county_id, sha256=digest, shape=shape, fields=fields)
            )
        else:
            known.fields = fields


def apply_batch(batch: Batch, *, by: User) -> None:
    """Let the worker enter the rows."""
    lock(batch)
    if not batch.total:
        raise Refused(_("Nothing can be entered: say first which column holds the names."))
    batch.move("applying")
    batch.cursor, batch.applied_by_id = 0, by.id
    audit.record(by, "directory.apply_batch", batch, rows=batch.total)
    jobs.enqueue("directory.apply_batch", lane=jobs.Lane.IMPORT, batch_id=batch.id)


def apply_portions(batch: Batch, job_id: int | None = None) -> None:
    """Enter the rows portion by portion, each with its own commit;
    again after a crash from where it stopped.
    """
    gate = entering.Gate(batch)
    while True:
        within = (BatchRow.batch_id == batch.id, BatchRow.number > batch.cursor)
        rows = db.session.execute(
            entering.Entry.select().where(*within).order_by(BatchRow.number).limit(PORTION)
        ).all()
        if not rows:
            break
        gate.enter(rows)
        batch.cursor = rows[-1].number
        worker.portion(job_id)
    batch.move("applied")
    batch.applied_at = clock.now()
    files.forget(batch.file)
    jobs.enqueue("directory.find_duplicates", lane=jobs.Lane.IMPORT, batch_id=batch.id)
    audit.record(batch.applied_by, "directory.apply_portions", batch, rows=batch.total)


def discard_batch(batch: Batch, *, by: User) -> None:
    """Forget a dry run that nobody wants."""
    lock(batch)
    batch.move("discarded")
    files.forget(batch.file)
    db.session.execute(delete(BatchRow).where(BatchRow.batch_id == batch.id))
    audit.record(by, "directory.discard_batch", batch)


def revert_batch(batch: Batch, *, reason: str, by: User) -> None:
    """Let the worker take the batch back."""
    lock(batch)
    batch.move("reverting")
    batch.cursor, batch.kept = 0, {}
    audit.record(by, "directory.revert_batch", batch, reason=reason)
    jobs.enqueue("directory.revert_batch", lane=jobs.Lane.IMPORT, batch_id=batch.id)


def revert_portions(batch: Batch, job_id: int | None = None) -> None:
    """Remove what the batch made and what it added, unless somebody worked on it since;
    count what stays and why.
    """
    kept, removed = Counter(batch.kept), batch.counts.get("removed", 0)
    while True:
        rows = db.session.scalars(
            select(BatchRow)
            .where(BatchRow.batch_id == batch.id, BatchRow.number > batch.cursor)
            .order_by(BatchRow.number)
            .limit(PORTION)
        ).all()
        if not rows:
            break
        lock_name(entering.ENTERING)  # a row that joins a card at this moment would lose it
        stayed, gone = _take_back(batch, rows)
        kept.update(stayed)
        removed += gone
        batch.cursor, batch.kept, batch.counts = (
            rows[-1].number,
            dict(kept),
            {**batch.counts, "removed": removed},
        )
        worker.portion(job_id)
    batch.move("reverted")
    audit.record(batch.created_by, "directory.revert_portions", batch, kept=sum(kept.values()))


def _take_back(batch: Batch, rows: list[BatchRow]) -> tuple[Counter, int]:
    """(why cards stay -> how many, how many cards are gone).

    The cards are held first, so that an edit, or a row that points at one, is either seen here or comes after
    the card is gone.
    """
    kept: Counter = Counter()
    origins = [row.id for row in rows]
    gained = [row for row in rows if row.verdict == SAME and row.added]
    hold(Person, Person.origin_id.in_(origins) | Person.id.in_([row.person_id for row in gained]))
    made = dict(
        db.session.execute(select(Person.id, Person.version).where(Person.origin_id.in_(origins))).all()
    )
    in_use = {key for answer in people_in_use(list(made)) for key in answer}
    edited = {key for key, version in made.items() if version > 1} | roster_queries.spoken_for(list(made))
    elsewhere = select(Batch.id).where(Batch.id != batch.id, Batch.state.in_(("applied", "applying")))
    joined = set(
        db.session.scalars(
            select(BatchRow.person_id).where(
                BatchRow.person_id.in_(list(made)), BatchRow.batch_id.in_(elsewhere)
            )
        )
    )
    for person_id in joined - in_use - edited:  # the other batch answers for the card from now on
        heir = (
            select(func.min(BatchRow.id))
            .where(BatchRow.person_id == person_id, BatchRow.batch_id.in_(elsewhere))
            .scalar_subquery()
        )
        db.session.execute(update(Person).where(Person.id == person_id).values(origin_id=heir))
    merged = db.session.scalar(
        select(func.count()).where(Merge.gone_origin_id.in_(origins), Merge.undone_at.is_(None))
    )
    kept.update(
        merged=merged,
        in_use=len(in_use),
        edited=len(edited - in_use),
        in_other_batch=len(joined - in_use - edited),
    )
    going = [key for key in made if key not in in_use | edited | joined]
    db.session.execute(delete(Person).where(Person.id.in_(going)))
    kept["changed"] = sum([_undo_added(row) for row in gained])
    return +kept, len(going)


def _undo_added(row: BatchRow) -> bool:
    """Take from the card what this row added, as far as it is still what the row said;
    whether something was changed since and stays.
    """
    added, stays = row.added, False
    if db.session.get(Person, row.person_id) is None:
        return False
    db.session.execute(delete(PersonPhone).where(PersonPhone.id.in_(added.get("phones", []))))
    for post in db.session.scalars(select(Post).where(Post.id.in_(added.get("posts", [])))):
        if post.until_on is None and post.title in {title for _body, title in row.card["posts"]}:
            db.session.delete(post)
        else:
            stays = True
    for name, value in added.get("fields", {}).items():
        column = getattr(Person, name)
        empty = None if column.nullable else ""
        was = Decimal(value) if name == "scale_wan" else value
        emptied = db.session.execute(
            update(Person).where(Person.id == row.person_id, column == was).values({name: empty})
        )
        stays |= not emptied.rowcount
    reindex(db.session.get_one(Person, row.person_id))
    row.added = {}
    return stays


def give_up_batch(batch: Batch) -> None:
    """Five tries failed: say so instead of working for ever."""
    batch.move("failed" if batch.state == "reading" else "stuck")
    batch.fault = _(
        "The work stopped at a fault in this file. It has been written down; nothing more will be entered."
    )
    audit.record(None, "directory.give_up_batch", batch)


def export_batch(batch: Batch, *, reason: str, by: User) -> None:
    """Leave the trace of the doubtful rows taken out of the house."""
    audit.record(by, "directory.export_batch", batch, reason=reason, count=batch.counts.get("doubtful", 0))
