"""Staff correct everything a guest can change; what stood there before stays.

Companions follow whom they come with.
"""

from datetime import timedelta

import pytest

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.reception import operations as reception
from outreach.reception import travel_queries
from outreach.registrations import operations, queries, question_queries
from outreach.registrations.message_models import GuestMessage, MessageKind
from outreach.registrations.models import RegistrationChange
from tests.registrations.test_questions import _ask

EDITED = {
    "name": "李莉",
    "company": "乙公司",
    "post": "董事长",
    "mobile": "15411119999",
    "email": "li@example.com",
}


def _changes(row) -> dict[str, tuple[str, str, int | None]]:
    return {change.detail: (change.before, change.after, change.by_id) for change in queries.changes_of(row)}


def test_staff_correct_a_guest_with_answers_and_companions(make, visit):
    event, user = make.event(most_companions=2), make.user()
    question = _ask(event, user)
    row = make.registration(event, mobile="15411110001")
    operations.keep_answers(row, {question.id: "无"})
    browser = visit(user)
    page = browser.post(f"/registrations/{row.id}/edit/open")
    assert "15411110001" in page.text
    assert db.session.scalar(db.select(AuditEntry.verb).where(AuditEntry.verb == "registrations.unmask"))
    sent = {**EDITED, f"q{question.id}": "素食", "companions-0-name": "王秘书", "photos": "y"}
    assert browser.post(f"/registrations/{row.id}/edit", data=sent).status_code == 303
    db.session.refresh(row)
    assert {name: getattr(row, name) for name in EDITED} == EDITED
    assert row.photos_at is not None
    assert question_queries.given_by(row.id) == {question.id: "素食"}
    assert [(one.name, one.company, one.state) for one in queries.companions_of(row)] == [
        ("王秘书", "乙公司", "confirmed")
    ]
    changes = _changes(row)
    assert changes["mobile"] == ("15411110001", "15411119999", user.id)
    assert changes["name"] == ("李丽", "李莉", user.id)
    assert changes["answer"] == ("无", "素食", user.id)
    assert changes["companions"] == ("", "王秘书（乙公司）", user.id)
    shown = browser.get(f"/registrations/{row.id}").text
    assert "饮食要求" in shown
    assert user.name in shown
    assert "15411110001" not in shown


def test_a_number_of_another_guest_is_asked_for_and_a_wrong_form_is_kept(make, visit):
    event = make.event()
    make.registration(event, "张三", mobile="15411119999")
    row = make.registration(event, mobile="15411110001")
    browser, address = visit(make.user()), f"/registrations/{row.id}/edit"
    answer = browser.post(address, data=EDITED)
    assert answer.status_code == 422
    assert 'id="another-error"' in answer.text
    assert 'value="乙公司"' in answer.text
    unreached = {**EDITED, "mobile": "", "email": ""}
    assert browser.post(address, data=unreached).status_code == 422
    assert browser.post(address, data={**EDITED, "another": "y"}).status_code == 303
    assert browser.post(address, data={**EDITED, "name": "张三"}).status_code == 422


def test_nobody_edits_the_guests_of_another_county(make, visit):
    row = make.registration(make.event(make.other_county))
    browser = visit(make.user(unit=make.county))
    for address in ("edit/open", "edit", "ways"):
        assert browser.post(f"/registrations/{row.id}/{address}", data=EDITED).status_code == 404


def test_staff_enter_a_journey_and_a_stay(make, visit):
    event, user = make.event(asks_travel=True, asks_room=True), make.user()
    row = make.registration(event)
    day = clock.in_zone(event.starts_at, event.zone)
    sent = {
        "arrive_at": f"{day - timedelta(hours=3):%Y-%m-%dT%H:%M}",
        "arrive_vehicle": "train",
        "arrive_number": "G71",
        "leave_vehicle": "train",
        "arrive_wanted": "y",
        "from_on": f"{day - timedelta(days=1):%Y-%m-%d}",
        "until_on": f"{day:%Y-%m-%d}",
    }
    browser = visit(user)
    assert browser.post(f"/registrations/{row.id}/ways", data=sent).status_code == 303
    assert travel_queries.journeys_of(row)["arrive"].number == "G71"
    assert travel_queries.stay_of(row).from_on == (day - timedelta(days=1)).date()
    assert "G71" in browser.get(f"/registrations/{row.id}/ways").text
    assert {"arrive", "stay"} == set(_changes(row))
    assert _changes(row)["arrive"][2] == user.id


