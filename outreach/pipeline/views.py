"""Staff pages of the pipeline: agreements, the board, the list, the project."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.accounts.models import User
from outreach.core import phones
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment, stored
from outreach.core.i18n import _
from outreach.core.lists import ordered_by, page_of
from outreach.core.refusals import Refused
from outreach.core.sheets import XLSX, write
from outreach.core.web import limiter, page
from outreach.directory import queries as directory
from outreach.directory.models import INDUSTRIES, Person, PersonPhone
from outreach.events import queries as events
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.pipeline import exports, operations, queries
from outreach.pipeline.forms import (
    KIND_NAMES,
    STAGE_NAMES,
    AgreementFilters,
    AgreementForm,
    HandOverForm,
    InstalmentForm,
    MilestoneForm,
    OutcomeForm,
    PostponeForm,
    ProjectFilters,
    ProjectForm,
    StepForm,
)
from outreach.pipeline.models import (
    MILESTONES,
    Agreement,
    Instalment,
    Milestone,
    NextStep,
    Project,
)

bp = Blueprint("pipeline", __name__)
_P = Permission
_AGREEMENT_SORTS = {
    "signed": Agreement.signed_on,
    "amount": Agreement.intended_wan,
    "title": Agreement.title,
}
_NAMES = {
    "kind_names": KIND_NAMES,
    "stage_names": STAGE_NAMES,
    "stages": MILESTONES,
    "industries": INDUSTRIES,
}


def _agreement(agreement_id: int, permission=_P.PIPELINE_VIEW) -> Agreement:
    return found(queries.select_agreements(current_user, permission), agreement_id)


def _project(project_id: int, permission=_P.PIPELINE_EDIT) -> Project:
    return found(queries.select_projects(current_user, permission), project_id)


def _agreements(permission=_P.PIPELINE_VIEW):
    filters = AgreementFilters(request.args)
    chosen = queries.filtered_agreements(
        queries.select_agreements(current_user, permission), **filters.chosen()
    )
    return filters, ordered_by(
        chosen, request.args.get("sort", ""), _AGREEMENT_SORTS, "-signed"
    )


@bp.get("/agreements")
@requires(_P.PIPELINE_VIEW)
def agreements():
    filters, chosen = _agreements()
    return page(
        "pipeline/agreements.html",
        part="pipeline/_agreements.html",
        filters=filters,
        listing=page_of(chosen),
        **_NAMES,
    )


@bp.post("/agreements/export")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("20 per minute")
def export_agreements():
    rows = db.session.scalars(_agreements(_P.PIPELINE_EXPORT)[1]).unique().all()
    operations.export_pipeline("agreements", count=len(rows), by=current_user)
    title = _("Signed agreements")
    return attachment(write(title, exports.agreements(), rows), f"{title}.xlsx", XLSX)


def _agreement_form(**options) -> AgreementForm:
    units = accounts.units_for_choice(current_user, _P.PIPELINE_EDIT, "city", "county")
    held = db.session.scalars(
        events.select_visible(current_user).order_by(Event.starts_at.desc()).limit(200)
    )
    return AgreementForm(
        units=units, events=[(event.id, event.title) for event in held], **options
    )


@bp.get("/agreements/new")
@requires(_P.PIPELINE_EDIT)
def new_agreement():
    event_id = request.args.get("event", 0, type=int)
    event = found(events.select_visible(current_user), event_id) if event_id else None
    form = _agreement_form(
        formdata=None, event_id=event_id, unit_id=event.unit_id if event else None
    )
    return page("pipeline/new_agreement.html", form=form)


def _introducer(typed: str) -> Person | None:
    """The person of the directory with this number, if the officer may see them."""
    number = phones.mobile(typed or "")
    holders = db.select(PersonPhone.person_id).where(PersonPhone.number == number)
    return (
        db.session.scalars(
            directory.select_visible(current_user)
            .where(Person.id.in_(holders))
            .limit(1)
        )
        .unique()
        .first()
        if number
        else None
    )


@bp.post("/agreements/new")
@requires(_P.PIPELINE_EDIT)
def sign():
    form = _agreement_form()
    if not form.validate_on_submit():
        return page("pipeline/new_agreement.html", form=form, status=422)
    values = form.values()
    unit = found(
        accounts.select_units(current_user, _P.PIPELINE_EDIT), values.pop("unit_id")
    )
    event_id = values.pop("event_id")
    event = found(events.select_visible(current_user), event_id) if event_id else None
    try:
        agreement = operations.sign(
            unit,
            event=event,
            person=_introducer(values.pop("mobile")),
            by=current_user,
            **values,
        )
    except Refused as refusal:
        return page(
            "pipeline/new_agreement.html", form=form, refusal=str(refusal), status=409
        )
    return redirect(url_for(".agreement", agreement_id=agreement.id), 303)


def _officers() -> list[tuple[int, str]]:
    return [
        (user.id, f"{user.name} {user.post}".strip())
        for user in accounts.colleagues(current_user, _P.PIPELINE_EDIT)
    ]


def _agreement_page(row: Agreement, *, form=None, status: int = 200):
    project = db.session.scalar(
        db.select(Project).where(Project.agreement_id == row.id)
    )
    form = form or ProjectForm(
        formdata=None, officers=_officers(), name=row.title, officer_id=current_user.id
    )
    return page(
        "pipeline/agreement.html",
        agreement=row,
        project=project,
        form=form,
        status=status,
        **_NAMES,
    )


@bp.get("/agreements/<int:agreement_id>")
@requires(_P.PIPELINE_VIEW)
def agreement(agreement_id: int):
    return _agreement_page(_agreement(agreement_id))


def _officer(user_id: int) -> User:
    return next(
        user
        for user in accounts.colleagues(current_user, _P.PIPELINE_EDIT)
        if user.id == user_id
    )


@bp.post("/agreements/<int:agreement_id>/project")
@requires(_P.PIPELINE_EDIT)
def start_project(agreement_id: int):
    row, form = (
        _agreement(agreement_id, _P.PIPELINE_EDIT),
        ProjectForm(officers=_officers()),
    )
    if not form.validate_on_submit():
        return _agreement_page(row, form=form, status=422)
    values = form.values()
    project = operations.start_project(
        row, officer=_officer(values.pop("officer_id")), by=current_user, **values
    )
    return redirect(url_for(".project", project_id=project.id), 303)


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
    listing = page_of(
        ordered_by(chosen, request.args.get("sort", ""), sorts, "-created")
    )
    return page(
        "pipeline/projects.html",
        part="pipeline/_projects.html",
        filters=filters,
        listing=listing,
        **_NAMES,
    )


@bp.post("/projects/export")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("20 per minute")
def export_projects():
    rows = (
        db.session.scalars(_projects(_P.PIPELINE_EXPORT)[1].order_by(Project.id))
        .unique()
        .all()
    )
    operations.export_pipeline("projects", count=len(rows), by=current_user)
    title = _("Project ledger")
    return attachment(write(title, exports.projects(), rows), f"{title}.xlsx", XLSX)


@bp.get("/board")
@requires(_P.PIPELINE_VIEW)
def board():
    filters, chosen = _projects()
    rows = db.session.scalars(chosen.order_by(Project.id)).unique().all()
    columns = {
        stage: [row for row in rows if row.stage == stage] for stage in MILESTONES
    }
    return page(
        "pipeline/board.html",
        part="pipeline/_board.html",
        filters=filters,
        columns=columns,
        **_NAMES,
    )


def _project_page(row: Project, *, status: int = 200, **forms):
    missing = next(
        (kind for kind in MILESTONES if kind not in row.standing), MILESTONES[0]
    )
    forms.setdefault("milestone_form", MilestoneForm(formdata=None, kind=missing))
    forms.setdefault("instalment_form", InstalmentForm(formdata=None))
    forms.setdefault("step_form", StepForm(formdata=None))
    forms.setdefault("outcome_form", OutcomeForm(formdata=None))
    forms.setdefault("postpone_form", PostponeForm(formdata=None))
    forms.setdefault(
        "hand_over_form", HandOverForm(formdata=None, officers=_officers())
    )
    return page("pipeline/project.html", project=row, status=status, **forms, **_NAMES)


@bp.get("/projects/<int:project_id>")
@requires(_P.PIPELINE_VIEW)
def project(project_id: int):
    return _project_page(_project(project_id, _P.PIPELINE_VIEW))


def _upload(field) -> tuple[str, bytes]:
    return (field.data.filename, field.data.read()) if field.data else ("", b"")


def _back(row: Project):
    return redirect(url_for(".project", project_id=row.id), 303)


@bp.post("/projects/<int:project_id>/milestones")
@requires(_P.PIPELINE_EDIT)
def enter_milestone(project_id: int):
    row, form = _project(project_id), MilestoneForm()
    if not form.validate_on_submit():
        return _project_page(row, milestone_form=form, status=422)
    values = form.values()
    values.pop("evidence")
    name, content = _upload(form.evidence)
    operations.enter_milestone(
        row, file_name=name, content=content, by=current_user, **values
    )
    flash(_("The milestone has been entered."))
    return _back(row)


@bp.post("/projects/<int:project_id>/milestones/<int:milestone_id>/withdraw")
@requires(_P.PIPELINE_EDIT)
def withdraw_milestone(project_id: int, milestone_id: int):
    row, form = _project(project_id), OutcomeForm()
    milestone = found(
        db.select(Milestone).where(Milestone.project_id == row.id), milestone_id
    )
    if not form.validate_on_submit():
        return _project_page(row, outcome_form=form, status=422)
    operations.withdraw_milestone(
        row, milestone, reason=form.outcome.data, by=current_user
    )
    return _back(row)


@bp.post("/projects/<int:project_id>/instalments")
@requires(_P.PIPELINE_EDIT)
def pay_in(project_id: int):
    row, form = _project(project_id), InstalmentForm()
    if not form.validate_on_submit():
        return _project_page(row, instalment_form=form, status=422)
    values = form.values()
    values.pop("evidence")
    name, content = _upload(form.evidence)
    operations.pay_in(row, file_name=name, content=content, by=current_user, **values)
    flash(_("The instalment has been entered."))
    return _back(row)


@bp.post("/projects/<int:project_id>/instalments/<int:instalment_id>/correct")
@requires(_P.PIPELINE_EDIT)
def correct_instalment(project_id: int, instalment_id: int):
    row, form = _project(project_id), OutcomeForm()
    instalment = found(
        db.select(Instalment).where(Instalment.project_id == row.id), instalment_id
    )
    if not form.validate_on_submit():
        return _project_page(row, outcome_form=form, status=422)
    operations.correct_instalment(
        row, instalment, reason=form.outcome.data, by=current_user
    )
    return _back(row)


@bp.post("/projects/<int:project_id>/steps")
@requires(_P.PIPELINE_EDIT)
def plan_step(project_id: int):
    row, form = _project(project_id), StepForm()
    if not form.validate_on_submit():
        return _project_page(row, step_form=form, status=422)
    operations.plan_step(row, by=current_user, **form.values())
    return _back(row)


def _step(row: Project, step_id: int) -> NextStep:
    return found(db.select(NextStep).where(NextStep.project_id == row.id), step_id)


@bp.post("/projects/<int:project_id>/steps/<int:step_id>/finish")
@requires(_P.PIPELINE_EDIT)
def finish_step(project_id: int, step_id: int):
    row, form = _project(project_id), OutcomeForm()
    step = _step(row, step_id)
    if not form.validate_on_submit():
        return _project_page(row, outcome_form=form, status=422)
    operations.finish_step(step, outcome=form.outcome.data, by=current_user)
    return _back(row)


@bp.post("/projects/<int:project_id>/steps/<int:step_id>/postpone")
@requires(_P.PIPELINE_EDIT)
def postpone_step(project_id: int, step_id: int):
    row, form = _project(project_id), PostponeForm()
    step = _step(row, step_id)
    if not form.validate_on_submit():
        return _project_page(row, postpone_form=form, status=422)
    operations.postpone_step(step, by=current_user, **form.values())
    return _back(row)


@bp.post("/projects/<int:project_id>/hand-over")
@requires(_P.PIPELINE_EDIT)
def hand_over(project_id: int):
    row, form = _project(project_id), HandOverForm(officers=_officers())
    if not form.validate_on_submit():
        return _project_page(row, hand_over_form=form, status=422)
    operations.hand_over(
        row,
        officer=_officer(form.officer_id.data),
        reason=form.reason.data,
        by=current_user,
    )
    return _back(row)


@bp.get("/projects/<int:project_id>/evidence/<int:file_id>")
@requires(_P.PIPELINE_VIEW)
def evidence(project_id: int, file_id: int):
    """A proof, for those who may see the project it belongs to."""
    row = _project(project_id, _P.PIPELINE_VIEW)
    proofs = {
        fact.evidence_id: fact.evidence
        for fact in (*row.milestones, *row.instalments)
        if fact.evidence_id
    }
    file = proofs.get(file_id)
    return stored(file) if file else abort(404)


@bp.get("/people/<int:person_id>/agreements")
@requires(_P.PIPELINE_VIEW)
def of_person(person_id: int):
    """The fragment that a person's card asks for."""
    rows = (
        db.session.scalars(
            queries.select_agreements(current_user)
            .where(Agreement.person_id == person_id)
            .limit(20)
        )
        .unique()
        .all()
    )
    return page("pipeline/_of_person.html", rows=rows, **_NAMES)
