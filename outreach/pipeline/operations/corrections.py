"""更正 and 作废: a paper that was entered wrongly is corrected in the open,
one that should not be there is made void.

Both keep what stood before, who changed it, when and why. A void paper counts nowhere and can be brought
back. So can a party, a promise or a scan that was withdrawn.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.taken_back import put_back, reopen, withdraw
from outreach.directory import operations as directory
from outreach.events.models import Event
from outreach.pipeline.agreement_models import (
    BINDING,
    FIRST,
    FIRST_MILESTONE,
    Agreement,
    AgreementCorrection,
    Clause,
    Paper,
    Party,
)
from outreach.pipeline.models import ENDED, Milestone, Project
from outreach.pipeline.operations.signing import add_paper
from outreach.pipeline.signing_rules import check_amounts, check_identity

#: what a correction may change: what the form shows as the row holds it, and the rows the paper names. The
#: county stays: a paper of another county is void here and recorded there
PLAIN = (
    "kind",
    "title",
    "signed_on",
    "contract_by",
    "intended_wan",
    "agreed_wan",
    "contracted_wan",
    "currency",
    "binding",
    "witnesses",
    "stated",
    "counts_as",
)
FIELDS = (*PLAIN, "company", "event", "person", "first")
#: what the record of corrections calls a paper made void or brought back: the field and its two values
STANDING, VALID, VOID = "standing", "valid", "void"


def correct_agreement(agreement: Agreement, *, reason: str, by: User, **values) -> list[str]:
    """Change what was entered wrongly: ``values`` by the names of ``FIELDS``.

    The names of those that changed. What follows from the paper follows the correction: the project's
    company, and the milestone its signature made, which is taken back by a counter-entry and entered anew, to
    be confirmed again.
    """
    lock(agreement)
    if agreement.voided_at is not None:
        raise Refused(_("This paper is void. Bring it back before you correct it."))
    after = _as_stored(values)
    changed = [name for name in after if getattr(agreement, _column(name)) != after[name]]
    if not changed:
        raise Refused(_("Nothing was changed."))
    _check(agreement, {name: after.get(name, getattr(agreement, _column(name))) for name in FIELDS})
    signed = _signature_of(agreement)
    for name in changed:
        before = getattr(agreement, _column(name))
        setattr(agreement, _column(name), after[name])
        row = AgreementCorrection(
            field=name, before=_words(before), after=_words(after[name]), reason=reason, corrected_by_id=by.id
        )
        agreement.corrections.append(row)
    if agreement.kind in BINDING:
        agreement.binding = True
    db.session.flush()
    _project_follows(agreement, signed, changed, reason, by)
    audit.record(by, "pipeline.correct_agreement", agreement, reason=reason, changed=changed)
    return changed


def _column(name: str) -> str:
    return "organisation" if name == "company" else name


def _as_stored(values: dict) -> dict:
    """The values as the row holds them: a company is an organisation."""
    after = {name: value for name, value in values.items() if name in FIELDS}
    if "company" in after:
        after["company"] = directory.organisation_named(after["company"])
    return after


def _words(value: object) -> str:
    """A value as the list of corrections shows it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Agreement | Event):
        return value.title[:200]
    return str(getattr(value, "name", value))[:200]


def _check(agreement: Agreement, after: dict) -> None:
    """The rules of a signature, and what relies on this one."""
    check_identity(after["kind"], after["counts_as"], after["first"], after["signed_on"])
    check_amounts(
        after["kind"], after["counts_as"], after["intended_wan"], after["agreed_wan"], after["contracted_wan"]
    )
    if after["first"] is agreement:
        raise Refused(_("A paper does not belong to itself."), at="first_id")
    if after["contract_by"] and after["contract_by"] < after["signed_on"]:
        raise Refused(_("The contract cannot be due before this paper was signed."), at="contract_by")
    if after["currency"] != "CNY" and not after["stated"]:
        raise Refused(_("The paper names another currency: keep its own words as well."), at="stated")
    later = _later(agreement)
    if later and after["counts_as"] != FIRST:
        raise Refused(_("Later papers belong to this signing: it stays the first."), at="counts_as")
    if any(row.signed_on < after["signed_on"] for row in later):
        raise Refused(
            _("A paper that was signed later for this project lies before this day."), at="signed_on"
        )
    if _project_of(agreement) is not None and after["counts_as"] != FIRST:
        raise Refused(_("A project follows from this signing: it stays the first."), at="counts_as")


def _later(agreement: Agreement) -> list[Agreement]:
    chosen = select(Agreement).where(Agreement.first_id == agreement.id, Agreement.voided_at.is_(None))
    return list(db.session.scalars(chosen).unique())


def _project_of(agreement: Agreement) -> Project | None:
    return db.session.scalars(select(Project).where(Project.agreement_id == agreement.id)).unique().first()


def _project_follows(
    agreement: Agreement, signed: Milestone | None, changed: list[str], reason: str, by: User
) -> None:
    project = _project_of(agreement)
    if project is None:
        return
    lock(project)
    if "company" in changed:
        project.organisation = agreement.organisation
    if not {"kind", "signed_on", "contracted_wan"} & set(changed):
        return
    if not agreement.counts:
        raise Refused(
            _("A project follows from this paper: enter its fair-competition review first."), at="signed_on"
        )
    if signed is not None:
        if signed.kind == "contract" and agreement.kind not in BINDING and project.entered_paid_wan:
            raise Refused(_("Money stands under this contract. Take the instalments back first."), at="kind")
        if any(row.paid_on < agreement.signed_on for row in project.instalments if signed.kind == "contract"):
            raise Refused(_("Money was paid in before this day under this contract."), at="signed_on")
        kind = FIRST_MILESTONE[agreement.kind]
        if kind != signed.kind and kind in project.standing:
            raise Refused(
                _("The project has a milestone of this kind already. Withdraw it first."), at="kind"
            )
        now = {
            "kind": kind,
            "happened_on": agreement.signed_on,
            "amount_wan": agreement.contracted_wan,
            "review": agreement.review_number if kind == "contract" else "",
        }
        _enter_again(project, signed, reason, by, **now)


