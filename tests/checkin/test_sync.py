"""What gates tell and ask: joined once, nothing lost, nothing counted twice, nothing refused whole,
withdrawn at once.
"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from outreach.checkin import conflict_queries, device_queries, operations, queries, roster_queries
from outreach.checkin.device_models import Device, Pass
from outreach.checkin.models import DoorProblem, Scan
from outreach.core import clock
from outreach.core.db import db
from outreach.registrations import operations as registrations
from outreach.registrations import tickets
from outreach.registrations.models import Registration
from tests.checkin.gatekeeper import Gatekeeper


@pytest.fixture
def house(app, make):
    """(event, a function that makes another gate of it)."""
    event, user = make.event(days=0), make.user()
    gates = [make.gate(event, name) for name in ("一号门", "二号门", "三号门")]
    return event, lambda number=0: Gatekeeper(app, gates[number], user, name=f"手机{number + 1}")


def _scans() -> int:
    return db.session.scalar(select(func.count()).select_from(Scan))


def test_an_invitation_works_once(house):
    _event, gate = house
    one = gate()
    again = one.post("/door/join", {"token": one.token}, credential="")
    assert (
        again.status_code,
        "刻钟" in again.get_data(as_text=True) or "15" in again.get_data(as_text=True),
    ) == (409, True)
    assert one.post("/door/join", {"token": "A" * 26}, credential="").status_code == 409
    assert one.post("/door/join", ["x"], credential="").status_code == 400


def test_an_old_invitation_is_over(app, make, house):
    _event, gate = house
    one, user = gate(), make.user()
    device, token = operations.invite_device(db.session.get(Device, one.device).gate, name="晚到", by=user)
    device.invited_until = clock.now() - timedelta(seconds=1)
    assert one.post("/door/join", {"token": token}, credential="").status_code == 409


@pytest.mark.parametrize(
    "credential", ["", "Gate 1.x", "Gate x.y", "Bearer abc", "Gate 999999999999999999.abc", "Gate 1"]
)
def test_no_credential_no_answer(house, credential):
    _event, gate = house
    assert gate().post("/door/sync", {"drawers": {}}, credential=credential).status_code == 401


def test_a_credential_opens_nothing_else(house, make):
    event, gate = house
    one = gate()
    assert one.get(f"/events/{event.id}/door").status_code == 401
    assert one.get(f"/events/{event.id}/guests").status_code == 401


def test_a_scan_is_kept_once_however_often_it_is_sent(house, make):
    event, gate = house
    row, one = make.registration(event), gate()
    fact = one.fact(row.door_id)
    for _time in range(3):
        assert one.sync(fact).json["results"] == {fact["key"]: "kept"}
    assert _scans() == 1
    scan = db.session.scalar(select(Scan))
    assert (scan.registration_id, scan.verdict, scan.device_id, scan.scope) == (
        row.id,
        "admitted",
        one.device,
        "arrival",
    )
    assert queries.arrived_count(event.id) == 1


def test_two_gates_offline_keep_both_entries_and_a_person_decides(house, make, visit):
    event, gate = house
    row, one, two = make.registration(event, name="王建国"), gate(0), gate(1)
    late, early = one.fact(row.door_id, seconds=-60), two.fact(row.door_id, seconds=-300)
    one.sync(late)
    two.sync(early)
    assert queries.arrived_count(event.id) == 1
    [double] = conflict_queries.doubles(event)
    assert (double.first.key, double.second.key) == (early["key"], late["key"])
    assert abs(double.apart - 240) <= 1
    browser, page = visit(make.user()), f"/events/{event.id}/conflicts"
    text = browser.get(page).text
    assert "手机1" in text
    assert "手机2" in text
    assert "王**" in text
    assert browser.post(f"{page}/{double.second.id}", {"kind": "nonsense"}).status_code == 422
    assert (
        browser.post(f"{page}/{double.second.id}", {"kind": "passed_on", "note": "票给了司机"}).status_code
        == 303
    )
    assert browser.post(f"{page}/{double.first.id}", {"kind": "fine"}).status_code == 409
    assert conflict_queries.doubles(event)[0].decision.kind == "passed_on"
    assert _scans() == 2


def test_the_clock_is_corrected_by_what_the_device_measured(house, make):
    event, gate = house
    row, one = make.registration(event), gate()
    fact = one.fact(row.door_id, seconds=600, offset=-600_000)
    one.sync(fact)
    scan = db.session.scalar(select(Scan))
    assert abs((scan.at - clock.now()).total_seconds()) < 5
    assert (scan.device_at - scan.at).total_seconds() == 600
    ahead = one.fact(row.door_id, "already", seconds=9000)
    one.sync(ahead)
    assert db.session.scalar(select(Scan).where(Scan.key == ahead["key"])).at <= clock.now()


def test_refused_scans_are_kept_too(house):
    event, gate = house
    one = gate()
    one.sync(one.fact("A" * 16, "forged"), one.fact("", "unknown"))
    assert sorted(db.session.scalars(select(Scan.verdict))) == ["forged", "unknown"]
    assert queries.arrived_count(event.id) == 0


BAD = (
    {},
    [],
    "x",
    None,
    7,
    {"key": "short"},
    {"key": "d999-0123456789"},
    {"key": None},
    {"guest": "' OR 1=1"},
    {"verdict": "welcome"},
    {"verdict": None},
    {"at": "now"},
    {"at": -1},
    {"at": True},
    {"at": 10**18},
    {"offset": "x"},
    {"way": "teleport"},
    {"note": "x" * 99},
    {"verdict": ["admitted"]},
    {"way": {}},
    {"note": []},
    {"offset": True},
    {"key": "x\x00y\ud800"},
    {"answers": []},
    {"answers": {str(n): 1 for n in range(11)}},
    {"guest": ["A"]},
)


def test_one_bad_row_never_costs_the_others(house, make):
    event, gate = house
    row, one = make.registration(event), gate()
    bad = [
        raw if not isinstance(raw, dict) or not raw or "key" in raw else {**one.fact(row.door_id), **raw}
        for raw in BAD
    ]
    good = one.fact(row.door_id)
    answer = one.sync(*bad, good)
    assert answer.status_code == 200
    assert answer.json["results"][good["key"]] == "kept"
    assert _scans() == 1
    problems = db.session.scalars(select(DoorProblem)).all()
    assert {problem.reason for problem in problems} == {"unreadable"}
    assert len(problems) == len({problem.key for problem in problems}) >= 16


def test_nameless_rows_are_each_in_sight(house):
    _event, gate = house
    one = gate()
    one.sync({"a": 1}, {"a": 2}, {"a": 2})
    assert db.session.scalar(select(func.count()).select_from(DoorProblem)) == 2


def test_a_clock_that_is_a_year_off_costs_no_scan(house, make):
    event, gate = house
    row, one = make.registration(event), gate()
    year = 365 * 86_400
    fact = one.fact(row.door_id, seconds=-year, offset=1000 * year, answers={"胸牌\ud800": 1})
    assert one.sync(fact).json["results"] == {fact["key"]: "kept"}
    scan = db.session.scalar(select(Scan))
    assert abs((scan.at - clock.now()).total_seconds()) < 5
    assert one.post("/door/sync", {"drawers": {"²": "x", "9" * 5000: "x", "7": "old"}}).status_code == 200


def test_a_ticket_of_nobody_is_a_problem_in_sight(house, make, visit):
    event, gate = house
    one = gate()
    fact = one.fact("B" * 16, note="unseen")
    assert one.sync(fact).json["results"] == {fact["key"]: "problem"}
    browser, page = visit(make.user()), f"/events/{event.id}/conflicts"
    assert "没有人持有这张凭证" in browser.get(page).text
    [problem] = db.session.scalars(select(DoorProblem))
    assert browser.post(f"/events/{event.id}/problems/{problem.id}/settle").status_code == 303
    assert device_queries.open_problem_count(event) == 0
    assert _scans() == 1


def test_portions_have_a_limit_and_bodies_too(house, make):
    event, gate = house
    row, one = make.registration(event), gate()
    assert one.sync(*(one.fact(row.door_id, "already") for _row in range(501))).status_code == 413
    assert one.sync(*(one.fact(row.door_id, "already") for _row in range(500))).status_code == 200
    assert one.post("/door/sync", {"scans": [], "x": "y" * 1_100_000}).status_code == 413
    assert one.post("/door/sync", {"scans": {"a": 1}}).status_code == 400
    assert one.post("/door/sync", [1]).status_code == 400
    assert _scans() == 500


def test_gates_hear_of_each_other(house, make):
    event, gate = house
    row, one, two = make.registration(event), gate(0), gate(1)
    fact = one.fact(row.door_id)
    one.sync(fact)
    [told] = two.hear()
    assert told[:4] == [fact["key"], row.door_id, "arrival", "admitted"]
    assert told[5] == "一号门"
    operations.undo(event, row, reason="误扫", by=make.user())
    heard = {kind: undoes for _key, _guest, _scope, kind, _at, _gate, undoes in two.hear()}
    assert heard["undone"] == fact["key"]
    assert (
        operations.admit(event, row, key="k" * 20, gate=None, device_at=None, by=make.user()).verdict
        == "admitted"
    )


def test_the_roster_comes_once_and_then_only_changes(house, make):
    event, gate = house
    rows, one = [make.registration(event, name=f"李{sign}") for sign in "一二三"], gate()
    first = one.post("/door/sync", {"drawers": {}}).json
    assert first["gate"]["name"] == "一号门"
    known = {row[0]: row for _digest, rows in first["drawers"].values() for row in rows}
    assert {row.door_id for row in rows} == set(known)
    assert all(row.mobile not in str(known) and row.code not in str(known) for row in rows)
    has = {number: digest for number, (digest, _rows) in first["drawers"].items()}
    assert one.post("/door/sync", {"drawers": has}).json["drawers"] == {}
    registrations.change(rows[0], name="李四", company="新公司", post="", email="", by=None)
    db.session.commit()
    _wait_a_second(event)
    changed = one.post("/door/sync", {"drawers": has}).json["drawers"]
    assert len(changed) == 1
    assert "李四" in str(changed)


def _wait_a_second(event):
    """The roster is made anew once its second is over; a test does not wait for it."""
    roster_queries._made.clear()


def test_a_replaced_ticket_is_on_the_list_that_gates_carry(house, make, visit):
    event, gate = house
    row, one, old = make.registration(event), gate(), None
    old, code, token = row.door_id, row.code, row.page_token
    browser = visit(make.user())
    assert browser.post(f"/registrations/{row.id}/replace-ticket", {"reason": ""}).status_code == 422
    assert (
        browser.post(f"/registrations/{row.id}/replace-ticket", {"reason": "二维码被转发"}).status_code == 303
    )
    row = db.session.get(Registration, row.id)
    assert row.code != code
    roster = one.roster()
    assert (roster[old][2], roster[row.door_id][2]) == ("replaced", "confirmed")
    assert visit().get(f"/t/{token}").status_code == 404
    assert (
        make.scan(event, code, key="k" * 20, gate=None, device_at=None, by=make.user()).verdict == "replaced"
    )


def test_a_walk_in_without_network(house, make):
    event, gate = house
    one = gate()
    [[door_id, ticket], *_more] = one.post("/door/sync", {"passes": True}).json["passes"]
    assert tickets.genuine(tickets.read(ticket), tickets.public_key(event.ticket_seed))
    person = make.person("赵六", unit=event.unit, mobiles=["15499990001"])
    key = f"d{one.device}-walkin0000001"
    comer = {"key": key, "guest": door_id, "name": " 赵六 ", "mobile": "154 9999 0001", "company": "某公司"}
    fact = one.fact(door_id, way="walk_in")
    for _time in range(2):
        assert one.sync(fact, walk_ins=[comer]).json["results"] == {key: "kept", fact["key"]: "kept"}
    row = db.session.scalar(select(Registration))
    assert (row.name, row.mobile, row.source, row.state, row.person_id) == (
        "赵六",
        "15499990001",
        "walk_in",
        "confirmed",
        person.id,
    )
    assert row.code == tickets.code_in(ticket)
    assert queries.arrived_count(event.id) == 1
    assert len(one.post("/door/sync", {"passes": True}).json["passes"]) == 20


def test_a_walk_in_who_was_registered_all_along_is_that_guest(house, make):
    event, gate = house
    row, one = make.registration(event, mobile="15499990002"), gate()
    [[door_id, _ticket], *_more] = one.post("/door/sync", {"passes": True}).json["passes"]
    comer = {
        "key": f"d{one.device}-walkin0000002",
        "guest": door_id,
        "name": "李丽",
        "mobile": "15499990002",
        "company": "",
    }
    one.sync(one.fact(door_id, way="walk_in"), walk_ins=[comer])
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
    assert queries.standing_admission(row.id) is not None
    _wait_a_second(event)
    assert one.roster()[door_id][4] == row.name


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"mobile": "123"}, {"guest": "C" * 16}, {"name": "x" * 41}, {"key": "d1-x"}]
)
def test_a_walk_in_that_cannot_be_taken_is_a_problem(house, wrong):
    _event, gate = house
    one = gate()
    [[door_id, _ticket], *_more] = one.post("/door/sync", {"passes": True}).json["passes"]
    comer = {
        "key": f"d{one.device}-walkin0000003",
        "guest": door_id,
        "name": "赵六",
        "mobile": "15499990003",
        "company": "",
        **wrong,
    }
    assert set(one.sync(walk_ins=[comer]).json["results"].values()) == {"problem"}
    assert db.session.scalar(select(func.count()).select_from(DoorProblem)) == 1
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0


def test_a_withdrawn_gate_is_told_to_wipe_and_its_passes_open_nothing(house, make, visit):
    event, gate = house
    row, one, two = make.registration(event), gate(0), gate(1)
    [[door_id, ticket], *_more] = one.post("/door/sync", {"passes": True}).json["passes"]
    browser = visit(make.user())
    assert browser.post(f"/events/{event.id}/devices/{one.device}/revoke").status_code == 303
    fact = one.fact(row.door_id)
    answer = one.sync(fact, drawers={}, passes=True, after=0)
    assert (answer.status_code, set(answer.json)) == (410, {"wipe", "now", "results"})
    assert answer.json["results"] == {fact["key"]: "kept"}
    assert db.session.get(Device, one.device).wiped_at is None  # only the device itself can say that it is
    assert _scans() == 1
    _wait_a_second(event)
    assert two.roster()[door_id][2] == "replaced"
    assert (
        make.scan(event, ticket, key="k" * 20, gate=None, device_at=None, by=make.user()).verdict == "unknown"
    )
    assert db.session.scalar(select(func.count()).select_from(Pass)) == 20


def test_a_gate_of_another_event_hears_nothing_of_this_one(app, house, make):
    event, gate = house
    row, _one = make.registration(event), gate()
    other = make.event(unit=make.other_county, days=0)
    stranger = Gatekeeper(app, make.gate(other), make.user())
    assert stranger.roster() == {}
    fact = stranger.fact(row.door_id)
    assert stranger.sync(fact).json["results"] == {fact["key"]: "problem"}
    assert queries.arrived_count(event.id) == 0
    assert [told[0] for told in stranger.hear()] == [fact["key"]]  # its own scan, of nobody


def test_the_devices_state_is_seen(house, make, visit):
    event, gate = house
    one = gate()
    one.sync(queue=17, offset=1500, version="abc", camera="wasm")
    device = db.session.get(Device, one.device)
    assert (device.queue, device.offset_ms, device.version, device.camera) == (17, 1500, "abc", "wasm")
    text = visit(make.user()).get(f"/events/{event.id}/devices", headers={"HX-Request": "true"}).text
    assert "17" in text
    assert "1.5 s" in text


def test_a_gate_holds_nobody_of_types_that_it_does_not_admit(house, make):
    event, gate = house
    kind, press = make.guest_type(event, "签约客商"), make.guest_type(event, "记者")
    mine = make.registration(event, type_id=kind.id)
    other = make.registration(event, name="司马相如", type_id=press.id)
    one = gate()
    roster_queries._made.clear()
    whole = one.roster()
    assert (whole[other.door_id][4], whole[mine.door_id][4]) == ("司马相如", mine.name)
    db.session.get_one(Device, one.device).gate.types = [kind.id]
    db.session.commit()
    roster_queries._made.clear()
    held = one.roster()
    assert held[mine.door_id] == whole[mine.door_id]
    assert held[other.door_id] == [other.door_id, "", "confirmed", other.type_id, *[""] * 7, 0, ""]
