"""Rosters, read: the dry run of a file, every row judged and nothing entered."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import delete

from outreach.accounts.models import Unit
from outreach.core import audit, identity, masking, sheets, worker
from outreach.core.db import db, lock, pour
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import queries, roster_queries
from outreach.directory.operations import entering
from outreach.directory.reading.headings import KIND
from outreach.directory.reading.places import Towns
from outreach.directory.reading.rows import Reader, Row, is_doubtful, kinds_of_doubt
from outreach.directory.roster_models import SKIPPED, Batch, BatchRow
from outreach.imports import columns, headings
from outreach.imports.rows import lines


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
    """Every :class:`Row` of the sheets.

    ``shapes`` collects what each heading looked like and what every column was taken for.
    """
    towns = queries.towns_of(unit)
    reader = Reader(towns, queries.cities(), typed, chamber, home=_home_of(unit, towns))
    seen: dict[str, columns.Tally] = {}
    for sheet in found:
        if sheet.is_hidden:
            shapes.append(_hidden_sheet(sheet))
            continue
        heading = headings.find_mapped(sheet, KIND, mapping)
        if heading is None:
            continue
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
        doubtful = is_doubtful(row.doubts)
        reasons.update(kinds_of_doubt(row.doubts))
        counts[verdict] += 1
        counts["doubtful"] += doubtful
        counts["repeated"] += same_as is not None
        left_out = {"left_out": True} if row.hidden else {}
        told = (row.sheet[:40], row.line, row.raw, row.values, row.doubts, doubtful)
        stored.append((batch.id, number, *told, verdict, same_as, person_id, row.said, left_out))
    return stored, {**counts, "rows": len(rows), "reasons": dict(reasons)}
