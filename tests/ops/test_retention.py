"""What is older than its period goes by itself; the page says what and when,
the notice names the same periods.
"""

import io
from datetime import timedelta

import openpyxl
from sqlalchemy import func, select

from outreach.core import audit_chain, clock, jobs, mail, sms, worker
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.masking import ERASED
from outreach.core.retention import RULES
from outreach.core.sms import Sms
from outreach.directory import operations as directory
from outreach.directory.models import Person
from outreach.directory.roster_models import Batch, BatchRow
from outreach.ops import tasks
from outreach.permissions import Role
from outreach.registrations.models import Registration


def _night() -> None:
    db.session.commit()
    tasks.forget_old(job_id=0)
    db.session.commit()
    db.session.expire_all()


def _ended(event, days_ago: int) -> None:
    event.starts_at = event.ends_at = clock.now() - timedelta(days=days_ago)


def _roster(make, name: str, mobile: str) -> Batch:
    book = openpyxl.Workbook()
    book.active.append(("姓名", "手机", "籍贯", "单位及职务"))
    book.active.append((name, mobile, "清丰县", "某公司"))
    target = io.BytesIO()
    book.save(target)
    batch = directory.upload_roster(make.county, name="名单.xlsx", content=target.getvalue(), by=make.user())
    db.session.commit()
    worker.drain()
    return db.session.get_one(Batch, batch.id)


def test_guests_lose_their_names_a_year_after_the_event(make):
    old, new = make.event(), make.event()
    guests = [make.registration(event, name="李丽", email="li@example.org") for event in (old, new)]
    _ended(old, 366)
    _ended(new, 364)
    _night()
    assert [db.session.get_one(Registration, row.id).name for row in guests] == [ERASED, "李丽"]
    assert db.session.get_one(Registration, guests[0].id).state == "confirmed"
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "ops.forget_old"))
    assert entry.detail == {"kind": "registrations", "count": 1, "days": 365}


def test_letters_lose_address_and_text(app, make):
    event = make.event()
    make.registration(event, name="李丽", email="li@example.org")
    text = sms.write("test", "15411112222", "李丽您好")
    db.session.flush()
    letter = db.session.scalar(select(Mail))
    letter.written_at = text.written_at = clock.now() - timedelta(days=181)
    _night()
    letter, text = db.session.get_one(Mail, letter.id), db.session.get_one(Sms, text.id)
    assert (letter.recipient, letter.subject, letter.text, letter.html) == ("", "", "", "")
    assert (text.mobile, text.text, text.state) == ("", "", sms.UNWANTED)
    assert letter.refused_at is not None
    app.config["SMTP_HOST"] = "mail.example.org"
    try:
        assert mail.send_waiting() == 0
    finally:
        app.config["SMTP_HOST"] = ""


def test_rows_of_rosters_go_and_cards_stay(make):
    entered, waiting = _roster(make, "王建国", "15411112222"), _roster(make, "李丽", "15433334444")
    directory.apply_batch(entered, by=make.user())
    db.session.commit()
    worker.drain()
    for batch in (entered, waiting):
        db.session.get_one(Batch, batch.id).created_at = clock.now() - timedelta(days=181)
    _night()
    assert db.session.scalar(select(Person.name)) == "王建国"
    (row,) = db.session.scalars(select(BatchRow))
    assert (row.raw, row.card) == ([], {})
    assert db.session.get_one(Batch, waiting.id).state == "discarded"
    again = _roster(make, "王建国", "15411112222")
    assert again.counts["same"] == 1


def test_the_audit_is_kept_for_three_years_whatever_the_settings_say(app, make):
    make.person()
    app.config["KEEP_AUDIT_DAYS"], before = "30", app.config["KEEP_AUDIT_DAYS"]
    try:
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        entries[0].at = clock.now() - timedelta(days=1096)
        entries[1].at = clock.now() - timedelta(days=1094)
        gone, kept = entries[0].id, entries[1].id
        assert audit_chain.link() == 2
        _night()
        assert db.session.get(AuditEntry, kept) is not None
        assert db.session.get(AuditEntry, gone) is None
        assert audit_chain.verify().fault is None
    finally:
        app.config["KEEP_AUDIT_DAYS"] = before


def test_the_page_says_what_goes_and_the_notice_the_same_periods(app, make, visit):
    event = make.event()
    make.registration(event)
    _ended(event, 350)
    db.session.commit()
    rule = RULES["registrations"]
    assert (rule.due(None), rule.due_within(1), rule.due_within(30)) == (1, 0, 1)
    assert visit(make.user()).get("/retention").status_code == 403
    page = visit(make.user(Role.ADMINISTRATOR, make.city)).get("/retention")
    assert "KEEP_REGISTRATIONS_DAYS" in page.text
    app.config["KEEP_REGISTRATIONS_DAYS"] = "200"
    try:
        assert "200" in visit().get("/privacy").text
    finally:
        app.config["KEEP_REGISTRATIONS_DAYS"] = "365"


def test_every_night_has_a_next_one(app):
    jobs.set_recurring()
    job = db.session.scalar(select(jobs.Job).where(jobs.Job.key == "ops.forget_old"))
    job.due_at = clock.now()
    db.session.commit()
    worker.drain()
    again = db.session.scalar(select(jobs.Job).where(jobs.Job.key == "ops.forget_old"))
    assert (again.id, again.finished_at) == (job.id, None)
    assert clock.now() < again.due_at <= clock.now() + timedelta(days=1)


def test_each_kind_counts_all_that_is_kept(make):
    make.registration(make.event())
    db.session.commit()
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    assert RULES["audit"].due(None) == entries > 1
