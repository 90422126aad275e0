"""Rosters: upload, the dry run's preview, correcting columns, entering, taking back."""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX, write
from outreach.core.web import limiter, page
from outreach.directory import exports, operations, roster_queries
from outreach.directory.forms import DOUBT_NAMES, FIELD_NAMES, ReasonForm, RosterForm, RowFilters, mapping_of
from outreach.directory.roster_models import Batch
from outreach.directory.views.people import bp
from outreach.permissions import Permission

MAY = Permission.DIRECTORY_IMPORT


def _form(**options) -> RosterForm:
    return RosterForm(units=accounts.units_for_choice(current_user, MAY), **options)


def _batch(batch_id: int) -> Batch:
    return found(roster_queries.select_visible(current_user), batch_id)


@bp.get("/rosters")
@requires(MAY)
def rosters():
    listing = page_of(roster_queries.select_visible(current_user).order_by(Batch.id.desc()))
    return page("directory/rosters.html", form=_form(), listing=listing)


@bp.post("/rosters")
@requires(MAY)
@limiter.limit("20 per minute")
def upload_roster():
    form = _form()
    if not form.validate_on_submit():
        listing = page_of(roster_queries.select_visible(current_user).order_by(Batch.id.desc()))
        return page("directory/rosters.html", form=form, listing=listing, status=422)
    unit = found(accounts.select_units(current_user, MAY), form.unit_id.data)
    batch = operations.upload_roster(unit, name=form.file.data.filename, content=form.file.data.read(), by=current_user)
    return redirect(url_for(".roster", batch_id=batch.id), 303)


def _page(batch: Batch, *, status: int = 200, **forms):
    filters = RowFilters(request.args)
    forms.setdefault("reason_form", ReasonForm(formdata=None))
    forms.setdefault("export_form", ReasonForm(formdata=None))
    return page(
        "directory/roster.html",
        part="directory/_roster.html",
        batch=batch,
        filters=filters,
        listing=None if batch.busy else page_of(roster_queries.filtered_rows(batch, **filters.chosen())),
        field_names=FIELD_NAMES,
        doubt_names=DOUBT_NAMES,
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
    batch = _batch(batch_id)
    operations.remap_batch(batch, mapping=mapping_of(request.form, batch.shapes), by=current_user)
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
def export_batch(batch_id: int):
    batch, form = _batch(batch_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(batch, status=422, export_form=form)
    rows = db.session.scalars(roster_queries.filtered_rows(batch, doubtful=True)).all()
    operations.export_batch(batch, reason=form.reason.data, by=current_user)
    title = _("Doubtful rows")
    return attachment(write(title, exports.doubtful_rows(), rows, subtitle=batch.file.name), f"{title} {batch.file.name}.xlsx", XLSX)
