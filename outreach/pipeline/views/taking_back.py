"""What was entered wrongly beside a project's facts: opened again, withdrawn, put back."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.directory.forms import ReasonForm
from outreach.permissions import Permission
from outreach.pipeline import operations
from outreach.pipeline.follow_models import Concern, Notice
from outreach.pipeline.models import NextStep, Project
from outreach.pipeline.views.projects import project_of, project_page
from outreach.pipeline.views.shared import bp

_EDIT = Permission.PIPELINE_EDIT
_MODELS = {"steps": NextStep, "concerns": Concern, "notices": Notice}
_REOPEN = {
    "steps": operations.reopen_step,
    "concerns": operations.reopen_concern,
    "notices": operations.reopen_notice,
}
_WITHDRAW = {"steps": operations.withdraw_step, "notices": operations.withdraw_notice}


def _entry(row: Project, kind: str, entry_id: int):
    model = _MODELS[kind]
    return found(db.select(model).where(model.project_id == row.id), entry_id)


def _back(row: Project, part: str):
    return redirect(url_for(".project", project_id=row.id, _anchor=part), 303)


@bp.post("/projects/<int:project_id>/<any(steps, concerns, notices):kind>/<int:entry_id>/reopen")
@requires(_EDIT)
def reopen_entry(project_id: int, kind: str, entry_id: int):
    row, form = project_of(project_id), ReasonForm()
    entry = _entry(row, kind, entry_id)
    if not form.validate_on_submit():
        return project_page(row, reason_form=form, status=422)
    _REOPEN[kind](entry, by=current_user, **form.values())
    flash(_("It is open again."))
    return _back(row, kind)


@bp.post("/projects/<int:project_id>/<any(steps, notices):kind>/<int:entry_id>/withdraw")
@requires(_EDIT)
def withdraw_entry(project_id: int, kind: str, entry_id: int):
    row, form = project_of(project_id), ReasonForm()
    entry = _entry(row, kind, entry_id)
    if not form.validate_on_submit():
        return project_page(row, reason_form=form, status=422)
    _WITHDRAW[kind](entry, by=current_user, **form.values())
    flash(_("Withdrawn: it stays on record and counts nowhere."))
    return _back(row, kind)


@bp.post("/projects/<int:project_id>/steps/<int:step_id>/restore")
@requires(_EDIT)
def put_step_back(project_id: int, step_id: int):
    row = project_of(project_id)
    operations.put_step_back(_entry(row, "steps", step_id), by=current_user)
    flash(_("Put back."))
    return _back(row, "steps")
