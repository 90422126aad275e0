"""What runs jobs: claimed one by one, with a deadline, a heartbeat and a record of every failure.

Nothing is lost at a crash. A task commits its own portions through :func:`portion`, so that progress shows
and other writers get their turn; it must be able to start again from where it stopped. It speaks to the
network only with no transaction open (``core.outbound``).
"""

import logging
import os
import secrets
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import clock, versions
from outreach.core.db import Base, db, insert_new, writing
from outreach.core.jobs import TASKS, Job, Lane, Task, select_due, set_aside, set_recurring
from outreach.core.outbound import Unreachable
from outreach.core.refusals import Refused

log = logging.getLogger("yangui.worker")

#: a claim is renewed by the heartbeat; when it runs out, the job is free again
CLAIM_LASTS = timedelta(seconds=60)
BEAT_SECONDS = 5
#: how long a worker leaves a task alone whose other side does not answer
HOLD = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
#: seconds after its deadline at which a run that cannot be broken off takes its process with it
GRACE_SECONDS = 30
LOST = "the process that ran it ended"


class WorkerProcess(Base):
    """A process that runs jobs, and when it was last heard of."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    lanes: Mapped[str] = mapped_column(String(40), default="")
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime] = mapped_column(index=True)


class TookTooLong(TimeoutError):
    """A run passed its deadline and was broken off."""


class ClaimLost(Exception):
    """Somebody else has the job now: what this process still does for it must not be written."""


@dataclass(frozen=True)
class Claim:
    """A job in the hands of a worker. Worker and number of the try together name this claim and no other."""

    job_id: int
    worker: str
    attempt: int

    def holds(self):
        """The conditions under which the job is still ours."""
        return Job.id == self.job_id, Job.worker == self.worker, Job.tries == self.attempt


_present: ContextVar[Claim | None] = ContextVar("claim", default=None)


def name_of(pid: int, chance: str) -> str:
    """A name that no other process has had: host, process, chance."""
    return f"{socket.gethostname()[:40]}-{pid}-{chance}"


def new_name() -> str:
    """The name of a worker in this process."""
    return name_of(os.getpid(), secrets.token_hex(4))


@dataclass
class Worker:
    """Takes jobs of its lanes, the first lane first. ``held``: task -> until when it is left alone."""

    name: str = field(default_factory=new_name)
    lanes: tuple[Lane, ...] = tuple(Lane)
    held: dict[str, datetime] = field(default_factory=dict)
    #: monotonic seconds at which the present run must have ended; None: nothing runs
    deadline: float | None = None

    def claim(self) -> Claim | None:
        """Take the next due job, or None.

        Two workers never take the same one; one that was tried too often is set aside.
        """
        while (job := db.session.scalar(self._next().with_for_update(skip_locked=True))) is not None:
            job.worker, job.tries = self.name, job.tries + 1
            job.claimed_until = clock.now() + CLAIM_LASTS
            known = TASKS.get(job.task)
            if known is not None and (known.is_recurring or job.tries <= known.most_tries):
                claim = Claim(job.id, self.name, job.tries)
                db.session.commit()
                return claim
            set_aside(job, job.fault or (LOST if known else f"no task is called {job.task}"))
            db.session.commit()
        db.session.commit()
        return None

    def _next(self):
        moment = clock.now()
        held = [name for name, until in self.held.items() if until > moment]
        due = select_due(moment).where(Job.lane.in_(self.lanes), Job.task.not_in(held))
        return due.order_by(Job.lane, Job.due_at, Job.id).limit(1)

    def is_idle(self) -> bool:
        """Whether no job is due: asked without the lock that writing takes on SQLite."""
        with reading():
            return db.session.scalar(self._next().with_only_columns(Job.id)) is None

    def run(self, claim: Claim) -> bool:
        """Run one claimed job; True when it went well.

        A fault is written down and tried again a little later.
        """
        job = db.session.get(Job, claim.job_id)
        if job is None:
            return False
        known, arguments = TASKS[job.task], dict(job.arguments)
        db.session.commit()
        token = _present.set(claim)
        self.deadline = time.monotonic() + known.seconds
        try:
            with time_limit(known.seconds):
                known.function(job_id=claim.job_id, **arguments)
            fault = ""
        except Refused as refusal:
            db.session.rollback()
            fault = str(refusal)
        except ClaimLost:
            db.session.rollback()
            log.warning("%s is run by somebody else by now", known.name)
            return False
        except Exception as error:
            db.session.rollback()
            self._note_failure(claim, known, error)
            return False
        finally:
            self.deadline = None
            _present.reset(token)
        _finish(claim, known, fault)
        return True

    def _note_failure(self, claim: Claim, known: Task, error: Exception) -> None:
        """Write the fault down; again a little later; after the last try the job is set aside."""
        if isinstance(error, Unreachable):
            self.held[known.name] = clock.now() + HOLD
        words = _words(error)
        log.warning("%s failed: %s", known.name, words.strip().splitlines()[-1])
        job = _still_ours(claim)
        if job is None:
            return
        pause = min(timedelta(seconds=4 ** min(job.tries, 10)), LONGEST_PAUSE)
        if known.next_run is not None:
            pause = min(pause, known.next_run())
        job.fault, job.claimed_until, job.due_at = words, None, clock.now() + pause
        if not known.is_recurring and job.tries >= known.most_tries:
            set_aside(job, words)
        db.session.commit()

    def drain(self, limit: int | None = None) -> int:
        """Run due jobs until none is left (or ``limit``); how many ran."""
        count = 0
        while (limit is None or count < limit) and (claim := self.claim()) is not None:
            self.run(claim)
            count += 1
        return count


def _words(error: Exception) -> str:
    """What an administrator reads of a fault: one line where the other side was the reason,
    else where it happened.
    """
    if isinstance(error, OSError):
        return f"{type(error).__name__}: {error}"[:500]
    return "".join(traceback.format_exception(error, limit=-8))


def _still_ours(claim: Claim) -> Job | None:
    """The job, locked, unless somebody else has it by now."""
    return db.session.scalar(select(Job).where(*claim.holds()).with_for_update())


def _finish(claim: Claim, known: Task, fault: str) -> None:
    job = _still_ours(claim)
    if job is None:
        db.session.rollback()
        log.warning("%s was run by somebody else meanwhile", known.name)
        return
    job.fault, job.claimed_until = fault, None
    if known.next_run is not None:
        job.tries, job.ran_at, job.due_at = 0, clock.now(), clock.now() + known.next_run()
    else:
        job.finished_at = clock.now()
    db.session.commit()


@contextmanager
def time_limit(seconds: float):
    """Within, :class:`TookTooLong` is raised after so many seconds,
    also in the midst of waiting for the network.

    Signals reach the main thread only: elsewhere there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(_signal, _frame):
        raise TookTooLong(f"broken off after {seconds} s")

    before = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def portion(job_id: int | None = None) -> None:
    """Commit what a task did so far and keep its claim alive.

    :class:`ClaimLost` when somebody else has the job.
    """
    claim = _present.get()
    if job_id is not None and claim is not None:
        until = clock.now() + CLAIM_LASTS
        if not db.session.execute(update(Job).where(*claim.holds()).values(claimed_until=until)).rowcount:
            raise ClaimLost
    db.session.commit()


