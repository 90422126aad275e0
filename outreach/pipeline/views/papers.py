"""The details of a signed paper: review, parties, promises, scans."""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.forms import uploaded
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.web import limiter, page
from outreach.directory.forms import ReasonForm
from outreach.permissions import Permission
from outreach.pipeline import clause_queries, operations
from outreach.pipeline.agreement_forms import (
    SIDE_NAMES,
    ClauseForm,
    FileForm,
    PartyForm,
    PromiseFilters,
    ReplaceForm,
    ReviewForm,
)
from outreach.pipeline.agreement_models import Agreement, Clause, Paper, Party
from outreach.pipeline.forms import OutcomeForm
from outreach.pipeline.views.agreements import agreement_of, agreement_page
from outreach.pipeline.views.shared import bp, opened

_P = Permission
_PARTS = {"parties": Party, "clauses": Clause, "papers": Paper}


def _back(row: Agreement, part: str):
    return redirect(url_for(".agreement", agreement_id=row.id, _anchor=part), 303)


def _part(row: Agreement, kind: str, part_id: int):
    model = _PARTS[kind]
    return found(db.select(model).where(model.agreement_id == row.id), part_id)


@bp.post("/agreements/<int:agreement_id>/review")
@requires(_P.PIPELINE_EDIT)
def review(agreement_id: int):
    row, form = agreement_of(agreement_id, _P.PIPELINE_EDIT), ReviewForm()
    if not form.validate_on_submit():
        return agreement_page(row, review_form=form, status=422)
    operations.review(row, by=current_user, **form.values())
    return _back(row, "review")


@bp.post("/agreements/<int:agreement_id>/parties")
@requires(_P.PIPELINE_EDIT)
def add_party(agreement_id: int):
    row, form = agreement_of(agreement_id, _P.PIPELINE_EDIT), PartyForm()
    if not form.validate_on_submit():
        return agreement_page(row, party_form=form, status=422)
    operations.add_party(row, by=current_user, **form.values())
    return _back(row, "parties")


@bp.post("/agreements/<int:agreement_id>/clauses")
@requires(_P.PIPELINE_EDIT)
def add_clause(agreement_id: int):
    row, form = agreement_of(agreement_id, _P.PIPELINE_EDIT), ClauseForm()
    if not form.validate_on_submit():
        return agreement_page(row, clause_form=form, status=422)
    operations.add_clause(row, by=current_user, **form.values())
    return _back(row, "clauses")


@bp.post("/agreements/<int:agreement_id>/clauses/<int:clause_id>/keep")
@requires(_P.PIPELINE_EDIT)
def keep_clause(agreement_id: int, clause_id: int):
    row, form = agreement_of(agreement_id, _P.PIPELINE_EDIT), OutcomeForm()
    clause = _part(row, "clauses", clause_id)
    if not form.validate_on_submit():
        return agreement_page(row, outcome_form=form, status=422)
    operations.keep_clause(clause, outcome=form.outcome.data, by=current_user)
    return _back(row, "clauses")


@bp.post("/agreements/<int:agreement_id>/clauses/<int:clause_id>/reopen")
@requires(_P.PIPELINE_EDIT)
def reopen_clause(agreement_id: int, clause_id: int):
    row, form = agreement_of(agreement_id, _P.PIPELINE_EDIT), ReasonForm()
    clause = _part(row, "clauses", clause_id)
    if not form.validate_on_submit():
        return agreement_page(row, reason_form=form, status=422)
    operations.reopen_clause(clause, by=current_user, **form.values())
    flash(_("It is open again."))
    return _back(row, "clauses")


@bp.post("/agreements/<int:agreement_id>/<any(parties, clauses):kind>/<int:part_id>/withdraw")
@requires(_P.PIPELINE_EDIT)
def withdraw_part(agreement_id: int, kind: str, part_id: int):
    row, form = agreement_of(agreement_id, _P.PIPELINE_EDIT), ReasonForm()
    part = _part(row, kind, part_id)
    if not form.validate_on_submit():
        return agreement_page(row, reason_form=form, status=422)
    operations.withdraw_part(part, by=current_user, **form.values())
    flash(_("Withdrawn: it stays on record and counts nowhere."))
    return _back(row, kind)


@bp.post("/agreements/<int:agreement_id>/papers/<int:part_id>/withdraw")
@requires(_P.PIPELINE_EDIT)
def withdraw_paper(agreement_id: int, part_id: int):
    row, form = agreement_of(agreement_id, _P.PIPELINE_EDIT), ReplaceForm()
    scanned = _part(row, "papers", part_id)
    if not form.validate_on_submit():
        return agreement_page(row, replace_form=form, status=422)
    values = form.values()
    evidence = uploaded(values.pop("evidence"))
    operations.withdraw_paper(row, scanned, evidence=evidence, by=current_user, **values)
    flash(_("Withdrawn: it stays on record and counts nowhere."))
    return _back(row, "papers")


@bp.post("/agreements/<int:agreement_id>/<any(parties, clauses, papers):kind>/<int:part_id>/restore")
@requires(_P.PIPELINE_EDIT)
def put_part_back(agreement_id: int, kind: str, part_id: int):
    row = agreement_of(agreement_id, _P.PIPELINE_EDIT)
    operations.put_part_back(_part(row, kind, part_id), by=current_user)
    flash(_("Put back."))
    return _back(row, kind)


@bp.post("/agreements/<int:agreement_id>/papers")
@requires(_P.PIPELINE_EDIT)
def add_paper(agreement_id: int):
    row, form = agreement_of(agreement_id, _P.PIPELINE_EDIT), FileForm()
    if not form.validate_on_submit():
        return agreement_page(row, file_form=form, status=422)
    scan = form.evidence.data
    operations.add_paper(row, file_name=scan.filename, content=scan.read(), by=current_user)
    return _back(row, "papers")


@bp.post("/agreements/<int:agreement_id>/papers/<int:file_id>")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("60 per minute")
def paper(agreement_id: int, file_id: int):
    """The scan of a signed paper leaves the house, and a trace."""
    row = agreement_of(agreement_id, _P.PIPELINE_EXPORT)
    return opened(row, next((paper.file for paper in row.papers if paper.file_id == file_id), None))


@bp.get("/promises")
@requires(_P.PIPELINE_VIEW)
def promises():
    """What both sides promised in all papers within reach, the most urgent first."""
    filters = PromiseFilters(request.args)
    listing = page_of(clause_queries.select_clauses(current_user, **filters.chosen()))
    return page(
        "pipeline/promises.html",
        part="pipeline/_promises.html",
        filters=filters,
        listing=listing,
        side_names=SIDE_NAMES,
    )
