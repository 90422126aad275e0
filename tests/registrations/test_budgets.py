"""What strangers can set off by entering a number or an address:
little, and never in the way of anything else.
"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from outreach.core import clock, sms
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.sms import Sms
from outreach.core.web import limiter
from outreach.registrations import messages, operations

NUMBER = "15400205001"


def _count(*conditions) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0


@pytest.fixture
def noon(monkeypatch):
    moment = clock.local(
        clock.now().replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None), "Asia/Shanghai"
    )
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def test_tickets_asked_for_again_do_not_delay_what_is_true(make, noon):
    event = make.event()
    guest = make.registration(event, mobile=NUMBER)
    for _time in range(45):
        operations.send_ticket_again(event, NUMBER)
    assert _count(Sms.kind == "registrations/ticket_again") == 3
    operations.cancel(guest, by=None)
    told = db.session.scalar(select(Sms).where(Sms.kind == "registrations/cancelled"))
    assert told.due_at == noon
    assert sms.write("events/invite", NUMBER, "家乡盼您归").due_at == noon


def test_the_budget_of_a_kind_is_its_own(app, noon):
    for _time in range(3):
        assert sms.write("events/invite", NUMBER, "家乡盼您归").due_at == noon
    assert sms.write("events/invite", NUMBER, "家乡盼您归").due_at > noon
    assert sms.write("registrations/confirmed", NUMBER, "家乡盼您归").due_at == noon


def test_a_day_later_the_ticket_is_sent_again(make, noon, monkeypatch):
    event = make.event()
    make.registration(event, mobile=NUMBER)
    for _time in range(4):
        operations.send_ticket_again(event, NUMBER)
    monkeypatch.setattr(clock, "now", lambda: noon + timedelta(hours=25))
    operations.send_ticket_again(event, NUMBER)
    assert _count(Sms.kind == "registrations/ticket_again") == 4


def test_one_address_gets_so_many_letters_of_a_kind_and_the_number_is_the_way_then(make, monkeypatch):
    monkeypatch.setattr(messages, "MOST_MAILS", 2)
    event = make.event()
    for _time in range(4):
        guest = make.registration(event, email="boss@example.com")
    assert _count(Mail.recipient == "boss@example.com") == 2
    assert _count(Sms.mobile == guest.mobile) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "王建国 evil.com"),
        ("company", "您中奖了！请访问 http://evil.example"),
        ("post", "加微信 1234567"),
        ("companions-0-name", "www.evil.example"),
    ],
)
def test_names_that_go_out_in_letters_hold_no_words_of_strangers(make, visit, field, value):
    event = make.event(most_companions=1)
    sent = {
        "request_key": "k" * 20,
        "name": "李丽",
        "company": "某公司",
        "mobile": NUMBER,
        "email": "victim@example.com",
        "consent": "y",
    }
    guest = visit()
    answer = guest.post(f"/e/{event.slug}/register", {**sent, field: value})
    assert answer.status_code == 422
    assert guest.page.get_element_by_id(f"{field}-error").text_content()
    assert _count(Mail.recipient == "victim@example.com") == 0


def test_forms_that_name_one_recipient_are_throttled_wherever_they_come_from(make, visit):
    event = make.event()
    make.registration(event, mobile=NUMBER)
    limiter.enabled = True
    limiter.reset()
    try:
        answers = [
            visit()
            .post(
                f"/e/{event.slug}/ticket",
                {"mobile": NUMBER},
                environ_base={"REMOTE_ADDR": f"203.0.113.{place}"},
            )
            .status_code
            for place in range(12)
        ]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers == [200] * 10 + [429] * 2