@contextmanager
def reading():
    """A part of a task that only reads: on SQLite it does not keep others from writing.

    Ends with a commit of its own.
    """
    db.session.commit()
    token = writing.set(False)
    try:
        yield
    finally:
        db.session.commit()
        writing.reset(token)


def drain(limit: int | None = None) -> int:
    """Run due jobs of all lanes until none is left (or ``limit``); how many ran."""
    return Worker().drain(limit)


def release(name: str) -> int:
    """The worker of this name is dead: its jobs are free at once. How many it had."""
    ours = update(Job).where(Job.worker == name, Job.finished_at.is_(None), Job.claimed_until.is_not(None))
    count = db.session.execute(ours.values(claimed_until=None)).rowcount
    db.session.execute(delete(WorkerProcess).where(WorkerProcess.name == name))
    db.session.commit()
    return count


def beat(worker: Worker, started_at: datetime) -> None:
    """Say that the worker is alive and keep its claim."""
    moment = clock.now()
    lanes = ",".join(lane.name.lower() for lane in worker.lanes)
    insert_new(
        WorkerProcess,
        [{"name": worker.name, "lanes": lanes, "started_at": started_at, "beat_at": moment}],
    )
    db.session.execute(update(WorkerProcess).where(WorkerProcess.name == worker.name).values(beat_at=moment))
    db.session.execute(
        update(Job)
        .where(Job.worker == worker.name, Job.finished_at.is_(None), Job.claimed_until.is_not(None))
        .values(claimed_until=moment + CLAIM_LASTS)
    )
    db.session.commit()


def _heart(context, worker: Worker, stopped: threading.Event) -> None:
    """Beat until stopped. A run that is past its deadline and cannot be broken off ends with its process."""
    started_at = clock.now()
    with context():
        while not stopped.wait(BEAT_SECONDS):
            deadline = worker.deadline
            if deadline is not None and time.monotonic() > deadline + GRACE_SECONDS:
                log.error("a run could not be broken off; this process ends")
                os._exit(70)
            try:
                beat(worker, started_at)
            except OperationalError as error:
                db.session.rollback()
                log.warning("heartbeat: %s", str(error.orig).strip())
            finally:
                db.session.remove()


def watch(
    context: Callable[[], AbstractContextManager], worker: Worker, *, parent: int, pause: float = 0.5
) -> None:
    """Work until SIGTERM or until ``parent``, which started it, has ended; the job at hand is finished first.

    ``context``: what makes an application context, for the thread of the heartbeat."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_said: stopped.set())
    beat(worker, clock.now())
    threading.Thread(target=_heart, args=(context, worker, stopped), daemon=True).start()
    looked_at = 0.0
    while not stopped.is_set() and os.getppid() == parent:
        try:
            if versions.standing() is not versions.Standing.FITS:  # which it says once
                stopped.wait(2)
                continue
            if time.monotonic() - looked_at > 60:
                set_recurring()
                looked_at = time.monotonic()
            if worker.is_idle() or worker.drain(1) == 0:
                stopped.wait(pause)
        except OperationalError as error:
            db.session.rollback()
            log.warning("database: %s", str(error.orig).strip())
            stopped.wait(2)
        except Exception:
            log.exception("worker")
            stopped.wait(2)
        finally:
            db.session.remove()
    release(worker.name)
