"""Answers of invited people, who comes in their place, companions, approval, types that are full,
offers with a deadline.
"""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from outreach.checkin import operations as checkin
from outreach.core import clock
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.refusals import Refused
from outreach.core.sms import Sms, SmsOptOut
from outreach.events import operations as events
from outreach.events.models import Invitation
from outreach.registrations import operations, queries
from outreach.registrations.models import ACTIVE, Registration

YES = {
    "answer": "yes",
    "name": "王毅",
    "company": "甲有限公司",
    "post": "董事长",
    "mobile": "15411110000",
    "email": "",
    "excuse": "",
    "consent": "y",
}


@pytest.fixture
def invited(make):
    """``invited(event)``: an invitation of a fresh person."""

    def make_one(event, name: str = "王毅", **values) -> Invitation:
        events.invite(event, [make.person(name, **values)], by=None)
        return db.session.scalars(
            select(Invitation).where(Invitation.event_id == event.id).order_by(Invitation.id.desc())
        ).first()

    return make_one


def _active(event) -> list[tuple[str, str]]:
    rows = db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state.in_(ACTIVE))
        .order_by(Registration.id)
    )
    return [(row.name, row.state) for row in rows]


def test_yes_no_and_yes_again(make, visit, invited):
    event = make.event()
    row = invited(event)
    db.session.commit()
    browser, page = visit(), f"/i/{row.code}"
    assert "王毅" in browser.get(page).text
    assert db.session.get(Invitation, row.id).answer == ""  # looking is not answering
    assert browser.post(page, {**YES, "answer": ""}).status_code == 422
    assert browser.post(page, {**YES, "consent": ""}).status_code == 422
    assert browser.post(page, YES).status_code == 303
    assert _active(event) == [("王毅", "confirmed")]
    registration = db.session.scalar(select(Registration))
    assert registration.person_id == row.person_id
    assert browser.post(page, YES).status_code == 303
    assert browser.post(page, {"answer": "no", "excuse": "出差"}).status_code == 303
    assert _active(event) == []
    assert db.session.get(Invitation, row.id).excuse == "出差"
    assert "仍可更改" in browser.get(page).text
    assert browser.post(page, YES).status_code == 303
    assert _active(event) == [("王毅", "confirmed")]


def test_somebody_else_comes_with_the_same_place(make, invited):
    event = make.event(capacity=1)
    row = invited(event)
    operations.answer(row, **{key: value for key, value in YES.items() if key != "consent"})
    make.registration(event)  # waits
    proxy = operations.answer(
        row, answer="proxy", name="李四", company="甲有限公司", post="副总", mobile="15422220000", email=""
    )
    assert (proxy.state, proxy.stands_in_for, proxy.person_id) == ("confirmed", "王毅", None)
    assert _active(event) == [("李丽", "waiting"), ("李四", "confirmed")]
    back = operations.answer(row, **{key: value for key, value in YES.items() if key != "consent"})
    assert (back.name, back.state) == ("王毅", "confirmed")
    operations.answer(row, answer="no")
    assert _active(event) == [("李丽", "confirmed")]


def test_companions_are_guests_of_their_own(make, visit, invited):
    event = make.event(most_companions=2)
    row = invited(event)
    db.session.commit()
    browser, page = visit(), f"/i/{row.code}"
    assert "随行人员" in browser.get(page).text
    along = {
        "companions-0-name": "赵一",
        "companions-0-company": "",
        "companions-1-name": "钱二",
        "companions-1-company": "乙公司",
    }
    assert browser.post(page, {**YES, **along}).status_code == 303
    assert [name for name, _state in _active(event)] == ["王毅", "赵一", "钱二"]
    assert len({row.code for row in db.session.scalars(select(Registration))}) == 3
    assert browser.post(page, {**YES, **along, "companions-1-name": ""}).status_code == 303
    assert [name for name, _state in _active(event)] == ["王毅", "赵一"]
    assert "赵一" in browser.get(page).text
    many = {f"companions-{number}-name": f"客{number}" for number in range(3)}
    assert browser.post(page, {**YES, **many}).status_code == 409
    assert browser.post(page, {"answer": "no"}).status_code == 303
    assert _active(event) == []


