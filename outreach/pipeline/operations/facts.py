"""Milestones and money: dated facts with their proof, confirmed by somebody else,
corrected by counter-entries.
"""

from datetime import date
from decimal import Decimal

from outreach.accounts.models import User
from outreach.core import audit, clock, files
from outreach.core.db import lock, lock_name
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.permissions import Permission
from outreach.pipeline import queries
from outreach.pipeline import report_queries as reports
from outreach.pipeline import rule_queries as rules
from outreach.pipeline.agreement_models import CONTRACT, REVIEW_FROM
from outreach.pipeline.models import ENDED, Instalment, Milestone, Project


def _evidence(name: str, content: bytes, *, by: User):
    return files.keep(name, content, files.evidence_type(content), by=by) if content else None


def _is_open(project: Project) -> None:
    if project.state == ENDED:
        raise Refused(_("This project has ended. A new beginning is a project of its own."))


def _in_time(project: Project, day: date, note: str) -> None:
    """What is entered into a locked month says why it comes only now."""
    if not note and reports.is_locked(project.unit, day):
        raise Refused(_("This month is locked. Say in the remark why this is entered only now."), at="note")


def _fresh_slip(evidence, by: User | None) -> None:
    """One bank slip proves one payment.

    Behind a lock on its hash: two projects may be handed it in the same moment.
    """
    lock_name(f"slip {evidence.sha256}")
    if other := queries.evidence_used(evidence):
        where = (
            other.name
            if by is not None and by.reaches(Permission.PIPELINE_VIEW, other.unit)
            else _("of another unit")
        )
        raise Refused(
            _("The same file already proves money for the project “%(name)s”.", name=where), at="file"
        )


def enter_milestone(
    project: Project,
    *,
    kind: str,
    happened_on: date,
    amount_wan: Decimal | None,
    note: str,
    review: str = "",
    file_name: str = "",
    content: bytes = b"",
    by: User | None,
) -> Milestone:
    """Add a dated fact. One kind stands once: a wrong one is withdrawn first.

    The order is not forced, only shown (``Project.disorder``).
    """
    lock(project)
    if happened_on > clock.today():
        raise Refused(_("A fact cannot lie in the future."), at="happened_on")
    _is_open(project)
    _in_time(project, happened_on, note)
    if kind in project.standing:
        raise Refused(_("This milestone stands already. Withdraw it first if it is wrong."), at="kind")
    if kind == "contract" and amount_wan is None:
        raise Refused(_("A contract needs its contracted amount."), at="amount_wan")
    if kind != "contract" and amount_wan is not None:
        raise Refused(
            _("Only a contract has a contracted amount. What a letter or framework names is an intention."),
            at="amount_wan",
        )
    paper = project.agreement
    if kind == CONTRACT and paper is not None and paper.review_passed:
        review = review or paper.review_number
    if kind == CONTRACT and happened_on >= REVIEW_FROM and not review:
        raise Refused(
            _(
                "A contract signed since 1 August 2024 counts only with a passed fair-competition "
                "review. Enter its number."
            ),
            at="review",
        )
    row = Milestone(
        kind=kind,
        happened_on=happened_on,
        amount_wan=amount_wan,
        note=note,
        review=review,
        entered_by_id=getattr(by, "id", None),
        evidence=_evidence(file_name, content, by=by),
    )
    project.milestones.append(row)
    audit.record(by, "pipeline.enter_milestone", row, project=project.id, kind=kind)
    return row


def withdraw_milestone(project: Project, milestone: Milestone, *, reason: str, by: User) -> Milestone:
    """A counter-entry: the milestone stays on record and no longer stands."""
    lock(project, milestone)
    if project.standing.get(milestone.kind) is not milestone:
        raise Refused(_("This milestone no longer stands."))
    _in_time(project, milestone.happened_on, reason)
    if milestone.kind == "contract" and project.entered_paid_wan:
        raise Refused(_("Money stands under this contract. Take the instalments back first."))
    row = Milestone(
        kind=milestone.kind,
        happened_on=clock.today(),
        note=reason,
        withdrawal=True,
        corrects_id=milestone.id,
        entered_by_id=by.id,
    )
    project.milestones.append(row)
    audit.record(by, "pipeline.withdraw_milestone", milestone, reason=reason, project=project.id)
    return row


def _stands(project: Project, fact: Milestone | Instalment) -> None:
    """Neither taken back nor itself what takes another back."""
    if isinstance(fact, Milestone):
        if project.standing.get(fact.kind) is not fact:
            raise Refused(_("This milestone no longer stands."))
    elif fact.corrects_id or any(row.corrects_id == fact.id for row in project.instalments):
        raise Refused(_("This instalment has been corrected already."))


def confirm(project: Project, fact: Milestone | Instalment, *, by: User) -> None:
    """Somebody else than who entered it has seen the proof. What its kind needs as evidence must be there."""
    lock(project, fact)
    if fact.entered_by_id == by.id:
        raise Refused(_("Your own entry is confirmed by somebody else."))
    if fact.confirmed_at:
        raise Refused(_("This entry is confirmed already."))
    _stands(project, fact)
    papers = rules.papers_for(fact.kind) if isinstance(fact, Milestone) else [_("bank slip")]
    if papers and fact.evidence_id is None:
        raise Refused(
            _("It cannot be confirmed without its proof: %(papers)s.", papers=rules.paper_words(papers))
        )
    if fact.evidence is not None and fact.evidence.uploaded_by_id == by.id:
        raise Refused(_("The proof came from you: it is confirmed by somebody else."))
    fact.confirmed_at, fact.confirmed_by_id = clock.now(), by.id
    _forget_return(fact)
    audit.record(by, "pipeline.confirm", fact, project=project.id)


