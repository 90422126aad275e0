"""Ledgers of the investment office: upload, look, enter, take back."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.accounts.queries import reach
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.web import limiter, page
from outreach.permissions import Permission
from outreach.pipeline import ledger_queries, operations
from outreach.pipeline.follow_forms import DOUBT_NAMES, LEDGER_NAMES, AboutForm, LedgerForm
from outreach.pipeline.ledger_models import LedgerBatch
from outreach.pipeline.truth_forms import AMOUNT_NAMES
from outreach.pipeline.views.shared import NAMES, bp, counties

_P = Permission


def _form(**options) -> LedgerForm:
    return LedgerForm(units=counties(), **options)


def _ledgers(form: LedgerForm, *, status: int = 200):
    rows = ledger_queries.batches(reach(current_user, _P.PIPELINE_EDIT))
    return page("pipeline/ledgers.html", rows=rows, form=form, status=status)


@bp.get("/ledgers")
@requires(_P.PIPELINE_EDIT)
def ledgers():
    return _ledgers(_form(formdata=None))


@bp.post("/ledgers")
@requires(_P.PIPELINE_EDIT)
@limiter.limit("30 per hour")
def upload_ledger():
    form = _form()
    if not form.validate_on_submit():
        return _ledgers(form, status=422)
    unit = found(accounts.select_units(current_user, _P.PIPELINE_EDIT), form.unit_id.data)
    file = form.file.data
    batch = operations.upload_ledger(unit, name=file.filename, content=file.read(), by=current_user)
    return redirect(url_for(".ledger", ledger_id=batch.id), 303)


def _batch(ledger_id: int) -> LedgerBatch:
    return found(
        db.select(LedgerBatch).where(LedgerBatch.unit_id.in_(reach(current_user, _P.PIPELINE_EDIT))),
        ledger_id,
    )


@bp.get("/ledgers/<int:ledger_id>")
@requires(_P.PIPELINE_EDIT)
def ledger(ledger_id: int):
    """Every line beside the house: the same, changed, new, not clear. Nothing is entered by looking."""
    batch = _batch(ledger_id)
    lines = ledger_queries.look(current_user, batch)
    counts = {state: sum(line.state == state for line in lines) for state in LEDGER_NAMES}
    return page(
        "pipeline/ledger.html",
        batch=batch,
        lines=lines,
        counts=counts,
        ledger_names=LEDGER_NAMES,
        doubt_names=DOUBT_NAMES,
        about_names={field.name: field.label.text for field in AboutForm(formdata=None)},
        amount_names=AMOUNT_NAMES,
        **NAMES,
    )


@bp.post("/ledgers/<int:ledger_id>/enter")
@requires(_P.PIPELINE_EDIT)
def enter_ledger(ledger_id: int):
    said = operations.enter_ledger(_batch(ledger_id), by=current_user)
    flash(
        _(
            "Entered: %(new)d new, %(changed)d changed, %(refused)d refused.",
            new=said["projects"],
            changed=said["changed"],
            refused=said["refused"],
        )
    )
    return redirect(url_for(".ledger", ledger_id=ledger_id), 303)


@bp.post("/ledgers/<int:ledger_id>/revert")
@requires(_P.PIPELINE_EDIT)
def revert_ledger(ledger_id: int):
    operations.revert_ledger(_batch(ledger_id), by=current_user)
    flash(_("Taken back: the projects stand as before."))
    return redirect(url_for(".ledger", ledger_id=ledger_id), 303)
