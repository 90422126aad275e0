"""Every write of who looks after the system: jobs, letters and text messages tried again or set aside."""

from datetime import timedelta

from sqlalchemy import delete, select

from outreach.accounts.models import User
from outreach.core import audit, clock, jobs, mail, sms
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.jobs import Job, Lane
from outreach.core.mail import Mail
from outreach.core.refusals import Refused
from outreach.core.sms import Sms
from outreach.core.worker import WorkerProcess, portion
from outreach.ops.queries import BACKUP, DRILL

AT_ONCE = 1000
#: a worker that has not been heard of for so long is not shown any more
WORKER_GONE = timedelta(days=1)


def tidy_jobs(job_id: int) -> None:
    """Delete jobs that finished :data:`jobs.KEPT_FOR` ago and workers that are gone, in portions."""
    before = clock.now() - jobs.KEPT_FOR
    old = select(Job.id).where(Job.finished_at < before).limit(AT_ONCE)
    count = 0
    while ids := list(db.session.scalars(old)):
        count += len(ids)
        db.session.execute(delete(Job).where(Job.id.in_(ids)))
        portion(job_id)
    db.session.execute(delete(WorkerProcess).where(WorkerProcess.beat_at < clock.now() - WORKER_GONE))
    if count:
        audit.record(None, "ops.tidy_jobs", count=count)


def try_job(job: Job, *, by: User) -> None:
    """Run it at once, or once more after it was set aside."""
    lock(job)
    if not jobs.try_again(job):
        raise Refused(_("The same job waits already."))
    audit.record(by, "ops.try_job", job, task=job.task)


def set_job_aside(job: Job, *, by: User) -> None:
    """It is not tried any more by itself."""
    lock(job)
    if job.finished_at is not None:
        raise Refused(_("This job has finished."))
    known = jobs.TASKS.get(job.task)
    if known is not None and known.is_recurring:
        raise Refused(_("A recurring job cannot be set aside."))
    jobs.set_aside(job, job.fault or "set aside by hand")
    audit.record(by, "ops.set_job_aside", job, task=job.task)


def try_letter(row: Mail, *, by: User) -> None:
    """Send a letter once more that was refused or given up, or at once where it waits."""
    lock(row)
    if row.sent_at is not None and row.refused_at is None:
        raise Refused(_("This letter was sent."))
    if row.fault == mail.WITHDRAWN:
        raise Refused(_("This letter was withdrawn: the person’s processing was restricted."))
    row.refused_at, row.sent_at = None, None
    _hurry(f"mail-{row.id}", "mail.send", mail_id=row.id)
    audit.record(by, "ops.try_letter", row, kind=row.kind)


def try_text(row: Sms, *, by: User) -> None:
    """Hand a text message over once more that failed, or at once where it waits; quiet hours hold."""
    lock(row)
    if row.state not in (sms.WRITTEN, sms.FAILED):
        raise Refused(_("This message was handed over or withdrawn."))
    row.state, row.fault = sms.WRITTEN, ""
    _hurry(f"sms-{row.id}", "sms.send", sms_id=row.id)
    audit.record(by, "ops.try_text", row, kind=row.kind)


def _hurry(key: str, task: str, **arguments) -> None:
    """The job of this key is due now; a new one where none waits."""
    job = db.session.scalar(select(Job).where(Job.key == key, Job.finished_at.is_(None)))
    if job is None:
        jobs.enqueue_once(task, {key: arguments}, lane=Lane.ORDINARY)
    else:
        job.due_at = clock.now()


def send_all_waiting(*, by: User) -> int:
    """Every letter without a job gets one; how many wait."""
    count = mail.send_waiting()
    audit.record(by, "ops.send_all_waiting", count=count)
    return count


def note_backup(archive: str, *, rows: int, files: int, encrypted: bool) -> None:
    """An archive was written: the page of the system tells when."""
    audit.record(None, BACKUP, archive=archive, rows=rows, files=files, encrypted=encrypted)


def note_drill(archive: str, *, seconds: int = 0, fault: str = "") -> None:
    """An archive was tried out; ``fault``: why it would not come back."""
    audit.record(None, DRILL, archive=archive, seconds=seconds, fault=fault)
