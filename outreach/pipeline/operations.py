"""Every write to agreements and projects."""

from datetime import date
from decimal import Decimal

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock, files
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import operations as directory
from outreach.directory.models import Person
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.pipeline import queries
from outreach.pipeline.models import CONTRACT, FIRST, INCREASE, LABOUR, Agreement, Instalment, Milestone, NextStep, Project


def sign(
    unit: Unit, *, company: str, kind: str, title: str, signed_on: date, intended_wan: Decimal | None, contracted_wan: Decimal | None,
    contract_by: date | None, stated: str, event: Event | None, person: Person | None, by: User | None, counts_as: str = FIRST,
    first: Agreement | None = None,
) -> Agreement:  # fmt: skip
    """Record a signed paper. Only a contract carries a contracted amount; a letter's amount stays an intention.

    ``counts_as`` says what it adds to the totals; whatever is not a first signing names the ``first`` it belongs to.
    """
    _check_identity(counts_as, first, signed_on)
    if contracted_wan is not None and kind != CONTRACT:
        raise Refused(_("Only a contract has a contracted amount. What a letter or framework names is an intention."))
    if kind == CONTRACT and contracted_wan is None:
        raise Refused(_("A contract needs its contracted amount."))
    if kind != LABOUR and counts_as in (FIRST, INCREASE) and intended_wan is None and contracted_wan is None:
        raise Refused(_("Say which amount the paper names."))
    if contract_by and contract_by < signed_on:
        raise Refused(_("The contract cannot be due before this paper was signed."))
    agreement = Agreement(
        unit=unit, event=event, organisation=directory.organisation_named(company), person=person, kind=kind, title=title,
        signed_on=signed_on, contract_by=contract_by, intended_wan=intended_wan, contracted_wan=contracted_wan, stated=stated,
        counts_as=counts_as, first=first,
    )  # fmt: skip
    db.session.add(agreement)
    audit.record(by, "pipeline.sign", agreement, kind=kind, counts_as=counts_as)
    return agreement


def _check_identity(counts_as: str, first: Agreement | None, signed_on: date) -> None:
    """A project is signed for the first time once; everything after it belongs to that signing."""
    if counts_as == FIRST and first is not None:
        raise Refused(_("A first signing belongs to no earlier one. Say what this one is: an upgrade, an increase, or ceremonial."))
    if counts_as != FIRST and first is None:
        raise Refused(_("Say to which first signing this one belongs."))
    if first is not None and first.counts_as != FIRST:
        raise Refused(_("The signing you chose is itself a later one. Choose the first."))
    if first is not None and signed_on < first.signed_on:
        raise Refused(_("This day lies before the first signing."))


def start_project(agreement: Agreement, *, name: str, officer: User | None, industry: str, site: str, by: User | None) -> Project:
    """Make the agreement a project with an officer who follows it. Its first milestone is the signature itself."""
    lock(agreement)
    if agreement.counts_as != FIRST:
        raise Refused(_("This paper belongs to an earlier signing; the project starts from that one."))
    if db.session.scalar(db.select(Project.id).where(Project.agreement_id == agreement.id)):
        raise Refused(_("This agreement has its project already."))
    if officer is not None and not officer.reaches(Permission.PIPELINE_EDIT, agreement.unit):
        raise Refused(_("This officer does not work for the county of the agreement."))
    project = Project(
        agreement=agreement,
        unit=agreement.unit,
        organisation=agreement.organisation,
        officer=officer,
        name=name,
        industry=industry,
        site=site,
    )
    db.session.add(project)
    kind = "contract" if agreement.kind == CONTRACT else "intention"
    project.milestones.append(
        Milestone(kind=kind, happened_on=agreement.signed_on, amount_wan=agreement.contracted_wan, entered_by_id=getattr(by, "id", None))
    )
    audit.record(by, "pipeline.start_project", project)
    return project


def hand_over(project: Project, *, officer: User, reason: str, by: User) -> None:
    """Give the project to another officer; the trace keeps who had it and why it changed hands."""
    lock(project)
    if not officer.reaches(Permission.PIPELINE_EDIT, project.unit):
        raise Refused(_("This officer does not work for the county of the project."))
    audit.record(by, "pipeline.hand_over", project, reason=reason, before=project.officer_id, after=officer.id)
    project.officer = officer


def _evidence(name: str, content: bytes, *, by: User):
    return files.keep(name, content, files.evidence_type(content), by=by) if content else None


