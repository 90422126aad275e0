"""The door and its cards when two things happen in the same moment, and when whoever was told has left."""

import threading
from contextlib import suppress
from datetime import date

from outreach.checkin import brief_queries, operations, paper
from outreach.checkin.device_models import Brief
from outreach.core.db import db
from outreach.liaison import operations as liaison
from outreach.permissions import Role
from tests.journeys.test_attacks_on_the_door import count, house

__all__ = ["house"]


def _paired(make, event):
    leader, person = (
        make.user(Role.LIAISON),
        make.person("王建国", mobiles=["15412340001"], home_village="东李庄村"),
    )
    post = liaison.add_post(
        make.county, title="县长", holder="某某", rank=1, from_on=date(2024, 1, 1), user=leader, by=None
    )
    pairing = liaison.pair(post, person, rhythm_days=90, clerk=None, by=None)
    return leader, person, pairing, make.registration(event, name="王建国", mobile="15412340001")


def test_two_gates_tell_a_leader_once(house, make, monkeypatch, app):
    event, _gates, gate = house
    *_others, guest = _paired(make, event)
    one, two = gate(0), gate(1)
    facts = [one.fact(guest.door_id), two.fact(guest.door_id)]
    db.session.commit()
    barrier, who, answers = threading.Barrier(2), brief_queries.who_to_brief, []

    def slow(ids):
        rows = who(ids)
        with suppress(threading.BrokenBarrierError):  # SQLite lets one write after the other
            barrier.wait(3)
        return rows

    def go(at, fact):
        headers = {"Authorization": f"Gate {at.device}.{at.secret}"}
        answers.append(
            app.test_client().post("/door/sync", json={"scans": [fact]}, headers=headers).status_code
        )

    monkeypatch.setattr(brief_queries, "who_to_brief", slow)
    db.session.remove()
    threads = [threading.Thread(target=go, args=pair) for pair in zip((one, two), facts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200, 200]
    assert count(Brief) == 1


def test_nobody_who_left_is_told(house, make):
    event, _gates, gate = house
    leader, _person, _pairing, guest = _paired(make, event)
    one = gate()
    leader = db.session.get(type(leader), leader.id)
    leader.active = False
    leader.grants.clear()
    db.session.commit()
    one.sync(one.fact(guest.door_id))
    assert count(Brief) == 0


def test_a_card_is_gone_with_the_pairing_and_the_county(house, make, visit):
    event, _gates, gate = house
    leader, person, pairing, guest = _paired(make, event)
    one = gate()
    one.sync(one.fact(guest.door_id))
    assert "东李庄村" in visit(db.session.get(type(leader), leader.id)).get("/briefs").text
    liaison.end_pairing(db.session.merge(pairing), reason="x", by=make.user())
    leader = db.session.get(type(leader), leader.id)
    leader.grants[0].unit = db.session.merge(make.other_county)
    db.session.commit()
    visitor = visit(leader)
    assert visitor.get(f"/people/{person.id}").status_code == 404
    assert "东李庄村" not in visitor.get("/briefs").text


def test_two_clerks_type_the_paper_in_opposite_order(house, make, visit, monkeypatch, app):
    event, gates, _gate = house
    codes = [paper.short(make.registration(event).door_id) for _n in range(2)]
    clerks = visit(make.user()), visit(make.user())
    gate_id, event_id = gates[0].id, event.id
    db.session.commit()
    db.session.remove()
    barrier, admit, local, answers = threading.Barrier(2), operations.admit, threading.local(), []

    def slow(*said, **named):
        row = admit(*said, **named)
        if not getattr(local, "done", False):
            local.done = True
            with suppress(threading.BrokenBarrierError):
                barrier.wait(2)
        return row

    def go(clerk, typed):
        with app.app_context():
            headers = {"X-CSRFToken": clerk._token()}
            answers.append(
                clerk.send(
                    "POST",
                    f"/events/{event_id}/paper",
                    data={"gate_id": gate_id, "codes": typed},
                    headers=headers,
                ).status_code
            )

    monkeypatch.setattr(operations, "admit", slow)
    orders = "\n".join(codes), "\n".join(codes[::-1])
    threads = [threading.Thread(target=go, args=pair) for pair in zip(clerks, orders, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200, 200]
