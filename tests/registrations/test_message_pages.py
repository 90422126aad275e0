"""The pages of messages: list, one message, texts; nobody else's, nothing unmasked without a trace."""

import io

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.sms import Sms
from outreach.permissions import Role
from outreach.registrations import message_queries, messages, operations
from outreach.registrations import message_texts as texts
from outreach.registrations.message_models import Channel, GuestMessage, MessageKind, MessageTemplate


def _event(make):
    """An event with a guest of each way, and their messages of one kind."""
    event, user = make.event(), make.user(email="organiser@example.org")
    guests = [
        make.registration(event, name="李丽", email="li@example.org"),
        make.registration(event, name="赵强"),
        make.registration(event, name="张三", mobile=""),
    ]
    rows = [messages.reminder(guest) for guest in guests]
    db.session.commit()
    return event, user, guests, rows


def test_the_list_counts_narrows_and_masks(make, visit):
    event, user, _guests, rows = _event(make)
    rows[0].mail.sent_at = clock.now()
    db.session.commit()
    browser, page = visit(user), f"/events/{event.id}/messages"
    whole = browser.get(page).text
    for name in ("李*", "赵*", "张*"):
        assert name in whole
    assert "李丽" not in whole
    narrowed = {
        "?state=not_reached": {"张*"},
        "?state=sent": {"李*"},
        "?channel=mail&kind=reminder": {"李*"},
        "?channel=sms&kind=reminder": {"赵*"},
        "?channel=none&kind=reminder": {"张*"},
        "?text=赵强": {"赵*"},
        "?kind=thanks": set(),
        "?state=nonsense&channel=%00&page=99999999999999": {"李*", "赵*", "张*"},
    }
    for query, names in narrowed.items():
        text = browser.get(page + query).text
        assert {name for name in ("李*", "赵*", "张*") if name in text} == names, query


def test_who_was_not_reached_is_told_by_hand_and_the_mark_can_be_taken_back(make, visit):
    event, user, _guests, rows = _event(make)
    browser, page = visit(user), f"/messages/{rows[2].id}"
    shown = browser.get(page).text
    assert "未留手机号" in shown
    assert '<span class="state is-stop">无法送达</span>' in shown
    assert browser.post(f"{page}/told/phone").status_code == 303
    assert message_queries.entry(rows[2]).state == "told"
    assert browser.post(f"{page}/told/wechat").status_code == 409  # twice
    assert "电话告知" in browser.get(page).text
    browser.post(f"{page}/untold")
    assert message_queries.counts(event.id)["unreached"] == 2  # the confirmation and the reminder
    assert browser.post(f"{page}/told/telegram").status_code == 404


def test_a_reminder_whose_day_is_over_is_not_announced(make, visit):
    browser, ahead, today = visit(make.user()), make.event(days=3), make.event(days=0)
    switch = "/messages/reminder/off"
    assert switch in browser.get(f"/events/{ahead.id}/messages").text
    text = browser.get(f"/events/{today.id}/messages").text
    assert "会前一日已过" in text
    assert switch not in text


def test_the_reminder_is_switched_off_and_on(make, visit):
    event, user, _guests, _rows = _event(make)
    browser, page = visit(user), f"/events/{event.id}/messages"
    assert "会前一日：" in browser.get(page).text
    assert browser.post(f"{page}/reminder/off").status_code == 303
    assert db.session.get(type(event), event.id).reminds is False
    assert "会前一日：不发提醒" in browser.get(page).text
    assert "不发送" in browser.get(f"{page}/texts").text
    browser.post(f"{page}/reminder/off")
    browser.post(f"{page}/reminder/on")
    assert db.session.get(type(event), event.id).reminds is True
    said = db.session.scalars(
        select(AuditEntry.detail).where(AuditEntry.verb == "registrations.set_reminding")
    ).all()
    assert [entry["on"] for entry in said] == [False, True]
    assert browser.post(f"{page}/reminder/perhaps").status_code == 404
    assert visit(make.user(Role.GATE_STAFF)).post(f"{page}/reminder/off").status_code == 403
    assert visit(make.user(unit=make.other_county)).post(f"{page}/reminder/off").status_code == 404
    event.state = "held"
    db.session.commit()
    assert browser.post(f"{page}/reminder/off").status_code == 409
    assert 'id="reminder"' not in browser.get(page).text


def test_words_and_number_leave_a_trace(make, visit):
    _event_row, user, guests, rows = _event(make)
    browser, page = visit(user), f"/messages/{rows[1].id}"
    assert guests[1].page_token not in browser.get(page).text
    shown = browser.post(f"{page}/words").text
    assert guests[1].page_token in shown
    assert 'data-copy="words"' in shown
    assert browser.post(f"{page}/number", {"reason": ""}).status_code == 422
    number = browser.post(f"{page}/number", {"reason": "告知变更"}).text
    assert f'href="tel:+86{guests[1].mobile}">{guests[1].mobile}<' in number
    verbs = set(db.session.scalars(select(AuditEntry.verb)))
    assert {"registrations.show_words", "registrations.unmask"} <= verbs


def test_what_failed_is_written_once_more_to_the_address_of_today(make, visit):
    event, user, guests, rows = _event(make)
    rows[0].mail.refused_at = clock.now()
    guests[2].mobile = "15412349999"
    db.session.commit()
    visit(user).post(f"/events/{event.id}/messages/again?kind=reminder", {"all": "1"})
    db.session.expire_all()
    assert [message_queries.entry(row).state for row in rows] == ["waiting"] * 3
    assert [row.tries for row in rows] == [2, 1, 2]
    assert rows[2].sms.mobile == "15412349999"
    assert len(db.session.scalars(select(Mail).where(Mail.kind == "registrations/reminder")).all()) == 2


