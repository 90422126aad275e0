"""Correcting a signed paper, making it void, bringing it back."""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.i18n import _
from outreach.core.web import page
from outreach.directory.forms import ReasonForm
from outreach.events import queries as events
from outreach.permissions import Permission
from outreach.pipeline import operations
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.forms import CorrectionForm
from outreach.pipeline.operations.corrections import PLAIN
from outreach.pipeline.views.agreements import (
    agreement_form,
    agreement_of,
    agreement_page,
    first_signing,
    introducer,
)
from outreach.pipeline.views.shared import NAMES, bp

_EDIT = Permission.PIPELINE_EDIT


def _page(row: Agreement, form: CorrectionForm, *, status: int = 200):
    return page("pipeline/correct_agreement.html", agreement=row, form=form, status=status, **NAMES)


@bp.get("/agreements/<int:agreement_id>/correct")
@requires(_EDIT)
def correct_agreement_form(agreement_id: int):
    row = agreement_of(agreement_id, _EDIT)
    shown = {name: getattr(row, name) for name in PLAIN}
    form = agreement_form(
        row.first,
        CorrectionForm,
        formdata=None,
        company=row.organisation.name,
        event_id=row.event_id or 0,
        first_id=row.first_id or 0,
        **shown,
    )
    return _page(row, form)


@bp.post("/agreements/<int:agreement_id>/correct")
@requires(_EDIT)
def correct_agreement(agreement_id: int):
    row = agreement_of(agreement_id, _EDIT)
    form = agreement_form(first_signing(request.form.get("first_id")) or row.first, CorrectionForm)
    if not form.validate_on_submit():
        return _page(row, form, status=422)
    values = form.values()
    event_id, first_id = values.pop("event_id"), values.pop("first_id")
    mobile, nobody = values.pop("mobile"), values.pop("nobody")
    event = row.event
    if event_id != (row.event_id or 0):
        event = found(events.select_shared(current_user), event_id) if event_id else None
    person = None if nobody else introducer(mobile) if mobile else row.person
    first = agreement_of(first_id) if first_id else None
    operations.correct_agreement(row, event=event, person=person, first=first, by=current_user, **values)
    flash(_("Corrected. What stood before stays on the page."))
    return redirect(url_for(".agreement", agreement_id=row.id), 303)


@bp.post("/agreements/<int:agreement_id>/void")
@requires(_EDIT)
def void_agreement(agreement_id: int):
    row, form = agreement_of(agreement_id, _EDIT), ReasonForm()
    if not form.validate_on_submit():
        return agreement_page(row, reason_form=form, status=422)
    operations.void_agreement(row, by=current_user, **form.values())
    flash(_("The paper is void: it stays on record and counts nowhere."))
    return redirect(url_for(".agreement", agreement_id=row.id), 303)


@bp.post("/agreements/<int:agreement_id>/restore")
@requires(_EDIT)
def restore_agreement(agreement_id: int):
    row, form = agreement_of(agreement_id, _EDIT), ReasonForm()
    if not form.validate_on_submit():
        return agreement_page(row, reason_form=form, status=422)
    operations.restore_agreement(row, by=current_user, **form.values())
    flash(_("The paper counts again."))
    return redirect(url_for(".agreement", agreement_id=row.id), 303)
