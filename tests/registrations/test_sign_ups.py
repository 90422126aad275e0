"""Items of the programme with places of their own; what guests agree to; thanks and feedback."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.core import clock, worker
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.refusals import Refused
from outreach.core.sms import Sms
from outreach.events import operations as events
from outreach.permissions import Role
from outreach.registrations import operations, question_queries, sign_up_queries
from outreach.registrations.models import Registration
from outreach.registrations.question_models import AFTER


def _item(event, title="分论坛", minutes=60, later=0, **values):
    return events.add_item(
        event,
        starts_at=event.starts_at + timedelta(minutes=later),
        minutes=minutes,
        title=title,
        title_en="",
        speaker="",
        sign_up=True,
        **{"capacity": None, **values},
        by=None,
    )


def test_a_guest_signs_up_on_the_ticket_and_gives_it_up(make, visit):
    event = make.event()
    item, guest, browser = _item(event, capacity=1), make.registration(event), visit()
    page = browser.get(f"/t/{guest.page_token}").text
    assert "剩余 1 个名额" in page
    for _again in range(2):
        assert browser.post(f"/t/{guest.page_token}/items/{item.id}").status_code == 303
    assert "已报名" in browser.get(f"/t/{guest.page_token}").text
    other = make.registration(event, name="赵强")
    assert "已满" in browser.get(f"/t/{other.page_token}").text
    assert browser.post(f"/t/{other.page_token}/items/{item.id}").status_code == 409
    browser.post(f"/t/{guest.page_token}/items/{item.id}/give-up")
    assert browser.post(f"/t/{other.page_token}/items/{item.id}").status_code == 303
    assert sign_up_queries.taken(event.id) == {item.id: 1}


def test_who_cannot_sign_up(make):
    event = make.event(capacity=1)
    first, second = _item(event, "甲"), _item(event, "乙", later=30)
    plain = events.add_item(
        event, starts_at=event.starts_at, minutes=10, title="致辞", title_en="", speaker="", by=None
    )
    guest, waiting = make.registration(event), make.registration(event, name="赵强")
    operations.sign_up(guest, first)
    for registration, item in (
        (guest, second),
        (guest, plain),
        (waiting, first),
        (make.registration(make.event()), first),
    ):
        with pytest.raises(Refused):
            operations.sign_up(registration, item)
    assert len(sign_up_queries.items_of(guest.id)) == 1


def test_a_place_that_is_given_back_is_free_and_a_proxy_takes_it_over(make):
    event = make.event()
    item, guest = _item(event, capacity=1), make.registration(event)
    operations.sign_up(guest, item)
    proxy = operations.send_proxy(
        guest, name="李代", company="某公司", post="", mobile="15499990001", email=""
    )
    assert [row.id for row in sign_up_queries.guests_of(item.id)] == [proxy.id]
    operations.cancel(proxy, by=None)
    assert sign_up_queries.guests_of(item.id) == []
    operations.sign_up(make.registration(event, name="赵强"), item)


def test_an_item_with_guests_stays_until_they_are_taken_off(make, visit):
    event, browser = make.event(), visit(make.user())
    item, guest = _item(event), make.registration(event)
    operations.sign_up(guest, item)
    assert browser.post(f"/events/{event.id}/items/{item.id}/remove").status_code == 409
    assert "李" in browser.get(f"/events/{event.id}/items/{item.id}/guests").text
    export = browser.post(f"/events/{event.id}/items/{item.id}/guests/export", {"reason": "分组"})
    assert export.headers["Content-Type"].endswith("sheet")
    assert browser.post(f"/events/{event.id}/items/{item.id}/guests/{guest.id}/remove").status_code == 303
    assert browser.post(f"/events/{event.id}/items/{item.id}/remove").status_code == 303


def test_consents_are_apart_unticked_and_can_be_taken_back(make, visit):
    event, browser = make.event(), visit()
    browser.get(f"/e/{event.slug}/register")
    assert [
        browser.page.xpath(f"//input[@name='{name}']")[0].get("checked") for name in ("guest_book", "photos")
    ] == [None, None]
    guest = make.registration(event, guest_book=True)
    assert (guest.guest_book_at is None, guest.photos_at is None) == (False, True)
    since = guest.guest_book_at
    page = {"name": guest.name, "company": guest.company, "post": "", "email": ""}
    browser.get(f"/t/{guest.page_token}/change")
    assert browser.page.xpath("//input[@name='guest_book']")[0].get("checked") is not None
    browser.post(f"/t/{guest.page_token}/change", {**page, "guest_book": "y", "photos": "y"})
    row = db.session.get(Registration, guest.id)
    assert (row.guest_book_at, row.photos_at is None) == (since, False)
    staff = visit(make.user())
    card = staff.get(f"/registrations/{guest.id}")
    assert [answer.text for answer in staff.page.xpath("//dd")].count("同意") == 2, card.text
    browser.post(f"/t/{guest.page_token}/change", page)
    row = db.session.get(Registration, guest.id)
    assert (row.guest_book_at, row.photos_at) == (None, None)
    assert "未找到" not in staff.get(f"/events/{event.id}/guests?photos=no").text
    assert staff.get(f"/events/{event.id}/guests?photos=yes").text.count("data-label") == 0


@pytest.fixture
def over(make):
    """An event that began an hour ago, with three guests; the first two came."""
    event = make.event()
    guests = [
        make.registration(event, name=name, email=email)
        for name, email in (("王毅", "wang@example.org"), ("赵强", ""), ("李丽", "li@example.org"))
    ]
    gate = make.gate(event)
    event.starts_at, event.ends_at = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    from outreach.checkin import operations as checkin

    for number, guest in enumerate(guests[:2]):
        checkin.admit(event, guest, key=f"came-{number:020d}", gate=gate, device_at=None, by=make.user())
    db.session.commit()
    return event, guests


def test_thanks_go_once_to_those_who_came(make, visit, over):
    event, _guests = over
    operations.ask_the_usual(event, by=make.user())
    browser = visit(make.user())
    assert "感谢" in browser.get(f"/events/{event.id}/thanks").text
    for _again in range(2):
        assert (
            browser.post(f"/events/{event.id}/thanks", {"words": "感谢莅临！", "channel": "both"}).status_code
            == 303
        )
    worker.drain()
    letters = db.session.scalars(select(Mail).where(Mail.kind == "registrations/thanks")).all()
    messages = db.session.scalars(select(Sms).where(Sms.kind == "registrations/thanks")).all()
    assert [row.recipient for row in letters] == ["wang@example.org"]
    assert len(messages) == 2
    assert all("/feedback" in row.text for row in messages)
    assert browser.post(f"/events/{event.id}/thanks", {"words": "", "channel": "both"}).status_code == 422


def test_thanks_wait_for_the_event(make):
    with pytest.raises(Refused):
        operations.thank(make.event(), [], words="谢谢", channel="mail", by=make.user())


def test_feedback_is_given_changed_and_summed_without_names(make, visit, over):
    event, guests = over
    staff = visit(make.user())
    assert visit().get(f"/t/{guests[0].page_token}/feedback").status_code == 404  # no question, no form
    assert staff.post(f"/events/{event.id}/questions/usual").status_code == 303
    assert staff.post(f"/events/{event.id}/questions/usual").status_code == 409
    questions = question_queries.questions(event, AFTER)
    assert question_queries.questions(event) == []  # the registration form asks none of it
    for guest, grade in zip(guests, ("非常满意", "满意", "满意"), strict=True):
        browser = visit()
        assert "您的评价" in browser.get(f"/t/{guest.page_token}").text
        answers = {f"q{questions[0].id}": grade, f"q{questions[4].id}": "多安排对接"}
        assert "谢谢" in browser.post(f"/t/{guest.page_token}/feedback", answers).text
    browser.post(f"/t/{guests[2].page_token}/feedback", {f"q{questions[0].id}": "一般"})
    page = staff.get(f"/events/{event.id}/feedback").text
    assert "3 位嘉宾" in page
    assert page.count("多安排对接") == 2
    assert "33.3%" in page
    assert not any(guest.name in page for guest in guests)
    word = staff.post(f"/events/{event.id}/summary.docx")
    assert word.data.startswith(b"PK")


def test_the_summary_says_what_was_counted(make, visit, over):
    import io

    from docx import Document

    event, _guests = over
    make.agreement(event=event, signed_on=clock.today())
    paper = Document(io.BytesIO(visit(make.user()).post(f"/events/{event.id}/summary.docx").data))
    text = "".join(paragraph.text for paragraph in paper.paragraphs)
    assert "3人有席位，2人到会" in text
    assert "签约项目1个" in text
    assert "1.2亿元" in text
    links = [relation.target_ref for relation in paper.part.rels.values() if relation.is_external]
    assert any(f"/events/{event.id}/attendance" in link for link in links)
    assert visit(make.user(Role.GATE_STAFF)).post(f"/events/{event.id}/summary.docx").status_code == 403
    assert (
        visit(make.user(unit=make.other_county)).post(f"/events/{event.id}/summary.docx").status_code == 404
    )
