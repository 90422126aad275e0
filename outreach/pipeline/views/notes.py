"""Notes and photographs of a project."""

import secrets

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.web import limiter
from outreach.permissions import Permission
from outreach.pipeline import note_queries, operations
from outreach.pipeline.models import Project
from outreach.pipeline.note_forms import NoteForm
from outreach.pipeline.note_models import ProjectNote
from outreach.pipeline.views.projects import project_of, project_page
from outreach.pipeline.views.shared import bp, opened

_P = Permission


def _back(row: Project):
    return redirect(url_for(".project", project_id=row.id, _anchor="notes"), 303)


@bp.post("/projects/<int:project_id>/notes")
@requires(_P.PIPELINE_VIEW)
@limiter.limit("60 per minute")
def add_note(project_id: int):
    """Who sees a project may write about it.

    Sent by the page, or by a phone that had no network when it was written.
    """
    row, form = project_of(project_id, _P.PIPELINE_VIEW), NoteForm()
    if not form.validate_on_submit():
        return project_page(row, note_form=form, status=422)
    try:
        operations.add_note(
            row,
            key=form.key.data,
            text=form.text.data,
            seen_by=form.seen_by.data,
            attached=form.files(),
            noted_at=form.moment(),
            by=current_user,
        )
    except Refused as refusal:
        form.attached.errors = [str(refusal)]
        form.key.data = secrets.token_hex(16)
        return project_page(row, note_form=form, status=422)
    flash(_("Noted."))
    return _back(row)


def _note(row: Project, note_id: int) -> ProjectNote:
    return found(note_queries.select_notes(current_user, row), note_id)


@bp.post("/projects/<int:project_id>/notes/<int:note_id>/<any(withdraw, restore):verb>")
@requires(_P.PIPELINE_VIEW)
def withdraw_note(project_id: int, note_id: int, verb: str):
    row = project_of(project_id, _P.PIPELINE_VIEW)
    operations.withdraw_note(_note(row, note_id), back=verb == "restore", by=current_user)
    return _back(row)


@bp.post("/projects/<int:project_id>/notes/files/<int:file_id>")
@requires(_P.PIPELINE_VIEW)
@limiter.limit("60 per minute")
def note_file(project_id: int, file_id: int):
    """For those who may see the note it belongs to; it leaves a trace."""
    row = project_of(project_id, _P.PIPELINE_VIEW)
    one = note_queries.file_of(current_user, row, file_id)
    return opened(row, one and one.file)
