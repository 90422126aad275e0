"""Projects: the list, the board, the project's own page with its facts and next steps."""

import secrets
from itertools import pairwise

from flask import flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import selectinload

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.forms import whole_number
from outreach.core.i18n import _
from outreach.core.lists import ordered_by, page_of
from outreach.core.paper import FORMS
from outreach.core.sheets import A3, XLSX
from outreach.core.web import limiter, page, reads_first
from outreach.directory import queries as directory
from outreach.directory import view_queries
from outreach.directory.forms import ReasonForm, ViewForm
from outreach.directory.models import Person
from outreach.directory.view_models import PROJECTS
from outreach.permissions import Permission
from outreach.pipeline import (
    board_queries,
    exports,
    light_queries,
    note_queries,
    operations,
    paper_exports,
    queries,
    report_queries,
    rule_queries,
    supervision_queries,
    timelines,
)
from outreach.pipeline.agreement_forms import FileForm
from outreach.pipeline.forms import (
    HandOverForm,
    InstalmentForm,
    MilestoneForm,
    OutcomeForm,
    PostponeForm,
    ProjectFilters,
    StepForm,
)
from outreach.pipeline.models import MILESTONES, STAGES, Instalment, Milestone, NextStep, Project
from outreach.pipeline.note_forms import SEEN_NAMES, NoteForm
from outreach.pipeline.project_forms import LeadForm, StateForm
from outreach.pipeline.report_forms import ReportForm
from outreach.pipeline.supervision_forms import LEVEL_NAMES, RULE_NAMES, AnswerForm, ConcernForm, NoticeForm
from outreach.pipeline.views.shared import NAMES, bp, counties, officer, officers, opened, ready_sheet

_P = Permission


def project_of(project_id: int, permission=_P.PIPELINE_EDIT) -> Project:
    """The project, if this user may do this there; else 404."""
    return found(queries.select_projects(current_user, permission), project_id)


def _projects(permission=_P.PIPELINE_VIEW):
    filters = ProjectFilters(request.args)
    return filters, queries.filtered_projects(
        queries.select_projects(current_user, permission), **filters.chosen()
    )


@bp.get("/projects")
@requires(_P.PIPELINE_VIEW)
def projects():
    filters, chosen = _projects()
    sorts = {"created": Project.created_at, "name": Project.name}
    listing = page_of(ordered_by(chosen, request.args.get("sort", ""), sorts, "-created"))

    def around():
        return {"views": view_queries.views(current_user, PROJECTS), "view_form": ViewForm(formdata=None)}

    return page(
        "pipeline/projects.html",
        part="pipeline/_projects.html",
        rest=around,
        filters=filters,
        listing=listing,
        **NAMES,
    )


@bp.post("/projects/export")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("20 per minute")
@reads_first
def export_projects():
    """The A3 ledger; the names of people stand in full where this user may also unmask,
    and the trace says how many.
    """
    chosen = _projects(_P.PIPELINE_EXPORT)[1]
    rows = db.session.scalars(chosen.order_by(Project.id).options(selectinload(Project.post))).unique().all()

    def named(row: Project) -> bool:
        return current_user.reaches(_P.DIRECTORY_UNMASK, row.unit)

    full = sum(row.contact is not None and row.contact.restricted_at is None and named(row) for row in rows)
    operations.export_pipeline("projects", count=len(rows), named=full, by=current_user)
    title = _("Project ledger")
    columns = exports.projects(
        report_queries.last_reports(chosen),
        light_queries.lit(chosen),
        supervision_queries.open_concerns(chosen),
        named,
    )
    content = ready_sheet(title, columns, rows, paper=A3, across=2)
    return attachment(content, f"{title}.xlsx", XLSX)


@bp.get("/board")
@requires(_P.PIPELINE_VIEW)
def board():
    filters, chosen = _projects()
    return page(
        "pipeline/board.html",
        part="pipeline/_board.html",
        filters=filters,
        columns=board_queries.board(chosen),
        without=board_queries.without_project(current_user),
        following=dict(pairwise((*STAGES, STAGES[-1]))),
        **NAMES,
    )


@bp.get("/timeline")
@requires(_P.PIPELINE_VIEW)
def timeline():
    """Planned against actual, thirty projects on a page."""
    filters, chosen = _projects()
    listing = page_of(chosen.order_by(Project.planned_start, Project.id), 30)
    made = timelines.timeline(listing.rows, today()) if listing.rows else None
    return page(
        "pipeline/timeline.html",
        part="pipeline/_timeline.html",
        filters=filters,
        listing=listing,
        made=made,
        **NAMES,
    )


