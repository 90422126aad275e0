"""Scans that a device made and the house does not have:
counted by their numbers, told to people, settled with a note.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from outreach.checkin import missing_queries, operations
from outreach.checkin.device_models import Device, GateLoss
from outreach.checkin.models import DoorProblem, Scan
from outreach.core import clock, tokens
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.permissions import Role
from tests.checkin.gatekeeper import Gatekeeper


@pytest.fixture
def house(app, make):
    """(event, one gate's device, a function that makes facts with these numbers)."""
    event, user = make.event(days=0), make.user()
    one = Gatekeeper(app, make.gate(event, "一号门"), user, name="手机1")
    guest = make.registration(event).door_id
    return event, one, lambda *numbers: [one.fact(guest, "already", number=number) for number in numbers]


def _age(one, **columns) -> None:
    """Set the device's columns as time would have."""
    db.session.execute(sa.update(Device).where(Device.id == one.device).values(**columns))
    db.session.commit()


def _silent(one) -> None:
    _age(one, last_contact_at=clock.now() - timedelta(hours=1))


def _found(event) -> list[tuple[int, str]]:
    return [(row.count, row.state) for row in missing_queries.missing(event)]


def test_what_waits_is_not_missing_while_the_device_is_in_contact(house):
    event, one, facts = house
    one.sync(*facts(1, 2), queue=5, numbered=5)
    assert db.session.get(Device, one.device).queue == 3  # without those that have just come
    assert _found(event) == []
    _silent(one)
    assert _found(event) == [(3, "silent")]
    one.sync(*facts(3, 4, 5), queue=3, numbered=5)
    assert _found(event) == []


def test_numbers_left_out_are_missing_although_the_device_says_that_all_is_sent(house):
    event, one, facts = house
    one.sync(*facts(1, 2, 6), queue=3, numbered=6)
    assert _found(event) == [(3, "gap")]
    one.sync(*facts(4), queue=1, numbered=6)
    one.sync(*facts(4), queue=1, numbered=6)  # a number twice is one number
    assert _found(event) == [(2, "gap")]


def test_a_row_that_could_not_be_read_has_arrived(house):
    event, one, facts = house
    [bad] = facts(2)
    one.sync(*facts(1), {**bad, "verdict": "welcome"}, queue=2, numbered=2)
    assert db.session.scalar(sa.select(DoorProblem.number)) == 2
    _silent(one)
    assert _found(event) == []


def test_an_old_gate_without_numbers_is_known_by_what_waited(house):
    event, one, facts = house
    assert one.sync(*facts(None), queue=4).status_code == 200
    assert db.session.scalar(sa.select(Scan.number)) is None
    assert _found(event) == []
    _silent(one)
    assert _found(event) == [(3, "silent")]


@pytest.mark.parametrize("number", [0, -1, True, "7", 10**12, 1.5, [1]])
def test_a_number_that_is_none_costs_no_scan(house, number):
    _event, one, facts = house
    [fact] = facts(number)
    assert one.sync(fact, queue=1, numbered="x").json["results"] == {fact["key"]: "kept"}
    assert db.session.scalar(sa.select(Scan.number)) is None


def test_how_far_it_counted_never_goes_back(house):
    event, one, facts = house
    one.sync(*facts(1), queue=3, numbered=3)
    one.sync(queue=0, numbered=0)
    assert _found(event) == [(2, "gap")]


def test_a_withdrawn_gate_sends_what_waits_for_some_days_and_hears_nothing(house, make):
    event, one, facts = house
    one.sync(queue=3, numbered=3)
    operations.revoke_device(db.session.get(Device, one.device), by=make.user())
    assert _found(event) == [(3, "withdrawn")]
    said = one.sync(*facts(1, 2), queue=3, numbered=3, drawers={}, passes=True, after=0)
    assert (said.status_code, set(said.json), len(said.json["results"])) == (
        410,
        {"wipe", "now", "results"},
        2,
    )
    assert _found(event) == [(1, "withdrawn")]
    _age(one, revoked_at=clock.now() - missing_queries.TAKEN_FOR - timedelta(minutes=1))
    late = one.sync(*facts(3), queue=1, numbered=3)
    assert (late.status_code, late.json, _found(event)) == (410, {"wipe": True}, [(1, "over")])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Scan)) == 2


