"""Registering, the ticket, the waiting list, changing and cancelling."""

import io

import pytest
import vobject
import zxingcpp
from PIL import Image
from sqlalchemy import func, select

from outreach.core import mail, masking, phones, tokens
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.directory.models import Person
from outreach.events import operations as events
from outreach.permissions import Role
from outreach.registrations import operations, queries, tickets
from outreach.registrations.models import NOTICE_VERSION, Registration

GUEST = {
    "request_key": "a-form-of-one-guest-1",
    "name": "李丽",
    "company": "某某有限公司",
    "post": "经理",
    "mobile": "154 1234 5678",
    "email": "",
    "consent": "y",
}


def _register(browser, event, **changes):
    return browser.post(f"/e/{event.slug}/register", {**GUEST, **changes})


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Registration))


def test_a_guest_registers_and_gets_a_ticket(make, visit):
    event = make.event()
    browser = visit()
    assert "consent" in browser.get(f"/e/{event.slug}/register").text
    answer = _register(browser, event)
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert "参会凭证" in page
    assert "李丽" in page
    row = db.session.scalar(select(Registration))
    assert (row.state, row.mobile, row.notice_version) == ("confirmed", "15412345678", NOTICE_VERSION)
    assert row.consented_at is not None


def test_the_consent_box_is_unticked(make, visit):
    event = make.event()
    browser = visit()
    browser.get(f"/e/{event.slug}/register")
    assert browser.page.xpath("//input[@name='consent']")[0].get("checked") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "此项必填"),
        ({"mobile": "123"}, "11 位手机号码"),
        ({"mobile": "1.54E+10"}, "11 位手机号码"),
        ({"consent": None}, "未经您同意"),
        ({"email": "nope"}, "邮箱格式不正确"),
        ({"name": "王" * 41}, "最多 40 个字"),
        ({"request_key": "x"}, ""),
        ({"company": "\u200b \u200f"}, "此项必填"),
    ],
)
def test_bad_input_is_kept_named_and_writes_nothing(make, visit, changes, words):
    event = make.event()
    data = {key: value for key, value in {**GUEST, **changes}.items() if value is not None}
    answer = visit().post(f"/e/{event.slug}/register", data)
    assert answer.status_code == 422
    assert words in answer.text
    assert "经理" in answer.text
    assert _count() == 0


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+852 9123 4567", "+85291234567"),
        ("+1 415 555 2671", "+14155552671"),
        ("０１５４１２３４５６７８", "+8615412345678"),
    ],
)
def test_a_guest_of_any_country_registers_and_is_found(make, visit, typed, stored):
    event = make.event()
    _register(visit(), event, mobile=typed, email="zhang＠QQ。com")
    assert db.session.execute(db.text("SELECT mobile, email FROM registrations")).one() == (
        stored,
        "zhang@qq.com",
    )
    browser = visit(make.user())
    for said in (typed, stored, stored[-4:]):
        page = browser.get(f"/events/{event.id}/guests", query_string={"text": said}).text
        assert "李*" in page, said
        assert masking.phone(phones.shown(stored)) in page, said
    again = _register(visit(), event, mobile=stored, request_key="another-form-entirely")
    assert again.status_code == 303
    assert len(queries.by_mobile(event.id, stored)) == 1, "known again in every writing"


def test_the_same_form_twice_is_one_registration(make, visit):
    event = make.event()
    first, second = _register(visit(), event), _register(visit(), event)
    assert first.headers["Location"] == second.headers["Location"]
    assert _count() == 1


def test_the_same_number_again_gives_the_first_page_not_away(make, visit):
    event = make.event()
    first = _register(visit(), event)
    answer = _register(visit(), event, request_key="another-form-entirely")
    assert answer.status_code == first.status_code == 303
    assert answer.headers["Location"] != first.headers["Location"]


def test_a_full_house_has_a_waiting_list_that_moves_up(make, visit):
    event = make.event(capacity=1)
    first = make.registration(event)
    for address in (f"/e/{event.slug}", f"/e/{event.slug}/register"):  # before anybody fills in a form
        page = visit().get(address).text
        assert ("名额已满" in page, "登记候补" in page) == (True, True)
    answer = _register(visit(), event)
    assert "候补第 1 位" in visit().get(answer.headers["Location"]).text
    assert visit().get(f"/t/{first.page_token}/cancel").status_code == 200
    assert db.session.get(Registration, first.id).state == "confirmed"
    assert visit().post(f"/t/{first.page_token}/cancel").status_code == 303
    assert "参会凭证" in visit().get(answer.headers["Location"]).text
    assert visit().post(f"/t/{first.page_token}/cancel").status_code == 409