def test_an_answer_after_the_deadline_or_with_somebody_elses_number_is_refused(make, visit, invited):
    event = make.event(reply_by=clock.now() - timedelta(minutes=1))
    row = invited(event)
    db.session.commit()
    answer = visit().post(f"/i/{row.code}", YES)
    assert answer.status_code == 409
    assert "甲有限公司" in answer.text
    event.reply_by = None
    db.session.flush()
    make.registration(event, mobile="15422220000")
    with pytest.raises(Refused):
        operations.answer(
            row, answer="proxy", name="李四", company="x", post="", mobile="15422220000", email=""
        )


def test_who_registered_before_answering_is_one_guest(make, invited):
    event = make.event()
    row = invited(event)
    mine = row.person.mobile
    make.registration(event, name="王毅", mobile=mine)
    operations.answer(
        row, **{key: value for key, value in {**YES, "mobile": mine}.items() if key != "consent"}
    )
    assert _active(event) == [("王毅", "confirmed")]


def test_opened_is_told_by_the_page_and_messages_can_be_stopped(make, visit, invited):
    row = invited(make.event())
    db.session.commit()
    browser = visit()
    browser.get(f"/i/{row.code}")
    assert db.session.get(Invitation, row.id).opened_at is None
    assert browser.post(f"/i/{row.code}/opened").status_code == 204
    assert db.session.get(Invitation, row.id).opened_at is not None
    assert browser.post(f"/i/{row.code}/stop").status_code == 200
    assert db.session.scalar(select(SmsOptOut.mobile)) == row.person.mobile
    assert browser.get("/i/AAAAAAAAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_a_type_with_places_of_its_own_waits_alone(make):
    event = make.event(capacity=10)
    plain = event.types[0]
    media = make.guest_type(event, "媒体", capacity=1)
    states = [make.registration(event, type_id=media.id).state for _turn in range(2)]
    assert states == ["confirmed", "waiting"]
    assert make.registration(event, type_id=plain.id).state == "confirmed"  # another type has room
    events.save_type(
        event,
        media,
        by=None,
        name="媒体",
        name_en="",
        colour="blue",
        place=20,
        capacity=2,
        approval=False,
        public=True,
    )
    assert queries.counts(event.id) == {"confirmed": 3}


def test_somebody_approves_each(make, visit):
    event = make.event(capacity=1)
    first = event.types[0]
    events.save_type(
        event,
        first,
        by=None,
        name="嘉宾",
        name_en="",
        colour="grey",
        place=20,
        capacity=None,
        approval=True,
        public=True,
    )
    one, two, three = (
        make.registration(event, name=name, email=f"{number}@example.org")
        for number, name in enumerate("甲乙丙")
    )
    assert {row.state for row in (one, two, three)} == {"pending"}
    browser = visit(make.user())
    assert browser.post(f"/registrations/{one.id}/approve").status_code == 303
    assert browser.post(f"/events/{event.id}/guests/approve", {"guest": [two.id]}).status_code == 303
    assert browser.post(f"/registrations/{three.id}/decline", {"reason": ""}).status_code == 422
    assert browser.post(f"/registrations/{three.id}/decline", {"reason": "本次名额有限"}).status_code == 303
    assert queries.counts(event.id) == {"confirmed": 1, "waiting": 1, "declined": 1}
    assert "本次名额有限" in visit().get(f"/t/{three.page_token}").text
    assert db.session.scalar(select(func.count()).where(Mail.kind == "registrations/declined")) == 1


def test_a_place_is_offered_in_order_and_moves_on_by_itself(make, visit):
    event = make.event(capacity=1, offer_hours=24)
    first = make.registration(event)
    second, third = (
        make.registration(event, name="甲", email="a@example.org"),
        make.registration(event, name="乙"),
    )
    operations.cancel(first, by=None)
    assert (second.state, third.state) == ("offered", "waiting")
    assert db.session.scalar(select(func.count()).where(Sms.kind == "registrations/offered")) == 1
    late = make.registration(event, name="丙")
    assert late.state == "waiting"  # an offered place is taken
    second.offered_until = clock.now() - timedelta(seconds=1)
    db.session.flush()
    with pytest.raises(Refused):
        operations.accept_offer(second)
    assert operations.lapse_offers() == 1
    assert (second.state, third.state) == ("cancelled", "offered")
    db.session.commit()
    assert visit().post(f"/t/{third.page_token}/accept").status_code == 303
    assert db.session.get(Registration, third.id).state == "confirmed"


def test_a_proxy_from_the_ticket(make, visit):
    event = make.event(capacity=1)
    row, waiting = make.registration(event), make.registration(event, name="甲")
    db.session.commit()
    browser = visit()
    data = {"name": "李四", "company": "某公司", "post": "", "mobile": "15422220000", "email": ""}
    assert browser.get(f"/t/{row.page_token}/proxy").status_code == 200
    assert browser.post(f"/t/{row.page_token}/proxy", data).status_code == 422
    answer = browser.post(f"/t/{row.page_token}/proxy", {**data, "consent": "y"})
    assert answer.status_code == 303
    assert "代替 李丽" in browser.get(answer.location).text
    assert browser.post(f"/t/{row.page_token}/proxy", {**data, "consent": "y"}).status_code == 409
    assert dict(_active(event)) == {"李四": "confirmed", "甲": "waiting"}
    assert waiting.code


def test_the_ticket_once_more_tells_a_stranger_nothing(make, visit):
    event = make.event()
    row = make.registration(event)
    db.session.commit()
    browser, page = visit(), f"/e/{event.slug}/ticket"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"mobile": "123"}).status_code == 422
    known, unknown = (
        re.sub(r'value="[^"]*"', "", browser.post(page, {"mobile": number}).text)
        for number in (row.mobile, "15499990000")
    )
    assert known == unknown  # but for the form's token
    again = select(Sms.mobile).where(Sms.kind == "registrations/ticket_again")
    assert db.session.scalars(again).all() == [row.mobile]


