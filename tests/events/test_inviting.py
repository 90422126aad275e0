"""Whom an event invites: types and waves, letters and messages, reminders, what is told of a change,
copies.
"""

import io
from datetime import timedelta

import openpyxl
import pypdf
import pytest
import vobject
from sqlalchemy import func, select

from outreach.core import clock, jobs, sms, worker
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.refusals import Refused
from outreach.events import operations, queries
from outreach.events.models import Event, GuestType, Invitation
from outreach.liaison import operations as liaison
from outreach.permissions import Role


@pytest.fixture
def user(make):
    return make.user()


def _invited(event, *people, **values) -> list[Invitation]:
    operations.invite(event, list(people), by=None, **values)
    return list(
        db.session.scalars(select(Invitation).where(Invitation.event_id == event.id).order_by(Invitation.id))
    )


def test_each_is_invited_in_the_name_of_their_leader(make, user):
    event, person = make.event(), make.person()
    post = liaison.add_post(
        make.county, title="县委书记", holder="张三", rank=1, from_on=clock.today(), user=None, by=None
    )
    liaison.pair(post, person, rhythm_days=90, clerk=None, by=None)
    (row,) = _invited(event, person, wave="第一批")
    assert (row.post_id, row.wave, row.type_id) == (post.id, "第一批", event.types[0].id)
    assert operations.invite(event, [person], by=user) == 0


