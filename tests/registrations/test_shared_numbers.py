"""One number, several guests: bosses use one number, secretaries register several."""

import re

import pytest
from sqlalchemy import select

from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.refusals import Refused
from outreach.core.sms import Sms
from outreach.events import operations as events
from outreach.events.models import Invitation
from outreach.registrations import operations, queries
from outreach.registrations.models import Registration
from outreach.registrations.operations import registering
from tests.registrations.test_crowds import _at_once, _guest

NUMBER = "15400204001"
SENT = {
    "name": "老板乙",
    "company": "乙公司",
    "mobile": NUMBER,
    "consent": "y",
    "request_key": "request-key-0123456701",
}


def _words(answer, name: str) -> str:
    """A page without the name that was typed and without the token of its form."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text).replace(name, "")


def _names(event) -> list[str]:
    chosen = select(Registration.name).where(Registration.event_id == event.id).order_by(Registration.id)
    return list(db.session.scalars(chosen))


def _seen(browser, event, **sent) -> tuple:
    """(status of the answer, shape of the address it leads to, status and words of that page)."""
    answer = browser.post(f"/e/{event.slug}/register", data={**SENT, **sent})
    where = answer.headers["Location"]
    page = browser.get(where)
    token = where.rpartition("/")[2]
    return answer.status_code, where.replace(token, ""), len(token), page.status_code, _words(page, token)


def test_another_name_with_the_same_number_is_a_guest_of_their_own(make, visit):
    event = make.event()
    first = make.registration(event, "老板甲", mobile=NUMBER)
    status, where, _length, _shown, page = _seen(visit(), event)
    assert (status, where) == (303, "/t/")
    assert "老板乙" in page
    assert "老板甲" not in page
    assert first.page_token not in page
    assert _names(event) == ["老板甲", "老板乙"]


@pytest.mark.parametrize("capacity", [10, 1])
@pytest.mark.parametrize("approval", [False, True])
def test_the_answer_is_one_whether_name_and_number_are_registered(make, visit, capacity, approval):
    """A number nobody has, a number somebody has, name and number: the same answer and the same page."""
    event = make.event(capacity=capacity)
    event.types[0].approval = approval
    known = make.registration(event, "老板甲", mobile=NUMBER, email="jia@example.com")
    before, last = _state(known), _last_sms()
    sent = {"email": "stranger@example.com", "request_key": "request-key-0123456703"}
    registered = _seen(visit(), event, **sent, name="老板 甲")
    assert _state(known) == before, "the first one stands as it stood"
    assert _active(event) == ["老板甲"]
    texts = list(db.session.scalars(select(Sms).where(Sms.id > last).order_by(Sms.id)))
    assert [row.mobile for row in texts] == [NUMBER], "the ticket goes where the guest is known to be reached"
    recipients = set(db.session.scalars(select(Mail.recipient)))
    assert recipients == {"jia@example.com"}, "the stranger's address learns nothing"
    new = {**sent, "request_key": "request-key-0123456704"}
    other_name = _seen(visit(), event, **new, name="老板乙")
    nobodys = {**sent, "request_key": "request-key-0123456705", "mobile": "15400209999"}
    unknown = _seen(visit(), event, **nobodys, name="老板丙")

    def bare(seen, name):
        words = re.sub(r"候补第 \d+ 位|Place \d+", "", seen[-1])
        return *seen[:-1], words.replace(name, "").replace("老板 甲", "")

    assert bare(registered, "老板甲") == bare(other_name, "老板乙") == bare(unknown, "老板丙")


def _state(row: Registration) -> tuple:
    db.session.expire_all()
    return row.state, row.page_token, row.code, row.company, row.email


def _active(event) -> list[str]:
    return [row.name for row in queries.by_mobile(event.id, NUMBER)]


def test_from_the_second_page_nothing_of_the_first_is_seen_or_changed(make, visit):
    event = make.event()
    known = make.registration(event, "老板甲", mobile=NUMBER, company="机密公司")
    browser = visit()
    answer = browser.post(f"/e/{event.slug}/register", data={**SENT, "name": "老板甲"})
    page, before = answer.headers["Location"], _state(known)
    assert "机密公司" not in browser.get(page).text
    assert known.page_token not in browser.get(page).text
    for form in ("change", "cancel", "proxy"):
        shown = browser.get(f"{page}/{form}")
        assert shown.status_code == 200, form
        assert "机密公司" not in shown.text
    for deed in ("change", "cancel", "proxy"):
        sent = {**SENT, "name": "别人", "mobile": "15400208888"}
        assert browser.post(f"{page}/{deed}", data=sent).status_code == 409, deed
    assert _state(known) == before
    own = browser.get(f"{page}/qr.png").data
    assert own == browser.get(f"/t/{known.page_token}/qr.png").data, "it opens the door as name and number do"


def test_the_same_form_sent_twice_shows_one_page(make, visit):
    event = make.event()
    make.registration(event, "老板甲", mobile=NUMBER)
    browser = visit()
    pages = {
        browser.post(f"/e/{event.slug}/register", data={**SENT, "name": "老板甲"}).headers["Location"]
        for _time in range(2)
    }
    assert len(pages) == 1
    assert _names(event) == ["老板甲", "老板甲"]
    assert _active(event) == ["老板甲"]


def test_a_crowd_on_one_number_is_refused_alike_for_every_name(make, visit, monkeypatch):
    monkeypatch.setattr(registering, "MOST_BY_NUMBER", 1)
    event = make.event()
    make.registration(event, "老板甲", mobile=NUMBER)
    browser, address = visit(), f"/e/{event.slug}/register"
    texts = [
        _words(browser.post(address, data={**SENT, "name": name}), name) for name in ("老板甲", "老板乙")
    ]
    assert texts[0] == texts[1]
    assert 'id="mobile-error"' in texts[0]


def _last_sms() -> int:
    return db.session.scalar(select(db.func.max(Sms.id))) or 0


def test_who_registers_again_and_again_is_written_to_three_times_a_day(make, visit):
    event = make.event()
    make.registration(event, "老板甲", mobile=NUMBER)
    browser, address, last = visit(), f"/e/{event.slug}/register", _last_sms()
    for _time in range(6):
        sent = {**SENT, "name": "老板甲", "request_key": f"request-key-01234567{_time:02}"}
        assert browser.post(address, data=sent).status_code == 303
    again = select(db.func.count()).where(Sms.id > last, Sms.kind == "registrations/ticket_again")
    assert db.session.scalar(again) == 3


def test_one_number_does_not_register_a_crowd(make):
    event = make.event(capacity=50)
    for number in range(registering.MOST_BY_NUMBER):
        make.registration(event, f"老板{number}甲", mobile=NUMBER)
    with pytest.raises(Refused):
        make.registration(event, "老板癸", mobile=NUMBER)


def test_staff_are_asked_too(make, visit):
    event = make.event()
    make.registration(event, "老板甲", mobile=NUMBER)
    browser, address = visit(make.user()), f"/events/{event.id}/guests/new"
    sent = {**SENT, "type_id": event.types[0].id}
    assert 'id="another-error"' in browser.post(address, data=sent).text
    assert 'id="mobile-error"' in browser.post(address, data={**sent, "name": "老板甲"}).text
    assert browser.post(address, data={**sent, "another": "y"}).status_code == 303
    assert _names(event) == ["老板甲", "老板乙"]
    found = browser.get(f"/events/{event.id}/guests?text={NUMBER}").text
    assert found.count('href="/registrations/') == 2


def test_an_invited_guest_and_a_proxy_may_use_the_number_of_another_guest(make):
    event = make.event()
    make.registration(event, "老板甲", mobile=NUMBER)
    events.invite(event, [make.person("老板乙")], by=None)
    invitation = db.session.scalar(select(Invitation))
    values = {"company": "乙", "mobile": NUMBER}
    with pytest.raises(Refused) as refusal:
        operations.answer(invitation, answer="yes", name="老板乙", **values)
    assert refusal.value.at == "another"
    row = operations.answer(invitation, answer="yes", name="老板乙", another=True, **values)
    assert _names(event) == ["老板甲", "老板乙"]
    proxy = {"post": "", "email": "", **values}
    with pytest.raises(Refused):  # of the same name as the first guest, who is somebody else
        operations.send_proxy(row, name="老板甲", another=True, **proxy)
    operations.send_proxy(row, name="老板丙", another=True, **proxy)
    assert [guest.name for guest in queries.by_mobile(event.id, NUMBER)] == ["老板甲", "老板丙"]


def test_the_ticket_once_more_sends_every_ticket_of_the_number_with_its_name(make):
    event = make.event()
    rows = [make.registration(event, name, mobile=NUMBER) for name in ("老板甲", "老板乙")]
    before = set(db.session.scalars(select(Sms.id)))
    operations.send_ticket_again(event, NUMBER)
    said = [sms.text for sms in db.session.scalars(select(Sms).order_by(Sms.id)) if sms.id not in before]
    first, second = said  # one each, so that what was sent stands on the page of each guest
    assert first.startswith(rows[0].name)
    assert rows[0].page_token in first
    assert second.startswith(rows[1].name)
    assert rows[1].page_token in second


@pytest.mark.parametrize("capacity", [50, 5000])
def test_the_same_name_and_number_said_to_be_another_from_many_phones_is_one(app, make, capacity):
    event = make.event(capacity=capacity)
    make.registration(event, "老板甲", mobile=NUMBER)
    event_id = event.id
    _at_once(app, 8, lambda number: _guest(event_id, number, mobile=NUMBER))
    db.session.expire_all()
    assert sorted(_active(event)) == ["李丽", "老板甲"]
