"""Reads of agreements and projects.

Every figure is a sum over rows, in one place, so that no two pages differ.
"""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.files import StoredFile
from outreach.directory.models import Organisation
from outreach.permissions import Permission
from outreach.pipeline import identity
from outreach.pipeline.agreement_models import (
    BINDING,
    FIRST,
    FIRST_MILESTONE,
    INCREASE,
    REVIEW_FROM,
    Agreement,
    Paper,
)
from outreach.pipeline.models import ENDED, LANDED, LEAD, MILESTONES, Instalment, Milestone, NextStep, Project

_BACK = aliased(Milestone)
#: a milestone that stands: neither a counter-entry nor taken back by one
STANDS = (
    Milestone.withdrawal.is_(False),
    Milestone.id.not_in(select(_BACK.corrects_id).where(_BACK.corrects_id.is_not(None))),
)
#: a milestone that stands and that a second person has confirmed: only such a one counts in a figure
#: (docs/dev/confirmed-facts.md)
CONFIRMED = (*STANDS, Milestone.confirmed_at.is_not(None))
_ORIGINAL, _CORRECTION = aliased(Instalment), aliased(Instalment)
#: money a second person has confirmed; a counter-entry counts where what it takes back did
CONFIRMED_MONEY = or_(
    Instalment.confirmed_at.is_not(None),
    exists().where(_ORIGINAL.id == Instalment.corrects_id, _ORIGINAL.confirmed_at.is_not(None)),
)
#: an instalment that stands and waits for a second person
WAITING_MONEY = (
    Instalment.confirmed_at.is_(None),
    Instalment.corrects_id.is_(None),
    ~exists().where(_CORRECTION.corrects_id == Instalment.id),
)
#: a next step that is neither done nor withdrawn (``NextStep.open``)
OPEN_STEP = (NextStep.done_at.is_(None), NextStep.withdrawn_at.is_(None))
#: 两张清单: framework signed without contract, contract signed without construction (the milestone that was
#: entered, those that are not confirmed)
STUCK = {"no_contract": ("framework", ("contract", *LANDED)), "no_start": ("contract", LANDED)}

#: neither void, nor a contract without its review, which is not signed yet (``models.may_count``)
VALID = Agreement.voided_at.is_(None)
MAY_COUNT = and_(
    VALID,
    or_(Agreement.kind.not_in(BINDING), Agreement.signed_on < REVIEW_FROM, Agreement.review_passed),
)
_SIGNATURE = (
    select(Project.agreement_id)
    .join(Milestone, Milestone.project_id == Project.id)
    .where(Project.agreement_id.is_not(None), Milestone.kind.in_(set(FIRST_MILESTONE.values())), *CONFIRMED)
)
_SCANNED = select(Paper.agreement_id).where(Paper.withdrawn_at.is_(None))
#: a signing is proven by its scan on file, or by the confirmed milestone that the signature is
PROVEN = or_(Agreement.id.in_(_SCANNED), Agreement.id.in_(_SIGNATURE))
#: what a figure of the home page opens to: whatever adds to the totals, the first signings among it, what
#: names an intended amount, what fixes an agreed one
ADDS = (Agreement.counts_as.in_((FIRST, INCREASE)), MAY_COUNT)
_COUNTED = {
    "counted": ADDS,
    "signed": (*ADDS, Agreement.counts_as == FIRST),
    "intended": (*ADDS, Agreement.intended_wan.is_not(None)),
    "agreed": (*ADDS, Agreement.agreed_wan.is_not(None)),
    "void": (Agreement.voided_at.is_not(None),),
}
_FIRST_SIGNING = aliased(Agreement)
#: an increase belongs to the summit of its first signing
COUNTED_AT = case(
    (
        Agreement.counts_as == INCREASE,
        select(_FIRST_SIGNING.event_id).where(_FIRST_SIGNING.id == Agreement.first_id).scalar_subquery(),
    ),
    else_=Agreement.event_id,
)


def select_agreements(user, permission: Permission = Permission.PIPELINE_VIEW) -> Select:
    """The agreements of units within ``user``'s reach."""
    return select(Agreement).where(Agreement.unit_id.in_(reach(user, permission)))


