"""Guests are told by the way they have; who has none is listed; every text is in the guest's language."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from outreach.core import clock, jobs, sms
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.sms import Sms
from outreach.events import operations as events
from outreach.events import queries as event_queries
from outreach.permissions import Role
from outreach.registrations import message_queries, messages, operations, tasks
from outreach.registrations import message_texts as texts
from outreach.registrations.message_models import Channel, GuestMessage, MessageKind, MessageState
from outreach.registrations.models import Registration


def _written(kind: str) -> tuple[list[str], list[str]]:
    """(mail addresses, mobiles) that a kind of message was written to."""
    return (
        list(db.session.scalars(select(Mail.recipient).where(Mail.kind == f"registrations/{kind}"))),
        list(db.session.scalars(select(Sms.mobile).where(Sms.kind == f"registrations/{kind}"))),
    )


def _last(guest: Registration) -> message_queries.Entry:
    return message_queries.of_guest(guest.id)[0]


def test_whoever_has_only_a_mobile_is_told_of_another_place_by_text_message(make, visit):
    event, user = make.event(), make.user()
    mail, mobile = make.registration(event, email="li@example.org"), make.registration(event, name="赵强")
    nobody = make.registration(event, name="张三", mobile="")
    told = events.edit_event(event, by=user, venue="国际会议中心")
    assert (told.guests, told.mail, told.sms, told.unreached) == (3, 1, 1, 1)
    assert _written("event_changed") == (["li@example.org"], [mobile.mobile])
    said = _last(mobile).message.sms.text
    assert "国际会议中心" in said
    assert f"/t/{mobile.page_token}" in said
    assert "{" not in said
    assert [_last(row).state for row in (mail, mobile, nobody)] == ["waiting", "waiting", "unreached"]


def test_the_page_says_how_many_were_told_and_how(make, visit):
    event, user = make.event(), make.user()
    make.registration(event, email="li@example.org")
    make.registration(event, name="赵强")
    make.registration(event, name="张三", mobile="")
    db.session.commit()
    browser = visit(user)
    browser.post(f"/events/{event.id}/cancel", {"reason": "台风"})
    page = browser.get(f"/events/{event.id}").text
    assert "涉及嘉宾 3 位：邮件 1 封、短信 1 条已提交发送，1 位无法送达" in page
    assert "已通知嘉宾" not in page


def test_what_is_urgent_goes_both_ways(make):
    soon, later = make.event(days=1), make.event(days=30)
    for event in (soon, later):
        make.registration(event, email="li@example.org")
        events.cancel(event, reason="台风", by=make.user())
    assert tuple(map(len, _written("event_cancelled"))) == (2, 1)


@pytest.mark.parametrize(
    ("mobile", "settings", "opted_out", "why"),
    [
        ("", {}, False, "no_contact"),
        ("+85291234567", {"SMS_MAINLAND_ONLY": "1"}, False, "abroad"),
        ("15412340000", {}, True, "opted_out"),
        ("15412340000", {"SMS_PROVIDER": ""}, False, "no_provider"),
    ],
)
def test_whoever_cannot_be_reached_is_listed_with_the_reason(
    app, make, monkeypatch, mobile, settings, opted_out, why
):
    event = make.event()
    guest = make.registration(event)
    if opted_out:
        sms.opt_out(mobile)
    guest.mobile = mobile
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)
    messages.reminder(guest)
    found = _last(guest)
    assert (found.state, found.message.obstacle) == (MessageState.UNREACHED, why)
    assert message_queries.counts(event.id)["unreached"] == 1


def test_a_text_message_that_would_come_after_the_event_has_begun_is_not_written(make, monkeypatch):
    event = make.event(days=1)
    guest = make.registration(event)
    at_night = clock.local(
        clock.in_zone(event.starts_at, event.zone).replace(tzinfo=None, hour=23), event.zone
    )
    event.starts_at = at_night + timedelta(hours=8)
    monkeypatch.setattr(clock, "now", lambda: at_night)
    messages.event_cancelled(guest)
    assert _last(guest).message.obstacle == "too_late"


def test_the_daily_limit_does_not_hold_back_what_is_urgent(make, monkeypatch):
    event = make.event()
    guest = make.registration(event)
    noon = clock.local(clock.in_zone(clock.now(), event.zone).replace(tzinfo=None, hour=12), event.zone)
    monkeypatch.setattr(clock, "now", lambda: noon)
    for _message in range(5):
        messages.waiting(guest)
    assert _last(guest).message.sms.due_at > noon + timedelta(hours=12)
    messages.item_moved(guest, events.add_item(event, by=None, title="签约", starts_at=event.starts_at))
    assert _last(guest).message.sms.due_at == noon


@pytest.mark.parametrize("locale", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("kind", list(MessageKind))
def test_every_kind_has_a_text_in_the_language_of_the_guest(make, kind, locale):
    event = make.event(title_en="Homecoming Summit")
    guest = make.registration(event, email="li@example.org", locale=locale)
    details = {name: f"<{name}>" for name in texts.OWN.get(kind, ())}
    if kind == MessageKind.EVENT_CHANGED:
        details["changes"] = [("A", "B", "C")]
    message = messages.tell(guest, kind, ways="both", **details)
    for said in (message.mail.subject, message.mail.text, message.sms.text):
        assert "{" not in said
        assert "}" not in said
        english = any(word in said for word in ("your", "Your", "you", "You", "Tomorrow", "now begins", "We"))
        assert not english or locale == "en", said
        title = "Homecoming Summit" if locale == "en" else event.title
        assert title in said or kind in (MessageKind.ITEM_MOVED, MessageKind.THANKS)


def test_what_a_value_contains_is_no_placeholder(make):
    event = make.event(title="{link} {name} %(x)s")
    guest = make.registration(event, name="{link}", email="li@example.org")
    message = messages.confirmed(guest)
    assert message.mail.subject.endswith("{link} {name} %(x)s")


def test_a_companion_is_told_through_the_guest_who_brings_them(make):
    event = make.event(offer_hours=24, capacity=1)
    guest = make.registration(event)
    companion = make.registration(event, name="周同")
    companion.mobile, companion.companion_of_id = "", guest.id
    told = events.edit_event(event, by=make.user(), venue="国际会议中心")
    assert (told.guests, told.sms) == (1, 1)
    messages.lapsed(companion)
    assert _written("lapsed") == ([], [guest.mobile])


def test_whoever_stands_at_the_door_gets_no_message(make):
    event = make.event()
    operations.register_walk_in(
        event, request_key="a" * 32, name="王毅", mobile="15412345678", company="甲", by=make.user()
    )
    assert db.session.scalar(select(func.count()).select_from(GuestMessage)) == 0


def test_tomorrows_guests_are_reminded_once_from_nine(make, monkeypatch):
    event = make.event(days=5)
    guest, waiting = make.registration(event), make.registration(event, name="赵强")
    waiting.state = "waiting"
    begins = clock.in_zone(event.starts_at, event.zone).replace(tzinfo=None, hour=14, minute=0)
    event.starts_at = clock.local(begins, event.zone)
    event.ends_at = event.starts_at + timedelta(hours=3)
    db.session.commit()
    for days, hour, reminded in ((2, 10, 0), (1, 8, 0), (1, 9, 1), (1, 10, 1), (0, 9, 1)):
        moment = clock.local(begins.replace(hour=hour) - timedelta(days=days), event.zone)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        tasks.remind(job_id=0)
        db.session.commit()
        assert len(_written("reminder")[1]) == reminded, (days, hour)
    assert _written("reminder")[1] == [guest.mobile]


def test_an_event_may_not_remind_its_guests(make, monkeypatch):
    event, other = make.event(days=5), make.event(days=5)
    for one in (event, other):
        make.registration(one)
    operations.set_reminding(event, on=False, by=make.user())
    db.session.commit()
    eve = event_queries.reminding_at(event)
    monkeypatch.setattr(clock, "now", lambda: eve)
    tasks.remind(job_id=0)
    reminded = select(GuestMessage.event_id).where(GuestMessage.kind == MessageKind.REMINDER)
    assert db.session.scalars(reminded).all() == [other.id]
    copy = events.clone_event(
        event, title="下一届", starts_at=event.starts_at + timedelta(days=90), by=make.user()
    )
    assert copy.reminds is False


def test_the_state_follows_the_mail_and_the_text_message(make):
    event = make.event()
    guest = make.registration(event, email="li@example.org")
    message = messages.tell(guest, MessageKind.REMINDER, ways="both")

    def state() -> str:
        db.session.flush()
        return message_queries.entry(message).state

    assert state() == "waiting"
    message.mail.refused_at = clock.now()
    assert state() == "waiting"
    message.sms.state = sms.FAILED
    assert state() == "failed"
    message.sms.state = sms.HANDED_OVER
    assert state() == "sent"
    message.sms.state, message.sms.fault, message.mail_id = sms.UNWANTED, "withdrawn", None
    assert state() == "withdrawn"
    message.sms.fault = "opted out"
    assert state() == "unreached"


def test_whose_letter_came_back_gets_text_messages_too(make):
    event = make.event()
    guest, other = (
        make.registration(event, email="bu@example.org"),
        make.registration(event, email="li@example.org"),
    )
    first = messages.tell(guest, MessageKind.CONFIRMED)
    assert (first.mail_id is not None, first.sms_id) == (True, None)
    first.mail.sent_at = first.mail.refused_at = clock.now()
    db.session.flush()
    assert [messages.reminder(row).sms_id is not None for row in (guest, other)] == [True, False]
    messages.write_again(first)
    assert first.mail_id
    assert first.sms.mobile == guest.mobile
    guest.email = "bu.zhigang@example.org"
    assert messages.reminder(guest).sms_id is None


def test_what_the_gateway_never_took_has_failed(make):
    guest = make.registration(make.event())
    row = _last(guest).message.sms
    sms.give_up(row.id)
    assert _last(guest).state == "failed"
    assert row.fault
    assert "sms.send" in jobs._given_up
    assert "mail.send" in jobs._given_up


def test_a_co_host_takes_out_no_message_of_the_hosts_guests(make):
    event = make.event(unit=make.city, co_hosts=[make.county])
    guest = make.registration(event)
    host, co_host = make.user(unit=make.city), make.user(Role.ORGANISER, unit=make.county)
    assert event_queries.waiting_sms(event, co_host) == []
    assert [row.mobile for row in event_queries.waiting_sms(event, host)] == [guest.mobile]


def test_an_event_words_its_messages_in_its_own_way(make):
    event, user = make.event(), make.user()
    guest = make.registration(event, locale="en")
    operations.save_template(
        event, MessageKind.REMINDER, Channel.SMS, "en", subject="", body="Hi {name}, {place}!", by=user
    )
    assert messages.reminder(guest).sms.text == f"Hi {guest.name}, Shenzhen 会议厅!"
    copy = events.clone_event(event, title="下一届", starts_at=event.starts_at + timedelta(days=365), by=user)
    kept = message_queries.text_of(copy.id, MessageKind.REMINDER, Channel.SMS, "en")
    assert kept.body == "Hi {name}, {place}!"
    operations.remove_template(event, MessageKind.REMINDER, Channel.SMS, "en", by=user)
    assert messages.reminder(guest).sms.text.startswith("Tomorrow")


def test_the_signature_stands_in_front_once(app, make, monkeypatch):
    monkeypatch.setitem(app.config, "SMS_SIGNATURE", "清丰县人民政府")
    guest = make.registration(make.event())
    assert _last(guest).message.sms.text.startswith("【清丰县人民政府】您已")
    assert sms.signed("【别家】你好") == "【别家】你好"