def enter_milestone(
    project: Project,
    *,
    kind: str,
    happened_on: date,
    amount_wan: Decimal | None,
    note: str,
    file_name: str = "",
    content: bytes = b"",
    by: User | None,
) -> Milestone:
    """Add a dated fact. One kind stands once: a wrong one is withdrawn first."""
    lock(project)
    if happened_on > clock.today():
        raise Refused(_("A fact cannot lie in the future."))
    if kind in project.standing:
        raise Refused(_("This milestone stands already. Withdraw it first if it is wrong."))
    if kind == "contract" and amount_wan is None:
        raise Refused(_("A contract needs its contracted amount."))
    if kind != "contract" and amount_wan is not None:
        raise Refused(_("Only a contract has a contracted amount. What a letter or framework names is an intention."))
    row = Milestone(
        kind=kind, happened_on=happened_on, amount_wan=amount_wan, note=note, entered_by_id=getattr(by, "id", None),
        evidence=_evidence(file_name, content, by=by),
    )  # fmt: skip
    project.milestones.append(row)
    audit.record(by, "pipeline.enter_milestone", row, project=project.id, kind=kind)
    return row


def withdraw_milestone(project: Project, milestone: Milestone, *, reason: str, by: User) -> Milestone:
    """A counter-entry: the milestone stays on record and no longer stands."""
    lock(project)
    if project.standing.get(milestone.kind) is not milestone:
        raise Refused(_("This milestone no longer stands."))
    if milestone.kind == "contract" and project.paid_in_wan:
        raise Refused(_("Money stands under this contract. Take the instalments back first."))
    row = Milestone(
        kind=milestone.kind, happened_on=clock.today(), note=reason, withdrawal=True, corrects_id=milestone.id, entered_by_id=by.id
    )
    project.milestones.append(row)
    audit.record(by, "pipeline.withdraw_milestone", milestone, reason=reason, project=project.id)
    return row


def pay_in(
    project: Project, *, paid_on: date, amount_wan: Decimal, note: str, file_name: str, content: bytes, by: User | None
) -> Instalment:
    """Record money that landed, with its proof. Money without a contract is no investment yet."""
    lock(project)
    if amount_wan <= 0:
        raise Refused(_("An instalment is more than nothing. To correct one, use its own correction."))
    if paid_on > clock.today():
        raise Refused(_("A fact cannot lie in the future."))
    if "contract" not in project.standing:
        raise Refused(_("Money counts as paid in only under a contract. Enter the contract first."))
    if paid_on < project.standing["contract"].happened_on:
        raise Refused(_("This day lies before the contract. Money paid earlier is not investment under it."))
    evidence = _evidence(file_name, content, by=by)
    if evidence and (other := queries.evidence_used(evidence.sha256)):
        where = other.name if by is not None and by.reaches(Permission.PIPELINE_VIEW, other.unit) else _("of another unit")
        raise Refused(_("The same file already proves money for the project “%(name)s”.", name=where))
    row = Instalment(paid_on=paid_on, amount_wan=amount_wan, note=note, evidence=evidence, entered_by_id=getattr(by, "id", None))
    project.instalments.append(row)
    audit.record(by, "pipeline.pay_in", row, project=project.id)
    return row


def correct_instalment(project: Project, instalment: Instalment, *, reason: str, by: User) -> Instalment:
    """A counter-entry that takes the whole instalment back; enter the right one anew."""
    lock(project)
    if instalment.corrects_id or any(row.corrects_id == instalment.id for row in project.instalments):
        raise Refused(_("This instalment has been corrected already."))
    row = Instalment(
        paid_on=instalment.paid_on, amount_wan=-instalment.amount_wan, note=reason, corrects_id=instalment.id, entered_by_id=by.id
    )
    project.instalments.append(row)
    audit.record(by, "pipeline.correct_instalment", instalment, reason=reason, project=project.id)
    return row


def plan_step(project: Project, *, text: str, due_on: date, by: User | None) -> NextStep:
    """What is to be done next."""
    row = NextStep(project=project, text=text, due_on=due_on, entered_by_id=getattr(by, "id", None))
    db.session.add(row)
    audit.record(by, "pipeline.plan_step", row, project=project.id)
    return row


def finish_step(step: NextStep, *, outcome: str, by: User) -> None:
    """It is done, with this outcome."""
    lock(step)
    if step.done_at:
        raise Refused(_("This step is done already."))
    step.done_at, step.outcome = clock.now(), outcome
    audit.record(by, "pipeline.finish_step", step)


def postpone_step(step: NextStep, *, due_on: date, reason: str, by: User) -> None:
    """Move the date; the trace keeps the old one and why."""
    lock(step)
    if step.done_at:
        raise Refused(_("This step is done already."))
    audit.record(by, "pipeline.postpone_step", step, reason=reason, before=step.due_on.isoformat(), after=due_on.isoformat())
    step.due_on = due_on


def export_pipeline(kind: str, *, count: int, by: User) -> None:
    """Leave the trace of a list taken out of the house."""
    audit.record(by, "pipeline.export_pipeline", kind=kind, count=count)