def confirm_many(facts: list[Milestone | Instalment], *, by: User) -> dict[Milestone | Instalment, str]:
    """Confirm each for itself.

    Fact -> why it was refused; sent twice, what ``by`` confirmed already is no refusal.
    """
    refused = {}
    for fact in facts:
        if fact.confirmed_by_id == by.id:
            continue
        try:
            confirm(fact.project, fact, by=by)
        except Refused as refusal:
            if fact.confirmed_by_id != by.id:  # the same tap, sent twice at once
                refused[fact] = str(refusal)
    return refused


def return_fact(project: Project, fact: Milestone | Instalment, *, reason: str, by: User) -> None:
    """Send an entry back to who entered it: it is shown as returned until its proof is added or it is taken
    back and entered anew.
    """
    lock(project, fact)
    if fact.entered_by_id == by.id:
        raise Refused(_("Your own entry is corrected by yourself, not returned."))
    if fact.confirmed_at:
        raise Refused(_("This entry is confirmed already."))
    _stands(project, fact)
    fact.returned_at, fact.returned_by_id, fact.returned_why = clock.now(), by.id, reason
    audit.record(by, "pipeline.return_fact", fact, project=project.id, reason=reason)


def present_again(project: Project, fact: Milestone | Instalment, *, by: User) -> None:
    """Say that a returned entry is right as it stands: it waits for a second person again."""
    lock(project, fact)
    _stands(project, fact)
    if fact.returned_at is None:
        raise Refused(_("This entry is not returned."))
    _forget_return(fact)
    audit.record(by, "pipeline.present_again", fact, project=project.id)


def _forget_return(fact: Milestone | Instalment) -> None:
    fact.returned_at, fact.returned_by_id, fact.returned_why = None, None, ""


def add_evidence(
    project: Project, fact: Milestone | Instalment, *, file_name: str, content: bytes, by: User
) -> None:
    """The proof of a fact that has none yet; one that is there is never exchanged."""
    lock(project, fact)
    _stands(project, fact)
    if fact.evidence_id is not None or fact.confirmed_at:
        raise Refused(
            _("This entry has its proof already. Withdraw it and enter it anew if the proof is wrong.")
        )
    if not content:
        raise Refused(_("This file is empty."), at="file")
    evidence = _evidence(file_name, content, by=by)
    if isinstance(fact, Instalment):
        _fresh_slip(evidence, by)
    fact.evidence = evidence
    _forget_return(fact)
    audit.record(by, "pipeline.add_evidence", fact, project=project.id)


def pay_in(
    project: Project,
    *,
    paid_on: date,
    amount_wan: Decimal,
    note: str,
    file_name: str,
    content: bytes,
    by: User | None,
    origin: str = "outside",
) -> Instalment:
    """Record money that landed, with its proof and where it came from.

    Money without a contract is no investment yet. In a month that is locked it is a late entry: it says why.
    """
    lock(project)
    if amount_wan <= 0:
        raise Refused(
            _("An instalment is more than nothing. To correct one, use its own correction."), at="amount_wan"
        )
    if paid_on > clock.today():
        raise Refused(_("A fact cannot lie in the future."), at="paid_on")
    if "contract" not in project.standing:
        raise Refused(_("Money counts as paid in only under a contract. Enter the contract first."))
    if paid_on < project.standing["contract"].happened_on:
        raise Refused(
            _("This day lies before the contract. Money paid earlier is not investment under it."),
            at="paid_on",
        )
    _is_open(project)
    _in_time(project, paid_on, note)
    evidence = _evidence(file_name, content, by=by)
    if evidence:
        _fresh_slip(evidence, by)
    row = Instalment(
        paid_on=paid_on,
        amount_wan=amount_wan,
        note=note,
        origin=origin,
        evidence=evidence,
        entered_by_id=getattr(by, "id", None),
    )
    project.instalments.append(row)
    audit.record(by, "pipeline.pay_in", row, project=project.id)
    return row


def correct_instalment(project: Project, instalment: Instalment, *, reason: str, by: User) -> Instalment:
    """A counter-entry that takes the whole instalment back; enter the right one anew.

    It has the day of what it takes back; where that month is locked, today's: what was reported stays
    reported.
    """
    lock(project, instalment)
    _stands(project, instalment)
    day = clock.today() if reports.is_locked(project.unit, instalment.paid_on) else instalment.paid_on
    row = Instalment(
        paid_on=day,
        amount_wan=-instalment.amount_wan,
        note=reason,
        origin=instalment.origin,
        corrects_id=instalment.id,
        entered_by_id=by.id,
    )
    project.instalments.append(row)
    audit.record(by, "pipeline.correct_instalment", instalment, reason=reason, project=project.id)
    return row
