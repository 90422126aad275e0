"""Jobs: rows of our own database, claimed one by one, drained by ``flask worker``. Nothing is lost at a crash.

A task commits its own portions through :func:`portion` so that progress shows and other writers get their turn; it
must be able to start again from where it stopped.
"""

import logging
import os
import time
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import JSON, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import clock
from outreach.core.db import Base, Key, Moment, db, writing
from outreach.core.refusals import Refused

log = logging.getLogger("yangui.worker")

CLAIM_LASTS = timedelta(minutes=2)
MOST_TRIES = 5
#: task -> tries where five are too few; letters are tried for days
TRIES = {"mail.send": 24}

_tasks: dict[str, Callable] = {}
_given_up: dict[str, Callable] = {}
_standing: dict[str, Callable[[], timedelta]] = {}


class Job(Base):
    """One piece of work. ``claimed_until`` in the past: whoever claimed it died, and it may be claimed again."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    task: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict] = mapped_column(JSON, default=dict)
    created_at: Mapped[object] = mapped_column(Moment)
    due_at: Mapped[object] = mapped_column(Moment, index=True)
    claimed_until: Mapped[object | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[object | None] = mapped_column(Moment, index=True)
    fault: Mapped[str] = mapped_column(Text, default="")


def task(name: str):
    """Register a function as the task ``name``; it takes the job's arguments."""

    def register(function: Callable) -> Callable:
        _tasks[name] = function
        return function

    return register


def gave_up(name: str):
    """Register what happens when the task ``name`` failed for the last time; takes the job's arguments."""

    def register(function: Callable) -> Callable:
        _given_up[name] = function
        return function

    return register


def standing(name: str, *, first: Callable[[], timedelta]):
    """Mark a task that always has a job waiting; ``first()`` is how long until its first one. It writes its next job itself."""

    def register(function: Callable) -> Callable:
        _standing[name] = first
        return function

    return register


def set_standing() -> None:
    """Write the first job of every standing task that has none; called when the worker starts."""
    for name, first in _standing.items():
        if (
            db.session.scalar(select(Job.id).where(Job.task == name, Job.finished_at.is_(None)).limit(1))
            is None
        ):
            enqueue(name, after=first())
    db.session.commit()


def enqueue(name: str, *, after: timedelta = timedelta(0), **arguments) -> Job:
    """Add a job in the present transaction: it exists only if that commits."""
    moment = clock.now()
    job = Job(task=name, arguments=arguments, created_at=moment, due_at=moment + after)
    db.session.add(job)
    db.session.flush()
    return job


def claim() -> Job | None:
    """Take the next due job, or None. Two workers never take the same one."""
    moment = clock.now()
    free = (
        select(Job)
        .where(Job.finished_at.is_(None), Job.due_at <= moment)
        .where((Job.claimed_until.is_(None)) | (Job.claimed_until < moment))
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = db.session.scalar(free)
    if job is not None:
        job.claimed_until = moment + CLAIM_LASTS
        job.tries += 1
    db.session.commit()
    return job


def portion(job_id: int | None = None) -> None:
    """Commit what a task did so far and keep its claim alive."""
    if job_id is not None:
        db.session.execute(
            update(Job).where(Job.id == job_id).values(claimed_until=clock.now() + CLAIM_LASTS)
        )
    db.session.commit()


@contextmanager
def reading():
    """A part of a task that only reads: on SQLite it does not keep others from writing. Ends with a commit of its own."""
    db.session.commit()
    token = writing.set(False)
    try:
        yield
    finally:
        db.session.commit()
        writing.reset(token)


def run(job: Job) -> bool:
    """Run one claimed job; True when it finished. A fault is written down and tried again a little later."""
    job_id = job.id
    try:
        _tasks[job.task](job_id=job_id, **job.arguments)
        fault = ""
    except Refused as refusal:
        db.session.rollback()
        fault = str(refusal)
    except Exception:
        db.session.rollback()
        log.exception("job %s failed", job_id)
        _failed(db.session.get_one(Job, job_id), traceback.format_exc(limit=8))
        return False
    job = db.session.get(Job, job_id)
    job.finished_at = clock.now()
    job.fault = fault
    if job.task in _standing and not fault:  # the last run is enough to see that it runs
        db.session.execute(
            delete(Job).where(
                Job.task == job.task, Job.id < job_id, Job.finished_at.is_not(None), Job.fault == ""
            )
        )
    db.session.commit()
    return True


def _failed(job: Job, fault: str) -> None:
    """Write the fault down; again a little later, at the longest every six hours; after the last try it is given up."""
    job.fault, job.claimed_until = fault, None
    job.due_at = clock.now() + min(timedelta(seconds=4**job.tries), timedelta(hours=6))
    if job.tries >= TRIES.get(job.task, MOST_TRIES):
        job.finished_at = clock.now()
        if job.task in _given_up:
            _given_up[job.task](**job.arguments)
    db.session.commit()


def drain(limit: int | None = None) -> int:
    """Run due jobs until none is left (or ``limit``); how many ran."""
    count = 0
    while (limit is None or count < limit) and (job := claim()) is not None:
        run(job)
        count += 1
    return count


def watch(pause: float = 0.5) -> None:
    """Work for ever: what ``flask worker`` does. Ends with the process that started it."""
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            if drain() == 0:
                time.sleep(pause)
        except Exception:
            log.exception("worker")
            time.sleep(2)
        finally:
            db.session.remove()
