"""Lists for who looks after the system: jobs, letters, text messages, workers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, or_, select

from outreach.core import clock, jobs
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.jobs import Job, JobState
from outreach.core.mail import Mail
from outreach.core.sms import Sms
from outreach.core.worker import WorkerProcess

#: how the audit calls a backup and a drill
BACKUP, DRILL = "ops.backup", "ops.restore_drill"
BACKUP_AT_LEAST, DRILL_AT_LEAST = timedelta(days=2), timedelta(days=90)

#: SQL of a letter's state: waiting, trying (it failed and is tried again), sent, failed
LETTER_STATE = case(
    (Mail.refused_at.is_not(None), "failed"),
    (Mail.sent_at.is_not(None), "sent"),
    (Mail.fault != "", "trying"),
    else_="waiting",
)


def select_jobs(*, text: str = "", state: str = "", lane: str = "", task: str = "") -> Select:
    """(job, state) of those that match, what fails first, then the next one due."""
    said = jobs.state(clock.now())
    order = case(
        (said == JobState.FAILED, 0),
        (said == JobState.RETRYING, 1),
        (said == JobState.RUNNING, 2),
        (said == JobState.WAITING, 3),
        else_=4,
    )
    chosen = select(Job, said.label("state")).order_by(order, Job.due_at.desc(), Job.id.desc())
    if text:
        chosen = chosen.where(or_(Job.fault.icontains(text, autoescape=True), Job.task.contains(text)))
    if state:
        chosen = chosen.where(said == state)
    if lane:
        chosen = chosen.where(Job.lane == int(lane))
    if task:
        chosen = chosen.where(Job.task == task)
    return chosen


def job_counts() -> dict[str, int]:
    """How many jobs are in each state."""
    said = jobs.state(clock.now())
    return dict(db.session.execute(select(said, func.count()).group_by(said)).tuples().all())


def recurring_jobs() -> list[Job]:
    """The jobs that always come again, by name."""
    names = [name for name, known in jobs.TASKS.items() if known.is_recurring]
    chosen = select(Job).where(Job.key.in_(names), Job.finished_at.is_(None)).order_by(Job.task)
    return list(db.session.scalars(chosen))


def select_letters(*, text: str = "", state: str = "", kind: str = "") -> Select:
    """(letter, state) of those that match, newest first."""
    chosen = select(Mail, LETTER_STATE.label("state")).order_by(Mail.id.desc())
    if text:
        chosen = chosen.where(
            or_(Mail.fault.icontains(text, autoescape=True), Mail.recipient == text.strip().lower())
        )
    if state:
        chosen = chosen.where(state == LETTER_STATE)
    if kind:
        chosen = chosen.where(Mail.kind == kind)
    return chosen


def letter_counts() -> dict[str, int]:
    """How many letters are in each state."""
    counted = select(LETTER_STATE, func.count()).group_by(LETTER_STATE)
    return dict(db.session.execute(counted).tuples().all())


def select_texts(*, text: str = "", state: str = "", kind: str = "") -> Select:
    """Text messages that match, newest first."""
    chosen = select(Sms).order_by(Sms.id.desc())
    if text:
        chosen = chosen.where(Sms.fault.icontains(text, autoescape=True))
    if state:
        chosen = chosen.where(Sms.state == state)
    if kind:
        chosen = chosen.where(Sms.kind == kind)
    return chosen


def text_counts() -> dict[str, int]:
    """How many text messages are in each state."""
    return dict(db.session.execute(select(Sms.state, func.count()).group_by(Sms.state)).tuples().all())


def kinds(model: type[Mail] | type[Sms]) -> list[str]:
    """The kinds that occur."""
    return list(db.session.scalars(select(model.kind).distinct().order_by(model.kind)))


def workers() -> list[WorkerProcess]:
    """Processes that were heard of today, the last heard first."""
    return list(db.session.scalars(select(WorkerProcess).order_by(WorkerProcess.beat_at.desc())))


def is_alive(process: WorkerProcess, moment: datetime) -> bool:
    """Whether it was heard of within the last minute."""
    return (moment - process.beat_at).total_seconds() < 60


@dataclass(frozen=True)
class Safeguard:
    """The last backup, or the last drill.

    ``late``: it is due again; ``fault``: why an archive would not have come back.
    """

    at: datetime | None
    archive: str
    late: bool
    fault: str = ""
    seconds: int = 0
    encrypted: bool = False


def last_backup() -> Safeguard:
    """As the audit tells it; a backup is due every other day."""
    return _last(BACKUP, BACKUP_AT_LEAST)


def last_drill() -> Safeguard:
    """As the audit tells it; a drill is due once a quarter."""
    return _last(DRILL, DRILL_AT_LEAST)


def _last(verb: str, at_least: timedelta) -> Safeguard:
    chosen = select(AuditEntry.at, AuditEntry.detail).where(AuditEntry.verb == verb)
    row = db.session.execute(chosen.order_by(AuditEntry.id.desc()).limit(1)).first()
    if row is None:
        return Safeguard(None, "", late=True)
    told = {name: value for name, value in row.detail.items() if name in ("fault", "seconds", "encrypted")}
    return Safeguard(row.at, row.detail["archive"], late=clock.now() - row.at > at_least, **told)
