"""The second round at the door: replaced passes, numbers that a family shares, bursts, paper, days, orders,
cards, leashes.
"""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from outreach.checkin import api, conflict_queries, operations, paper, queries
from outreach.checkin.device_models import Brief, Device, Gate
from outreach.checkin.models import Scan
from outreach.core import clock, tokens
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.events import operations as events
from outreach.registrations import operations as registrations
from outreach.registrations import tickets
from outreach.registrations.models import Registration
from tests.journeys.test_attacks_on_the_door import a_pass, comer, count, fresh, house
from tests.journeys.test_attacks_on_the_door_at_once import _paired

__all__ = ["house"]


def test_a_replaced_pass_opens_nothing(house, make):
    event, gates, gate = house
    one = gate()
    lent, ticket = a_pass(one)
    one.sync(walk_ins=[comer(one, 1, lent)])
    registrations.replace_ticket(db.session.scalar(select(Registration)), reason="转借", by=make.user())
    fresh()
    assert one.roster()[lent][2] == "replaced"
    assert (
        make.scan(event, ticket, key="k" * 20, gate=gates[0], device_at=None, by=make.user()).verdict
        == "replaced"
    )


def test_replacing_a_ticket_ends_the_guests_passes(house, make):
    event, _gates, gate = house
    row = make.registration(event, name="李丽", mobile="15499990002")
    own, one = row.door_id, gate()
    lent = a_pass(one)[0]
    one.sync(walk_ins=[comer(one, 2, lent, "李丽", "15499990002")])
    for _twice in range(2):
        registrations.replace_ticket(db.session.get(Registration, row.id), reason="丢失", by=make.user())
    fresh()
    found = one.roster()
    assert (found[lent][2], found[own][2]) == ("replaced", "replaced")


def test_two_people_with_one_number_are_two_guests(house, make):
    event, _gates, gate = house
    make.registration(event, name="王建国", mobile="15499990003")
    one = gate()
    passes = one.post("/door/sync", {"passes": True}).json["passes"]
    one.sync(
        walk_ins=[
            comer(one, 1, passes[0][0], "李四", "15499990003"),
            comer(one, 2, passes[1][0], "李 四", "15499990003"),
        ]
    )
    assert sorted(db.session.scalars(select(Registration.name))) == sorted(["王建国", "李四"])


def test_a_burst_is_heard_to_its_end(house, make, monkeypatch):
    event, _gates, gate = house
    monkeypatch.setattr(api, "FEED", 3)
    rows, one, two = [make.registration(event) for _n in range(8)], gate(0), gate(1)
    one.sync(*[one.fact(row.door_id) for row in rows])
    heard = set()
    for _round in range(4):
        heard |= {told[1] for told in two.hear()}
    assert heard == {row.door_id for row in rows}


def test_a_tick_at_another_gate_than_the_scan_is_to_be_decided(house, make, visit):
    event, gates, _gate = house
    row = make.registration(event)
    operations.admit(event, row, key="scanned-at-gate-one-00", gate=gates[0], device_at=None, by=make.user())
    visitor = visit(make.user())
    for gate, expected in (
        (gates[0], 0),
        (gates[1], 1),
        (gates[1], 1),
    ):  # where they were scanned; elsewhere; the same paper once more
        visitor.post(f"/events/{event.id}/paper", {"gate_id": gate.id, "codes": paper.short(row.door_id)})
        assert len(conflict_queries.doubles(event)) == expected


def test_a_guest_type_of_a_gate_stays(make):
    event = make.event(days=0)
    kind = make.guest_type(event, "媒体", colour="grey", place=9)
    make.gate(event).types = [kind.id]
    db.session.flush()
    with pytest.raises(Refused):
        events.remove_type(kind, by=make.user())


def test_the_gate_has_a_picture_for_the_home_screen(visit):
    browser = visit()
    for picture in browser.get("/door/manifest.webmanifest").json["icons"]:
        answer = browser.get(picture["src"])
        assert (
            f"{Image.open(io.BytesIO(answer.data)).width}x{Image.open(io.BytesIO(answer.data)).height}"
            == picture["sizes"]
        )
    assert browser.get("/door/icon-7000.png").status_code == 404


def test_a_tick_on_paper_is_an_entry(house, make, visit):
    event, gates, _gate = house
    row = make.registration(event)
    say = {"gate_id": gates[0].id, "codes": paper.short(row.door_id)}
    registrations.cancel(row, by=None)
    db.session.commit()
    visitor = visit(make.user())
    for _twice in range(2):
        visitor.post(f"/events/{event.id}/paper", say)
    assert [scan.registration_id for scan in conflict_queries.without_place(event)] == [row.id]


