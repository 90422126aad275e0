"""What was tried against the door and went wrong once:
clocks, hostile values, passes, double identities, paper, withdrawn devices.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select

from outreach.checkin import (
    api,
    board_queries,
    device_queries,
    hallcodes,
    operations,
    paper,
    queries,
    roster_queries,
)
from outreach.checkin.device_models import Device, Gate, Pass
from outreach.checkin.models import DoorProblem, Scan
from outreach.core import clock, turn
from outreach.core.db import db
from outreach.registrations import operations as registrations
from outreach.registrations.models import CANCELLED, Registration
from tests.checkin.gatekeeper import Gatekeeper


@pytest.fixture
def house(app, make):
    """(event, gates, gate): ``gate(0)`` is a browser that became the first gate."""
    event, user = make.event(days=0), make.user()
    gates = [make.gate(event, name) for name in ("一号门", "二号门", "三号门")]
    roster_queries._made.clear()
    return event, gates, lambda number=0: Gatekeeper(app, gates[number], user, name=f"手机{number + 1}")


def fresh():
    """As if a second had passed."""
    db.session.commit()
    roster_queries._made.clear()


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def comer(one, number, door_id, name="赵六", mobile="15499990001"):
    """A walk-in as gate ``one`` tells it."""
    return {
        "key": f"d{one.device}-walkin000000{number}",
        "guest": door_id,
        "name": name,
        "mobile": mobile,
        "company": "",
    }


def a_pass(one):
    """(door id, ticket) of a blank pass the gate was lent."""
    return one.post("/door/sync", {"passes": True}).json["passes"][0]


@pytest.mark.parametrize("days", [30, 500])
def test_a_wrong_clock_loses_nobody(house, make, days):
    event, _gates, gate = house
    row, one = make.registration(event), gate()
    assert one.sync(one.fact(row.door_id, seconds=-days * 86400, offset=days * 86_400_000)).status_code == 200
    assert queries.arrived_count(event.id) == 1


def test_a_clock_of_1970_and_one_that_cannot_be(house, make):
    event, _gates, gate = house
    rows, one = [make.registration(event), make.registration(event)], gate()
    now = int(1000 * clock.now().timestamp())
    one.sync(
        {**one.fact(rows[0].door_id), "at": 5_000_000, "offset": now - 5_000_000},
        {**one.fact(rows[1].door_id), "at": 5_000_000},
    )
    assert queries.arrived_count(event.id) == 2
    assert sorted(db.session.scalars(select(Scan.note))) == ["", "clock"]


@pytest.mark.parametrize(
    "bad",
    [
        {"verdict": []},
        {"way": {}},
        {"answers": {"\ud800": 1}},
        {"answers": {"\x00": 1}},
        {"key": "d1-\x00xx"},
        {"key": "x\ud800"},
        {"guest": "\ud800"},
        {"scope": []},
        {"scope": "x" * 900},
        {"offset": 10**30},
        {"at": 10**30},
    ],
)
def test_one_hostile_row_does_not_stop_the_next(house, make, bad):
    event, _gates, gate = house
    row, one = make.registration(event), gate()
    good = one.fact(row.door_id)
    said = one.sync({**one.fact(row.door_id), **bad}, good)
    assert (said.status_code, said.json["results"][good["key"]]) == (200, "kept")


@pytest.mark.parametrize(
    "more",
    [
        {"version": "\x00"},
        {"version": "\ud800"},
        {"camera": "\ud800"},
        {"drawers": {"²": "x"}},
        {"drawers": {"1": {}}},
    ],
)
def test_hostile_words_around_the_rows(house, more):
    assert house[2]().sync(**more).status_code in (200, 400)


def test_hostile_walk_ins(house):
    one = house[2]()
    one.sync("\x00", "\ud800", walk_ins=[comer(one, 1, a_pass(one)[0], "赵\ud800")])
    one.sync(walk_ins=[comer(one, 2, a_pass(one)[0], "赵六", "15499९९0001")])
    assert all(mobile.isascii() for mobile in db.session.scalars(select(Registration.mobile)))


@pytest.mark.parametrize("body", ['{"token":"\\ud800"}', "[" * 100_000])
def test_joining_with_rubbish_is_refused(app, body):
    assert app.test_client().post("/door/join", data=body, content_type="application/json").status_code in (
        400,
        409,
    )


def test_no_picture_for_who_has_no_place(house, make, visit):
    event, _gates, gate = house
    event.types[0].approval = True
    db.session.flush()
    row, door_id = make.registration(event), None
    assert visit().send("GET", f"/t/{row.page_token}/qr.png").status_code == 404
    door_id = row.door_id
    registrations.decline(row, reason="x", by=make.user())
    fresh()
    assert gate().roster()[door_id][2] == "declined"


def _poster(visitor, event, row, key=""):
    shown = hallcodes.current(event.ticket_seed, clock.now().timestamp())
    return visitor.post(
        f"/e/{event.slug}/here", {"surname": row.name, "tail": row.mobile[-4:], "shown": shown, "key": key}
    )


def test_the_poster_after_an_undo_lets_in_again(house, make, visit):
    event, gates, _gate = house
    gates[0].poster = True
    row = make.registration(event)
    db.session.commit()
    visitor = visit()
    assert _poster(visitor, event, row, "1").status_code == 200
    assert _poster(visitor, event, row, "1").status_code == 200  # pressed twice
    assert count(Scan) == 1
    operations.undo(event, db.session.get(Registration, row.id), reason="x", by=make.user())
    db.session.commit()
    _poster(visitor, event, row, "2")
    assert queries.standing_admission(row.id) is not None


def test_the_poster_on_the_second_day(house, make, visit):
    event, gates, _gate = house
    gates[0].poster, gates[0].rule = True, "daily"
    row = make.registration(event)
    db.session.commit()
    visitor = visit()
    _poster(visitor, event, row, "1")
    scan = db.session.scalar(select(Scan))
    scan.at -= timedelta(days=1)
    scan.scope = f"arrival:{clock.in_zone(scan.at, event.zone).date()}"
    db.session.commit()
    assert _poster(visitor, event, row, "2").status_code == 200
    assert count(Scan) == 2


def test_the_poster_takes_who_cancelled_and_came_back(house, make, visit):
    event, gates, _gate = house
    gates[0].poster = True
    row = make.registration(event, mobile="14455556666")
    registrations.cancel(row, by=None)
    db.session.flush()
    again = make.registration(event, mobile="14455556666")
    db.session.commit()
    assert _poster(visit(), event, again).status_code == 200


def test_paper_counts_at_whatever_hour_it_is_typed(house, make, visit):
    event, gates, _gate = house
    row = make.registration(event)
    printed, gate_id = paper.short(row.door_id), gates[0].id
    registrations.replace_ticket(row, reason="x", by=make.user())
    gates[0].closes_at = clock.now() - timedelta(hours=1)
    db.session.commit()
    visitor = visit(make.user())
    for _twice in range(2):
        visitor.post(f"/events/{event.id}/paper", {"gate_id": gate_id, "codes": printed})
    assert queries.arrived_count(event.id) == 1
    assert sorted(db.session.scalars(select(Scan.verdict))) == ["admitted", "already"]


def test_paper_of_who_was_waiting_and_was_approved_since(house, make, visit):
    event, gates, _gate = house
    event.types[0].approval = True
    db.session.flush()
    row = make.registration(event)
    db.session.commit()
    visitor, say = visit(make.user()), {"gate_id": gates[0].id, "codes": paper.short(row.door_id)}
    visitor.post(f"/events/{event.id}/paper", say)
    registrations.approve(db.session.get(Registration, row.id), by=make.user())
    db.session.commit()
    visitor.post(f"/events/{event.id}/paper", say)
    assert queries.arrived_count(event.id) == 1


def test_a_pass_seen_elsewhere_before_its_guest(house):
    event, _gates, gate = house
    one, two = gate(0), gate(1)
    lent = a_pass(one)[0]
    fact = two.fact(lent, note="unseen")
    assert two.sync(fact).json["results"][fact["key"]] == "problem"
    assert lent in {told[1] for told in one.hear()}, "the other gate hears of it at once"
    one.sync(walk_ins=[comer(one, 1, lent)])
    assert db.session.scalar(select(Scan).where(Scan.key == fact["key"])).registration_id is not None
    assert db.session.scalar(select(DoorProblem)).settled_at is not None
    assert queries.arrived_count(event.id) == 1


def test_two_people_with_one_pass_are_both_known(house):
    one = house[2](0)
    lent = a_pass(one)[0]
    first = comer(one, 1, lent)
    assert one.sync(walk_ins=[first]).json["results"][first["key"]] == "kept"
    second = comer(one, 2, lent, "钱七", "15499990002")
    assert one.sync(walk_ins=[second]).json["results"][second["key"]] == "problem"
    assert one.sync(walk_ins=[second]).json["results"][second["key"]] == "problem"
    assert sorted(db.session.scalars(select(Registration.name))) == sorted(["赵六", "钱七"])
    assert count(DoorProblem) == 1


def test_a_pass_of_a_registered_guest_is_the_guest(house, make, visit):
    event, gates, gate = house
    own = make.registration(event, name="李丽", mobile="15499990002").door_id
    one, two = gate(0), gate(1)
    lent, ticket = a_pass(one)
    one.sync(one.fact(lent, way="walk_in"), walk_ins=[comer(one, 2, lent, "李丽", "15499990002")])
    fresh()
    row = two.roster()[lent]
    assert (row[2], row[12]) == ("confirmed", own)
    assert own in {told[1] for told in two.hear()}
    said = make.scan(event, ticket, key="k" * 20, gate=gates[1], device_at=None, by=make.user())
    assert (said.verdict, db.session.get(Registration, said.guest.id).door_id) == ("already", own)
    db.session.commit()
    assert "李丽" in visit(make.user()).get(f"/T/{ticket}").text


def test_a_replaced_ticket_names_todays(house, make):
    event, _gates, gate = house
    row = make.registration(event)
    old = row.door_id
    registrations.replace_ticket(row, reason="x", by=make.user())
    today = row.door_id
    fresh()
    assert (gate().roster()[old][2], gate().roster()[old][12]) == ("replaced", today)


def test_what_a_gate_was_for_when_it_scanned(house, make):
    event, gates, gate = house
    row, one = make.registration(event), gate()
    fact = one.fact(row.door_id, seconds=-3600, scope="arrival")
    db.session.get(Gate, gates[0].id).purpose = "departure"
    db.session.commit()
    one.sync(fact)
    assert queries.arrived_count(event.id) == 1


def test_an_undo_takes_back_every_entry(house, make, visit):
    event, _gates, gate = house
    row, one, two = make.registration(event), gate(0), gate(1)
    one.sync(one.fact(row.door_id))
    two.sync(two.fact(row.door_id))
    assert visit(make.user()).post(f"/registrations/{row.id}/undo", {"reason": "误扫"}).status_code == 303
    assert queries.arrived_count(event.id) == 0


def test_the_board_and_the_door_count_the_same(house, make):
    event, _gates, gate = house
    row, one = make.registration(event), gate()
    one.sync(one.fact(row.door_id))
    db.session.get(
        Registration, row.id
    ).state = CANCELLED  # a gate without network let in who had cancelled a moment before
    db.session.commit()
    assert board_queries.board(event).arrived == queries.arrived_count(event.id) == 0


def test_answers_come_after_their_scan(house, make, visit):
    event, _gates, gate = house
    event_id = event.id
    row, one = make.registration(event), gate()
    fact = one.fact(row.door_id)
    early = one.sync(answers=[{"key": fact["key"], "answers": {"胸牌已发": True}}])
    assert early.json["results"] == {}, "not confirmed, so it is sent again"
    one.sync(fact)
    said = one.sync(answers=[{"key": fact["key"], "answers": {"胸牌已发": True}}]).json["results"]
    assert said == {f"answers {fact['key']}": "kept"}
    one.sync(
        answers=[
            {"key": fact["key"], "answers": {"随员同行": True}},
            {"key": "d999-00000000", "answers": {"x": True}},
            7,
        ]
    )
    assert db.session.scalar(select(Scan)).answers == {"胸牌已发": True, "随员同行": True}
    db.session.rollback()
    assert "胸牌已发" in visit(make.user()).get(f"/events/{event_id}/arrivals").text


def test_a_refused_guests_pass_is_not_lent_again(house):
    one = house[2](0)
    lent = a_pass(one)[0]
    said = one.sync(walk_ins=[comer(one, 1, lent, "x" * 41)], passes=True).json
    assert "problem" in said["results"].values()
    assert lent not in {row[0] for row in said["passes"]}
    assert len(said["passes"]) == 20


def test_a_problems_number_is_masked_until_asked_for(house, visit, make):
    event, _gates, gate = house
    event_id, one = event.id, gate()
    one.sync(walk_ins=[comer(one, 1, a_pass(one)[0], "x" * 41)])
    key = db.session.scalar(select(DoorProblem.id))
    db.session.rollback()
    visitor = visit(make.user())
    assert "15499990001" not in visitor.get(f"/events/{event_id}/conflicts").text
    assert "15499990001" in visitor.post(f"/events/{event_id}/problems/{key}/unmask", {}).text


def test_withdrawn_while_its_sync_waits(house, make, monkeypatch):
    event, _gates, gate = house
    row, one = make.registration(event), gate()
    fact = one.fact(row.door_id)
    db.session.commit()
    line_of, url = device_queries.line_of, db.engine.url

    def later(key, secret, **options):
        other = sa.create_engine(url)
        with other.begin() as connection:
            connection.execute(sa.update(Device).where(Device.id == key).values(revoked_at=clock.now()))
        other.dispose()
        return line_of(key, secret, **options)

    monkeypatch.setattr(api.device_queries, "line_of", later)
    said = one.sync(fact, drawers={}, passes=True)
    assert (said.status_code, set(said.json), count(Scan), count(Pass)) == (
        410,
        {"wipe", "now", "results"},
        1,
        0,
    )


def test_nobody_withdraws_a_gate_in_the_middle_of_its_sync(house, make, monkeypatch):
    event, _gates, gate = house
    row, one = make.registration(event), gate()
    fact = one.fact(row.door_id)
    db.session.commit()
    take, url, refused = operations.take, db.engine.url, []
    monkeypatch.setattr(turn, "PATIENCE", 0.2)

    def meanwhile(line, *sent):
        other = sa.create_engine(url)
        patience = "PRAGMA busy_timeout = 200" if url.drivername == "sqlite" else "SET lock_timeout = 200"
        sa.event.listen(other, "connect", lambda connection, _record: connection.execute(patience))
        try:
            with other.begin() as connection:
                connection.execute(
                    sa.update(Device).where(Device.id == line.id).values(revoked_at=clock.now())
                )
        except sa.exc.OperationalError as error:
            refused.append(error)
        other.dispose()
        return take(line, *sent)

    monkeypatch.setattr(api.operations, "take", meanwhile)
    assert (one.sync(fact).status_code, count(Scan), len(refused)) == (200, 1, 1)


def test_wiped_is_said_by_the_device_alone(house, make):
    one = house[2]()
    assert one.post("/door/wiped", {}).status_code == 409
    operations.revoke_device(db.session.get(Device, one.device), by=make.user())
    assert one.sync().status_code == 410
    assert db.session.get(Device, one.device).wiped_at is None
    assert one.post("/door/wiped", {}).status_code == 200
    assert db.session.get(Device, one.device).wiped_at is not None
