"""Who has reported for a month and who has not; the list to take along; a month that is locked."""

from datetime import date

from dateutil.relativedelta import relativedelta
from flask import flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import Select

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX
from outreach.core.web import limiter, page, reads_first
from outreach.permissions import Permission
from outreach.pipeline import exports, operations, report_queries
from outreach.pipeline.report_forms import REPORT_NAMES, LockForm, OwedFilters
from outreach.pipeline.views.shared import bp, counties, ready_sheet

_P = Permission
#: so many months back can be chosen
MONTHS = 24


def _month() -> date:
    """The month in the address, else the last one that is over."""
    try:
        return date.fromisoformat(f"{request.args.get('month', '')[:7]}-01")
    except ValueError:
        return report_queries.last_month()


def _owed(month: date, permission=_P.PIPELINE_VIEW) -> tuple[OwedFilters, Select, dict[str, int]]:
    """The filters, whom they leave, and how everybody they leave stands, whichever state is chosen."""
    last = report_queries.last_month()
    months = {month, *(last - relativedelta(months=back) for back in range(MONTHS))}
    units = accounts.units_for_choice(current_user, permission, "city", "county")
    filters = OwedFilters(request.args, months=sorted(months, reverse=True), units=units)
    values = {name: value for name, value in filters.chosen().items() if name != "month"}
    filters.month.data = month.strftime("%Y-%m")
    whole = report_queries.select_owed(current_user, month, permission, **{**values, "state": ""})
    chosen = report_queries.select_owed(current_user, month, permission, **values)
    return filters, chosen, report_queries.standing_counts(whole)


def _reports(form: LockForm, *, status: int = 200):
    month = _month()
    filters, chosen, counts = _owed(month)
    listing = page_of(chosen, rows_of=report_queries.owed)
    locks = report_queries.locks({row.project.unit.county_id for row in listing.rows})
    return page(
        "pipeline/reports.html",
        part="pipeline/_owed.html",
        filters=filters,
        listing=listing,
        counts=counts,
        report_names=REPORT_NAMES,
        month=month,
        due=report_queries.due_on(month),
        locks=locks,
        form=form,
        status=status,
    )


@bp.get("/reports")
@requires(_P.PIPELINE_VIEW)
def reports():
    return _reports(LockForm(formdata=None, units=counties(), month=_month()))


@bp.post("/reports/export")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("20 per minute")
@reads_first
def export_reports():
    month = _month()
    _filters, chosen, _counts = _owed(month, _P.PIPELINE_EXPORT)
    rows = report_queries.owed(db.session.execute(chosen))
    operations.export_pipeline("reports", count=len(rows), by=current_user)
    title = _("Monthly reports %(month)s", month=month.strftime("%Y-%m"))
    return attachment(ready_sheet(title, exports.reports(), rows), f"{title}.xlsx", XLSX)


@bp.post("/reports/lock")
@requires(_P.PIPELINE_EDIT)
def lock_month():
    form = LockForm(units=counties())
    if not form.validate_on_submit():
        return _reports(form, status=422)
    unit = found(accounts.select_units(current_user, _P.PIPELINE_EDIT), form.unit_id.data)
    operations.lock_month(unit, form.month.data, by=current_user)
    flash(_("Locked. What changes from now on stands beside it as a correction."))
    return redirect(url_for(".reports", month=form.month.data.strftime("%Y-%m")), 303)
