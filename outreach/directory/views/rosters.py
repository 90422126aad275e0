"""Rosters: upload, the dry run's preview, correcting columns, entering, taking back."""

from decimal import Decimal
from pathlib import Path

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX
from outreach.core.web import keep_writes, limiter, page, reads_first
from outreach.directory import operations, queries, roster_exports, roster_preview, roster_queries
from outreach.directory.forms import GENDER_NAMES, TIER_NAMES, ReasonForm
from outreach.directory.reading import as_text
from outreach.directory.roster_forms import (
    BATCH_NAMES,
    DOUBT_NAMES,
    ENTRY_NAMES,
    FIELD_NAMES,
    WHY_NAMES,
    BatchFilters,
    ColumnsForm,
    RosterForm,
    RowFilters,
    RowForm,
    doubt_words,
)
from outreach.directory.roster_models import Batch, BatchRow
from outreach.directory.views.people import bp
from outreach.permissions import Permission

MAY = Permission.DIRECTORY_IMPORT


def _form(**options) -> RosterForm:
    return RosterForm(
        units=accounts.units_for_choice(current_user, MAY), chambers=queries.chambers(), **options
    )


def _batch(batch_id: int) -> Batch:
    return found(roster_queries.select_visible(current_user), batch_id)


def _list(form: RosterForm, *, status: int = 200):
    filters = BatchFilters(request.args)
    listing = page_of(
        roster_queries.filtered(roster_queries.select_visible(current_user), **filters.chosen())
    )
    return page(
        "directory/rosters.html",
        part="directory/_batches.html",
        form=form,
        filters=filters,
        listing=listing,
        batch_names=BATCH_NAMES,
        status=status,
    )


@bp.get("/rosters")
@requires(MAY)
def rosters():
    return _list(_form(formdata=None, chamber_id=request.args.get("chamber", 0, type=int)))


@bp.post("/rosters")
@requires(MAY)
@limiter.limit("20 per minute")
def upload_roster():
    form = _form()
    if not form.validate_on_submit():
        return _list(form, status=422)
    unit = found(accounts.select_units(current_user, MAY), form.unit_id.data)
    chamber = dict(form.chamber_id.choices)[form.chamber_id.data] if form.chamber_id.data else ""
    content = form.file.data.read()
    batch = operations.upload_roster(
        unit, name=form.file.data.filename, content=content, chamber=chamber, by=current_user
    )
    return redirect(url_for(".roster", batch_id=batch.id), 303)


def _page(batch: Batch, *, status: int = 200, **forms):
    filters = RowFilters(request.args)
    listing = None if batch.busy else page_of(roster_queries.filtered_rows(batch, **filters.chosen()))
    before = batch.state in ("ready", "applying")
    decides = current_user.reaches(Permission.DIRECTORY_DECIDE, batch.unit)
    forms.setdefault("reason_form", ReasonForm(formdata=None))
    forms.setdefault("export_form", ReasonForm(formdata=None))
    return page(
        "directory/roster.html",
        part="directory/_roster.html",
        batch=batch,
        filters=filters,
        listing=listing,
        entries=roster_preview.entries(batch, listing.rows, decides=decides) if listing and before else {},
        left_out=roster_preview.left_out(batch),
        no_unit=roster_preview.no_unit(batch),
        entry_names=ENTRY_NAMES,
        gender_names=GENDER_NAMES,
        field_names=FIELD_NAMES,
        why_names=WHY_NAMES,
        tier_names=TIER_NAMES,
        doubt_names=DOUBT_NAMES,
        batch_names=BATCH_NAMES,
        status=status,
        **forms,
    )


@bp.get("/rosters/<int:batch_id>")
@requires(MAY)
def roster(batch_id: int):
    return _page(_batch(batch_id))


@bp.post("/rosters/<int:batch_id>/columns")
@requires(MAY)
def remap_batch(batch_id: int):
    batch, form = _batch(batch_id), ColumnsForm()
    mapping = form.mapping(request.form, batch.shapes)
    if not form.validate_on_submit():
        return _page(batch, status=422, chosen=mapping)
    operations.remap_batch(batch, mapping=mapping, by=current_user)
    return redirect(url_for(".roster", batch_id=batch.id), 303)


@bp.post("/rosters/<int:batch_id>/apply")
@requires(MAY)
def apply_batch(batch_id: int):
    batch = _batch(batch_id)
    operations.apply_batch(batch, by=current_user)
    return redirect(url_for(".roster", batch_id=batch.id), 303)