def test_the_waiting_list_is_in_order(make):
    event = make.event(capacity=1)
    first, second, third = (make.registration(event) for _guest in range(3))
    assert queries.waiting_position(second) == 1
    assert queries.waiting_position(third) == 2
    operations.cancel(first, by=None)
    assert (second.state, third.state) == ("confirmed", "waiting")


def test_more_places_move_the_list_up(make):
    event = make.event(capacity=1)
    rows = [make.registration(event) for _guest in range(4)]
    events.edit_event(event, by=make.user(), capacity=3)
    assert [row.state for row in rows] == ["confirmed", "confirmed", "confirmed", "waiting"]


def test_confirm_when_full_is_refused(make):
    event = make.event(capacity=1)
    make.registration(event)
    waiting = make.registration(event)
    with pytest.raises(Refused):
        operations.confirm(waiting, by=make.user())


def test_the_waiting_list_has_an_end(make):
    event = make.event(capacity=1)
    for _guest in range(21):
        make.registration(event)
    with pytest.raises(Refused):
        make.registration(event)


def test_closed_registration_keeps_the_text(make, visit):
    event = make.event(days=-1)
    answer = _register(visit(), event)
    assert answer.status_code == 409
    assert 'value="李丽"' in answer.text


def test_a_known_person_is_matched_by_number_and_name(make, visit):
    event, person = make.event(), make.person("李丽", mobiles=["15412345678"])
    _register(visit(), event)
    assert db.session.scalar(select(Registration.person_id)) == person.id


@pytest.mark.parametrize("other", [{"name": "王五"}, {"mobiles": ["15499999999"]}])
def test_number_or_name_alone_is_no_match(make, visit, other):
    make.person(**{"name": "李丽", "mobiles": ["15412345678"], **other})
    _register(visit(), make.event())
    assert db.session.scalar(select(Registration.person_id)) is None


def test_a_person_of_another_county_is_not_matched(make, visit):
    make.person("李丽", unit=make.other_county, mobiles=["15412345678"])
    _register(visit(), make.event())
    assert db.session.scalar(select(Registration.person_id)) is None


def test_a_prospect_joins_the_directory_by_one_click(make, visit):
    event = make.event()
    _register(visit(), event)
    row = db.session.scalar(select(Registration))
    browser = visit(make.user())
    assert "新线索" in browser.get(f"/events/{event.id}/guests").text
    answer = browser.post_fragment(f"/registrations/{row.id}/add-to-directory")
    assert answer.text.lstrip().startswith("<tr id=")
    person = db.session.scalar(select(Person))
    assert (person.name, person.mobile, person.company.organisation.name) == (
        "李丽",
        "15412345678",
        "某某有限公司",
    )
    assert browser.post(f"/registrations/{row.id}/add-to-directory").status_code == 409


def test_changing_a_name_keeps_the_ticket(make, visit):
    row = make.registration(make.event())
    browser = visit()
    assert 'value="李丽"' in browser.get(f"/t/{row.page_token}/change").text
    assert browser.post(f"/t/{row.page_token}/change", {"name": "", "company": "甲"}).status_code == 422
    assert (
        browser.post(
            f"/t/{row.page_token}/change", {"name": "李莉", "company": "甲", "post": "", "email": ""}
        ).status_code
        == 303
    )
    assert db.session.get(Registration, row.id).name == "李莉"
    text = browser.get(f"/t/{row.page_token}").text
    assert ("信息已修改" in text, "我的座位" in text, "行程、住宿" in text) == (True, True, False)


def test_the_picture_decodes_to_the_address_of_the_ticket(make, visit):
    row = make.registration(make.event())
    picture = visit().get(f"/t/{row.page_token}/qr.png")
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.data)))
    [scanned] = [code.text for code in found]
    assert scanned.startswith("HTTP://127.0.0.1:8000/T/")
    assert tickets.genuine(tickets.read(scanned), tickets.public_key(row.event.ticket_seed))
    assert tickets.code_in(scanned) == row.code
    assert len(found[0].text) <= 180
    assert visit().get(f"/T/{row.code}").status_code == 200
    assert visit().get(f"/t/{row.page_token.lower()}").status_code == 200


def test_a_code_in_whatever_a_scanner_brings():
    code = tokens.code()
    for text in (code, code.lower(), f" {code}\n", f"HTTPS://X.CN/T/{code}", f"https://x.cn/t/{code}?a=b"):
        assert tickets.code_in(text) == code
    for text in ("", "hello", code[:-1], code + "A", "https://x.cn/"):
        assert tickets.code_in(text) is None


def test_codes_do_not_repeat():
    assert len({tokens.code() for _time in range(2000)}) == 2000


def test_an_unknown_ticket_is_404(visit):
    answer = visit().get("/t/" + tokens.code())
    assert (answer.status_code, "链接不完整或已失效" in answer.text, "其他单位" in answer.text) == (
        404,
        True,
        False,
    )


