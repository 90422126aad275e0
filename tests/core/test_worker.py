from datetime import timedelta

from sqlalchemy import select

from outreach.core import clock, worker
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.core.worker import Job

ran = []
given_up = []


@worker.task("test.note")
def note(job_id, what):
    ran.append(what)


@worker.task("test.fail")
def fail(job_id):
    raise ValueError("broken")


@worker.gave_up("test.fail")
def failed_for_good():
    given_up.append(1)


@worker.task("test.refuse")
def refuse(job_id):
    raise Refused("not today")


def test_a_job_runs_once(app):
    ran.clear()
    worker.enqueue("test.note", what="a")
    db.session.commit()
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert ran == ["a"]


def test_a_rolled_back_job_never_runs(app):
    ran.clear()
    worker.enqueue("test.note", what="b")
    db.session.rollback()
    worker.drain()
    assert ran == []


def test_a_failing_job_waits_and_gives_up_after_five_tries(app):
    worker.enqueue("test.fail")
    db.session.commit()
    for _try in range(worker.MOST_TRIES + 2):
        worker.drain()
        job = db.session.scalar(select(Job))
        assert "broken" in job.fault
        job.due_at = clock.now() - timedelta(seconds=1)
        db.session.commit()
    assert job.tries == worker.MOST_TRIES
    assert job.finished_at is not None
    assert given_up == [1]


def test_a_refusal_is_kept_in_words(app):
    worker.enqueue("test.refuse")
    db.session.commit()
    worker.drain()
    assert db.session.scalar(select(Job.fault)) == "not today"


def test_the_job_of_a_dead_worker_is_taken_up_again(app):
    ran.clear()
    worker.enqueue("test.note", what="c")
    db.session.commit()
    claimed = worker.claim()  # and then the worker dies
    assert worker.claim() is None
    claimed.claimed_until = clock.now() - timedelta(seconds=1)
    db.session.commit()
    assert worker.drain() == 1
    assert ran == ["c"]


def test_a_task_that_always_comes_again_leaves_one_row_not_one_for_each_run(app):
    for _turn in range(3):
        worker.enqueue("registrations.lapse_offers")
        db.session.commit()
        worker.drain()
    rows = db.session.scalars(
        select(worker.Job).where(
            worker.Job.task == "registrations.lapse_offers", worker.Job.finished_at.is_not(None)
        )
    ).all()
    assert len(rows) == 1
