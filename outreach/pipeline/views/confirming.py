"""The desk where entries of others are confirmed:
the list, the evidence beside a row, many at once, sent back with a reason.
"""

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user

from outreach.core import previews
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import limiter, page, reads_first
from outreach.directory.forms import ReasonForm
from outreach.permissions import Permission
from outreach.pipeline import confirming_queries as waiting
from outreach.pipeline import operations, rule_queries
from outreach.pipeline.forms import MILESTONE_NAMES
from outreach.pipeline.models import Instalment, Milestone
from outreach.pipeline.report_forms import ConfirmingFilters
from outreach.pipeline.views.projects import project_of
from outreach.pipeline.views.shared import NAMES, bp, counties, officers

_P = Permission
#: the most that is confirmed by one tap
MOST = 100


def _kind_words(row: waiting.Waiting) -> str:
    return _("Money paid in") if row.kind == waiting.MONEY else str(MILESTONE_NAMES[row.kind])


def papers_of(fact: Milestone | Instalment) -> list[str]:
    """What proves a fact; empty: nothing has to."""
    return rule_queries.papers_for(fact.kind) if isinstance(fact, Milestone) else [_("bank slip")]


def _desk(
    *, row: waiting.Waiting | None = None, refused=(), form: ReasonForm | None = None, status: int = 200
):
    filters = ConfirmingFilters(request.args, units=counties(), officers=officers())
    listing = page_of(waiting.select_waiting(current_user, **filters.chosen()), rows_of=waiting.rows)
    shown = []
    if row is not None and row.fact.evidence is not None:
        shown = previews.pictures(row.fact.evidence.path, row.fact.evidence.media_type)
    return page(
        "pipeline/unconfirmed.html",
        part="pipeline/_unconfirmed.html",
        filters=filters,
        listing=listing,
        row=row,
        shown=shown,
        papers=papers_of(row.fact) if row else [],
        paper_words=rule_queries.paper_words,
        refused=refused,
        form=form or ReasonForm(formdata=None),
        kind_words=_kind_words,
        status=status,
        **NAMES,
    )


def _fact(project_id: int, part: str, fact_id: int) -> waiting.Waiting:
    row, model = project_of(project_id), waiting.MODELS[part]
    return waiting.Waiting(part, found(db.select(model).where(model.project_id == row.id), fact_id))


def _list():
    return redirect(url_for(".unconfirmed", **request.args.to_dict(flat=False)), 303)


@bp.get("/unconfirmed")
@requires(_P.PIPELINE_EDIT)
def unconfirmed():
    """What others entered and this user may confirm; or what was returned."""
    return _desk()


@bp.post("/unconfirmed/<any(milestones, instalments):part>/<int:project_id>/<int:fact_id>")
@requires(_P.PIPELINE_EDIT)
@limiter.limit("120 per minute")
@reads_first
def look(part: str, project_id: int, fact_id: int):
    """The evidence beside its row. A proof names accounts, so looking at it leaves its trace."""
    row = _fact(project_id, part, fact_id)
    if row.fact.evidence is not None:
        operations.open_file(row.fact.project, row.fact.evidence, by=current_user)
    return _desk(row=row)


@bp.post("/unconfirmed/confirm")
@requires(_P.PIPELINE_EDIT)
def confirm_ticked():
    """Confirm what is ticked, each checked for itself; those refused are listed with the reason."""
    keys = request.form.getlist("fact")
    if len(keys) > MOST:
        abort(400)
    rows = waiting.within_reach(current_user, keys)
    if not rows:
        flash(_("Tick at least one row."))
        return _list()
    refused = operations.confirm_many([row.fact for row in rows], by=current_user)
    flash(_("%(num)d confirmed, %(refused)d refused.", num=len(rows) - len(refused), refused=len(refused)))
    if not refused:
        return _list()
    return _desk(refused=[(row, refused[row.fact]) for row in rows if row.fact in refused])


@bp.post("/unconfirmed/<any(milestones, instalments):part>/<int:project_id>/<int:fact_id>/return")
@requires(_P.PIPELINE_EDIT)
@reads_first
def return_fact(part: str, project_id: int, fact_id: int):
    """Back to who entered it, with the reason."""
    row, form = _fact(project_id, part, fact_id), ReasonForm()
    if not form.validate_on_submit():
        return _desk(row=row, form=form, status=422)
    operations.return_fact(row.fact.project, row.fact, reason=form.reason.data, by=current_user)
    flash(_("Returned. Who entered it finds it on their home page."))
    return _list()


@bp.post("/unconfirmed/<any(milestones, instalments):part>/<int:project_id>/<int:fact_id>/again")
@requires(_P.PIPELINE_EDIT)
def present_again(part: str, project_id: int, fact_id: int):
    row = _fact(project_id, part, fact_id)
    operations.present_again(row.fact.project, row.fact, by=current_user)
    flash(_("It waits for confirmation again."))
    return _list()


@bp.post("/unconfirmed/export")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("20 per minute")
@reads_first
def export_unconfirmed():
    filters = ConfirmingFilters(request.args, units=counties(), officers=officers())
    rows = waiting.rows(db.session.execute(waiting.select_waiting(current_user, **filters.chosen())))
    operations.export_pipeline("unconfirmed", count=len(rows), by=current_user)
    columns = [
        Column(_("Name of the project"), lambda row: row.fact.project.name, 30),
        Column(_("County"), lambda row: row.fact.project.unit.shown, 12),
        Column(_("What is entered"), _kind_words, 14),
        Column(_("Day"), lambda row: row.happened_on, 11, "day"),
        Column(_("Amount (10,000 yuan)"), lambda row: row.fact.amount_wan, 12, "wan"),
        Column(_("Evidence"), lambda row: row.fact.evidence.name if row.fact.evidence else "", 24),
        Column(_("Entered by"), lambda row: row.fact.entered_by.name if row.fact.entered_by else "", 10),
        Column(_("Returned because"), lambda row: row.fact.returned_why, 24),
    ]
    title = _("To be confirmed")
    return attachment(write(title, columns, rows), f"{title}.xlsx", XLSX)