def test_the_public_form_offers_only_public_types(make, visit):
    event = make.event()
    media = make.guest_type(event, "媒体", name_en="Media")
    staff = make.guest_type(event, "工作人员", colour="grey", place=30, public=False)
    db.session.commit()
    text = visit().get(f"/e/{event.slug}/register").text
    assert "媒体" in text
    assert "工作人员" not in text
    assert make.registration(event, type_id=media.id).type_id == media.id
    with pytest.raises(Refused):
        make.registration(event, type_id=staff.id)
    other = make.event(title="别的活动")
    with pytest.raises(Refused):
        make.registration(other, type_id=media.id)


def test_guests_are_sorted_by_hand_as_far_as_there_is_room(make, visit):
    event = make.event()
    one, two = make.registration(event), make.registration(event, name="甲")
    media = make.guest_type(event, "媒体", capacity=1, public=False)
    browser = visit(make.user())
    page = f"/events/{event.id}/guests/sort"
    assert browser.post(page, {"type_id": media.id, "guest": [one.id, two.id]}).status_code == 409
    assert browser.post(page, {"type_id": media.id, "guest": [one.id]}).status_code == 303
    assert db.session.get(Registration, one.id).type_id == media.id
    assert browser.post(page, {"type_id": 999, "guest": [one.id]}).status_code == 422


def test_who_has_arrived_gives_no_place_back(make, visit):
    event, user = make.event(capacity=1), make.user()
    events.invite(event, [make.person("王毅")], by=user)
    invitation = db.session.scalar(select(Invitation))
    guest = operations.answer(
        invitation, **{name: value for name, value in YES.items() if name not in ("consent",)}
    )
    waiting = make.registration(event)
    make.begins(event)
    checkin.admit(event, guest, key="scan-000000000001", gate=make.gate(event), device_at=None, by=user)
    code = guest.page_token
    assert visit().post(f"/t/{code}/cancel").status_code == 409
    assert visit(user).post(f"/registrations/{guest.id}/cancel").status_code == 409
    assert visit().post(f"/i/{invitation.code}", {"answer": "no"}).status_code == 409
    db.session.refresh(guest)
    assert (guest.state, waiting.state, invitation.answer) == ("confirmed", "waiting", "yes")


def test_a_ticket_says_what_became_of_its_place(make, visit):
    event, user = make.event(), make.user()
    guest, other = make.registration(event, "李四"), make.registration(event, "王五")
    proxy = operations.send_proxy(guest, name="赵六", company="乙", post="", mobile="15411110077", email="")
    operations.cancel(other, by=None)
    assert "由他人代您参会" in visit().get(f"/t/{guest.page_token}").text
    assert "名额已退回" in visit().get(f"/t/{other.page_token}").text
    assert "转发给赵六" in visit().get(f"/t/{proxy.page_token}").text
    make.begins(event)
    checkin.admit(event, proxy, key="scan-000000000002", gate=make.gate(event), device_at=None, by=user)
    page = visit().get(f"/t/{proxy.page_token}").text
    assert '<span class="state is-ok">' in page
    assert f"/t/{proxy.page_token}/cancel" not in page
