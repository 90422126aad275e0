"""Reads of agreements and projects. Every figure is a sum over rows, in one place, so that no two pages differ."""

from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Select, func, or_, select

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core.clock import today
from outreach.core.db import db
from outreach.directory.models import Organisation
from outreach.permissions import Permission
from outreach.pipeline import identity
from outreach.pipeline.models import FIRST, INCREASE, MILESTONES, Agreement, Instalment, Milestone, NextStep, Project

#: size bands in 万元, from the largest; each includes the larger ones (含以上)
BANDS = (("100y", 1_000_000), ("1y", 10_000), ("1kw", 1_000))


def select_agreements(user, permission: Permission = Permission.PIPELINE_VIEW) -> Select:
    """The agreements of units within ``user``'s reach."""
    return select(Agreement).where(Agreement.unit_id.in_(reach(user, permission)))


def filtered_agreements(
    chosen: Select, *, text: str = "", kind: str = "", counts: str = "", event: int | None = None, unit: int | None = None
) -> Select:
    """Narrow agreements by title or company, kind, what they count as (``counted``: whatever adds to the totals), summit, county."""
    if counts:
        chosen = chosen.where(Agreement.counts_as.in_((FIRST, INCREASE) if counts == "counted" else (counts,)))
    if text:
        companies = select(Organisation.id).where(Organisation.name.icontains(text.strip(), autoescape=True))
        chosen = chosen.where(or_(Agreement.title.icontains(text.strip(), autoescape=True), Agreement.organisation_id.in_(companies)))
    if kind:
        chosen = chosen.where(Agreement.kind == kind)
    if event:
        chosen = chosen.where(Agreement.event_id == event)
    if unit:
        chosen = chosen.where(Agreement.unit_id == unit)
    return chosen


def later_signings(row: Agreement) -> list[Agreement]:
    """What was signed again for the same project, in time."""
    chosen = select(Agreement).where(Agreement.first_id == row.id).order_by(Agreement.signed_on, Agreement.id)
    return list(db.session.scalars(chosen).unique())


def similar_signings(user, signing: identity.Signing) -> list[tuple[Agreement, list[str]]]:
    """(first signing within reach, reasons) of those that may be the same project, the likeliest first."""
    found = []
    for row in db.session.scalars(select_agreements(user).where(Agreement.counts_as == FIRST)).unique():
        known = identity.Signing(
            row.organisation.name, row.title, row.organisation.credit_code or "", row.intended_wan or row.contracted_wan, row.person_id
        )
        reasons = identity.reasons(signing, known)
        points = sum(count for _reason, count in reasons)
        if points >= identity.ASKED_FROM:
            found.append((points, row, [reason for reason, _count in reasons]))
    return [(row, reasons) for _points, row, reasons in sorted(found, key=lambda entry: (-entry[0], entry[1].id))[:8]]


def select_projects(user, permission: Permission = Permission.PIPELINE_VIEW) -> Select:
    """The projects of units within ``user``'s reach."""
    return select(Project).where(Project.unit_id.in_(reach(user, permission)))


def filtered_projects(
    chosen: Select,
    *,
    text: str = "",
    stage: str = "",
    landed: str = "",
    paid: str = "",
    unit: int | None = None,
    event: int | None = None,
    officer: int | None = None,
    overdue: bool = False,
) -> Select:
    """Narrow projects. ``stage`` is computed here by the same rule as :attr:`Project.stage`."""
    if text:
        companies = select(Organisation.id).where(Organisation.name.icontains(text.strip(), autoescape=True))
        chosen = chosen.where(or_(Project.name.icontains(text.strip(), autoescape=True), Project.organisation_id.in_(companies)))
    if stage in MILESTONES:
        after = MILESTONES[MILESTONES.index(stage) + 1 :]
        chosen = chosen.where(Project.id.not_in(with_milestone(*after)) if after else True)
        if stage != MILESTONES[0]:
            chosen = chosen.where(Project.id.in_(with_milestone(stage)))
    if landed:
        chosen = chosen.where(Project.id.in_(with_milestone(*MILESTONES[3:])))
    if paid:
        holding = select(Instalment.project_id).group_by(Instalment.project_id).having(func.sum(Instalment.amount_wan) > 0)
        chosen = chosen.where(Project.id.in_(holding))
    if unit:
        chosen = chosen.where(Project.unit_id == unit)
    if event:
        chosen = chosen.where(Project.agreement_id.in_(select(Agreement.id).where(Agreement.event_id == event)))
    if officer:
        chosen = chosen.where(Project.officer_id == officer)
    if overdue:
        late = select(NextStep.project_id).where(NextStep.done_at.is_(None), NextStep.due_on < today())
        chosen = chosen.where(Project.id.in_(late))
    return chosen


