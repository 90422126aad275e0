"""Signed papers: what they are, who signed, what each side promised, their review and scans;
and the project a paper becomes.
"""

from datetime import date
from decimal import Decimal

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock, files
from outreach.core.db import db, lock, lock_name
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import operations as directory
from outreach.directory.models import Person
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.pipeline import queries
from outreach.pipeline.agreement_models import (
    BINDING,
    FIRST,
    FIRST_MILESTONE,
    Agreement,
    Clause,
    Paper,
    Party,
)
from outreach.pipeline.models import ENDED, Milestone, Project
from outreach.pipeline.signing_rules import check_amounts, check_identity


def sign(
    unit: Unit,
    *,
    company: str,
    kind: str,
    title: str,
    signed_on: date,
    intended_wan: Decimal | None,
    contracted_wan: Decimal | None,
    contract_by: date | None,
    stated: str,
    event: Event | None,
    person: Person | None,
    by: User | None,
    counts_as: str = FIRST,
    first: Agreement | None = None,
    agreed_wan: Decimal | None = None,
    binding: bool = False,
    currency: str = "CNY",
    witnesses: str = "",
) -> Agreement:
    """Record a signed paper.

    Only a contract carries a contracted amount, only a framework an agreed one; a letter's stays an
    intention. ``counts_as`` says what it adds to the totals; whatever is not a first signing names the
    ``first`` it belongs to. Amounts are 万元 also where the paper names another ``currency``; then ``stated``
    keeps its own words.
    """
    check_identity(kind, counts_as, first, signed_on)
    check_amounts(kind, counts_as, intended_wan, agreed_wan, contracted_wan)
    if contract_by and contract_by < signed_on:
        raise Refused(_("The contract cannot be due before this paper was signed."), at="contract_by")
    if currency != "CNY" and not stated:
        raise Refused(_("The paper names another currency: keep its own words as well."), at="stated")
    agreement = Agreement(
        unit=unit,
        event=event,
        organisation=directory.organisation_named(company),
        person=person,
        kind=kind,
        title=title,
        signed_on=signed_on,
        contract_by=contract_by,
        intended_wan=intended_wan,
        contracted_wan=contracted_wan,
        stated=stated,
        counts_as=counts_as,
        first=first,
        agreed_wan=agreed_wan,
        binding=binding or kind in BINDING,
        currency=currency,
        witnesses=witnesses,
    )
    db.session.add(agreement)
    audit.record(by, "pipeline.sign", agreement, kind=kind, counts_as=counts_as)
    return agreement


def start_project(
    agreement: Agreement,
    *,
    name: str,
    officer: User | None,
    industry: str,
    site: str,
    by: User | None,
    lead: Project | None = None,
) -> Project:
    """Make the agreement a project with an officer who follows it.

    Its first milestone is the signature itself. ``lead``: the lead that this is the signature of; it goes on
    as the project, with what was entered about it.
    """
    lock(agreement)
    if agreement.counts_as != FIRST:
        raise Refused(_("This paper belongs to an earlier signing; the project starts from that one."))
    if db.session.scalar(db.select(Project.id).where(Project.agreement_id == agreement.id)):
        raise Refused(_("This agreement has its project already."))
    if officer is not None and not officer.reaches(Permission.PIPELINE_EDIT, agreement.unit):
        raise Refused(_("This officer does not work for the county of the agreement."), at="officer_id")
    if agreement.voided_at is not None:
        raise Refused(_("This paper is void. A project starts from one that counts."))
    if not agreement.counts:
        raise Refused(
            _(
                "A contract signed since 1 August 2024 counts only with a passed fair-competition "
                "review. Enter the review first."
            )
        )
    if lead is not None and (
        lead.agreement_id is not None or lead.unit_id != agreement.unit_id or lead.state == ENDED
    ):
        raise Refused(_("This lead was signed for already, has ended, or is another county's."))
    project = lead or Project(unit=agreement.unit)
    project.agreement, project.organisation, project.officer = agreement, agreement.organisation, officer
    project.name, project.industry, project.site = name, industry, site
    db.session.add(project)
    row = Milestone(
        kind=FIRST_MILESTONE[agreement.kind],
        happened_on=agreement.signed_on,
        amount_wan=agreement.contracted_wan,
        review=agreement.review_number,
        entered_by_id=getattr(by, "id", None),
        evidence=agreement.scan,
    )
    project.milestones.append(row)
    audit.record(by, "pipeline.start_project", project)
    return project