def test_what_a_guest_changes_is_kept_as_theirs(make, visit):
    event = make.event(most_companions=1)
    row = make.registration(event)
    sent = {"name": "李丽", "company": "丙公司", "companions-0-name": "赵六", "companions-0-company": "丁"}
    assert visit().post(f"/t/{row.page_token}/change", data=sent).status_code == 303
    assert _changes(row)["company"] == ("某公司", "丙公司", None)
    assert _changes(row)["companions"] == ("", "赵六（丁）", None)


def test_companions_come_in_by_the_public_form_up_to_the_limit(make, visit):
    event = make.event(capacity=2, most_companions=2)
    browser, address = visit(), f"/e/{event.slug}/register"
    assert browser.get(address).text.count('name="companions-') == 4
    sent = {
        "name": "李四",
        "company": "x",
        "mobile": "15411110007",
        "consent": "y",
        "request_key": "request-key-0123456783",
        "companions-0-name": "赵六",
        "companions-1-name": "孙七",
        "companions-1-company": "丁",
    }
    assert browser.post(address, data={**sent, "companions-2-name": "钱八"}).status_code in (409, 422)
    assert browser.post(address, data=sent).status_code == 303
    main = queries.by_mobile(event.id, "15411110007")[0]
    assert [(row.name, row.company, row.state) for row in queries.companions_of(main)] == [
        ("赵六", "x", "confirmed"),
        ("孙七", "丁", "waiting"),
    ]


def test_companions_of_a_guest_who_awaits_approval_await_it_too(make):
    event = make.event(most_companions=1)
    kind = make.guest_type(event, "媒体", approval=True)
    rows = [
        make.registration(event, type_id=kind.id, companions=[(f"同行{number}", "甲")]) for number in range(2)
    ]
    others = [queries.companions_of(row)[0] for row in rows]
    assert [row.state for row in others] == ["pending"] * 2
    operations.approve(rows[0], by=None)
    operations.decline(rows[1], reason="满", by=None)
    assert [row.state for row in others] == ["confirmed", "declined"]


@pytest.mark.parametrize("email", ["boss@example.com", ""])
def test_companions_follow_the_offered_place_of_the_principal_who_is_told(make, email):
    event = make.event(capacity=2, offer_hours=24, most_companions=1)
    first, second = make.registration(event), make.registration(event)
    main = make.registration(event, "老板", email=email, companions=[("秘书", "甲")])
    other = queries.companions_of(main)[0]
    assert [main.state, other.state] == ["waiting", "waiting"]
    operations.cancel(first, by=None)
    operations.cancel(second, by=None)
    assert [main.state, other.state] == ["offered", "offered"]
    assert other.offered_until == main.offered_until
    with pytest.raises(Refused):
        operations.accept_offer(other)
    operations.accept_offer(main)
    assert [main.state, other.state] == ["confirmed", "confirmed"]
    told = db.select(GuestMessage).where(
        GuestMessage.registration_id == other.id, GuestMessage.kind == MessageKind.CONFIRMED
    )
    message = db.session.scalars(told).one()  # by way of the principal, for the companion left no address
    assert message.mail_id if email else message.sms_id


def test_a_companion_for_whom_a_place_becomes_free_later_has_it_at_once(make):
    event = make.event(capacity=2, offer_hours=24, most_companions=1)
    first = make.registration(event)
    main = make.registration(event, "老板", companions=[("秘书", "甲")])
    other = queries.companions_of(main)[0]
    assert [main.state, other.state] == ["confirmed", "waiting"]
    operations.cancel(first, by=None)
    assert other.state == "confirmed"


def test_more_companions_than_allowed_are_refused_but_those_who_come_may_be_renamed(make):
    event = make.event(most_companions=2)
    row = make.registration(event, companions=[("甲", ""), ("乙", "")])
    event.most_companions = 1
    operations.bring(row, [("丙", ""), ("乙", "")], by=None)
    assert {one.name for one in queries.companions_of(row)} == {"丙", "乙"}
    with pytest.raises(Refused):
        operations.bring(row, [("丙", ""), ("乙", ""), ("丁", "")], by=None)


def test_kept_changes_go_with_what_they_tell(make, monkeypatch):
    event = make.event(days=-40, asks_travel=True)
    question = _ask(make.event(), None, keep_days=30)
    question.event_id = event.id
    row = make.registration(make.event())
    row.event_id = event.id
    for detail, key in (("answer", question.id), ("arrive", None), ("name", None)):
        operations.note_change(row, detail, "", "说", by=None, question_id=key)
    db.session.flush()
    operations.forget_answers()
    reception.forget_travel()
    assert [change.detail for change in db.session.scalars(db.select(RegistrationChange))] == ["name"]
