"""Jobs: once each, in their lane's order, broken off at their deadline, counted at the claim,
set aside when poisonous.
"""

import os
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from outreach.core import clock, jobs, outbound, worker
from outreach.core.db import db
from outreach.core.jobs import Job, Lane
from outreach.core.refusals import Refused

ran: list[str] = []
given_up: list[int] = []


@pytest.fixture(autouse=True)
def nothing_ran():
    ran.clear()
    given_up.clear()


@pytest.fixture(autouse=True)
def tasks(monkeypatch):
    """Tasks of these tests; gone afterwards, so that no recurring one is set elsewhere."""
    monkeypatch.setattr(jobs, "TASKS", jobs.TASKS)
    before = dict(jobs.TASKS)

    @jobs.task("test.note")
    def note(job_id, what):
        ran.append(what)

    @jobs.task("test.fail")
    def fail(job_id):
        raise ValueError("broken")

    @jobs.gave_up("test.fail")
    def failed_for_good():
        given_up.append(1)

    @jobs.task("test.refuse")
    def refuse(job_id):
        raise Refused("not today")

    @jobs.task("test.slow", seconds=0.1)
    def slow(job_id):
        time.sleep(5)

    @jobs.task("test.silent")
    def silent(job_id):
        ran.append("silent")
        raise outbound.Unreachable("nobody answers")

    @jobs.recurring("test.again", every=timedelta(minutes=10))
    def again(job_id):
        ran.append("again")

    yield
    jobs.TASKS.clear()
    jobs.TASKS.update(before)


def _due_now() -> None:
    db.session.execute(update(Job).values(due_at=clock.now() - timedelta(seconds=1)))
    db.session.commit()


def test_a_job_runs_once(app):
    jobs.enqueue("test.note", what="a")
    db.session.commit()
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert ran == ["a"]


def test_a_rolled_back_job_never_runs(app):
    jobs.enqueue("test.note", what="b")
    db.session.rollback()
    worker.drain()
    assert ran == []


def test_a_ticket_does_not_wait_behind_a_wave(app):
    for number in range(5):
        jobs.enqueue("test.note", lane=Lane.BULK, what=f"wave {number}")
    jobs.enqueue("test.note", lane=Lane.IMPORT, what="roster")
    jobs.enqueue("test.note", lane=Lane.SOON, what="ticket")
    db.session.commit()
    worker.drain()
    assert (ran[0], ran[-1]) == ("ticket", "roster")


def test_a_worker_keeps_to_its_lanes(app):
    jobs.enqueue("test.note", lane=Lane.IMPORT, what="roster")
    db.session.commit()
    assert worker.Worker(lanes=(Lane.SOON, Lane.BULK)).drain() == 0
    assert worker.Worker(lanes=(Lane.IMPORT,)).drain() == 1


def test_a_key_waits_once(app):
    for _time in range(3):
        jobs.enqueue_once("test.note", {"one": {"what": "a"}}, lane=Lane.BULK)
    db.session.commit()
    assert worker.drain() == 1
    jobs.enqueue_once("test.note", {"one": {"what": "b"}}, lane=Lane.BULK)
    db.session.commit()
    worker.drain()
    assert ran == ["a", "b"]


def test_a_failing_job_waits_and_is_set_aside_after_five_tries(app):
    jobs.enqueue("test.fail")
    db.session.commit()
    for _try in range(jobs.MOST_TRIES + 2):
        worker.drain()
        job = db.session.scalar(select(Job))
        assert "broken" in job.fault
        _due_now()
    db.session.expire_all()
    assert job.tries == jobs.MOST_TRIES
    assert job.finished_at is not None
    assert given_up == [1]


def test_what_was_set_aside_can_be_tried_again(app):
    jobs.enqueue("test.fail")
    db.session.commit()
    for _try in range(jobs.MOST_TRIES):
        worker.drain()
        _due_now()
    job = db.session.scalar(select(Job))
    assert jobs.try_again(job)
    db.session.commit()
    assert worker.drain() == 1


def test_a_refusal_is_kept_in_words(app):
    jobs.enqueue("test.refuse")
    db.session.commit()
    worker.drain()
    assert db.session.scalar(select(Job.fault)) == "not today"


