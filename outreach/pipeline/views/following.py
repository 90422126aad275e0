"""What goes on at a project: its confirmations, what it is, pauses, monthly reports,
matters to be co-ordinated, notices.
"""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.web import page
from outreach.permissions import Permission
from outreach.pipeline import operations, supervision_queries
from outreach.pipeline.agreement_forms import FileForm
from outreach.pipeline.follow_models import Concern, Notice
from outreach.pipeline.forms import OutcomeForm
from outreach.pipeline.models import Instalment, Milestone, Project
from outreach.pipeline.project_forms import AboutForm, StateForm
from outreach.pipeline.report_forms import ReportForm
from outreach.pipeline.supervision_forms import (
    LEVEL_NAMES,
    AnswerForm,
    ConcernForm,
    NoticeFilters,
    NoticeForm,
)
from outreach.pipeline.views.projects import project_of, project_page
from outreach.pipeline.views.shared import NAMES, bp, chambers, leader_posts

_P = Permission
_FACTS = {"milestones": Milestone, "instalments": Instalment}


def _back(row: Project, part: str):
    return redirect(url_for(".project", project_id=row.id, _anchor=part), 303)


@bp.post("/projects/<int:project_id>/<any(milestones, instalments):kind>/<int:fact_id>/confirm")
@requires(_P.PIPELINE_EDIT)
def confirm(project_id: int, kind: str, fact_id: int):
    row, model = project_of(project_id), _FACTS[kind]
    operations.confirm(
        row, found(db.select(model).where(model.project_id == row.id), fact_id), by=current_user
    )
    flash(_("Confirmed."))
    return _back(row, kind)


@bp.post("/projects/<int:project_id>/<any(milestones, instalments):kind>/<int:fact_id>/evidence")
@requires(_P.PIPELINE_EDIT)
def add_evidence(project_id: int, kind: str, fact_id: int):
    row, model, form = project_of(project_id), _FACTS[kind], FileForm()
    fact = found(db.select(model).where(model.project_id == row.id), fact_id)
    if not form.validate_on_submit():
        return project_page(row, file_form=form, status=422)
    proof = form.evidence.data
    operations.add_evidence(row, fact, file_name=proof.filename, content=proof.read(), by=current_user)
    return _back(row, kind)


@bp.get("/projects/<int:project_id>/about")
@requires(_P.PIPELINE_EDIT)
def about_form(project_id: int):
    row = project_of(project_id)
    form = AboutForm(formdata=None, obj=row, posts=leader_posts(), chambers=chambers())
    return page("pipeline/about.html", project=row, form=form)


@bp.post("/projects/<int:project_id>/about")
@requires(_P.PIPELINE_EDIT)
def describe(project_id: int):
    row, form = project_of(project_id), AboutForm(posts=leader_posts(), chambers=chambers())
    if not form.validate_on_submit():
        return page("pipeline/about.html", project=row, form=form, status=422)
    values = form.values()
    values |= {name: values[name] or None for name in ("post_id", "chamber_id")}
    operations.describe(row, by=current_user, **values)
    flash(_("Saved."))
    return _back(row, "about")


@bp.post("/projects/<int:project_id>/state")
@requires(_P.PIPELINE_EDIT)
def change_state(project_id: int):
    row, form = project_of(project_id), StateForm()
    if not form.validate_on_submit():
        return project_page(row, state_form=form, status=422)
    operations.change_state(row, by=current_user, **form.values())
    return _back(row, "about")


@bp.post("/projects/<int:project_id>/reports")
@requires(_P.PIPELINE_EDIT)
def report_month(project_id: int):
    row, form = project_of(project_id), ReportForm()
    if not form.validate_on_submit():
        return project_page(row, report_form=form, status=422)
    operations.report_month(row, by=current_user, **form.values())
    flash(_("The report has been entered."))
    return _back(row, "reports")


@bp.post("/projects/<int:project_id>/concerns")
@requires(_P.PIPELINE_EDIT)
def raise_concern(project_id: int):
    row, form = project_of(project_id), ConcernForm()
    if not form.validate_on_submit():
        return project_page(row, concern_form=form, status=422)
    operations.raise_concern(row, by=current_user, **form.values())
    return _back(row, "concerns")


@bp.post("/projects/<int:project_id>/concerns/<int:concern_id>/settle")
@requires(_P.PIPELINE_EDIT)
def settle_concern(project_id: int, concern_id: int):
    row, form = project_of(project_id), OutcomeForm()
    concern = found(db.select(Concern).where(Concern.project_id == row.id), concern_id)
    if not form.validate_on_submit():
        return project_page(row, outcome_form=form, status=422)
    operations.settle_concern(concern, outcome=form.outcome.data, by=current_user)
    return _back(row, "concerns")


@bp.get("/concerns")
@requires(_P.PIPELINE_VIEW)
def concerns():
    """Everything that is to be co-ordinated, the most urgent first: the agenda of a joint meeting."""
    listing = page_of(supervision_queries.select_concerns(current_user))
    return page("pipeline/concerns.html", part="pipeline/_concern_list.html", listing=listing, **NAMES)


@bp.post("/projects/<int:project_id>/notices")
@requires(_P.PIPELINE_EDIT)
def issue_notice(project_id: int):
    row, form = project_of(project_id), NoticeForm()
    if not form.validate_on_submit():
        return project_page(row, notice_form=form, status=422)
    notice = operations.issue_notice(row, by=current_user, **form.values())
    flash(_("Issued as %(number)s.", number=notice.number))
    return _back(row, "notices")


def _notice(project_id: int, notice_id: int) -> tuple[Project, Notice]:
    row = project_of(project_id)
    return row, found(db.select(Notice).where(Notice.project_id == row.id), notice_id)


@bp.post("/projects/<int:project_id>/notices/<int:notice_id>/receive")
@requires(_P.PIPELINE_EDIT)
def receive_notice(project_id: int, notice_id: int):
    row, notice = _notice(project_id, notice_id)
    operations.receive_notice(notice, by=current_user)
    return _back(row, "notices")


@bp.post("/projects/<int:project_id>/notices/<int:notice_id>/answer")
@requires(_P.PIPELINE_EDIT)
def answer_notice(project_id: int, notice_id: int):
    (row, notice), form = _notice(project_id, notice_id), AnswerForm()
    if not form.validate_on_submit():
        return project_page(row, answer_form=form, status=422)
    operations.answer_notice(notice, answer=form.answer.data, by=current_user)
    return _back(row, "notices")


@bp.post("/projects/<int:project_id>/notices/<int:notice_id>/close")
@requires(_P.PIPELINE_EDIT)
def close_notice(project_id: int, notice_id: int):
    (row, notice), form = _notice(project_id, notice_id), OutcomeForm()
    if not form.validate_on_submit():
        return project_page(row, outcome_form=form, status=422)
    operations.close_notice(notice, outcome=form.outcome.data, by=current_user)
    return _back(row, "notices")


@bp.get("/notices")
@requires(_P.PIPELINE_VIEW)
def notices():
    filters = NoticeFilters(request.args)
    chosen = supervision_queries.select_notices(current_user, **filters.chosen())
    return page(
        "pipeline/notices.html",
        part="pipeline/_notice_list.html",
        filters=filters,
        listing=page_of(chosen),
        level_names=LEVEL_NAMES,
        **NAMES,
    )