def _leads(*, form: LeadForm | None = None, status: int = 200):
    """A visit's note or a guest of a summit may stand behind it:
    who, for whom and where come along in the address.
    """
    units = counties()
    said = {name: request.args.get(name, "")[:80] for name in ("company", "source", "name")}
    person = _bringer(request.args.get("person", ""))
    form = form or LeadForm(
        formdata=None,
        units=units,
        officers=officers(),
        officer_id=current_user.id,
        person_id=person.id if person else None,
        **said,
    )
    return page("pipeline/new_lead.html", form=form, person=_bringer(form.person_id.data), status=status)


def _bringer(typed) -> Person | None:
    """The person of the directory, if the officer may see them."""
    key = whole_number(typed)
    return (
        db.session.scalars(directory.select_visible(current_user).where(Person.id == key)).unique().first()
        if key
        else None
    )


@bp.get("/projects/new")
@requires(_P.PIPELINE_EDIT)
def new_lead():
    return _leads()


@bp.post("/projects/new")
@requires(_P.PIPELINE_EDIT)
def open_lead():
    form = LeadForm(units=counties(), officers=officers())
    if not form.validate_on_submit():
        return _leads(form=form, status=422)
    values = form.values()
    unit = found(accounts.select_units(current_user, _P.PIPELINE_EDIT), values.pop("unit_id"))
    row = operations.open_lead(
        unit,
        officer=officer(values.pop("officer_id")),
        person=_bringer(values.pop("person_id")),
        by=current_user,
        **values,
    )
    flash(_("The lead has been entered."))
    return redirect(url_for(".project", project_id=row.id), 303)


def project_page(row: Project, *, status: int = 200, **forms):
    """The project's own page; a form that was refused stands open in it."""
    reached = max((MILESTONES.index(kind) for kind in row.standing), default=-1)
    missing = MILESTONES[min(reached + 1, len(MILESTONES) - 1)]
    entering = request.args.get("enter", "")
    fresh = {
        "milestone_form": MilestoneForm(formdata=None, kind=entering if entering in MILESTONES else missing),
        "file_form": FileForm(formdata=None),
        "instalment_form": InstalmentForm(formdata=None),
        "step_form": StepForm(formdata=None),
        "outcome_form": OutcomeForm(formdata=None),
        "reason_form": ReasonForm(formdata=None),
        "postpone_form": PostponeForm(formdata=None),
        "hand_over_form": HandOverForm(formdata=None, officers=officers()),
        "report_form": ReportForm(formdata=None, month=report_queries.last_month()),
        "state_form": StateForm(formdata=None),
        "note_form": NoteForm(formdata=None, key=secrets.token_hex(16)),
        "concern_form": ConcernForm(formdata=None),
        "notice_form": NoticeForm(formdata=None),
        "answer_form": AnswerForm(formdata=None),
    }
    return page(
        "pipeline/project.html",
        project=row,
        status=status,
        entering=entering,
        paper_words=rule_queries.paper_words,
        papers={kind: rule_queries.papers_for(kind) for kind in MILESTONES},
        reports=report_queries.reports(row),
        reasons=light_queries.reasons_of(row),
        states=supervision_queries.states_of(row),
        notes=note_queries.notes(current_user, row),
        seen_names=SEEN_NAMES,
        plan_changes=supervision_queries.plan_changes_of(row),
        hand_overs=supervision_queries.hand_overs_of(row),
        concerns=supervision_queries.concerns_of(row),
        notices=supervision_queries.notices_of(row),
        level_names=LEVEL_NAMES,
        rule_names=RULE_NAMES,
        **(fresh | forms),
        **NAMES,
    )


@bp.get("/projects/<int:project_id>")
@requires(_P.PIPELINE_VIEW)
def project(project_id: int):
    return project_page(project_of(project_id, _P.PIPELINE_VIEW))


def _fact(form) -> dict:
    """The checked values of a dated fact, its evidence as name and bytes."""
    values = form.values()
    proof = values.pop("evidence")
    return {**values, "file_name": proof.filename if proof else "", "content": proof.read() if proof else b""}


def _back(row: Project):
    return redirect(url_for(".project", project_id=row.id), 303)


@bp.post("/projects/<int:project_id>/milestones")
@requires(_P.PIPELINE_EDIT)
def enter_milestone(project_id: int):
    row, form = project_of(project_id), MilestoneForm()
    if not form.validate_on_submit():
        return project_page(row, milestone_form=form, status=422)
    operations.enter_milestone(row, by=current_user, **_fact(form))
    flash(_("The milestone has been entered."))
    return _back(row)