def test_the_guests_calendar_leads_to_the_ticket(make, visit):
    row = make.registration(make.event())
    entry = vobject.readOne(visit().get(f"/t/{row.page_token}/event.ics").text)
    assert entry.vevent.url.value.endswith(f"/t/{row.page_token}")


def test_a_letter_only_with_an_address(make):
    event = make.event()
    make.registration(event, email="")
    assert db.session.scalar(select(func.count()).select_from(mail.Mail)) == 0
    make.registration(event, email="li@example.com")
    assert db.session.scalar(select(mail.Mail.recipient)) == "li@example.com"


def test_letters_are_written_in_the_guests_language(make):
    make.registration(make.event(title_en="Homecoming Summit"), email="li@example.com", locale="en")
    letter = db.session.scalar(select(mail.Mail))
    assert letter.subject == "Your place: Homecoming Summit"
    assert "Dear" in letter.text


def test_an_organiser_enters_a_guest_also_after_closing(make, visit):
    event = make.event(days=-1)
    browser = visit(make.user())
    data = {**GUEST, "request_key": "desk-form-000000001", "type_id": event.types[0].id}
    assert browser.post(f"/events/{event.id}/guests/new", {**data, "mobile": ""}).status_code == 422
    assert browser.post(f"/events/{event.id}/guests/new", data).status_code == 303
    assert (
        browser.post(
            f"/events/{event.id}/guests/new", {**data, "request_key": "desk-form-000000002"}
        ).status_code
        == 422
    )


def test_staff_enter_a_guest_without_a_number_by_saying_so(make, visit):
    event = make.event()
    browser, address = visit(make.user()), f"/events/{event.id}/guests/new"
    data = {**GUEST, "mobile": "", "email": "", "type_id": event.types[0].id}
    refused = browser.post(address, {**data, "request_key": "desk-form-000000001"})
    assert refused.status_code == 422
    assert "请填写手机号码或邮箱" in refused.text
    reached = {**data, "name": "有邮箱", "email": "you@example.com", "request_key": "desk-form-000000002"}
    assert browser.post(address, reached).status_code == 303
    for number, name in enumerate(("无联系甲", "无联系乙"), 3):
        unreached = {**data, "name": name, "no_contact": "y", "request_key": f"desk-form-00000000{number}"}
        assert browser.post(address, unreached).status_code == 303
    kept = db.session.execute(select(Registration.name, Registration.mobile, Registration.email))
    assert sorted(kept.tuples()) == sorted(
        [("有邮箱", "", "you@example.com"), ("无联系甲", "", ""), ("无联系乙", "", "")]
    )


def test_the_guest_list_masks_filters_and_exports(make, visit):
    event = make.event(capacity=1)
    make.registration(event, name="王建国", mobile="15433334444")
    make.registration(event, name="赵大明", mobile="15455556666")
    browser = visit(make.user())
    text = browser.get(f"/events/{event.id}/guests").text
    assert "王建国" not in text
    assert "154****4444" in text
    assert (
        "赵**" not in browser.get(f"/events/{event.id}/guests?state=confirmed").text.split('id="guests"')[1]
    )
    assert "王**" in browser.get(f"/events/{event.id}/guests?text=4444").text
    assert browser.post(f"/events/{event.id}/guests/export", {"reason": ""}).status_code == 422
    assert browser.post(f"/events/{event.id}/guests/export", {"reason": "签到表"}).mimetype.endswith("sheet")
    assert (
        db.session.scalar(select(AuditEntry.reason).where(AuditEntry.verb == "registrations.export_guests"))
        == "签到表"
    )


def test_a_guests_number_is_shown_for_a_reason(make, visit):
    row = make.registration(make.event(), mobile="15433334444")
    browser = visit(make.user())
    assert "15433334444" not in browser.get(f"/registrations/{row.id}").text
    assert browser.post(f"/registrations/{row.id}/unmask", {"reason": ""}).status_code == 422
    assert "15433334444" in browser.post(f"/registrations/{row.id}/unmask", {"reason": "通知"}).text


def test_confirm_and_cancel_by_staff_as_fragments(make, visit):
    event = make.event(capacity=1)
    first, second = make.registration(event), make.registration(event)
    browser = visit(make.user())
    assert "已取消" in browser.post_fragment(f"/registrations/{first.id}/cancel").text
    assert db.session.get(Registration, second.id).state == "confirmed"
    third = make.registration(event)
    events.edit_event(event, by=make.user(), capacity=1)
    assert browser.post(f"/registrations/{third.id}/confirm").status_code == 409


def test_a_viewer_cannot_cancel(make, visit):
    row = make.registration(make.event())
    assert visit(make.user(Role.VIEWER)).post(f"/registrations/{row.id}/cancel").status_code == 403
