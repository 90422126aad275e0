"""Proposals to change an organisation: proposing, the queue, before and after, deciding, taking back."""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core import masking
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _, day
from outreach.core.latin import place
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import limiter, page, reads_first
from outreach.directory import operations, organisation_queries, queries
from outreach.directory.forms import KIND_NAMES, ReasonForm
from outreach.directory.models import INDUSTRIES, Organisation
from outreach.directory.organisation_forms import (
    FIELD_NAMES,
    PROPOSAL_STATES,
    DecideProposalForm,
    OrganisationProposalFilters,
    OrganisationProposalForm,
)
from outreach.directory.organisation_models import OrganisationProposal, as_stored, stated
from outreach.directory.organisation_queries import DECIDE
from outreach.directory.views.people import bp
from outreach.permissions import Permission

EDIT = Permission.DIRECTORY_EDIT


def shown(name: str, value: str) -> str:
    """A value of a proposal as a page shows it."""
    if name == "kind":
        return str(KIND_NAMES.get(value, value))
    if name == "industry":
        return f"{value} {INDUSTRIES[value]}" if value in INDUSTRIES else value
    if name in ("province", "city"):
        return place(value)
    return masking.discreet(value) if name == "note" else value


def _words() -> dict:
    return {"shown": shown, "field_names": FIELD_NAMES, "states": PROPOSAL_STATES}


# proposing


def _form(row: Organisation, **options) -> OrganisationProposalForm:
    """The form with what is known, or with what this user proposed before;
    without a remark whose numbers the user may not see.
    """
    form = OrganisationProposalForm(provinces=accounts.provinces(), **options)
    if masking.discreet(row.note) != row.note:
        del form.note
    return form


def _propose(row: Organisation, form: OrganisationProposalForm, *, status: int = 200):
    return page(
        "directory/propose_organisation.html",
        form=form,
        organisation=row,
        keeper=organisation_queries.keeper(row),
        earlier=organisation_queries.own_open_proposal(row, current_user),
        status=status,
    )


@bp.get("/organisations/<int:organisation_id>/propose")
@requires(EDIT)
def propose_organisation_form(organisation_id: int):
    row = found(queries.select_organisations(), organisation_id)
    if organisation_queries.may_edit_organisation(row, current_user):
        return redirect(url_for(".edit_organisation_form", organisation_id=row.id))
    earlier = organisation_queries.own_open_proposal(row, current_user)
    data = as_stored({**stated(row), **(earlier.values if earlier else {})})
    form = _form(row, formdata=None, data={**data, "grounds": earlier.grounds if earlier else ""})
    return _propose(row, form)


@bp.post("/organisations/<int:organisation_id>/propose")
@requires(EDIT)
def propose_organisation(organisation_id: int):
    row = found(queries.select_organisations(), organisation_id)
    form = _form(row)
    if not form.validate_on_submit():
        return _propose(row, form, status=422)
    unit = db.session.scalars(accounts.select_units(current_user, EDIT)).first()
    operations.propose_organisation(row, unit, by=current_user, **form.values())
    flash(_("The change has been proposed; it waits for a decision."))
    return redirect(url_for(".organisation", organisation_id=row.id), 303)


# the queue


def _chosen(filters: OrganisationProposalFilters):
    values = {"state": "" if "state" in request.args else "open", **filters.chosen()}
    return organisation_queries.select_organisation_proposals(current_user, **values)


def _list(*, status: int = 200, **forms):
    filters = OrganisationProposalFilters(request.args)
    forms.setdefault("export", ReasonForm(formdata=None))
    return page(
        "directory/organisation_proposals.html",
        part="directory/_organisation_proposals.html",
        filters=filters,
        listing=page_of(_chosen(filters)),
        status=status,
        **forms,
        **_words(),
    )


@bp.get("/organisations/proposals")
@requires(EDIT)
def organisation_proposals():
    return _list()


