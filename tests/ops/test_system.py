"""What an administrator and a machine are told of the system; jobs, letters and messages tried again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from outreach.core import clock, jobs, sms, worker
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.jobs import Job, Lane
from outreach.core.mail import Mail
from outreach.ops import health, operations
from outreach.ops.models import Liveness
from outreach.permissions import Role


@pytest.fixture
def administrator(make, visit):
    return visit(make.user(Role.ADMINISTRATOR, unit=make.city))


def _beats() -> None:
    worker.beat(worker.Worker(), clock.now())


def test_well_when_everything_answers(visit):
    _beats()
    answer = visit().get("/healthz")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert set(answer.json["checks"].values()) == {"ok"}
    assert db.session.scalar(select(Liveness.written_at)) is not None


def test_not_well_without_a_worker_or_with_one_that_is_silent(visit):
    assert visit().get("/healthz").json["checks"]["worker"] == "failing"
    _beats()
    db.session.execute(update(worker.WorkerProcess).values(beat_at=clock.now() - timedelta(minutes=2)))
    db.session.commit()
    answer = visit().get("/healthz")
    assert (answer.status_code, answer.json["checks"]["worker"]) == (503, "failing")


def test_not_well_with_a_job_that_nobody_does(visit):
    _beats()
    jobs.enqueue("ops.send_waiting")
    db.session.execute(update(Job).values(due_at=clock.now() - timedelta(hours=1)))
    db.session.commit()
    assert visit().get("/healthz").json["checks"]["jobs"] == "failing"


def test_not_well_on_a_full_disk_or_a_database_that_takes_no_write(visit, monkeypatch):
    _beats()
    monkeypatch.setattr(health, "LEAST_FREE_MEGABYTES", 10**9)
    assert visit().get("/healthz").json["checks"]["disk"] == "failing"

    def full():
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(health, "_write", full)
    answer = visit().get("/healthz")
    assert (answer.status_code, answer.json["checks"]["database"]) == (503, "failing")


def test_the_pages_are_for_who_looks_after_the_whole_prefecture(make, visit, administrator):
    county = visit(make.user(Role.ADMINISTRATOR))
    officer = visit(make.user(Role.INVESTMENT_OFFICER))
    for path in ("/system", "/system/jobs", "/system/letters", "/system/texts"):
        assert administrator.get(path).status_code == 200
        assert county.get(path).status_code == 404
        assert officer.get(path).status_code == 403
    assert "/system" in administrator.get("/home").text
    assert 'href="/system"' not in county.get("/home").text


def _failed_letter(make) -> tuple[Mail, Job]:
    make.registration(make.event(), email="li@example.com")
    letter, job = db.session.scalar(select(Mail)), db.session.scalar(select(Job))
    jobs.set_aside(job, "Unreachable: nobody answers li@example.com")
    letter.fault = "nobody answers"
    letter.refused_at = clock.now()
    db.session.commit()
    return letter, job


def test_a_failed_letter_is_seen_masked_and_tried_again(make, administrator):
    letter, job = _failed_letter(make)
    page = administrator.get("/system/letters?state=failed").text
    assert "l***@example.com" in page
    assert "li@example.com" not in page
    assert administrator.post("/system/letters/try?state=failed", {"all": "1"}).status_code == 303
    db.session.expire_all()
    assert letter.is_waiting
    waiting = db.session.scalars(select(Job).where(Job.key == f"mail-{letter.id}", Job.finished_at.is_(None)))
    assert len(waiting.all()) == 1
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "ops.try_letter"))
    assert entry.object_id == letter.id


def test_a_job_is_tried_again_and_set_aside(make, administrator):
    _letter, job = _failed_letter(make)
    assert "nobody answers" in administrator.get("/system/jobs?state=failed").text
    assert administrator.post("/system/jobs/try", {"row": str(job.id)}).status_code == 303
    db.session.expire_all()
    assert (job.finished_at, job.tries) == (None, 0)
    assert administrator.post(f"/system/jobs/{job.id}/set-aside").status_code == 303
    db.session.expire_all()
    assert job.finished_at is not None
    assert administrator.post(f"/system/jobs/{job.id}/set-aside").status_code == 409
    assert administrator.post("/system/jobs/999999/try").status_code == 404


def test_a_filter_that_is_not_understood_tries_nothing(make, administrator):
    letter, _job = _failed_letter(make)
    assert administrator.post("/system/letters/try?state=nonsense", {"all": "1"}).status_code in (409, 422)
    db.session.expire_all()
    assert not letter.is_waiting


def test_a_recurring_job_cannot_be_set_aside(administrator):
    jobs.set_recurring()
    job = db.session.scalar(select(Job).where(Job.key == "ops.tidy_jobs"))
    assert administrator.post(f"/system/jobs/{job.id}/set-aside").status_code == 409
    assert "删除已完成" in administrator.get("/system").text


def test_a_failed_text_message_is_tried_again(make, administrator):
    row = sms.write("x", "15400001111", "词", lane=Lane.BULK)
    row.state, row.fault = sms.FAILED, "the gateway did not answer"
    db.session.commit()
    assert "154" in administrator.get("/system/texts?state=failed").text
    administrator.post("/system/texts/try", {"row": str(row.id)})
    db.session.expire_all()
    assert row.state == sms.WRITTEN


def test_finished_jobs_are_kept_for_thirty_days(app):
    for days in (1, 31):
        job = jobs.enqueue("ops.send_waiting")
        job.finished_at = clock.now() - timedelta(days=days)
    waits = jobs.enqueue("ops.send_waiting")
    db.session.commit()
    operations.tidy_jobs(0)
    db.session.commit()
    kept = db.session.scalars(select(Job).order_by(Job.id)).all()
    assert [job.finished_at is None for job in kept] == [False, True]
    assert kept[1].id == waits.id
