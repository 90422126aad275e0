"""Ledgers of the investment office: upload, look, enter, take back."""

from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.accounts.queries import reach
from outreach.core import audit
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.sheets import XLSX
from outreach.core.web import limiter, page, reads_first
from outreach.permissions import Permission
from outreach.pipeline import ledger_exports, ledger_queries, operations
from outreach.pipeline.ledger import AMOUNTS, KIND, ROW_NUMBER
from outreach.pipeline.ledger_forms import (
    COLUMN_WHY_NAMES,
    DOUBT_NAMES,
    LEDGER_NAMES,
    LedgerColumnsForm,
    LedgerForm,
)
from outreach.pipeline.ledger_models import LedgerBatch
from outreach.pipeline.project_forms import AboutForm
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
@reads_first
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


def _field_names() -> dict:
    """Field of a ledger -> its name on the page; "" is a column that is not taken."""
    labels = {field.name: field.label.text for field in AboutForm(formdata=None)}
    own = {
        "": _("not taken"),
        ROW_NUMBER: _("Number of the row (not entered)"),
        "name": _("Name of the project"),
        "company": _("Company"),
        "industry": _("Industry"),
        "kind": _("Kind of paper"),
        "signed_on": _("Signed on"),
        "site": _("Site or park"),
        "credit_code": _("Credit code"),
        "total": _("Total investment"),
    }
    return {name: own.get(name) or AMOUNT_NAMES.get(name) or labels[name] for name in ("", *KIND.by_name)}


def _page(batch: LedgerBatch, *, status: int = 200, chosen: dict | None = None):
    lines = ledger_queries.look(current_user, batch)
    counts = {state: sum(line.state == state for line in lines) for state in LEDGER_NAMES}
    left_out = [
        column
        for shape in batch.shapes
        for column in shape["columns"]
        if column["filled"] and not column["field"]
    ]
    asking = [
        one for shape in batch.shapes for one in shape["columns"] if one.get("asks_unit") and one["filled"]
    ]
    return page(
        "pipeline/ledger.html",
        batch=batch,
        lines=lines,
        counts=counts,
        chosen=chosen,
        left_out=left_out,
        no_unit=[column["heading"] for column in asking if not column["unit"]],
        unread=[shape for shape in batch.shapes if not shape["complete"]],
        hidden_sheets=[
            name for shape in batch.shapes if shape.get("hidden_sheet") for name in shape["sheets"]
        ],
        ledger_names=LEDGER_NAMES,
        doubt_names=DOUBT_NAMES,
        why_names=COLUMN_WHY_NAMES,
        field_names=_field_names(),
        amounts=AMOUNTS,
        decimal=Decimal,
        status=status,
        **NAMES,
    )


@bp.get("/ledgers/<int:ledger_id>")
@requires(_P.PIPELINE_EDIT)
def ledger(ledger_id: int):
    """Every line beside what is stored: the same, changed, different, new, not clear.

    Nothing is entered by looking.
    """
    return _page(_batch(ledger_id))


@bp.post("/ledgers/<int:ledger_id>/columns")
@requires(_P.PIPELINE_EDIT)
@limiter.limit("30 per hour")
@reads_first
def remap_ledger(ledger_id: int):
    batch, form = _batch(ledger_id), LedgerColumnsForm()
    mapping = form.mapping(request.form, batch.shapes, KIND)
    if not form.validate_on_submit():
        return _page(batch, status=422, chosen=mapping)
    operations.remap_ledger(batch, mapping=mapping, by=current_user)
    flash(_("Read again with these columns."))
    return redirect(url_for(".ledger", ledger_id=ledger_id), 303)


@bp.post("/ledgers/<int:ledger_id>/unclear")
@requires(_P.PIPELINE_EDIT)
@limiter.limit("30 per hour")
@reads_first
def ledger_errors(ledger_id: int):
    """The lines that are not entered as a sheet to correct and upload again."""
    batch = _batch(ledger_id)
    audit.record(current_user, "pipeline.export_ledger_errors", batch)
    content = ledger_exports.not_entered(batch, ledger_queries.look(current_user, batch), DOUBT_NAMES)
    return attachment(content, f"{batch.file.name.rsplit('.', 1)[0]} {_('Lines not entered')}.xlsx", XLSX)


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