@bp.post("/organisations/proposals/export")
@requires(Permission.DIRECTORY_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def export_organisation_proposals():
    form = ReasonForm()
    if not form.validate_on_submit():
        return _list(export=form, status=422)
    chosen = _chosen(OrganisationProposalFilters(request.args)).limit(50_000)
    rows = [(proposal, name) for proposal in db.session.scalars(chosen) for name in proposal.fields]
    operations.export_organisation_proposals(count=len(rows), reason=form.reason.data, by=current_user)
    title = _("Proposed changes of organisations")
    return attachment(write(title, _columns(), rows), f"{title}.xlsx", XLSX)


def _columns() -> list[Column]:
    """One line for each field of a proposal."""
    return [
        Column(_("Full name"), lambda row: row[0].organisation.name, 36),
        Column(_("Field"), lambda row: str(FIELD_NAMES[row[1]]), 14),
        Column(_("Before"), lambda row: shown(row[1], row[0].before[row[1]]), 30),
        Column(_("Proposed"), lambda row: shown(row[1], row[0].values[row[1]]), 30),
        Column(_("On what grounds"), lambda row: masking.discreet(row[0].grounds), 30),
        Column(_("Unit"), lambda row: row[0].unit.shown, 16),
        Column(_("Proposed by"), lambda row: row[0].proposed_by.name if row[0].proposed_by else "", 12),
        Column(_("When"), lambda row: day(row[0].proposed_at), 14),
        Column(_("State"), lambda row: str(_outcome(*row)), 14),
        Column(_("Decided by"), lambda row: row[0].decided_by.name if row[0].decided_by else "", 12),
        Column(_("Reason"), lambda row: masking.discreet(row[0].reason), 30),
    ]


def _outcome(proposal: OrganisationProposal, name: str):
    """What became of one field."""
    if proposal.state == "partly":
        return PROPOSAL_STATES["accepted" if name in proposal.taken else "declined"]
    return PROPOSAL_STATES[proposal.state]


# one proposal


def _proposal(change_id: int, side: str = "") -> OrganisationProposal:
    return found(
        organisation_queries.select_organisation_proposals(current_user, state="", side=side), change_id
    )


def _page(proposal: OrganisationProposal, *, status: int = 200, **forms):
    forms.setdefault("form", DecideProposalForm.of(proposal, formdata=None))
    forms.setdefault("decline_form", ReasonForm(formdata=None))
    row = proposal.organisation
    return page(
        "directory/organisation_proposal.html",
        proposal=proposal,
        outcome=_outcome,
        decides=organisation_queries.may_edit_organisation(row, current_user),
        keeper=organisation_queries.keeper(row),
        status=status,
        **forms,
        **_words(),
    )


@bp.get("/organisations/proposals/<int:change_id>")
@requires(EDIT)
def organisation_proposal(change_id: int):
    return _page(_proposal(change_id))


@bp.post("/organisations/proposals/<int:change_id>/accept")
@requires(EDIT)
def accept_organisation_proposal(change_id: int):
    proposal = _proposal(change_id, DECIDE)
    form = DecideProposalForm.of(proposal)
    if not form.validate_on_submit():
        return _page(proposal, form=form, status=422)
    operations.accept_organisation_proposal(
        proposal, take=form.take.data, seen=form.seen.data, reason=form.reason.data, by=current_user
    )
    flash(_("Accepted; the organisation has been changed."))
    return redirect(url_for(".organisation_proposals", side=DECIDE), 303)


@bp.post("/organisations/proposals/<int:change_id>/decline")
@requires(EDIT)
def decline_organisation_proposal(change_id: int):
    proposal, form = _proposal(change_id, DECIDE), ReasonForm()
    if not form.validate_on_submit():
        return _page(proposal, decline_form=form, status=422)
    operations.decline_organisation_proposal(proposal, reason=form.reason.data, by=current_user)
    flash(_("Declined; the proposer reads the reason."))
    return redirect(url_for(".organisation_proposals", side=DECIDE), 303)


@bp.post("/organisations/proposals/<int:change_id>/withdraw")
@requires(EDIT)
def withdraw_organisation_proposal(change_id: int):
    proposal = _proposal(change_id)
    operations.withdraw_organisation_proposal(proposal, by=current_user)
    flash(_("Taken back."))
    return redirect(url_for(".organisation", organisation_id=proposal.organisation_id), 303)
