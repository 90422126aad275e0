"""The rows behind the contracted amount."""

from flask import request
from flask_login import current_user
from sqlalchemy import select

from outreach.accounts import queries as accounts
from outreach.core.access import requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX, Column
from outreach.core.web import limiter, page, reads_first
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.pipeline import contract_queries as contracts
from outreach.pipeline import operations, queries
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.truth_forms import SOURCE_NAMES, ContractFilters
from outreach.pipeline.views.shared import bp, ready_sheet

_P = Permission


def _filters() -> ContractFilters:
    signed_at = queries.select_agreements(current_user).with_only_columns(Agreement.event_id)
    held = db.session.scalars(
        select(Event).where(Event.id.in_(signed_at)).order_by(Event.starts_at.desc()).limit(200)
    )
    units = accounts.units_for_choice(current_user, _P.PIPELINE_VIEW, "city", "county")
    return ContractFilters(request.args, units=units, events=[(row.id, row.shown) for row in held])


@bp.get("/contracts", endpoint="contracts")
@requires(_P.PIPELINE_VIEW)
def contracted():
    """The contracts of projects and those on paper alone that the contracted amount adds up;
    or those that wait.
    """
    filters = _filters()
    chosen = contracts.select_contracts(current_user, **filters.chosen())
    return page(
        "pipeline/contracts.html",
        part="pipeline/_contracts.html",
        filters=filters,
        listing=page_of(chosen, rows_of=contracts.rows),
        total=contracts.total(chosen),
        source_names=SOURCE_NAMES,
    )


@bp.post("/contracts/export")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("20 per minute")
@reads_first
def export_contracts():
    chosen = contracts.select_contracts(current_user, _P.PIPELINE_EXPORT, **_filters().chosen())
    rows = contracts.rows(db.session.execute(chosen))
    operations.export_pipeline("contracts", count=len(rows), by=current_user)
    columns = [
        Column(_("Name of the project"), lambda row: row.name, 34),
        Column(_("Company"), lambda row: row.of.organisation.name, 28),
        Column(_("What is it?"), lambda row: str(SOURCE_NAMES[row.source]), 18),
        Column(_("County"), lambda row: row.of.unit.shown, 12),
        Column(_("Signed on"), lambda row: row.day, 12, "day"),
        Column(_("Contracted (10,000 yuan)"), lambda row: row.amount_wan, 16, "wan", total=True),
    ]
    title = _("Contracts")
    return attachment(ready_sheet(title, columns, rows), f"{title}.xlsx", XLSX)