def open_lead(
    unit: Unit, *, name: str, company: str, officer: User, person: Person | None, source: str, by: User
) -> Project:
    """线索: a project nobody has signed anything for yet, brought by a visit, a summit or a chamber."""
    if not officer.reaches(Permission.PIPELINE_EDIT, unit):
        raise Refused(_("This officer does not work for the county of the project."))
    organisation = directory.organisation_named(company)
    lock_name(f"lead {unit.id} {name}")
    if queries.lead_of(unit, organisation, name):
        raise Refused(
            _("A lead of this name and company is in the house already; look among the projects."), at="name"
        )
    project = Project(
        unit=unit, organisation=organisation, officer=officer, person=person, name=name, source=source
    )
    db.session.add(project)
    audit.record(by, "pipeline.open_lead", project)
    return project


def review(agreement: Agreement, *, number: str, day: date, passed: bool, by: User) -> None:
    """公平竞争审查: its number, day and result.

    A contract counts as signed only when it was passed (公平竞争审查条例).
    """
    lock(agreement)
    if day > clock.today():
        raise Refused(_("A fact cannot lie in the future."))
    if agreement.review_passed:
        raise Refused(_("A review that was passed stays on record."))
    agreement.review_number, agreement.review_on, agreement.review_passed = number, day, passed
    audit.record(by, "pipeline.review", agreement, number=number, passed=passed)


def add_party(agreement: Agreement, *, role: str, name: str, heads: int | None, by: User) -> Party:
    """One more investor, county or labour partner; a labour partner names how many people."""
    if role == "labour" and not heads:
        raise Refused(_("Say how many people the labour partner sends."), at="heads")
    party = Party(agreement_id=agreement.id, role=role, name=name, heads=heads)
    agreement.parties.append(party)
    audit.record(by, "pipeline.add_party", agreement, role=role)
    return party


def add_clause(agreement: Agreement, *, side: str, text: str, due_on: date | None, by: User) -> Clause:
    """What one side promised in the paper."""
    clause = Clause(side=side, text=text, due_on=due_on)
    agreement.clauses.append(clause)
    audit.record(by, "pipeline.add_clause", agreement, side=side)
    return clause


def keep_clause(clause: Clause, *, outcome: str, by: User) -> None:
    """The promise was kept, or settled otherwise; how."""
    lock(clause)
    if clause.withdrawn_at:
        raise Refused(_("This promise is withdrawn."))
    if clause.done_at:
        raise Refused(_("This promise was closed already."))
    clause.done_at, clause.outcome = clock.now(), outcome
    audit.record(by, "pipeline.keep_clause", clause)


def add_paper(agreement: Agreement, *, file_name: str, content: bytes, by: User) -> Paper:
    """A scan of the signed paper, known by its SHA-256.

    The same bytes again are the same scan; a withdrawn one is put back, not sent again.
    """
    file = files.keep(file_name, content, files.evidence_type(content), by=by)
    known = next((paper for paper in agreement.papers if paper.file.sha256 == file.sha256), None)
    if known and known.withdrawn_at:
        raise Refused(_("This scan was withdrawn. Put it back if it is the right one."), at="file")
    if known:
        return known
    paper = Paper(file=file)
    agreement.papers.append(paper)
    audit.record(by, "pipeline.add_paper", agreement, sha256=file.sha256)
    return paper
