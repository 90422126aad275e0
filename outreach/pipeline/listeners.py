"""What the pipeline hears."""

from sqlalchemy import Select, select

from outreach.core.db import db
from outreach.core.i18n import _
from outreach.directory.announcements import (
    people_erased,
    people_held,
    people_in_use,
    people_merged,
    people_who,
)
from outreach.directory.moving import move
from outreach.liaison.announcements import feed_entries
from outreach.pipeline import held_exports, operations, queries
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.models import Project


@people_in_use.heard
def signed(ids) -> dict[int, str]:
    """Who stands in an agreement stays on the register."""
    return {key: str(_("This person stands in an agreement.")) for key in queries.people_signed(ids)}


@people_merged.heard
def move_agreements(kept_id: int, gone_id: int) -> list[dict]:
    """Agreements and leads follow the card."""
    return [move(Agreement, kept_id, gone_id), move(Project, kept_id, gone_id)]


@feed_entries.heard
def steps_of(user) -> list[tuple]:
    """The next steps of the user's projects."""
    rows = db.session.scalars(queries.select_due_steps(user)).unique()
    return [
        (f"step-{row.id}", row.due_on, f"{row.text} · {row.project.name}", f"/projects/{row.project_id}")
        for row in rows
    ]


@people_who.heard
def signed_something(mark: str) -> Select | None:
    """Who stands in an agreement."""
    signed = select(Agreement.person_id).where(
        Agreement.person_id.is_not(None), Agreement.voided_at.is_(None)
    )
    return signed if mark == "project" else None


@people_erased.heard
def forget_named(person_id: int, traces, *, by):
    """Papers and projects stay, and name the person no more."""
    return operations.forget_named(person_id, traces, by=by)


@people_held.heard
def papers_held(person):
    """Agreements, projects and notes that name the person."""
    return held_exports.of_person(person.id, [person.name])