def test_yesterdays_paper_counts_yesterday(house, make, visit):
    event, gates, _gate = house
    gates[0].rule = gates[1].rule = gates[2].rule = "daily"
    row = make.registration(event)
    day = clock.in_zone(clock.now() - timedelta(days=1), event.zone)
    say = {"gate_id": gates[0].id, "codes": paper.short(row.door_id), "at": day.strftime("%Y-%m-%dT%H:%M")}
    db.session.commit()
    visitor = visit(make.user())
    visitor.post(f"/events/{event.id}/paper", say)
    visitor.post(f"/events/{event.id}/paper", {**say, "at": ""})
    assert list(db.session.scalars(select(Scan.verdict).order_by(Scan.id))) == ["admitted", "admitted"]
    assert db.session.scalar(select(Scan.scope).order_by(Scan.id).limit(1)) == f"arrival:{day.date()}"


def test_gates_of_one_purpose_count_alike(house, make):
    event, gates, gate = house
    with pytest.raises(Refused, match="计数方式须一致"):
        operations.add_gate(event, name="四号门", rule="daily", by=make.user())
    alone, row = (
        operations.add_gate(event, name="餐厅", purpose="meal", rule="once", by=make.user()),
        make.registration(event),
    )
    operations.admit(event, row, key="k" * 20, gate=alone, device_at=None, by=make.user())
    with pytest.raises(Refused, match="不能再改"):
        operations.edit_gate(alone, name="餐厅", rule="daily", by=make.user())


def test_the_desk_counts_as_its_gates_do(house, make):
    event, gates, _gate = house
    for row in gates:
        row.rule = "daily"
    guest, by = make.registration(event), make.user()
    db.session.flush()
    said = [
        operations.admit(event, guest, key=f"{sign * 20}", gate=at, device_at=None, by=by).verdict
        for sign, at in (("k", None), ("l", gates[0]))
    ]
    assert said == ["admitted", "already"]


def test_in_and_out_keep_their_order_whatever_the_clock(house, make):
    event, gates, gate = house
    for row in gates:
        row.rule = "in_out"
    guest, one = make.registration(event), gate()
    came, left = one.fact(guest.door_id, seconds=90_000), one.fact(guest.door_id, "left", seconds=90_060)
    one.sync(left, came)
    said = operations.admit(
        event,
        db.session.get(Registration, guest.id),
        key="k" * 20,
        gate=db.session.get(Gate, gates[0].id),
        device_at=None,
        by=make.user(),
    )
    assert said.verdict == "admitted"


def test_a_pass_at_the_staffs_own_page_is_good(house, make):
    event, gates, gate = house
    one = gate()
    lent, ticket = a_pass(one)
    said = make.scan(event, ticket, key="k" * 20, gate=gates[1], device_at=None, by=make.user())
    scan = db.session.get(Scan, said.id)
    assert (said.verdict, scan.note, scan.door_id) == ("admitted", "unseen", lent)
    forged = tickets.signed(tokens.code(), event.ticket_seed)
    assert (
        make.scan(event, forged, key="l" * 20, gate=gates[1], device_at=None, by=make.user()).verdict
        == "unknown"
    )
    db.session.commit()
    one.sync(walk_ins=[comer(one, 1, lent)])
    assert queries.arrived_count(event.id) == 1


def test_cards_are_of_arrivals_and_go_with_an_undo(house, make):
    event, gates, gate = house
    gates[1].purpose = "departure"
    *_others, guest = _paired(make, event)
    one, two = gate(0), gate(1)
    two.sync(two.fact(guest.door_id))
    assert count(Brief) == 0
    one.sync(one.fact(guest.door_id))
    assert count(Brief) == 1
    operations.undo(
        db.session.merge(event), db.session.get(Registration, guest.id), reason="x", by=make.user()
    )
    db.session.commit()
    assert count(Brief) == 0
    one.sync(one.fact(guest.door_id))
    assert count(Brief) == 1


def test_a_leash_tells_only_whether_the_gate_was_withdrawn(house, make):
    one = house[2]()
    leash = tokens.digest(f"leash{tokens.digest(one.secret)}")

    def ask(word=leash, path="/door/standing"):
        return one.post(path, {}, credential=f"Leash {one.device}.{word}").status_code

    assert (ask(), ask("x"), ask(path="/door/sync"), ask(path="/door/wiped")) == (200, 401, 401, 401)
    operations.revoke_device(db.session.get(Device, one.device), by=make.user())
    assert ask() == 410


def test_an_event_long_past_gives_no_names_away(house, make):
    event, _gates, gate = house
    row, one = make.registration(event), gate()
    event = db.session.merge(event)
    event.starts_at, event.ends_at = (clock.now() - timedelta(days=days) for days in (10, 9))
    fact = one.fact(row.door_id)
    said = one.sync(fact, drawers={}, passes=True).json
    assert (said["results"][fact["key"]], "drawers" in said, "passes" in said) == ("kept", False, False)


def test_answers_have_an_end(house, make):
    event, _gates, gate = house
    row, one = make.registration(event), gate()
    fact = one.fact(row.door_id)
    one.sync(fact)
    for number in range(5):
        one.sync(answers=[{"key": fact["key"], "answers": {f"问{number}-{more}": True for more in range(9)}}])
    assert len(db.session.scalar(select(Scan.answers))) <= 20
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 1