def filtered_agreements(
    chosen: Select,
    *,
    text: str = "",
    kind: str = "",
    counts: str = "",
    event: int | None = None,
    unit: int | None = None,
    project: str = "",
    proof: str = "",
) -> Select:
    """Narrow agreements by title or company, kind, what they count as (see ``_COUNTED``), summit, county, and
    by whether they are a project yet (``none``: not). ``proof``: ``waiting`` for a scan, or ``any``; a figure
    opens to the proven ones where nothing is said.
    """
    if project == "none":
        chosen = chosen.where(
            Agreement.counts_as == FIRST,
            VALID,
            ~select(Project.id).where(Project.agreement_id == Agreement.id).exists(),
        )
    if counts:
        chosen = chosen.where(*_COUNTED.get(counts, (Agreement.counts_as == counts,)))
    if proof == "waiting":
        chosen = chosen.where(~PROVEN)
    elif counts in _COUNTED and proof != "any":
        chosen = chosen.where(PROVEN)
    if text:
        companies = select(Organisation.id).where(Organisation.name.icontains(text.strip(), autoescape=True))
        chosen = chosen.where(
            or_(
                Agreement.title.icontains(text.strip(), autoescape=True),
                Agreement.organisation_id.in_(companies),
            )
        )
    if kind:
        chosen = chosen.where(Agreement.kind == kind)
    if event:
        chosen = chosen.where((COUNTED_AT if counts in _COUNTED else Agreement.event_id) == event)
    if unit:
        chosen = chosen.where(Agreement.unit_id == unit)
    return chosen


def later_signings(user, row: Agreement) -> list[Agreement]:
    """What was signed again for the same project within reach, in time."""
    chosen = (
        select_agreements(user)
        .where(Agreement.first_id == row.id)
        .order_by(Agreement.signed_on, Agreement.id)
    )
    return list(db.session.scalars(chosen).unique())


class Alike(NamedTuple):
    """A first signing that may be the same project.

    ``mine``: within reach; of another county only place, day and reasons are told.
    """

    row: Agreement
    reasons: list[str]
    mine: bool


def similar_signings(user, signing: identity.Signing) -> list[Alike]:
    """The likeliest eight first signings of the whole house:
    a project signed in two counties is the one that counts twice most easily.
    """
    amount = func.coalesce(Agreement.intended_wan, Agreement.agreed_wan, Agreement.contracted_wan)
    chosen = select(
        Agreement.id,
        Organisation.name,
        Agreement.title,
        Organisation.credit_code,
        amount,
        Agreement.person_id,
    )
    chosen = chosen.join(Organisation, Organisation.id == Agreement.organisation_id).where(
        Agreement.counts_as == FIRST, VALID
    )
    points: dict[int, tuple[int, list[str]]] = {}
    for key, company, title, code, wan, person_id in db.session.execute(chosen).tuples():
        reasons = identity.reasons(signing, identity.Signing(company, title, code or "", wan, person_id))
        if (total := sum(count for _reason, count in reasons)) >= identity.ASKED_FROM:
            points[key] = total, [reason for reason, _count in reasons]
    best = sorted(points, key=lambda key: (-points[key][0], key))[:8]
    rows = {
        row.id: row for row in db.session.scalars(select(Agreement).where(Agreement.id.in_(best))).unique()
    }
    mine = set(
        db.session.scalars(
            select_agreements(user).with_only_columns(Agreement.id).where(Agreement.id.in_(best))
        )
    )
    return [Alike(rows[key], points[key][1], key in mine) for key in best]


def names_of(ids: list[int]) -> dict[int, str]:
    """Project -> its name."""
    return dict(
        db.session.execute(select(Project.id, Project.name).where(Project.id.in_(ids))).tuples().all()
    )


def select_projects(user, permission: Permission = Permission.PIPELINE_VIEW) -> Select:
    """The projects of units within ``user``'s reach."""
    return select(Project).where(Project.unit_id.in_(reach(user, permission)))


