"""What a ledger's lines are beside what is stored: the same, changed, different, new, or not clear.

Found anew each time.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Select, func, select

from outreach.accounts.queries import below
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.directory import names
from outreach.pipeline.agreement_models import AGREEING, BINDING, LETTER, REVIEW_FROM, SUPPLEMENT, Agreement
from outreach.pipeline.follow_models import Concern, HandOver, MonthlyReport, Notice, PlanChange, ProjectState
from outreach.pipeline.ledger_models import CHANGED, DIFFERS, NEW, SAME, UNCLEAR, LedgerBatch, LedgerHeading
from outreach.pipeline.models import ENDED, RUNNING, Project
from outreach.pipeline.note_models import ProjectNote
from outreach.pipeline.queries import select_agreements, select_projects

#: what a ledger may change of a project; facts and amounts need a proof and are entered as such
PLAIN = (
    "land_mu",
    "plant_m2",
    "code",
    "planned_start",
    "planned_production",
    "jobs_promised",
    "responsible",
    "service_officer",
)
_SUMS = ("intended_wan", "agreed_wan", "contracted_wan", "paid_in_wan")
_TOLD = ("signed_on", "kind", "industry", "site")


@dataclass
class Look:
    """One line beside what is stored.

    ``changes``: field -> (here, ledger), applied on entering. ``differs``: the same of what a ledger never
    changes. ``enters``: amount -> 万元 that a new line enters; ``left``: amount -> 万元 stated and not
    entered. ``reasons``: codes of why a line is not entered.
    """

    row: dict
    state: str
    project: Project | None = None
    changes: dict = field(default_factory=dict)
    differs: dict = field(default_factory=dict)
    enters: dict = field(default_factory=dict)
    left: dict = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """The paper that a line becomes: its kind and the amounts it names, in 万元."""

    kind: str
    amounts_wan: dict[str, Decimal | None]


def entry(values: dict) -> Entry:
    """What entering a line stores.

    Without a kind it is a letter of intent; the total stands in where the kind's own amount is missing.
    """
    kind = values.get("kind") or LETTER
    stated = {name: Decimal(values[name]) if values.get(name) else None for name in (*_SIGNED, "total")}
    own = "contracted_wan" if kind in BINDING else "agreed_wan" if kind in AGREEING else "intended_wan"
    amounts = dict.fromkeys(_SIGNED, None) | {"intended_wan": stated["intended_wan"]}
    stand_ins = ("total", *reversed(_SIGNED))
    amounts[own] = stated[own] or next((stated[name] for name in stand_ins if stated[name]), None)
    return Entry(kind, amounts)


_SIGNED = ("intended_wan", "agreed_wan", "contracted_wan")


def _plain(value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def look(user, batch: LedgerBatch) -> list[Look]:
    """Every line of a batch, in its order."""
    units = below(batch.unit)
    known: dict[tuple[str, str], list[Project]] = {}
    for project in db.session.scalars(select_projects(user).where(Project.unit_id.in_(units))).unique():
        known.setdefault(
            (names.organisation_key(project.name), names.organisation_key(project.organisation.name)), []
        ).append(project)
    signed = {
        (names.organisation_key(row.title), names.organisation_key(row.organisation.name))
        for row in db.session.scalars(select_agreements(user).where(Agreement.unit_id.in_(units))).unique()
    }
    times = Counter(_key(row) for row in batch.rows)
    found = []
    for row in batch.rows:
        key = _key(row)
        reasons = [code for code in row["doubts"] if code in _OF_LINES]
        reasons += ["twice"] if times[key] > 1 else []
        reasons += ["paper_known"] if key in signed and key not in known else []
        found.append(_look(row, known.get(key, []), reasons))
    return found


#: doubts about a line as a whole
_OF_LINES = ("hidden_row", "rows_merged")


def _key(row: dict) -> tuple[str, str]:
    return names.organisation_key(row["values"]["name"]), names.organisation_key(
        row["values"].get("company") or ""
    )


def _look(row: dict, found: list[Project], reasons: list[str]) -> Look:
    values = row["values"]
    reasons += ["no_company"] if not values.get("company") else []
    reasons += ["several_projects"] if len(found) > 1 else []
    if not found or reasons:
        return _new(row, reasons)
    [project] = found
    changes = {
        name: (_plain(getattr(project, name)), values[name])
        for name in PLAIN
        if values.get(name) not in (None, "") and _plain(getattr(project, name)) != values[name]
    }
    differs = _differences(project, values)
    if project.state == ENDED:  # nothing of it changes any more
        changes, differs = {}, changes | differs
    state = CHANGED if changes else DIFFERS if differs else UNCLEAR if row["doubts"] else SAME
    return Look(row, state, project, changes, differs)


def _new(row: dict, reasons: list[str]) -> Look:
    """A line without a project here: what entering it stores, and every reason why it cannot be entered."""
    values, paper = row["values"], entry(row["values"])
    reasons = [*reasons, *(code for code in row["doubts"] if code not in reasons)]
    if not values.get("signed_on") and not any(code.startswith("day_") for code in reasons):
        reasons.append("no_day")
    if not any(paper.amounts_wan.values()):
        reasons += [] if any(code.startswith("amount_") for code in reasons) else ["no_amount"]
    if not values.get("kind") and any(values.get(name) for name in ("agreed_wan", "contracted_wan")):
        reasons.append("kind_missing")  # a contract must not become an intention
    if paper.kind == SUPPLEMENT:
        reasons.append("supplement")
    if paper.kind in BINDING and values.get("signed_on") and values["signed_on"] >= REVIEW_FROM.isoformat():
        reasons.append("review_needed")
    enters = {
        name: amount for name, amount in paper.amounts_wan.items() if amount is not None and not reasons
    }
    left = {
        name: Decimal(values[name])
        for name in ("total", *_SUMS)
        if values.get(name) and name not in enters and Decimal(values[name]) not in enters.values()
    }
    return Look(row, UNCLEAR if reasons else NEW, enters=enters, left=left, reasons=reasons)


def _differences(project: Project, values: dict) -> dict:
    """Field -> (here, ledger) of what a ledger never changes."""
    found = {
        name: (_plain(getattr(project, name)), values[name])
        for name in _SUMS
        if values.get(name) is not None and Decimal(values[name]) != (getattr(project, name) or 0)
    }
    if values.get("total") and not any(values.get(name) for name in _SIGNED):
        main = project.contracted_wan or project.agreed_wan or project.intended_wan or Decimal(0)
        if main != Decimal(values["total"]):
            found["total"] = (_plain(main), values["total"])
    paper = project.agreement
    for name in _TOLD:
        here = _plain(getattr(paper if name in ("signed_on", "kind") else project, name, None))
        if values.get(name) and here != values[name]:
            found[name] = (here, values[name])
    return found


#: what points at a project beside its facts and steps; a test holds it complete
ADDED = (MonthlyReport, Concern, Notice, ProjectState, HandOver, PlanChange, ProjectNote)


def was_worked_on(project: Project, batch: LedgerBatch) -> bool:
    """Whether anything was added to, or changed in,
    a project or its paper since this ledger brought it in.
    """
    paper = project.agreement
    first = project.milestones[0] if project.milestones else None
    added = (
        len(project.milestones) != 1
        or first.confirmed_at
        or first.evidence_id
        or project.instalments
        or project.steps
        or project.state != RUNNING
    )
    if added or paper is None or paper.parties or paper.clauses or paper.papers or paper.review_on:
        return True
    pointing = [select(model.id).where(model.project_id == project.id) for model in ADDED]
    pointing.append(select(Agreement.id).where(Agreement.first_id == paper.id))
    pointing += [_deeds_since(batch, row) for row in (project, paper)]
    return any(db.session.scalar(chosen.limit(1)) is not None for chosen in pointing)


def _deeds_since(batch: LedgerBatch, row) -> Select:
    """What was done with this row after the ledger was entered."""
    entered = select(func.max(AuditEntry.id)).where(
        AuditEntry.object_kind == LedgerBatch.__tablename__,
        AuditEntry.object_id == batch.id,
        AuditEntry.verb == "pipeline.enter_ledger",
    )
    of_row = (AuditEntry.object_kind == row.__tablename__, AuditEntry.object_id == row.id)
    return select(AuditEntry.id).where(*of_row, AuditEntry.id > entered.scalar_subquery())


def batches(user_units) -> list[LedgerBatch]:
    """The ledgers of these units, the last one first."""
    return list(
        db.session.scalars(
            select(LedgerBatch)
            .where(LedgerBatch.unit_id.in_(user_units))
            .order_by(LedgerBatch.id.desc())
            .limit(100)
        )
    )


def known_headings(unit) -> dict[str, list[str]]:
    """Heading shape -> fields, as this unit chose them before."""
    rows = db.session.scalars(select(LedgerHeading).where(LedgerHeading.unit_id == unit.id))
    return {row.shape: row.fields for row in rows}