@bp.post("/projects/<int:project_id>/milestones/<int:milestone_id>/withdraw")
@requires(_P.PIPELINE_EDIT)
def withdraw_milestone(project_id: int, milestone_id: int):
    row, form = project_of(project_id), OutcomeForm()
    milestone = found(db.select(Milestone).where(Milestone.project_id == row.id), milestone_id)
    if not form.validate_on_submit():
        return project_page(row, outcome_form=form, status=422)
    operations.withdraw_milestone(row, milestone, reason=form.outcome.data, by=current_user)
    return _back(row)


@bp.post("/projects/<int:project_id>/instalments")
@requires(_P.PIPELINE_EDIT)
def pay_in(project_id: int):
    row, form = project_of(project_id), InstalmentForm()
    if not form.validate_on_submit():
        return project_page(row, instalment_form=form, status=422)
    operations.pay_in(row, by=current_user, **_fact(form))
    flash(_("The instalment has been entered."))
    return _back(row)


@bp.post("/projects/<int:project_id>/instalments/<int:instalment_id>/correct")
@requires(_P.PIPELINE_EDIT)
def correct_instalment(project_id: int, instalment_id: int):
    row, form = project_of(project_id), OutcomeForm()
    instalment = found(db.select(Instalment).where(Instalment.project_id == row.id), instalment_id)
    if not form.validate_on_submit():
        return project_page(row, outcome_form=form, status=422)
    operations.correct_instalment(row, instalment, reason=form.outcome.data, by=current_user)
    return _back(row)


@bp.post("/projects/<int:project_id>/steps")
@requires(_P.PIPELINE_EDIT)
def plan_step(project_id: int):
    row, form = project_of(project_id), StepForm()
    if not form.validate_on_submit():
        return project_page(row, step_form=form, status=422)
    operations.plan_step(row, by=current_user, twice=False, **form.values())
    flash(_("The step is planned."))
    return _back(row)


def _step(row: Project, step_id: int) -> NextStep:
    return found(db.select(NextStep).where(NextStep.project_id == row.id), step_id)


@bp.post("/projects/<int:project_id>/steps/<int:step_id>/finish")
@requires(_P.PIPELINE_EDIT)
def finish_step(project_id: int, step_id: int):
    row, form = project_of(project_id), OutcomeForm()
    step = _step(row, step_id)
    if not form.validate_on_submit():
        return project_page(row, outcome_form=form, status=422)
    operations.finish_step(step, outcome=form.outcome.data, by=current_user)
    flash(_("Recorded."))
    return _back(row)


@bp.post("/projects/<int:project_id>/steps/<int:step_id>/postpone")
@requires(_P.PIPELINE_EDIT)
def postpone_step(project_id: int, step_id: int):
    row, form = project_of(project_id), PostponeForm()
    step = _step(row, step_id)
    if not form.validate_on_submit():
        return project_page(row, postpone_form=form, status=422)
    operations.postpone_step(step, by=current_user, **form.values())
    flash(_("Recorded."))
    return _back(row)


@bp.post("/projects/<int:project_id>/hand-over")
@requires(_P.PIPELINE_EDIT)
def hand_over(project_id: int):
    row, form = project_of(project_id), HandOverForm(officers=officers())
    if not form.validate_on_submit():
        return project_page(row, hand_over_form=form, status=422)
    operations.hand_over(row, officer=officer(form.officer_id.data), reason=form.reason.data, by=current_user)
    return _back(row)


@bp.post("/projects/<int:project_id>/brief.<any(docx, pdf):form>")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("60 per minute")
@reads_first
def brief(project_id: int, form: str):
    """项目简报: one page about a project, as Word or PDF."""
    row = project_of(project_id, _P.PIPELINE_EXPORT)
    operations.export_pipeline("brief", count=1, by=current_user)
    paper = paper_exports.brief(
        row, report_queries.reports(row), supervision_queries.concerns_of(row), light_queries.reasons_of(row)
    )
    return attachment(paper.made(form, row.unit.shown), f"{row.name} {_('Brief')}.{form}", FORMS[form])


@bp.post("/projects/<int:project_id>/evidence/<int:file_id>")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("60 per minute")
def evidence(project_id: int, file_id: int):
    """A proof: bank slips name accounts, so only who may take figures out of the house opens them,
    and leaves a trace.
    """
    row = project_of(project_id, _P.PIPELINE_EXPORT)
    proofs = {
        fact.evidence_id: fact.evidence for fact in (*row.milestones, *row.instalments) if fact.evidence_id
    }
    return opened(row, proofs.get(file_id))