def test_letters_go_by_mail_or_message_once_and_reminders_only_to_the_silent(make, user, visit):
    event = make.event()
    both, only_sms, none = (
        make.person("王毅", email="wang@example.org"),
        make.person("李丽"),
        make.person("赵强", mobiles=[]),
    )
    _invited(event, both, only_sms, none)
    browser = visit(user)
    page = f"/events/{event.id}/invited"
    assert "王*" in browser.get(page).text
    assert browser.post(f"{page}/send", {"channel": "fax", "all": "1"}).status_code == 422
    assert browser.post(f"{page}/send", {"channel": "both", "all": "1"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 1
    assert db.session.scalar(select(func.count()).select_from(sms.Sms)) == 2
    browser.post(f"{page}/send", {"channel": "both", "all": "1"})
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 1
    first = db.session.scalar(select(Invitation).where(Invitation.person_id == both.id))
    first.answer = "yes"
    db.session.commit()
    browser.post(f"{page}/remind", {"channel": "mail", "all": "1"})
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 1
    browser.post(f"{page}/remind", {"channel": "sms", "all": "1"})
    assert db.session.scalar(select(func.count()).select_from(sms.Sms)) == 3
    figures = queries.invitation_figures(db.session.get(Event, event.id), make.user())
    assert (figures["invited"], figures["unwritten"], figures["silent"], figures["yes"]) == (3, 1, 1, 1)


def test_a_draft_writes_to_nobody(make, user):
    event = make.event(published=False)
    rows = _invited(event, make.person())
    with pytest.raises(Refused):
        operations.send_invitations(event, rows, channel="both", remind=False, by=user)


def test_waiting_messages_leave_as_a_sheet_and_letters_as_paper(make, user, visit):
    event = make.event(letter="家乡盼您归。")
    (row,) = _invited(event, make.person("王毅"))
    operations.send_invitations(event, [row], channel="sms", remind=False, by=user)
    browser, page = visit(user), f"/events/{event.id}/invited"
    assert browser.post(f"{page}/sms", {"reason": ""}).status_code == 422
    sheet = openpyxl.load_workbook(
        io.BytesIO(browser.post(f"{page}/sms", {"reason": "交运营商"}).data)
    ).active
    assert any(f"/i/{row.code}" in str(cell.value) for line in sheet.iter_rows() for cell in line)
    assert db.session.scalar(select(sms.Sms.state)) == sms.HANDED_OVER
    assert browser.post(f"{page}/letters", {"reason": "寄送"}).status_code == 422
    paper = browser.post(f"{page}/letters", {"reason": "寄送", "invitation": [row.id]})
    text = "".join(part.extract_text() for part in pypdf.PdfReader(io.BytesIO(paper.data)).pages)
    assert "王毅" in text
    assert "家乡盼您归" in text
    for _time in range(2):  # taken out twice, it is one message
        assert browser.post(f"{page}/{row.id}/copied").status_code == 200
    assert sum(message.channel == "copied" for message in row.messages) == 1
    assert f"/i/{row.code}" in browser.page.text_content()


def test_no_message_at_night_nor_a_fourth_one_a_day(app, monkeypatch):
    night = clock.local(
        clock.now().replace(
            year=2026, month=12, day=1, hour=23, minute=0, second=0, microsecond=0, tzinfo=None
        ),
        "Asia/Shanghai",
    )
    monkeypatch.setattr(clock, "now", lambda: night)
    late = sms.write("x", "15400001111", "a")
    assert clock.in_zone(late.due_at, "Asia/Shanghai").hour == 8
    assert clock.in_zone(late.due_at, "Asia/Shanghai").day == 2
    sms.write("x", "15400001111", "b")
    sms.write("x", "15400001111", "c")
    fourth = sms.write("x", "15400001111", "d")
    assert clock.in_zone(fourth.due_at, "Asia/Shanghai").day == 3
    assert sms.write("x", "15499990000", "e").due_at == late.due_at


def test_the_console_hands_over_and_an_opted_out_number_is_left_alone(app, monkeypatch):
    noon = clock.local(
        clock.now().replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None), "Asia/Shanghai"
    )
    monkeypatch.setattr(clock, "now", lambda: noon)
    app.config["SMS_PROVIDER"] = "console"
    try:
        row = sms.write("x", "15400001111", "a")
        row.due_at = clock.now()
        for job in db.session.scalars(select(jobs.Job)):
            job.due_at = clock.now()
        db.session.commit()
        worker.drain()
        assert db.session.get(sms.Sms, row.id).state == sms.HANDED_OVER
        sms.opt_out("15400001111")
        assert sms.write("x", "15400001111", "b").state == sms.UNWANTED
    finally:
        app.config["SMS_PROVIDER"] = "export"


def test_guest_types_by_hand(make, user, visit):
    event = make.event()
    browser = visit(user)
    data = {
        "name": "签约客商",
        "name_en": "Signing",
        "colour": "red",
        "capacity": "2",
        "place": "10",
        "public": "",
    }
    assert browser.post(f"/events/{event.id}/types", {**data, "colour": "pink"}).status_code == 422
    assert browser.post(f"/events/{event.id}/types", data).status_code == 303
    assert browser.post(f"/events/{event.id}/types", data).status_code == 422
    row = db.session.scalar(select(GuestType).where(GuestType.name == "签约客商"))
    assert (row.capacity, row.public, row.approval) == (2, False, False)
    assert browser.post(f"/events/{event.id}/types/{row.id}", {**data, "capacity": ""}).status_code == 303
    assert browser.post(f"/events/{event.id}/types/{row.id}/remove").status_code == 303
    last = db.session.get(Event, event.id).types[0]
    assert browser.post(f"/events/{event.id}/types/{last.id}/remove").status_code == 409


def test_the_same_again_next_year(make, user, visit):
    event = make.event(letter="家乡盼您归。", capacity=77)
    operations.add_item(
        event, starts_at=event.starts_at, minutes=10, title="致辞", title_en="", speaker="", by=None
    )
    _invited(event, make.person())
    browser = visit(user)
    assert (
        browser.post(f"/events/{event.id}/clone", {"title": "深圳恳谈会", "starts_at": ""}).status_code == 422
    )
    assert (
        browser.post(
            f"/events/{event.id}/clone", {"title": "深圳恳谈会", "starts_at": "2027-03-01T14:30"}
        ).status_code
        == 303
    )
    copy = db.session.scalar(select(Event).where(Event.title == "深圳恳谈会"))
    assert (copy.state, copy.capacity, copy.letter, copy.cloned_from_id) == (
        "draft",
        77,
        "家乡盼您归。",
        event.id,
    )
    assert copy.programme[0].starts_at == copy.starts_at
    assert copy.slug != event.slug
    assert queries.invitation_figures(copy, make.user())["invited"] == 0


def test_another_time_is_told_and_the_programme_moves_along(make, user):
    event = make.event()
    item = operations.add_item(
        event,
        starts_at=event.starts_at + timedelta(minutes=30),
        minutes=10,
        title="致辞",
        title_en="",
        speaker="",
        by=None,
    )
    make.registration(event, email="li@example.org")
    before, moved = event.starts_at, timedelta(days=2)
    operations.edit_event(
        event, by=user, starts_at=event.starts_at + moved, ends_at=event.ends_at + moved, venue="二楼会议厅"
    )
    assert item.starts_at == before + moved + timedelta(minutes=30)
    letter = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert letter.kind == "registrations/event_changed"
    assert "会议厅 → 二楼会议厅" in letter.text
    from outreach.events import calendars

    entry = vobject.readOne(calendars.of_event(event, "http://127.0.0.1").decode()).vevent
    assert entry.sequence.value == "1"


def test_a_closed_event_takes_no_guests_by_itself_and_an_archived_one_leaves_the_list(make, user, visit):
    event = make.event()
    operations.close(event, by=user)
    with pytest.raises(Refused):
        make.registration(event)
    operations.publish(event, by=user)
    make.registration(event)
    operations.cancel(event, reason="x", by=user)
    operations.archive(event, by=user)
    browser = visit(user)
    assert event.title not in browser.get("/events").text
    assert event.title in browser.get("/events?state=archived").text


def test_invitations_of_another_county_stay_out_of_reach(make, visit):
    event = make.event()
    (row,) = _invited(event, make.person())
    browser = visit(make.user(unit=make.other_county))
    for page in (
        f"/events/{event.id}/invited/{row.id}/copied",
        f"/events/{event.id}/invited/send",
        f"/events/{event.id}/invited/letters",
    ):
        assert browser.post(page, {"channel": "both", "reason": "x", "all": "1"}).status_code == 404
    mine = visit(make.user(Role.ORGANISER))
    other = make.event()
    assert mine.post(f"/events/{other.id}/invited/{row.id}/copied").status_code == 404
    assert db.session.scalar(select(func.count()).where(AuditEntry.verb == "events.hand_on")) == 0


def test_an_invitation_that_came_back_did_not_arrive(make):
    event, person, user = make.event(), make.person(email="wang@example.org"), make.user()
    operations.invite(event, [person], by=user)
    [row] = db.session.scalars(queries.select_invitations(event, user)).unique()
    operations.send_invitations(event, [row], channel="mail", remind=False, by=user)
    letter = row.messages[0].mail
    for sent, back, state in (
        (None, None, "written"),
        (clock.now(), None, "sent"),
        (clock.now(), clock.now(), "failed"),
    ):
        letter.sent_at, letter.refused_at = sent, back
        db.session.flush()
        assert [
            found.id
            for found in db.session.scalars(queries.select_invitations(event, user, state=state)).unique()
        ] == [row.id]
    assert row.messages[0].fate == "failed"
    assert not db.session.scalars(queries.select_invitations(event, user, state="sent")).all()


def test_words_to_paste_are_for_whom_they_go_to(make, visit):
    """The name in full, in Chinese also for an English-speaking organiser,
    with the picture of the code and a button to copy.
    """
    event, user = make.event(), make.user()
    [row] = _invited(event, make.person("王毅"))
    db.session.commit()
    browser = visit(user)
    page = browser.post(f"/events/{event.id}/invited/{row.id}/copied?lang=en").text
    assert "尊敬的王毅" in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert "Macro" not in page
    assert 'data-copy="words"' in page
    own = browser.post(f"/people/{row.person_id}/own/link?lang=en").text
    assert "王毅您好" in own
    assert 'data-copy="own-text"' in own