def test_the_job_of_a_dead_worker_is_taken_up_again(app):
    jobs.enqueue("test.note", what="c")
    db.session.commit()
    dead = worker.Worker()
    assert dead.claim()
    assert worker.Worker().claim() is None
    worker.release(dead.name)
    assert worker.drain() == 1
    assert ran == ["c"]


def test_a_job_that_kills_its_process_is_set_aside(app):
    jobs.enqueue("test.note", what="poison")
    db.session.commit()
    for _life in range(jobs.MOST_TRIES):
        dead = worker.Worker()
        assert dead.claim() is not None
        worker.release(dead.name)
    assert worker.drain() == 0
    job = db.session.scalar(select(Job))
    assert (job.fault, ran) == (worker.LOST, [])


def test_a_job_of_an_unknown_or_odd_kind_stops_nobody(app):
    jobs.enqueue("test.gone")
    jobs.enqueue("mail.send", letter="malformed")
    jobs.enqueue("test.note", what="after")
    db.session.commit()
    worker.drain()
    assert ran == ["after"]
    faults = db.session.scalars(select(Job.fault).where(Job.fault != "").order_by(Job.id)).all()
    assert len(faults) == 2


def test_a_run_is_broken_off_at_its_deadline(app):
    jobs.enqueue("test.slow")
    db.session.commit()
    began = time.monotonic()
    worker.drain(1)
    assert time.monotonic() - began < 4
    assert "TookTooLong" in db.session.scalar(select(Job.fault))


def test_who_lost_the_claim_writes_no_outcome(app):
    jobs.enqueue("test.note", what="d")
    db.session.commit()
    first, second = worker.Worker(), worker.Worker()
    claim = first.claim()
    db.session.execute(update(Job).values(claimed_until=clock.now() - timedelta(seconds=1)))
    db.session.commit()
    taken = second.claim()
    first.run(claim)
    assert db.session.scalar(select(Job.finished_at)) is None
    second.run(taken)
    assert db.session.scalar(select(Job.finished_at)) is not None


def test_a_silent_other_side_is_left_alone_for_a_while(app):
    for _letter in range(3):
        jobs.enqueue("test.silent")
    jobs.enqueue("test.note", what="something else")
    db.session.commit()
    worker.drain()
    assert ran == ["silent", "something else"]
    tries = sorted(db.session.scalars(select(Job.tries).where(Job.task == "test.silent")))
    assert tries == [0, 0, 1]


def test_the_network_is_not_spoken_to_inside_a_transaction(app):
    db.session.execute(select(Job.id))
    with pytest.raises(RuntimeError):
        outbound.check_no_transaction()
    db.session.commit()
    outbound.check_no_transaction()


def test_a_recurring_task_is_one_row_whatever_starts(app):
    for _worker in range(4):
        jobs.set_recurring()
    mine = select(Job).where(Job.task == "test.again")
    assert len(db.session.scalars(mine).all()) == 1
    _due_now()
    worker.drain()
    job = db.session.scalars(mine).one()
    assert (ran, job.finished_at) == (["again"], None)
    assert timedelta(minutes=9) < job.due_at - clock.now() <= timedelta(minutes=10)


def test_a_clock_that_was_wrong_does_not_put_a_recurring_task_off(app):
    jobs.set_recurring()
    db.session.execute(update(Job).values(due_at=clock.now() + timedelta(days=31)))
    db.session.commit()
    jobs.set_recurring()
    latest = db.session.scalar(select(Job.due_at).where(Job.task == "test.again"))
    assert latest <= clock.now() + timedelta(minutes=10)


def test_a_heartbeat_keeps_the_claim(app):
    jobs.enqueue("test.note", what="e")
    db.session.commit()
    one = worker.Worker()
    one.claim()
    db.session.execute(update(Job).values(claimed_until=clock.now() + timedelta(seconds=1)))
    db.session.commit()
    worker.beat(one, clock.now())
    assert db.session.scalar(select(Job.claimed_until)) > clock.now() + timedelta(seconds=30)
    assert str(os.getpid()) in db.session.scalar(select(worker.WorkerProcess.name))
