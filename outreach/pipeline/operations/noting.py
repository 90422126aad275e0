"""Notes and photographs about a project."""

from datetime import datetime, timedelta

from outreach.accounts.models import User
from outreach.core import audit, clock, files
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.pipeline import note_queries as queries
from outreach.pipeline.models import Project
from outreach.pipeline.note_models import NoteFile, ProjectNote

MOST_FILES = 9
#: so long a note may have waited on a phone; a clock that says more is wrong
LONGEST_WAIT = timedelta(days=14)


def add_note(
    project: Project,
    *,
    key: str,
    text: str,
    seen_by: str,
    attached: list[tuple[str, bytes]],
    noted_at: datetime | None = None,
    by: User,
) -> ProjectNote:
    """Write a note with up to nine files.

    The same ``key`` again, as a phone sends it after a lost network, is the same note. ``noted_at``: when it
    was written; a clock that is ahead, or says more than two weeks ago, counts as now.
    """
    lock(project)
    if known := queries.by_key(key):
        if (known.project_id, known.written_by_id) != (project.id, by.id):
            raise Refused(_("This note carries the name of another one. Write it again."))
        return known
    if len(attached) > MOST_FILES:
        raise Refused(_("At most %(num)d files with one note.", num=MOST_FILES))
    moment = clock.now()
    row = ProjectNote(
        project_id=project.id,
        key=key,
        text=text,
        seen_by=seen_by,
        noted_at=noted_at if noted_at and moment - LONGEST_WAIT < noted_at <= moment else moment,
        written_by_id=by.id,
        files=[
            NoteFile(file=files.keep(name, content, files.office_type(name, content), by=by))
            for name, content in attached
        ],
    )
    db.session.add(row)
    db.session.flush()
    audit.record(by, "pipeline.add_note", row, project=project.id, files=len(attached))
    return row


def withdraw_note(note: ProjectNote, *, back: bool, by: User) -> None:
    """Only its writer takes a note out of sight, or back into it; it stays on record."""
    lock(note)
    if note.written_by_id != by.id:
        raise Refused(_("Only who wrote this note can take it back."))
    note.withdrawn_at = None if back else note.withdrawn_at or clock.now()
    audit.record(by, "pipeline.withdraw_note", note, back=back)
