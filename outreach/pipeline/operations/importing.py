"""A ledger comes in: kept and read, entered line by line, taken back.

Facts are never overwritten by a spreadsheet.
"""

import hashlib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select

from outreach.accounts.models import Unit, User
from outreach.core import audit, files, sheets
from outreach.core.db import begin_writing, db, hold, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.pipeline import ledger
from outreach.pipeline import ledger_queries as queries
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.ledger_models import CHANGED, ENTERED, NEW, READ, REVERTED, LedgerBatch, LedgerHeading
from outreach.pipeline.models import Project
from outreach.pipeline.operations.signing import sign, start_project
from outreach.pipeline.operations.working import describe

#: more lines than any county's ledger has
MOST = 3_000
_DAYS = ("planned_start", "planned_production")


def upload_ledger(unit: Unit, *, name: str, content: bytes, by: User) -> LedgerBatch:
    """Keep and read a ledger; nothing is entered yet.

    Raises :class:`Refused` for what is no table with projects.
    """
    found = _read(unit, name, sheets.read_bytes(content, name), {})
    if not found.lines and all(shape["complete"] for shape in found.shapes):
        raise Refused(_("No table of projects was found: it needs a heading “项目名称” and lines below it."))
    begin_writing()  # the sheet is read: from here on others wait
    batch = LedgerBatch(
        unit=unit,
        file=files.keep(name, content, sheets.XLSX, by=by),
        rows=found.lines,
        shapes=found.shapes,
        uploaded_by_id=by.id,
    )
    db.session.add(batch)
    db.session.flush()
    audit.record(by, "pipeline.upload_ledger", batch, lines=len(found.lines))
    return batch


def _read(unit: Unit, name: str, found: list[sheets.Sheet], chosen: dict[str, list[str]]) -> ledger.Ledger:
    mapping = queries.known_headings(unit) | chosen
    read = ledger.read(found, mapping, typed=not name.lower().endswith(".csv"))
    if len(read.lines) > MOST:
        raise Refused(_("This ledger has more than %(most)d lines.", most=MOST))
    return read


def remap_ledger(batch: LedgerBatch, *, mapping: dict[str, list[str]], by: User) -> None:
    """Read the file again with the columns as a person chose them,
    and keep the choice for the unit's next ledger.

    The unit of an amount is not kept: the next ledger may be in another.
    """
    if not any(ledger.KIND.complete(fields) for fields in mapping.values()):
        raise Refused(_("One column must be the name of the project and one the company."), at="columns")
    _check_not_entered(batch)
    content = batch.file.path.read_bytes()
    found = _read(batch.unit, batch.file.name, sheets.read_bytes(content, batch.file.name), mapping)
    lock(batch)  # the sheet is read: somebody may have entered the ledger meanwhile
    _check_not_entered(batch)
    batch.rows, batch.shapes = found.lines, found.shapes
    for shape, fields in mapping.items():
        if ledger.KIND.complete(fields):
            _remember(batch.unit, shape, fields)
    audit.record(by, "pipeline.remap_ledger", batch, lines=len(found.lines))


def _check_not_entered(batch: LedgerBatch) -> None:
    if batch.state != READ:
        raise Refused(_("This ledger was entered already."))


def _remember(unit: Unit, shape: str, fields: list[str]) -> None:
    digest = hashlib.sha256(shape.encode()).hexdigest()
    of_unit = (LedgerHeading.unit_id == unit.id, LedgerHeading.sha256 == digest)
    fields = [sent.partition("=")[0] for sent in fields]
    known = db.session.scalar(db.select(LedgerHeading).where(*of_unit))
    if known is None:
        db.session.add(LedgerHeading(unit_id=unit.id, sha256=digest, shape=shape, fields=fields))
    else:
        known.fields = fields


def enter_ledger(batch: LedgerBatch, *, by: User) -> dict[str, int]:
    """Enter what is new and change what is plain; how many of each, and how many lines were refused."""
    lock(batch)
    _check_not_entered(batch)
    made: dict = {"projects": [], "changed": [], "refused": {}}
    for line in queries.look(by, batch):
        try:
            with db.session.begin_nested():
                if line.state == NEW:
                    made["projects"].append(_enter(batch.unit, line.row, by).id)
                elif line.state == CHANGED:
                    describe(
                        line.project,
                        reason=_why(batch),
                        by=by,
                        **{name: _typed(name, now) for name, (_was, now) in line.changes.items()},
                    )
                    made["changed"].append(
                        [line.project.id, {name: list(pair) for name, pair in line.changes.items()}]
                    )
        except Refused as refusal:
            made["refused"][str(line.row["line"])] = str(refusal)
    batch.state, batch.made = ENTERED, made
    audit.record(by, "pipeline.enter_ledger", batch, new=len(made["projects"]), changed=len(made["changed"]))
    return {name: len(rows) for name, rows in made.items()}


def _typed(name: str, text: str):
    if not text:
        return None if name in (*_DAYS, "land_mu", "plant_m2", "jobs_promised") else ""
    if name in _DAYS:
        return date.fromisoformat(text)
    if name in ("land_mu", "plant_m2"):
        return Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return int(Decimal(text)) if name == "jobs_promised" else text


def _enter(unit: Unit, row: dict, by: User) -> Project:
    values = row["values"]
    paper = queries.entry(values)
    agreement = sign(
        unit,
        company=values["company"],
        kind=paper.kind,
        title=values["name"],
        signed_on=date.fromisoformat(values["signed_on"]),
        contract_by=None,
        stated=row["stated"],
        event=None,
        person=None,
        by=by,
        **paper.amounts_wan,
    )
    db.session.flush()
    project = start_project(
        agreement,
        name=values["name"],
        officer=by,
        industry=values.get("industry") or "",
        site=values.get("site") or "",
        by=by,
    )
    describe(
        project, by=by, **{name: _typed(name, values[name]) for name in queries.PLAIN if values.get(name)}
    )
    db.session.flush()
    return project


def _why(batch: LedgerBatch) -> str:
    """What stands beside a planned day that a ledger moved, or moved back."""
    return _("by the ledger %(name)s", name=batch.file.name)[:200]


def revert_ledger(batch: LedgerBatch, *, by: User) -> None:
    """Take back what entering it did. Refused where somebody has gone on with a project since."""
    lock(batch)
    if batch.state != ENTERED:
        raise Refused(_("There is nothing to take back."))
    made = batch.made["projects"]
    papers = select(Project.agreement_id).where(Project.id.in_(made))
    hold(Agreement, Agreement.id.in_(papers))  # nobody goes on with them from here
    hold(Project, Project.id.in_(made))
    for key in made:
        project = db.session.get(Project, key, populate_existing=True)
        if project is not None:
            _remove(project, batch)
    for key, changes in batch.made["changed"]:
        project = db.session.get(Project, key)
        if project is None:  # taken back with the ledger it came with
            continue
        back = {
            name: _typed(name, was)
            for name, (was, now) in changes.items()
            if getattr(project, name) == _typed(name, now)
        }
        describe(project, reason=_why(batch), by=by, **back)
    batch.state = REVERTED
    audit.record(by, "pipeline.revert_ledger", batch)


def _remove(project: Project, batch: LedgerBatch) -> None:
    if queries.was_worked_on(project, batch):
        raise Refused(
            _("“%(name)s” has been worked on since: it cannot be taken back any more.", name=project.name)
        )
    agreement = db.session.get_one(Agreement, project.agreement_id)
    db.session.delete(project.milestones[0])
    db.session.flush()
    db.session.delete(project)
    db.session.flush()
    db.session.delete(agreement)