def test_the_guests_page_says_what_was_sent(make, visit):
    _event_row, user, guests, _rows = _event(make)
    page = visit(user).get(f"/registrations/{guests[1].id}").text
    assert "会前一日提醒" in page
    assert "报名成功" in page


@pytest.mark.parametrize("full", [False, True])
def test_the_export_is_masked_unless_asked_for(make, visit, full):
    event, user, guests, _rows = _event(make)
    browser, page = visit(user), f"/events/{event.id}/messages/export?kind=reminder"
    assert browser.post(page, {"reason": ""}).status_code == 422
    content = browser.post(page, {"reason": "逐一告知", **({"full": "y"} if full else {})}).data
    cells = str(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())
    assert (guests[1].mobile in cells) is full
    assert "无法送达" in cells
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "registrations.export_messages"))
    assert entry.detail == {"count": 3, "full": full}


def test_pages_of_messages_are_of_the_host_alone(make, visit):
    event, _user, _guests, rows = _event(make)
    event.co_hosts = [make.other_county]
    strangers = make.user(unit=make.other_county), make.user(Role.GATE_STAFF)
    db.session.commit()
    for user in strangers:
        browser = visit(user)
        for page in (
            f"/events/{event.id}/messages",
            f"/messages/{rows[0].id}",
            f"/events/{event.id}/messages/texts",
        ):
            assert browser.get(page).status_code in (403, 404)
        for page in (f"/messages/{rows[0].id}/words", f"/messages/{rows[0].id}/told/phone"):
            assert browser.post(page).status_code in (403, 404)
        browser.post(f"/events/{event.id}/messages/again", {"message": str(rows[2].id)})
    viewer = visit(make.user(Role.VIEWER))
    db.session.commit()
    assert viewer.post(f"/messages/{rows[0].id}/words").status_code == 403
    assert [row.tries for row in rows] == [1, 1, 1]


def test_ticks_of_another_event_are_left_out(make, visit):
    event, user, _guests, _rows = _event(make)
    other, _other_user, _other_guests, others = _event(make)
    visit(user).post(f"/events/{event.id}/messages/again", {"message": [str(others[2].id), "x", "9" * 30]})
    assert db.session.get(GuestMessage, others[2].id).tries == 1
    assert other.id != event.id


TEXT = "/events/{event.id}/messages/texts/{kind}/{channel}/{locale}"


def _address(event, kind="reminder", channel="sms", locale="zh_Hans_CN") -> str:
    return TEXT.format(event=event, kind=kind, channel=channel, locale=locale)


def test_every_text_can_be_opened(make, visit):
    event, user, _guests, _rows = _event(make)
    browser = visit(user)
    assert browser.get(f"/events/{event.id}/messages/texts").status_code == 200
    for kind in MessageKind:
        for channel in Channel:
            for locale in ("zh_Hans_CN", "en"):
                page = browser.get(_address(event, kind, channel, locale))
                assert page.status_code == 200
                preview = page.text.split('id="preview"')[1].split("</p>")[0]
                assert "{" not in preview
    empty = make.event()  # no guest to preview with
    db.session.commit()
    assert browser.get(_address(empty)).status_code == 200
    for wrong in (("nonsense", "sms", "en"), ("reminder", "fax", "en"), ("reminder", "sms", "xx")):
        assert browser.get(_address(event, *wrong)).status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "必填"),
        ("明天见，{nmae}", "无法识别的占位符：{nmae}"),
        ("{feedback}", "无法识别的占位符：{feedback}"),
        ("长" * 501, "500"),
    ],
)
def test_a_wrong_text_is_refused_beside_the_field(make, visit, body, said):
    event, user, _guests, _rows = _event(make)
    answer = visit(user).post(_address(event), {"body": body})
    assert answer.status_code == 422
    assert said in answer.text
    assert body in answer.text
    assert db.session.scalar(select(MessageTemplate)) is None


def test_a_text_is_previewed_kept_and_taken_back(make, visit):
    event, user, guests, _rows = _event(make)
    browser, page = visit(user), _address(event)
    shown = browser.post(page, {"body": "｛name｝您好，明天见：{link}", "preview": "1"}).text
    assert "您好，明天见：http" in shown
    assert not any(guest.page_token in shown or guest.name in shown for guest in guests)
    assert db.session.scalar(select(MessageTemplate)) is None
    browser.post(page, {"body": "｛name｝您好，明天见：{link}"})
    assert messages.reminder(guests[1]).sms.text.startswith("赵强您好，明天见：http")
    browser.post(f"{page}/usual")
    assert "温馨提示" in messages.reminder(guests[1]).sms.text


def test_a_test_goes_to_oneself_or_to_a_typed_number(make, visit):
    event, user, _guests, _rows = _event(make)
    browser = visit(user)
    assert browser.post(f"{_address(event, channel='mail')}/test", {"test-to": ""}).status_code == 303
    letter = db.session.scalar(select(Mail).where(Mail.kind == "test/reminder"))
    assert letter.recipient == "organiser@example.org"
    assert browser.post(f"{_address(event)}/test", {"test-to": "12"}).status_code == 422
    assert browser.post(f"{_address(event)}/test", {"test-to": "15400001234"}).status_code == 303
    assert db.session.scalar(select(Sms.mobile).where(Sms.kind == "test/reminder")) == "15400001234"
    user.email = ""
    db.session.commit()
    assert browser.post(f"{_address(event, channel='mail')}/test", {"test-to": ""}).status_code == 422
    assert operations.send_test
    assert texts.sms_parts("字" * 70) == 1
    assert texts.sms_parts("字" * 71) == 2
