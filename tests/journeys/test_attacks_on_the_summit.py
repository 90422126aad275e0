"""What a hostile tester did to invitations, places, questions and seats, kept as tests."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from outreach.checkin import operations as checkin
from outreach.core import clock, sms
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.events import operations as events
from outreach.events import queries as event_queries
from outreach.events.models import Invitation
from outreach.reception import operations as reception
from outreach.reception import queries as seats
from outreach.reception.models import Hall, Seat
from outreach.registrations import operations, queries
from outreach.registrations.models import ACTIVE, Registration

QUESTION = {
    "label": "问",
    "label_en": "",
    "kind": "text",
    "choices": [],
    "hint": "",
    "required": False,
    "place": 1,
    "types": [],
    "when_id": None,
    "when_value": "",
    "keep_days": 0,
}
PROXY = {"name": "李四", "company": "x", "post": "", "mobile": "15422220000", "email": ""}


def _invited(event, make, name: str = "王毅", **values) -> Invitation:
    events.invite(event, [make.person(name, **values)], by=None)
    return db.session.scalars(
        select(Invitation).where(Invitation.event_id == event.id).order_by(Invitation.id.desc())
    ).first()


def _yes(row, mobile: str = "15411110000", **values):
    return operations.answer(
        row, answer="yes", name=row.person.name, company="甲公司", mobile=mobile, **values
    )


def _active(event) -> int:
    return db.session.scalar(
        select(func.count()).where(Registration.event_id == event.id, Registration.state.in_(ACTIVE))
    )


def test_an_invitation_does_not_open_a_strangers_ticket(make):
    event = make.event()
    victim = make.registration(event, mobile="15433330000")
    row = _invited(event, make)
    with pytest.raises(Refused):
        _yes(row, mobile="15433330000")
    assert victim.invitation_id is None


def test_companions_stay_as_many_as_they_may_be(make):
    event = make.event(most_companions=1)
    row = _invited(event, make)
    for turn in range(3):
        _yes(row, companions=[(f"随{turn}", "")])
        operations.send_proxy(queries.of_invitation(row.id)[1], **{**PROXY, "mobile": f"1542222000{turn}"})
        assert row.answer == "yes"
    assert _active(event) == 2
    operations.answer(row, answer="no")
    assert _active(event) == 0


def test_the_same_answer_again_keeps_a_companions_place(make):
    event = make.event(capacity=2, most_companions=2)
    row = _invited(event, make)
    _yes(row, companions=[("伴", "")])
    make.registration(event)  # waits
    _yes(row, companions=[("伴", "")])
    _yes(row, companions=[("另一伴", "")])
    assert [guest.state for guest in queries.of_invitation(row.id)] == ["confirmed", "confirmed"]


def test_a_lapsed_offer_takes_companions_and_seats_along(make):
    event = make.event(capacity=2, most_companions=1, offer_hours=24)
    row = _invited(event, make)
    main = _yes(row, companions=[("伴", "")])
    main.state, main.offered_until = "offered", clock.now() - timedelta(minutes=1)
    hall = reception.add_hall(
        event, name="厅", kind="rows", rows=1, seats=3, platform=0, even_rule="A", by=None
    )
    reception.propose(hall, platform_type=0, block="type", keep_rows=0, by=make.user())
    operations.lapse_offers()
    assert _active(event) == 0
    assert seats.seated_count(hall) == 0
    assert row.answer == "no"


def test_no_offer_once_the_event_began_and_the_night_does_not_count(make, monkeypatch):
    event = make.event(capacity=1, offer_hours=2)
    first, second = make.registration(event), make.registration(event, name="甲")
    night = clock.local(
        event.starts_at.replace(tzinfo=None, hour=22, minute=30) - timedelta(days=3), "Asia/Shanghai"
    )
    monkeypatch.setattr(clock, "now", lambda: night)
    operations.cancel(first, by=None)
    assert clock.in_zone(second.offered_until, "Asia/Shanghai").hour == 10
    third = make.registration(event, name="乙")
    monkeypatch.setattr(clock, "now", lambda: event.starts_at + timedelta(minutes=5))
    operations.lapse_offers()
    assert (second.state, third.state) == ("cancelled", "waiting")


def test_a_type_is_not_overfilled_by_hand(make):
    event = make.event(offer_hours=1)
    media = make.guest_type(event, "媒体", place=1, capacity=1)
    make.registration(event, type_id=media.id)
    waiting = make.registration(event, type_id=media.id)
    with pytest.raises(Refused):
        operations.confirm(waiting, by=make.user())
    assert queries.waiting_position(waiting) == 1


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [("number", "2.5", "2.5"), ("day", "2026-12-14", "2026-12-14"), ("number", "0", "0")],
)
def test_what_was_answered_is_shown_and_kept_by_a_change(make, visit, kind, value, shown):
    event = make.event()
    question = operations.save_question(
        event, None, by=make.user(), **{**QUESTION, "kind": kind, "required": True}
    )
    row = make.registration(event)
    operations.keep_answers(row, {question.id: value})
    db.session.commit()
    guest, page = visit(), f"/t/{row.page_token}/change"
    assert f'value="{shown}"' in guest.get(page).text
    assert (
        guest.post(page, {"name": "李丽", "company": "新公司", f"q{question.id}": value}).status_code == 303
    )
    for odd in ("sNaN", "NaN", "1e99999999", "-"):
        if kind == "number":
            assert (
                guest.post(page, {"name": "李丽", "company": "新公司", f"q{question.id}": odd}).status_code
                == 422
            )


def test_odd_companion_fields_are_not_read(make, visit):
    row = _invited(make.event(most_companions=1), make)
    db.session.commit()
    data = {
        "answer": "yes",
        "name": "王毅",
        "company": "甲",
        "mobile": "15411110000",
        "consent": "y",
        "companions-²-name": "x",
        f"companions-{'9' * 5000}-name": "x",
    }
    assert visit().post(f"/i/{row.code}", data).status_code == 303
    assert _active(row.event) == 1


def test_conditions_follow_a_reworded_question_and_never_block(make, visit):
    event, user = make.event(), make.user()
    stay = operations.save_question(event, None, by=user, **{**QUESTION, "label": "住宿", "kind": "yes_no"})
    room = operations.save_question(
        event,
        None,
        by=user,
        **{
            **QUESTION,
            "label": "房型",
            "required": True,
            "when_id": stay.id,
            "when_value": "yes",
            "place": 0,
        },
    )
    more = operations.save_question(
        event,
        None,
        by=user,
        **{**QUESTION, "label": "楼层", "required": True, "when_id": room.id, "when_value": "高", "place": 9},
    )
    operations.keep_answers(make.registration(event), {stay.id: "yes"})
    new = operations.save_question(
        event, stay, by=user, **{**QUESTION, "label": "是否住宿", "kind": "yes_no"}
    )
    assert room.when_id == new.id
    copy = events.clone_event(event, title="明年", starts_at=event.starts_at + timedelta(days=365), by=user)
    from outreach.registrations import question_queries

    assert next(row for row in question_queries.questions(copy) if row.label == "房型").when_id is not None
    db.session.commit()
    data = {
        "request_key": "form-0000000000000009",
        "name": "丁",
        "company": "x",
        "mobile": "15455550000",
        "consent": "y",
        "type_id": "",
        "asks": "1",
    }
    assert visit().post(f"/e/{event.slug}/register", {**data, f"q{room.id}": "高"}).status_code == 303
    assert more.when_id == room.id
    operations.retire_question(room, by=user)
    assert more.when_id is None


def test_messages_to_another_countys_people_stay_with_who_invited_them(make, visit):
    event = make.event()
    mine, theirs = _invited(event, make), _invited(event, make, unit=make.other_county)
    city = make.user(unit=make.city)
    events.send_invitations(event, [mine, theirs], channel="sms", remind=False, by=city)
    clerk = make.user()
    assert [row.mobile for row in event_queries.waiting_sms(event, clerk)] == [mine.person.mobile]
    assert len(event_queries.waiting_sms(event, city)) == 2
    person_id, event_id = theirs.person_id, event.id
    assert visit(clerk).post(f"/events/{event_id}/invitations/{person_id}/withdraw").status_code == 404


def test_what_is_withdrawn_or_called_off_is_not_sent(make):
    event, user = make.event(), make.user()
    one, two = _invited(event, make), _invited(event, make, "李丽")
    events.send_invitations(event, [one, two], channel="sms", remind=False, by=user)
    events.uninvite(one, by=user)
    events.cancel(event, reason="x", by=user)
    assert set(db.session.scalars(select(sms.Sms.state))) == {sms.UNWANTED}


def test_who_is_in_the_house_sends_nobody_else(make):
    event = make.event(days=0)
    row, gate = make.registration(event), make.gate(event)
    checkin.admit(event, row, key="scan-000000000001", gate=gate, device_at=None, by=make.user())
    with pytest.raises(Refused):
        operations.send_proxy(row, **PROXY)


def test_a_proxy_sits_where_the_guest_sat(make):
    event = make.event()
    row = make.registration(event)
    hall = reception.add_hall(
        event, name="厅", kind="rows", rows=1, seats=3, platform=0, even_rule="A", by=None
    )
    reception.propose(hall, platform_type=0, block="type", keep_rows=0, by=make.user())
    proxy = operations.send_proxy(row, **PROXY)
    assert proxy.id in seats.seat_words(event)


def test_the_plan_masks_until_somebody_says_why(make, visit):
    event = make.event()
    make.registration(event, name="欧阳少东")
    hall = reception.add_hall(
        event, name="厅", kind="rows", rows=1, seats=3, platform=0, even_rule="A", by=None
    )
    browser, page = visit(make.user()), f"/halls/{hall.id}"
    assert "欧阳少东" not in browser.get(page).text
    assert browser.post(f"{page}/names", {"reason": ""}).status_code == 422
    assert "欧阳少东" in browser.post(f"{page}/names", {"reason": "排座"}).text


def test_eight_clerks_and_one_seat_lose_nobody(app, make):
    event = make.event(capacity=20)
    ids = [make.registration(event, name=f"客{number}").id for number in range(6)]
    hall = reception.add_hall(
        event, name="厅", kind="rows", rows=1, seats=8, platform=0, even_rule="A", by=None
    )
    user = make.user()
    reception.propose(hall, platform_type=0, block="type", keep_rows=0, by=user)
    hall_id, seat_id, user_id = hall.id, hall.places[0].id, user.id
    db.session.commit()

    def sit(registration_id: int) -> None:
        from outreach.accounts.models import User

        with app.app_context():
            reception.seat_guest(
                db.session.get_one(Hall, hall_id),
                db.session.get_one(Registration, registration_id),
                db.session.get_one(Seat, seat_id),
                by=db.session.get_one(User, user_id),
            )
            db.session.commit()

    threads = [threading.Thread(target=sit, args=(key,)) for key in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert seats.seated_count(db.session.get_one(Hall, hall_id)) == 6
