"""The queue of jobs: rows of our own database, so that a job exists exactly when the transaction that added
it committed.

Lanes say what goes first, keys that a thing waits once. Who runs jobs is ``core.worker``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum

from sqlalchemy import JSON, Index, Select, SmallInteger, String, Text, and_, case, func, select
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import clock
from outreach.core.db import Base, Key, db, insert_new, only_where

#: where the clock times of recurring tasks are read
ZONE = "Asia/Shanghai"
MOST_TRIES = 5
#: how long a finished job is kept for who looks after the system
KEPT_FOR = timedelta(days=30)


class Lane(IntEnum):
    """What goes first.

    A ticket never waits behind a wave of invitations, nor that behind a roster of 13,000.
    """

    SOON = 0  # somebody waits for it: a ticket, an offered place, who has arrived
    ORDINARY = 10
    BULK = 20  # one of many: invitations, reminders, thanks
    IMPORT = 30


class JobState(StrEnum):
    """Read from the columns (:data:`STATE`), never stored."""

    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "retrying"  # it failed and will be tried again
    FAILED = "failed"  # set aside: tried as often as it may be, or refused
    DONE = "done"


class Job(Base):
    """One piece of work. ``tries`` counts claims, so that a job that kills its process is counted too.

    ``claimed_until`` in the past: whoever claimed it died, and it may be claimed again. A recurring job is
    one row that never finishes: ``key`` is its task, ``ran_at`` its last run that went well.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("uq_jobs_key_open", "key", unique=True, **only_where("finished_at IS NULL")),
        Index("ix_jobs_lane_due_at_open", "lane", "due_at", **only_where("finished_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    task: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict] = mapped_column(JSON, default=dict)
    lane: Mapped[int] = mapped_column(SmallInteger, default=Lane.ORDINARY)
    key: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    worker: Mapped[str] = mapped_column(String(80), default="")
    tries: Mapped[int] = mapped_column(default=0)
    ran_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    fault: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class Task:
    """A function that jobs run.

    ``seconds``: a run that takes longer is broken off and counts as a failure.
    """

    name: str
    function: Callable
    seconds: int
    most_tries: int
    next_run: Callable[[], timedelta] | None = None

    @property
    def is_recurring(self) -> bool:
        """Whether one job of it always waits."""
        return self.next_run is not None


TASKS: dict[str, Task] = {}
_given_up: dict[str, Callable] = {}


def task(name: str, *, seconds: int = 300, most_tries: int = MOST_TRIES):
    """Register a function as the task ``name``; it takes the job's arguments and ``job_id``."""

    def register(function: Callable) -> Callable:
        TASKS[name] = Task(name, function, seconds, most_tries)
        return function

    return register


def recurring(name: str, *, every: timedelta | None = None, at: time | None = None, seconds: int = 600):
    """Register a task of which one job always waits: ``every`` so often,
    or each day ``at`` a time in China.
    """

    def next_run() -> timedelta:
        return every if every is not None else _until(at or time())

    def register(function: Callable) -> Callable:
        TASKS[name] = Task(name, function, seconds, MOST_TRIES, next_run)
        return function

    return register


def gave_up(name: str):
    """Register what happens when a job of the task ``name`` is set aside; takes the job's arguments."""

    def register(function: Callable) -> Callable:
        _given_up[name] = function
        return function

    return register


def _until(at: time) -> timedelta:
    here = clock.in_zone(clock.now(), ZONE)
    then = datetime.combine(here.date(), at, here.tzinfo)
    return (then if then > here else then + timedelta(days=1)) - here


def enqueue(
    name: str,
    *,
    after: timedelta = timedelta(0),
    lane: Lane = Lane.ORDINARY,
    key: str | None = None,
    **arguments,
) -> Job:
    """Add a job in the present transaction: it exists only if that commits."""
    moment = clock.now()
    job = Job(task=name, arguments=arguments, lane=lane, key=key, created_at=moment, due_at=moment + after)
    db.session.add(job)
    db.session.flush()
    return job


def enqueue_once(name: str, jobs: dict[str, dict], *, after: timedelta = timedelta(0), lane: Lane) -> None:
    """Add a job for each key -> arguments of which none waits;
    whoever else does the same at this moment adds none.
    """
    moment = clock.now()
    rows = [
        {
            "task": name,
            "arguments": arguments,
            "lane": lane,
            "key": key,
            "created_at": moment,
            "due_at": moment + after,
            "worker": "",
            "tries": 0,
            "fault": "",
        }
        for key, arguments in jobs.items()
    ]
    insert_new(Job, rows)


def set_recurring() -> None:
    """See that each recurring task has its job, and that none is due later than its rhythm from now (a clock
    was wrong).
    """
    open_jobs = {
        job.key: job
        for job in db.session.scalars(
            select(Job).where(Job.key.in_([one.name for one in _recurring()]), Job.finished_at.is_(None))
        )
    }
    for one in _recurring():
        wait = one.next_run() if one.next_run else timedelta(0)
        job = open_jobs.get(one.name)
        if job is None:
            enqueue_once(one.name, {one.name: {}}, after=wait, lane=Lane.ORDINARY)
        else:
            job.due_at = min(job.due_at, clock.now() + wait)
    db.session.commit()


def _recurring() -> list[Task]:
    return [one for one in TASKS.values() if one.is_recurring]


def set_aside(job: Job, fault: str) -> None:
    """It is not tried again by itself; who looks after the system sees it and may try it once more."""
    job.fault, job.finished_at, job.claimed_until = fault, clock.now(), None
    if job.task in _given_up:
        _given_up[job.task](**job.arguments)


def try_again(job: Job) -> bool:
    """A job that was set aside waits once more, as if it were new.

    False where the same thing waits already.
    """
    if job.finished_at is None:
        job.due_at = clock.now()
        return True
    if job.key and db.session.scalar(select(Job.id).where(Job.key == job.key, Job.finished_at.is_(None))):
        return False
    job.finished_at, job.tries, job.due_at, job.claimed_until = None, 0, clock.now(), None
    return True


def state(moment: datetime):
    """The SQL expression of a job's :class:`JobState` at ``moment``."""
    return case(
        (and_(Job.finished_at.is_not(None), Job.fault != ""), JobState.FAILED.value),
        (Job.finished_at.is_not(None), JobState.DONE.value),
        (and_(Job.claimed_until.is_not(None), Job.claimed_until >= moment), JobState.RUNNING.value),
        (Job.fault != "", JobState.RETRYING.value),
        else_=JobState.WAITING.value,
    )


def select_due(moment: datetime) -> Select:
    """Jobs that a worker would take now."""
    free = Job.claimed_until.is_(None) | (Job.claimed_until < moment)
    return select(Job).where(Job.finished_at.is_(None), Job.due_at <= moment, free)


def oldest_due(moment: datetime) -> datetime | None:
    """Since when the job that waits longest could have run; None where none waits."""
    due = select_due(moment).with_only_columns(func.min(Job.due_at))
    return db.session.scalar(due)
