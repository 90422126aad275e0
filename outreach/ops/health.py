"""What is well with the system and what is not: the same for an administrator's page and for a machine."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from outreach.core import clock, jobs, versions
from outreach.core.db import begin_writing, db, insert_new
from outreach.core.worker import WorkerProcess
from outreach.ops.models import Liveness

#: a write is tried at most so often, whoever asks
WRITE_EVERY = timedelta(seconds=5)
#: a worker beats every five seconds
SILENT_FOR = timedelta(seconds=60)
#: a job that could have run for so long shows that jobs do not get done
DUE_FOR = timedelta(minutes=15)
LEAST_FREE_MEGABYTES = 500


class Part(StrEnum):
    """What is looked at."""

    VERSION = "version"
    DATABASE = "database"
    DISK = "disk"
    WORKER = "worker"
    JOBS = "jobs"


@dataclass(frozen=True)
class Check:
    """One part: ``value`` is what was measured (megabytes free, moment of the last beat,
    moment since when a job waits, how the database stands to the code).
    """

    part: Part
    good: bool
    value: int | datetime | versions.Standing | None = None


def checks(folder: str) -> list[Check]:
    """Every part, measured now; ``folder`` is where files are kept. Leaves no transaction open."""
    found = versions.standing()
    version = Check(Part.VERSION, found is versions.Standing.FITS, found)
    if not version.good:  # nothing else of it can be asked
        return [version, _disk(folder)]
    try:
        _write()
        return [version, Check(Part.DATABASE, True), _disk(folder), *_work()]
    except SQLAlchemyError:
        db.session.rollback()
        return [version, Check(Part.DATABASE, False), _disk(folder)]


def reasons(found: list[Check]) -> list[str]:
    """Why something is not well, where it can be told without a name or a number of anybody; for machines, so
    in English.
    """
    said = []
    for check in found:
        if check.part is Part.VERSION and not check.good:
            said.append(versions.WAYS_OUT[check.value])
        elif check.part is Part.DISK and not check.good:
            said.append("the disk is full" if not check.value else f"the disk has {check.value} MB left")
        elif check.part is Part.DATABASE and not check.good:
            said.append("the database takes no write")
    return said


def _write() -> None:
    moment = clock.now()
    last = db.session.scalar(select(Liveness.written_at))
    if last is not None and last <= moment < last + WRITE_EVERY:
        return
    db.session.rollback()
    begin_writing()
    insert_new(Liveness, [{"name": "database", "written_at": moment}])
    db.session.execute(update(Liveness).values(written_at=moment))
    db.session.commit()


def _disk(folder: str) -> Check:
    free = shutil.disk_usage(folder).free // 1024**2
    return Check(Part.DISK, free >= LEAST_FREE_MEGABYTES, free)


def _work() -> list[Check]:
    moment = clock.now()
    beat = db.session.scalar(select(func.max(WorkerProcess.beat_at)))
    due = jobs.oldest_due(moment)
    db.session.rollback()
    return [
        Check(Part.WORKER, beat is not None and beat > moment - SILENT_FOR, beat),
        Check(Part.JOBS, due is None or due > moment - DUE_FOR, due),
    ]
