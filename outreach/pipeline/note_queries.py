"""Reads of notes: only those a user may see."""

from sqlalchemy import or_, select

from outreach.core.db import db
from outreach.permissions import Permission
from outreach.pipeline.models import Project
from outreach.pipeline.note_models import ALL, EDITORS, NoteFile, ProjectNote


def select_notes(user, project: Project):
    """The notes of a project that ``user`` (who sees the project) may see;
    withdrawn ones only their writer sees.
    """
    edits = user.reaches(Permission.PIPELINE_EDIT, project.unit)
    seen = or_(
        ProjectNote.written_by_id == user.id, ProjectNote.seen_by.in_((ALL, EDITORS) if edits else (ALL,))
    )
    kept = or_(ProjectNote.withdrawn_at.is_(None), ProjectNote.written_by_id == user.id)
    return (
        select(ProjectNote)
        .where(ProjectNote.project_id == project.id, seen, kept)
        .order_by(ProjectNote.noted_at.desc(), ProjectNote.id.desc())
    )


def notes(user, project: Project) -> list[ProjectNote]:
    """The last hundred of them, newest first."""
    return list(db.session.scalars(select_notes(user, project).limit(100)))


def by_key(key: str) -> ProjectNote | None:
    """The note a form has made already."""
    return db.session.scalar(select(ProjectNote).where(ProjectNote.key == key))


def file_of(user, project: Project, file_id: int) -> NoteFile | None:
    """A file of a note that ``user`` may see."""
    within = select_notes(user, project).with_only_columns(ProjectNote.id).order_by(None)
    return db.session.scalar(
        select(NoteFile).where(NoteFile.note_id.in_(within), NoteFile.file_id == file_id).limit(1)
    )
