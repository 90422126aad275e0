"""What agreements and projects hold of a person: the papers they stand in, and notes that name them."""

from sqlalchemy import or_, select

from outreach.core.db import db
from outreach.core.held import Section, entry
from outreach.core.i18n import _, day
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.forms import KIND_NAMES
from outreach.pipeline.models import Project
from outreach.pipeline.note_models import ProjectNote


def of_person(person_id: int, names) -> list[Section]:
    """Agreements, projects, and the notes of those projects in which a name of the person stands."""
    papers = select(Agreement).where(Agreement.person_id == person_id).order_by(Agreement.id)
    signed = list(db.session.scalars(papers).unique())
    led = select(Project).where(
        or_(Project.person_id == person_id, Project.agreement_id.in_([row.id for row in signed]))
    )
    projects = list(db.session.scalars(led.order_by(Project.id)).unique())
    said = [ProjectNote.text.contains(name, autoescape=True) for name in names]
    notes = (
        select(ProjectNote).where(ProjectNote.project_id.in_([row.id for row in projects]), or_(*said))
        if said
        else None
    )
    return [
        Section(
            _("Agreements"),
            [
                entry(
                    (_("Title"), row.title),
                    (_("Kind"), KIND_NAMES[row.kind]),
                    (_("Company"), row.organisation.name),
                    (_("Signed on"), day(row.signed_on)),
                )
                for row in signed
            ],
        ),
        Section(
            _("Projects"),
            [
                entry(
                    (_("Project"), row.name), (_("Company"), row.organisation.name), (_("Source"), row.source)
                )
                for row in projects
            ],
        ),
        Section(
            _("Notes that name the person"),
            [
                entry((_("When"), day(row.noted_at)), (_("Text"), row.text))
                for row in (
                    db.session.scalars(notes.order_by(ProjectNote.id)).unique() if notes is not None else ()
                )
            ],
        ),
    ]