@bp.post("/rosters/<int:batch_id>/discard")
@requires(MAY)
def discard_batch(batch_id: int):
    operations.discard_batch(_batch(batch_id), by=current_user)
    flash(_("The dry run has been discarded. Nothing was entered."))
    return redirect(url_for(".rosters"), 303)


@bp.post("/rosters/<int:batch_id>/revert")
@requires(MAY)
def revert_batch(batch_id: int):
    batch, form = _batch(batch_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(batch, status=422, reason_form=form)
    operations.revert_batch(batch, reason=form.reason.data, by=current_user)
    return redirect(url_for(".roster", batch_id=batch.id), 303)


@bp.post("/rosters/<int:batch_id>/doubtful")
@requires(MAY)
@limiter.limit("10 per minute")
@reads_first
def export_batch(batch_id: int):
    batch, form = _batch(batch_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(batch, status=422, export_form=form)
    rows = db.session.scalars(
        roster_queries.free_rows(roster_queries.filtered_rows(batch, doubtful=True))
    ).all()
    operations.export_batch(batch, reason=form.reason.data, by=current_user)
    title = _("Doubtful rows")
    return attachment(
        roster_exports.workbook(batch, list(rows)),
        f"{Path(batch.file.name).stem} {title}.xlsx",
        XLSX,
    )


def _row(batch: Batch, number: int) -> BatchRow:
    return found(roster_queries.select_rows(current_user).where(BatchRow.batch_id == batch.id), number)


@bp.post("/rosters/<int:batch_id>/rows/<int:row_id>/leave-out")
@requires(MAY)
def leave_out_row(batch_id: int, row_id: int):
    batch = _batch(batch_id)
    operations.leave_out_row(_row(batch, row_id), by=current_user)
    return _back(batch)


@bp.post("/rosters/<int:batch_id>/hidden")
@requires(MAY)
def take_in_hidden(batch_id: int):
    batch = _batch(batch_id)
    operations.take_in_hidden(batch, by=current_user)
    return redirect(url_for(".roster", batch_id=batch.id), 303)


def _back(batch: Batch):
    """To the rows as they were filtered."""
    return redirect(f"{url_for('.roster', batch_id=batch.id)}?{request.query_string.decode()}", 303)


def _row_form(batch: Batch, **options) -> RowForm:
    return RowForm(towns=queries.town_choices(batch.unit), **options)


def _edit_row(batch: Batch, row: BatchRow, form: RowForm, *, status: int = 200):
    columns = next((shape["columns"] for shape in batch.shapes if row.sheet in shape["sheets"]), [])
    stood = [
        (column, as_text(cell)) for column, cell in zip(columns, row.raw, strict=False) if cell is not None
    ]
    return page(
        "directory/batch_row.html",
        batch=batch,
        row=row,
        form=form,
        stood=stood,
        doubts=doubt_words(row),
        status=status,
    )


@bp.post("/rosters/<int:batch_id>/rows/<int:row_id>/open")
@requires(Permission.DIRECTORY_UNMASK)
@limiter.limit("60 per minute")
def open_row(batch_id: int, row_id: int):
    """The row as it stood, in full: a POST, because it leaves a trace."""
    batch = _batch(batch_id)
    row = _row(batch, row_id)
    operations.show_row(row, by=current_user)
    card = row.card
    company, title = (card.get("posts") or [["", ""]])[0]
    form = _row_form(
        batch,
        formdata=None,
        mobiles="，".join(card.get("mobiles", [])),
        company=company,
        title=title,
        home_code=card.get("home_code") or "",
        scale_wan=Decimal(card["scale_wan"]) if card.get("scale_wan") else None,
        **{
            name: card.get(name, "")
            for name in ("name", "birth", "city", "home_village", "credit_code", "industry")
        },
    )
    return _edit_row(batch, row, form)


@bp.post("/rosters/<int:batch_id>/rows/<int:row_id>/correct")
@requires(Permission.DIRECTORY_UNMASK)
def correct_row(batch_id: int, row_id: int):
    batch = _batch(batch_id)
    row, form = _row(batch, row_id), _row_form(batch)
    if not form.validate_on_submit():
        operations.show_row(row, by=current_user)
        keep_writes()
        return _edit_row(batch, row, form, status=422)
    operations.correct_row(row, by=current_user, **form.card())
    flash(_("The row has been corrected."))
    return _back(batch)
