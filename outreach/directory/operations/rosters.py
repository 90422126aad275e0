"""Rosters: upload, dry run, apply in portions, revert. A crash in the middle resumes where it stopped."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sqlalchemy import delete, func, select, update

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock, files, identity, jobs, masking, sheets, worker
from outreach.core.db import db, hold, lock, lock_name, pour
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import names, queries, roster_queries
from outreach.directory.announcements import people_in_use
from outreach.directory.duplicate_models import Merge
from outreach.directory.models import Person, PersonPhone, Post
from outreach.directory.operations import entering
from outreach.directory.operations.people import reindex
from outreach.directory.reading.headings import KIND
from outreach.directory.reading.places import Towns
from outreach.directory.reading.rows import MILD, Reader, Row
from outreach.directory.roster_models import NEW, SAME, SKIPPED, Batch, BatchRow, KnownHeading
from outreach.imports import columns, headings
from outreach.imports.rows import lines

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


def read_batch(batch: Batch, job_id: int | None = None) -> None:
    """The dry run: every row read and judged, nothing entered. A file that cannot be read fails in words.

    Reading and judging take seconds and only read: other people go on writing meanwhile.
    """
    shapes: list = []
    try:
        with worker.reading():
            found = sheets.read(batch.file.path, batch.file.name)
            typed = not batch.file.name.lower().endswith(".csv")
            mapping = {**roster_queries.known_headings(batch.unit), **batch.mapping}
            rows = list(
                read_rows(batch.unit, found, mapping, typed=typed, shapes=shapes, chamber=batch.chamber)
            )
            if not any(shape["columns"] for shape in shapes):
                raise Refused(_("No table was found in the first 20 rows of any visible sheet."))
            stored, counts = _judged(batch, rows)
    except Refused as refusal:
        batch.move("failed")
        batch.fault = str(refusal)
        audit.record(batch.created_by, "directory.read_batch", batch, failed=True)
        return
    lock(batch)
    db.session.execute(delete(BatchRow).where(BatchRow.batch_id == batch.id))
    pour(BatchRow, STORED, stored)
    batch.shapes, batch.counts = shapes, counts
    batch.mapping = {shape["shape"]: shape["fields"] for shape in shapes if shape["columns"]}
    batch.move("ready")
    batch.cursor, batch.total = 0, len(rows)
    audit.record(batch.created_by, "directory.read_batch", batch, rows=len(rows))


def read_rows(
    unit: Unit, found: Iterable[sheets.Sheet], mapping: dict, *, typed: bool, shapes: list, chamber: str = ""
) -> Iterator[Row]:
    """Every :class:`Row` of the sheets. ``shapes`` collects what each heading looked like and what every column was taken for."""
    towns = queries.towns_of(unit)
    reader = Reader(towns, queries.cities(), typed, chamber, home=_home_of(unit, towns))
    seen: dict[str, columns.Tally] = {}
    for sheet in found:
        if sheet.is_hidden:
            shapes.append(_hidden_sheet(sheet))
            continue
        heading = headings.find(sheet, KIND)
        if heading is None:
            continue
        if heading.shape in mapping:
            heading = heading.mapped(mapping[heading.shape][: len(heading.columns)])
        if heading.shape not in seen:
            seen[heading.shape] = columns.Tally(heading, _MASKED)
            shapes.append(_shape(heading))
        tally, shape = seen[heading.shape], next(one for one in shapes if one["shape"] == heading.shape)
        shape["sheets"].append(sheet.name)
        shape["above"][sheet.name] = [identity.without(line)[:120] for line in heading.above[:5]]
        if heading.complete:
            yield from reader.rows(sheet, heading, tally.see)
        else:
            for line in lines(sheet, heading):
                tally.see(line)
        shape["samples"], shape["filled"] = tally.examples, tally.filled
        shape["hidden"] += len([row for row in sheet.hidden if row >= heading.start])
        shape["tells_hidden"] &= sheet.tells_hidden


def _home_of(unit: Unit, towns: Towns) -> tuple[str, str] | None:
    """(code, name) of the township that uploads for itself."""
    code = unit.place_code or ""
    return (code, unit.name) if any(code in codes for codes in towns.by_name.values()) else None


def _shape(heading: headings.Heading) -> dict:
    """What the preview keeps of one heading; columns, fields, why, samples and filled go side by side."""
    return {
        "shape": heading.shape,
        "columns": heading.columns,
        "fields": heading.fields,
        "why": [str(why) for why in heading.taken],
        "units": heading.given or [""] * len(heading.columns),
        "asks_unit": [heading.asks_unit(index) for index in range(len(heading.columns))],
        "complete": heading.complete,
        "samples": [],
        "filled": [],
        "sheets": [],
        "above": {},
        "hidden": 0,
        "tells_hidden": True,
    }


def _hidden_sheet(sheet: sheets.Sheet) -> dict:
    empty: dict = {name: [] for name in ("columns", "fields", "why", "samples", "filled")}
    return {
        **empty,
        "shape": "",
        "complete": False,
        "sheets": [sheet.name],
        "above": {},
        "hidden": 0,
        "hidden_sheet": True,
    }


#: columns whose examples are shown as lists show names and numbers
_MASKED = {
    "name": masking.name,
    "surname": str,
    "given": lambda text: "*" * len(text),
    "phone": masking.phone,
    "wechat": masking.text,
    "email": masking.text,
    "skip": columns.unmapped,
    "note": masking.numbers,
}


STORED = (
    "batch_id",
    "number",
    "sheet",
    "line",
    "raw",
    "card",
    "doubts",
    "doubtful",
    "verdict",
    "same_as_row",
    "person_id",
    "said",
    "added",
)


def _reasons(doubts) -> Iterator[str]:
    """The kinds of doubt a row has, without what is suggested."""
    return (code.partition(":")[0] for _field, code, _stated in doubts)


def _judged(batch: Batch, rows: list[Row]) -> tuple[list[tuple], dict]:
    """(rows to store, counts). The same mobile and name is the same person; a number alone is a doubt."""
    for row in rows:
        row.said = entering.said(row)
    known = entering.Known(batch.unit, (row.said for row in rows))
    counts: Counter = Counter()
    reasons: Counter = Counter()
    stored = []
    for number, row in enumerate(rows, 1):
        if row.hidden:
            row.doubts.append(("", "hidden_row", ""))
            verdict, person_id, same_as = SKIPPED, None, None
        else:
            verdict, person_id, same_as = known.verdict(number, row)
        doubtful = any(code not in MILD for _field, code, _stated in row.doubts)
        reasons.update(_reasons(row.doubts))
        counts[verdict] += 1
        counts["doubtful"] += doubtful
        counts["repeated"] += same_as is not None
        left_out = {"left_out": True} if row.hidden else {}
        told = (row.sheet[:40], row.line, row.raw, row.values, row.doubts, doubtful)
        stored.append((batch.id, number, *told, verdict, same_as, person_id, row.said, left_out))
    return stored, {**counts, "rows": len(rows), "reasons": dict(reasons)}


def leave_out_row(row: BatchRow, *, by: User) -> None:
    """A row is not to be entered, or is again: before the batch is entered."""
    batch = _ready(row)
    if not row.card.get("name"):
        raise Refused(_("A row without a name cannot be entered."))
    row.added = {} if row.added.get("left_out") else {"left_out": True}
    row.doubts = [doubt for doubt in row.doubts if doubt[1] != "hidden_row"]
    row.doubtful = any(code not in MILD for _field, code, _stated in row.doubts)
    _judge_again(batch)
    audit.record(by, "directory.leave_out_row", batch, number=row.number, left_out=bool(row.added))


def take_in_hidden(batch: Batch, *, by: User) -> int:
    """Take in every row that is left out because the sheet hides it; how many. Their doubts about it are settled."""
    lock(batch)
    if batch.state != "ready":
        raise Refused(_("The rows can be changed only before the batch is entered."))
    rows = db.session.scalars(roster_queries.filtered_rows(batch, reason="hidden_row")).all()
    for row in rows:
        if row.card.get("name"):
            row.added = {}
            row.doubts = [doubt for doubt in row.doubts if doubt[1] != "hidden_row"]
            row.doubtful = any(code not in MILD for _field, code, _stated in row.doubts)
    _judge_again(batch)
    audit.record(by, "directory.take_in_hidden", batch, count=len(rows))
    return len(rows)


def correct_row(
    row: BatchRow,
    *,
    by: User,
    city: str,
    company: str,
    title: str,
    scale_wan: Decimal | None,
    home_code: str,
    **values,
) -> None:
    """What a clerk knows better than the sheet; the raw cells stay as they were. ``values`` as the card takes them."""
    batch = _ready(row)
    renamed = {"renamed": True} if names.key(values["name"]) != names.key(row.card.get("name", "")) else {}
    card = {
        **row.card,
        **renamed,
        **values,
        "home_code": home_code or None,
        "scale_wan": None if scale_wan is None else str(scale_wan),
    }
    if city != row.card.get("city", ""):
        place = queries.cities().read(city).value if city else ("", "")
        card |= {"province": place[0] or row.card.get("province", ""), "city": place[1] or city}
    others = [post for post in card.get("posts", [])[1:] if post[0] != company]
    card["posts"] = [[company, title], *others] if company else others
    row.card = card
    settled = {
        "name": True,
        "phone": bool(card["mobiles"]),
        "birth": bool(card["birth"]),
        "lives": bool(city),
        "home": bool(home_code),
        "posts": bool(company),
        "scale": scale_wan is not None,
        "industry": bool(card["industry"]),
        "credit_code": bool(card["credit_code"]),
        "": True,
    }
    row.doubts = [doubt for doubt in row.doubts if not settled.get(doubt[0]) or doubt[1] == "same_person"]
    row.doubtful = any(code not in MILD for _field, code, _stated in row.doubts)
    _judge_again(batch)
    audit.record(by, "directory.correct_row", batch, number=row.number)


def _judge_again(batch: Batch) -> None:
    """Who of the batch is known, and which rows repeat each other, after a row was changed or left out."""
    db.session.flush()
    rows = db.session.scalars(
        select(BatchRow).where(BatchRow.batch_id == batch.id).order_by(BatchRow.number)
    ).all()
    known = entering.Known(batch.unit, (entering.line_to_match(row.said, row.card) for row in rows))
    counts, reasons = Counter(), Counter()
    for row in rows:
        row.doubts = [doubt for doubt in row.doubts if tuple(doubt) != entering.ERASED_BEFORE]
        if row.card.get("name") and known.is_erased(row.card):
            row.doubts = [*row.doubts, entering.ERASED_BEFORE]
        reasons.update(_reasons(row.doubts))
        if row.added.get("left_out"):
            row.verdict, row.person_id, row.same_as_row = SKIPPED, None, None
        else:
            row.verdict, row.person_id, row.same_as_row = known.place(
                row.number, row.card, known.match(row.card, entering.line_to_match(row.said, row.card))
            )
        counts[row.verdict] += 1
        counts["doubtful"] += row.doubtful
        counts["repeated"] += row.same_as_row is not None
    batch.counts = {
        **batch.counts,
        **dict.fromkeys((NEW, SAME, SKIPPED, "doubtful", "repeated"), 0),
        **counts,
        "reasons": dict(reasons),
    }


def show_row(row: BatchRow, *, by: User) -> None:
    """Leave the trace of a row read in full."""
    audit.record(by, "directory.show_row", row)


def _ready(row: BatchRow) -> Batch:
    batch = db.session.get_one(Batch, row.batch_id)
    lock(batch)
    if batch.state != "ready":
        raise Refused(_("The rows can be changed only before the batch is entered."))
    return batch


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
    """Enter the rows portion by portion, each with its own commit; again after a crash from where it stopped."""
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
    """Remove what the batch made and what it added, unless somebody worked on it since; count what stays and why."""
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

    The cards are held first, so that an edit, or a row that points at one, is either seen here or comes after the card is gone.
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
    """Take from the card what this row added, as far as it is still what the row said; whether something was changed since and stays."""
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
