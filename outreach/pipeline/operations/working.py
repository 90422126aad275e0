"""The officer's work: what a project is, whose it is, whether it goes on, what happens next."""

from datetime import date

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.files import StoredFile
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.taken_back import put_back, reopen, withdraw
from outreach.permissions import Permission
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.follow_models import HandOver, PlanChange, ProjectState
from outreach.pipeline.models import ENDED, NextStep, Project

PLANNED = ("planned_start", "planned_production")


def describe(project: Project, *, reason: str = "", by: User, **values) -> None:
    """What the project needs and promises, where, and who answers for it; the trace names what changed.

    A planned day that stands moves only with a ``reason``, and stays on record.
    """
    lock(project)
    changed = [name for name, value in values.items() if getattr(project, name) != value]
    moved = [name for name in changed if name in PLANNED and getattr(project, name) is not None]
    if moved and not reason:
        raise Refused(_("A planned day was moved. Say why."), at="reason")
    for name in moved:
        db.session.add(
            PlanChange(
                project_id=project.id,
                name=name,
                before=getattr(project, name),
                after=values[name],
                reason=reason,
                by_id=by.id,
            )
        )
    for name in changed:
        setattr(project, name, values[name])
    if changed:
        audit.record(by, "pipeline.describe", project, changed=changed)


def change_state(project: Project, *, state: str, since_on: date, reason: str, by: User) -> ProjectState:
    """暂停, 重启, 终止, with the reason. What ended stays ended: what comes after is a project of its own."""
    lock(project)
    if project.state == ENDED:
        raise Refused(_("This project has ended. A new beginning is a project of its own."))
    if state == project.state:
        raise Refused(_("The project is in this state already."))
    if since_on > clock.today():
        raise Refused(_("A fact cannot lie in the future."), at="since_on")
    if project.agreement is not None and since_on < project.agreement.signed_on:
        raise Refused(_("This day lies before the signature."), at="since_on")
    row = ProjectState(
        project_id=project.id, state=state, since_on=since_on, reason=reason, entered_by_id=by.id
    )
    db.session.add(row)
    project.state = state
    audit.record(by, "pipeline.change_state", project, state=state, reason=reason)
    return row


def hand_over(project: Project, *, officer: User, reason: str, by: User) -> None:
    """Give the project to another officer; who had it before and why it changed hands stays on its page."""
    lock(project)
    if not officer.reaches(Permission.PIPELINE_EDIT, project.unit):
        raise Refused(_("This officer does not work for the county of the project."))
    db.session.add(
        HandOver(project_id=project.id, before_id=project.officer_id, after_id=officer.id, reason=reason)
    )
    audit.record(
        by, "pipeline.hand_over", project, reason=reason, before=project.officer_id, after=officer.id
    )
    project.officer = officer


def plan_step(project: Project, *, text: str, due_on: date, by: User | None, twice: bool = True) -> NextStep:
    """What is to be done next.

    ``twice``: whether it may stand beside one that says the same, as the decisions of a meeting may.
    """
    lock(project)
    if not twice and any(step.open and (step.text, step.due_on) == (text, due_on) for step in project.steps):
        raise Refused(_("This step is planned already."), at="text")
    row = NextStep(project=project, text=text, due_on=due_on, entered_by_id=getattr(by, "id", None))
    db.session.add(row)
    audit.record(by, "pipeline.plan_step", row, project=project.id)
    return row


def _is_open(step: NextStep) -> None:
    lock(step)
    if step.withdrawn_at:
        raise Refused(_("This step is withdrawn. Put it back first."))
    if step.done_at:
        raise Refused(_("This step is done already."))


def finish_step(step: NextStep, *, outcome: str, by: User) -> None:
    """It is done, with this outcome."""
    _is_open(step)
    step.done_at, step.outcome = clock.now(), outcome
    audit.record(by, "pipeline.finish_step", step)


def postpone_step(step: NextStep, *, due_on: date, reason: str, by: User) -> None:
    """Move the date; the trace keeps the old one and why."""
    _is_open(step)
    audit.record(
        by,
        "pipeline.postpone_step",
        step,
        reason=reason,
        before=step.due_on.isoformat(),
        after=due_on.isoformat(),
    )
    step.due_on = due_on


def reopen_step(step: NextStep, *, reason: str, by: User) -> None:
    """It is not done after all."""
    lock(step)
    if step.withdrawn_at:
        raise Refused(_("This step is withdrawn. Put it back first."))
    reopen(step, reason=reason, by=by)
    audit.record(by, "pipeline.reopen_step", step, reason=reason)


def withdraw_step(step: NextStep, *, reason: str, by: User) -> None:
    """It should not have been planned, or not be said to be done: no list, no light looks at it any more."""
    lock(step)
    withdraw(step, reason=reason, by=by)
    audit.record(by, "pipeline.withdraw_step", step, reason=reason)


def put_step_back(step: NextStep, *, by: User) -> None:
    """It was withdrawn by mistake and stands as it did before."""
    lock(step)
    put_back(step)
    audit.record(by, "pipeline.put_step_back", step)


def open_file(row: Project | Agreement, file: StoredFile, *, by: User) -> None:
    """Leave the trace of a proof, a signed paper or a note's file taken out of the house."""
    audit.record(by, "pipeline.open_file", row, file=file.id)


def export_pipeline(kind: str, *, count: int, by: User, named: int = 0) -> None:
    """Record that a list was exported; ``named``: in how many of its rows a person's name stands in full."""
    audit.record(
        by, "pipeline.export_pipeline", kind=kind, count=count, **({"named": named} if named else {})
    )
