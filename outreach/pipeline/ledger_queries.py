"""What a ledger's lines are to the house: the same, changed, new, or not clear. Found anew each time, so that a look is never stale."""

from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from outreach.accounts.queries import below
from outreach.core.db import db
from outreach.directory import names
from outreach.pipeline.follow_models import Concern, HandOver, MonthlyReport, Notice, PlanChange, ProjectState
from outreach.pipeline.ledger_models import LedgerBatch
from outreach.pipeline.models import ENDED, RUNNING, Agreement, Project
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
SAME, CHANGED, NEW, UNCLEAR = "same", "changed", "new", "unclear"


@dataclass
class Look:
    """One line beside the house. ``changes``: field -> (here, ledger), applied on entering; ``differs``: amounts that are not."""

    row: dict
    state: str
    project: Project | None = None
    changes: dict = field(default_factory=dict)
    differs: dict = field(default_factory=dict)


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
    keys = [_key(row) for row in batch.rows]
    return [
        _look(row, known, unclear=keys.count(key) > 1 or (key in signed and key not in known))
        for row, key in zip(batch.rows, keys, strict=True)
    ]


def _key(row: dict) -> tuple[str, str]:
    return names.organisation_key(row["values"]["name"]), names.organisation_key(
        row["values"].get("company") or ""
    )


def _look(row: dict, known: dict, *, unclear: bool) -> Look:
    """``unclear``: the line stands twice in the ledger, or its paper is known and no project yet."""
    values = row["values"]
    found = known.get(_key(row), [])
    if unclear or len(found) > 1 or not values.get("company"):
        return Look(row, UNCLEAR)
    if not found:
        clear = (
            not row["doubts"]
            and values.get("signed_on")
            and any(values.get(name) for name in ("total", *_SUMS[:3]))
        )
        return Look(row, NEW if clear else UNCLEAR)
    [project] = found
    if project.state == ENDED:
        return Look(row, SAME, project)
    changes = {
        name: (_plain(getattr(project, name)), values[name])
        for name in PLAIN
        if values.get(name) not in (None, "") and _plain(getattr(project, name)) != values[name]
    }
    differs = {
        name: (_plain(getattr(project, name)), values[name])
        for name in _SUMS
        if values.get(name) is not None and Decimal(values[name]) != (getattr(project, name) or 0)
    }
    return Look(row, CHANGED if changes else SAME, project, changes, differs)


#: what points at a project beside its facts and steps; a test holds it complete
ADDED = (MonthlyReport, Concern, Notice, ProjectState, HandOver, PlanChange, ProjectNote)


def was_worked_on(project: Project) -> bool:
    """Whether anything was added to a project or its paper since a ledger brought it in."""
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
    return any(db.session.scalar(chosen.limit(1)) is not None for chosen in pointing)


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