def filtered_projects(
    chosen: Select,
    *,
    text: str = "",
    stage: str = "",
    landed: str = "",
    contracted: str = "",
    paid: str = "",
    waiting: str = "",
    unit: int | None = None,
    event: int | None = None,
    officer: int | None = None,
    overdue: bool = False,
    state: str = "",
    stuck: str = "",
    park: str = "",
) -> Select:
    """Narrow projects. ``stage`` is computed here by the same rule as :attr:`Project.stage`.

    ``landed``, ``contracted``, ``paid``: ``waiting`` for what is entered and not confirmed; any other word
    for what is confirmed. ``waiting``: something of the project waits for confirmation.
    """
    if text:
        companies = select(Organisation.id).where(Organisation.name.icontains(text.strip(), autoescape=True))
        chosen = chosen.where(
            or_(Project.name.icontains(text.strip(), autoescape=True), Project.organisation_id.in_(companies))
        )
    chosen = _at_stage(chosen, stage)
    for kinds, value in ((LANDED, landed), (("contract",), contracted)):
        if value == "waiting":
            chosen = chosen.where(
                Project.id.in_(with_entered(*kinds)), Project.id.not_in(with_milestone(*kinds))
            )
        elif value:
            chosen = chosen.where(Project.id.in_(with_milestone(*kinds)))
    if paid:
        chosen = chosen.where(Project.id.in_(_with_money(waiting=paid == "waiting")))
    chosen = chosen.where(anything_waiting()) if waiting else chosen
    for column, value in (
        (Project.park, park),
        (Project.state, state),
        (Project.unit_id, unit),
        (Project.officer_id, officer),
    ):
        chosen = chosen.where(column == value) if value else chosen
    if stuck in STUCK:
        reached, missing = STUCK[stuck]
        chosen = chosen.where(
            Project.state != ENDED,
            Project.id.in_(with_entered(reached)),
            Project.id.not_in(with_milestone(*missing)),
        )
    if event:
        chosen = chosen.where(
            Project.agreement_id.in_(select(Agreement.id).where(Agreement.event_id == event))
        )
    if overdue:
        late = select(NextStep.project_id).where(*OPEN_STEP, NextStep.due_on < today())
        chosen = chosen.where(Project.id.in_(late))
    return chosen


def _at_stage(chosen: Select, stage: str) -> Select:
    if stage == LEAD:
        return chosen.where(Project.id.not_in(with_entered(*MILESTONES)))
    if stage not in MILESTONES:
        return chosen
    after = MILESTONES[MILESTONES.index(stage) + 1 :]
    return chosen.where(
        Project.id.in_(with_entered(stage)), Project.id.not_in(with_entered(*after)) if after else true()
    )


def with_milestone(*kinds: str) -> Select:
    """The ids of projects where a confirmed milestone of one of ``kinds`` stands."""
    return select(Milestone.project_id).where(Milestone.kind.in_(kinds), *CONFIRMED)


def with_entered(*kinds: str) -> Select:
    """The ids of projects where a milestone of one of ``kinds`` stands, confirmed or not."""
    return select(Milestone.project_id).where(Milestone.kind.in_(kinds), *STANDS)


def anything_waiting() -> ColumnElement[bool]:
    """Whether a milestone or an instalment of the project is entered and waits for a second person."""
    milestones = select(Milestone.project_id).where(Milestone.confirmed_at.is_(None), *STANDS)
    return or_(Project.id.in_(milestones), Project.id.in_(_with_money(waiting=True)))


def _with_money(*, waiting: bool) -> Select:
    """The ids of projects with money that counts, or with an instalment that waits."""
    if waiting:
        return select(Instalment.project_id).where(*WAITING_MONEY)
    return (
        select(Instalment.project_id)
        .where(CONFIRMED_MONEY)
        .group_by(Instalment.project_id)
        .having(func.sum(Instalment.amount_wan) > 0)
    )


def select_due_steps(user) -> Select:
    """Open next steps of the projects ``user`` follows, overdue first."""
    mine = select(Project.id).where(Project.officer_id == user.id)
    return (
        select(NextStep)
        .where(*OPEN_STEP, NextStep.project_id.in_(mine))
        .order_by(NextStep.due_on, NextStep.id)
    )


def evidence_used(file: StoredFile) -> Project | None:
    """A project where a file with these bytes already proves an instalment that was not taken back."""
    corrected = select(Instalment.corrects_id).where(Instalment.corrects_id.is_not(None))
    holding = (
        select(Project)
        .join(Instalment, Instalment.project_id == Project.id)
        .where(Instalment.evidence.has(sha256=file.sha256), Instalment.id.not_in(corrected))
    )
    return db.session.scalars(holding.limit(1)).unique().first()


def lead_of(unit: Unit, organisation: Organisation, name: str) -> Project | None:
    """A lead of a county with this company and name that has not ended."""
    chosen = select(Project).where(
        Project.unit_id == unit.id, Project.organisation_id == organisation.id, Project.name == name
    )
    return (
        db.session.scalars(chosen.where(Project.agreement_id.is_(None), Project.state != ENDED))
        .unique()
        .first()
    )


def people_signed(ids) -> set[int]:
    """Those of ``ids`` who stand in an agreement or brought a lead."""
    found = {
        row
        for model in (Agreement, Project)
        for row in db.session.scalars(select(model.person_id).where(model.person_id.in_(ids)))
    }
    return {key for key in found if key is not None}