def with_milestone(*kinds: str) -> Select:
    """The ids of projects where a milestone of one of ``kinds`` stands."""
    withdrawn = select(Milestone.corrects_id).where(Milestone.corrects_id.is_not(None))
    return select(Milestone.project_id).where(Milestone.kind.in_(kinds), Milestone.withdrawal.is_(False), Milestone.id.not_in(withdrawn))


def select_due_steps(user) -> Select:
    """Open next steps of the projects ``user`` follows, overdue first."""
    mine = select(Project.id).where(Project.officer_id == user.id)
    return select(NextStep).where(NextStep.done_at.is_(None), NextStep.project_id.in_(mine)).order_by(NextStep.due_on, NextStep.id)


@dataclass
class Sums:
    """What a set of agreements and projects adds up to. The three amounts are never added to each other."""

    signed: int = 0
    intended_wan: Decimal = Decimal(0)
    contracts: int = 0
    contracted_wan: Decimal = Decimal(0)
    landed: int = 0
    paid_in_wan: Decimal = Decimal(0)
    bands: dict = field(default_factory=dict)

    def add_agreement(self, row: Agreement, has_project: bool) -> None:
        """Count a signature and what it intends; a contract that is no project yet counts as a contract here.

        A project counts at its first signing; an increase adds the difference it names; whatever else is signed later adds nothing.
        """
        if row.counts_as == FIRST:
            self.signed += 1
        elif row.counts_as != INCREASE:
            return
        self.intended_wan += row.intended_wan or 0
        if row.contracted_wan is not None and not has_project:
            self.contracts += row.counts_as == FIRST
            self.contracted_wan += row.contracted_wan

    def add_project(self, row: Project) -> None:
        """Count what a project has become. A size is that of its contract; an intention has none."""
        contracted = row.contracted_wan
        if contracted is not None:
            self.contracts += 1
            self.contracted_wan += contracted
        self.paid_in_wan += row.paid_in_wan
        if row.landed:
            self.landed += 1
            for name, least in BANDS:
                self.bands[name] = self.bands.get(name, 0) + ((contracted or 0) >= least)


def sums(user) -> tuple[Sums, dict[int, Sums], dict[int, Sums]]:
    """(all, by county unit id, by event id) within ``user``'s reach, from the rows, in a constant number of queries."""
    whole, by_unit, by_event = Sums(), {}, {}
    projects = db.session.scalars(select_projects(user)).unique().all()
    with_project = {project.agreement_id for project in projects}
    for agreement in db.session.scalars(select_agreements(user)).unique():
        for part in _parts(whole, by_unit, by_event, agreement.unit, agreement.event_id):
            part.add_agreement(agreement, agreement.id in with_project)
    for project in projects:
        event_id = project.agreement.event_id if project.agreement else None
        for part in _parts(whole, by_unit, by_event, project.unit, event_id):
            part.add_project(project)
    return whole, by_unit, by_event


def _parts(whole: Sums, by_unit: dict, by_event: dict, unit: Unit, event_id: int | None) -> list[Sums]:
    parts = [whole, by_unit.setdefault(unit.county_id, Sums())]
    if event_id:
        parts.append(by_event.setdefault(event_id, Sums()))
    return parts


def evidence_used(sha256: str) -> Project | None:
    """A project where a file with these bytes already proves an instalment that was not taken back."""
    corrected = select(Instalment.corrects_id).where(Instalment.corrects_id.is_not(None))
    holding = (
        select(Project)
        .join(Instalment, Instalment.project_id == Project.id)
        .where(Instalment.evidence.has(sha256=sha256), Instalment.id.not_in(corrected))
    )
    return db.session.scalars(holding.limit(1)).unique().first()


def people_signed(ids) -> set[int]:
    """Those of ``ids`` who stand in an agreement."""
    return set(db.session.scalars(select(Agreement.person_id).where(Agreement.person_id.in_(ids))))