def _signature_of(agreement: Agreement) -> Milestone | None:
    """The milestone of the project that stands for this signature."""
    project = _project_of(agreement)
    return project.standing.get(FIRST_MILESTONE[agreement.kind]) if project else None


def _enter_again(project: Project, signed: Milestone, reason: str, by: User, **changed) -> None:
    """One counter-entry and the fact anew, so that it stands at every moment;
    what is not ``changed`` goes along.
    """
    names = ("kind", "happened_on", "amount_wan", "review", "evidence_id")
    values = {name: getattr(signed, name) for name in names} | changed
    project.milestones.append(_taken_back(signed, reason, by))
    project.milestones.append(Milestone(**values, note=reason, entered_by_id=by.id))
    db.session.flush()


def _taken_back(row: Milestone, reason: str, by: User) -> Milestone:
    return Milestone(
        kind=row.kind,
        happened_on=clock.today(),
        note=reason,
        withdrawal=True,
        corrects_id=row.id,
        entered_by_id=by.id,
    )


def void_agreement(agreement: Agreement, *, reason: str, by: User) -> None:
    """作废: the paper stays on record and counts nowhere. What relies on it is named and goes first."""
    lock(agreement)
    if agreement.voided_at is not None:
        raise Refused(_("This paper is void already."))
    if later := _later(agreement):
        titles = "、".join(row.title for row in later)
        raise Refused(
            _("Later papers belong to this signing: %(titles)s. Make those void first.", titles=titles)
        )
    if (project := _project_of(agreement)) is not None:
        _let_go(project, agreement, reason, by)
    agreement.voided_at, agreement.void_reason, agreement.voided_by_id = clock.now(), reason, by.id
    _note_standing(agreement, VALID, VOID, reason, by)
    audit.record(by, "pipeline.void_agreement", agreement, reason=reason)


def _note_standing(agreement: Agreement, before: str, after: str, reason: str, by: User) -> None:
    """Into the record of corrections, which goes on saying that the paper was void when it counts again."""
    row = AgreementCorrection(
        field=STANDING, before=before, after=after, reason=reason, corrected_by_id=by.id
    )
    agreement.corrections.append(row)


def _let_go(project: Project, agreement: Agreement, reason: str, by: User) -> None:
    """A project that ended with nothing but its signature no longer stands on the paper."""
    lock(project)
    signed = _signature_of(agreement)
    others = [row for row in project.standing.values() if row is not signed]
    if project.state != ENDED or others or project.entered_paid_wan:
        raise Refused(
            _(
                "The project “%(name)s” follows from it. Take its milestones and money back and end it "
                "first.",
                name=project.name,
            )
        )
    if signed is not None:
        project.milestones.append(_taken_back(signed, reason, by))


def restore_agreement(agreement: Agreement, *, reason: str, by: User) -> None:
    """A paper that was made void by mistake counts again."""
    lock(agreement)
    if agreement.voided_at is None:
        raise Refused(_("This paper is not void."))
    if agreement.first is not None and agreement.first.voided_at is not None:
        raise Refused(_("The first signing it belongs to is void."))
    if _project_of(agreement) is not None:
        raise Refused(_("Its project has ended. Record the paper anew."))
    agreement.voided_at, agreement.void_reason, agreement.voided_by_id = None, "", None
    _note_standing(agreement, VOID, VALID, reason, by)
    audit.record(by, "pipeline.restore_agreement", agreement, reason=reason)


def withdraw_part(part: Party | Clause, *, reason: str, by: User) -> None:
    """A party or a promise that the paper does not name: it stays on record and counts nowhere.

    The right one is entered anew.
    """
    lock(part)
    withdraw(part, reason=reason, by=by)
    audit.record(by, "pipeline.withdraw_part", part, reason=reason)


def withdraw_paper(
    agreement: Agreement, paper: Paper, *, reason: str, evidence: tuple[str, bytes] | None, by: User
) -> None:
    """A scan of something else; ``evidence``: the right one.

    Where the signature's milestone rested on it, the milestone is taken back and entered anew with the newest
    scan that stands, or without one, to be confirmed again.
    """
    project = _project_of(agreement)
    lock(agreement, *([project] if project else []), paper)
    withdraw(paper, reason=reason, by=by)
    if evidence is not None:
        name, content = evidence
        add_paper(agreement, file_name=name, content=content, by=by)
    signed = _signature_of(agreement)
    if project is not None and signed is not None and signed.evidence_id == paper.file_id:
        db.session.flush()
        _enter_again(project, signed, reason, by, evidence_id=agreement.scan and agreement.scan.id)
    audit.record(by, "pipeline.withdraw_paper", paper, reason=reason, agreement=agreement.id)


def put_part_back(part: Party | Clause | Paper, *, by: User) -> None:
    """It was withdrawn by mistake and counts again; a milestone that was entered anew stays as it is."""
    lock(part)
    put_back(part)
    audit.record(by, "pipeline.put_part_back", part)


def reopen_clause(clause: Clause, *, reason: str, by: User) -> None:
    """The promise was not kept after all."""
    lock(clause)
    if clause.withdrawn_at:
        raise Refused(_("This promise is withdrawn."))
    reopen(clause, reason=reason, by=by)
    audit.record(by, "pipeline.reopen_clause", clause, reason=reason)