def test_a_wiped_gate_sends_nothing_any_more(house, make):
    event, one, facts = house
    operations.revoke_device(db.session.get(Device, one.device), by=make.user())
    assert one.post("/door/wiped", {"queue": 2, "numbered": 2}).status_code == 200
    assert one.sync(*facts(1)).json == {"wipe": True}
    assert _found(event) == [(2, "wiped")]


def test_a_locked_gate_that_was_withdrawn_says_by_its_leash_what_it_threw_away(house, make):
    event, one, _facts = house
    leash = f"Leash {one.device}.{tokens.digest(f'leash{tokens.digest(one.secret)}')}"
    assert one.post("/door/wiped", {"given_up": True}, credential=leash).status_code == 401
    operations.revoke_device(db.session.get(Device, one.device), by=make.user())
    assert one.post("/door/wiped", {"queue": 4, "numbered": 4}, credential=leash).status_code == 200
    assert _found(event) == [(4, "wiped")]
    assert one.post("/door/wiped", {"queue": 9, "numbered": 9}, credential=leash).status_code == 200
    assert _found(event) == [(4, "wiped")]  # said once


def test_a_gate_that_was_given_up_is_withdrawn(house):
    event, one, _facts = house
    assert one.post("/door/wiped", {"queue": 0}).status_code == 409
    assert one.post("/door/wiped", {"queue": 1, "numbered": 1, "given_up": True}).status_code == 200
    device = db.session.get(Device, one.device)
    assert device.revoked_at is not None
    assert _found(event) == [(1, "wiped")]
    kinds = set(db.session.scalars(sa.select(AuditEntry.verb)))
    assert {"checkin.give_up_device", "checkin.note_wiped"} <= kinds


def test_a_person_settles_and_opens_again(house, make, visit):
    event, one, facts = house
    one.sync(*facts(1), queue=3, numbered=3)
    _silent(one)
    browser, page = visit(make.user()), f"/events/{event.id}/missing"
    for place in (page, f"/events/{event.id}/door", f"/events/{event.id}/board"):
        text = browser.get(place).text
        assert ("手机1" in text, "至少 2 条" in text) == (True, True), place
    settle = f"/events/{event.id}/devices/{one.device}/missing"
    assert browser.post(settle, {"note": ""}).status_code == 422
    assert _found(event) == [(2, "silent")]
    assert browser.post(settle, {"note": "浏览器被清空，已按纸质名单补登"}).status_code == 303
    assert _found(event) == []
    assert "已按纸质名单补登" in browser.get(page).text
    assert browser.post(settle, {"note": "再一次"}).status_code == 409
    [loss] = db.session.scalars(sa.select(GateLoss))
    assert (loss.count, loss.numbered) == (2, 3)
    assert browser.post(f"/events/{event.id}/losses/{loss.id}/reopen").status_code == 303
    assert _found(event) == [(2, "silent")]


def test_what_is_missing_after_a_settlement_stands_in_the_list(house, make):
    event, one, facts = house
    one.sync(*facts(1), queue=3, numbered=3)
    _silent(one)
    operations.settle_missing(db.session.get(Device, one.device), note="没有了", by=make.user())
    assert _found(event) == []
    one.sync(*facts(2, 5), queue=2, numbered=6)  # one of them came after all, and two new ones are missing
    assert _found(event) == [(2, "gap")]


def test_who_only_scans_sees_the_list_and_settles_nothing(house, make, visit):
    event, one, facts = house
    one.sync(*facts(1), queue=3, numbered=3)
    _silent(one)
    browser = visit(make.user(Role.GATE_STAFF))
    text = browser.get(f"/events/{event.id}/missing").text
    assert ("手机1" in text, "处理并说明" in text) == (True, False)
    assert browser.post(f"/events/{event.id}/devices/{one.device}/missing", {"note": "x"}).status_code == 403


def test_another_events_device_is_not_found(house, make, visit):
    event, one, _facts = house
    other = make.event(days=0, title="另一场")
    db.session.commit()
    browser = visit(make.user())
    assert browser.post(f"/events/{other.id}/devices/{one.device}/missing", {"note": "x"}).status_code == 404
    assert browser.get(f"/events/{other.id}/missing").status_code == 200
    assert _found(other) == _found(event) == []


def test_the_question_before_withdrawing_names_how_many_wait(house, make, visit):
    event, one, _facts = house
    one.sync(queue=7, numbered=7)
    text = visit(make.user()).get(f"/events/{event.id}/devices", headers={"HX-Request": "true"}).text
    assert "7 条" in text.split('data-ask="')[1].split('"')[0]
