"""The door: every verdict, retries, undo, finding by name, who is here."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from outreach.checkin import operations as checkin
from outreach.checkin import queries
from outreach.checkin.models import Device, Scan
from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.events import operations as events
from outreach.permissions import Role
from outreach.registrations import operations as registrations
from outreach.registrations import tickets
from tests.checkin.gatekeeper import Gatekeeper


@pytest.fixture
def door(make, visit):
    """(event, gate, a function that scans as gate staff)."""
    event = make.event(days=0)
    gate, browser = make.gate(event), visit(make.user(Role.GATE_STAFF))
    names = iter(range(10_000))

    def scan(code: str = "", key: str = "", **more):
        body = {
            "key": key or f"device-a-scan-{next(names):06d}",
            "code": code,
            "gate": gate.id,
            "at": "2026-12-14T01:00:00+00:00",
            **more,
        }
        return browser.post(f"/events/{event.id}/scans", json=body, headers={"Accept": "application/json"})

    return event, gate, scan


def test_the_first_scan_admits(door, make):
    event, _gate, scan = door
    row = make.registration(event, name="李丽")
    answer = scan(row.code).json
    assert (answer["verdict"], answer["words"], answer["name"]) == ("admitted", "欢迎光临", "李丽")


def test_the_second_scan_says_when_and_where(door, make):
    event, gate, scan = door
    row = make.registration(event)
    scan(row.code)
    db.session.scalar(select(Scan)).at = datetime(2026, 12, 14, 1, 12, tzinfo=UTC)
    answer = scan(row.code).json
    assert answer["verdict"] == "already"
    assert answer["words"] == f"已于 09:12 在{gate.name}报到"
    assert queries.arrived_count(event.id) == 1


def test_a_retry_of_the_same_scan_is_green_again_and_counts_once(door, make):
    event, _gate, scan = door
    row = make.registration(event)
    answers = [scan(row.code, key="one-scan-sent-often").json["verdict"] for _try in range(3)]
    assert answers == ["admitted"] * 3
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 1


def test_the_qr_may_be_the_address(door, make):
    event, _gate, scan = door
    row = make.registration(event)
    assert (
        scan(tickets.address("http://127.0.0.1:8000", row.code, event.ticket_seed)).json["verdict"]
        == "admitted"
    )


@pytest.mark.parametrize(
    "code", ["", "hello", "A" * 26, "https://evil.example/T/" + "B" * 26, "x" * 5000, "'; drop table scans"]
)
def test_unknown(door, code):
    answer = door[2](code).json
    assert (answer["verdict"], answer["words"], answer["name"]) == ("unknown", "无法识别的凭证", "")


def test_the_ticket_of_another_event_says_so_and_shows_nobody(door, make):
    other = make.registration(make.event(days=0))
    answer = door[2](other.code).json
    assert (answer["verdict"], answer["name"]) == ("other_event", "")


def test_cancelled_and_waiting(door, make):
    event, _gate, scan = door
    row = make.registration(event)
    registrations.cancel(row, by=None)
    assert scan(row.code).json["verdict"] == "cancelled"
    full = make.event(capacity=1, days=0)
    make.registration(full)
    waiting = make.registration(full)
    assert (
        make.scan(full, waiting.code, key="k" * 20, gate=None, device_at=None, by=make.user()).verdict
        == "waiting"
    )


def test_nobody_enters_an_event_that_was_called_off(door, make):
    event, _gate, scan = door
    row = make.registration(event)
    events.cancel(event, reason="台风", by=make.user())
    assert scan(row.code).json["verdict"] == "cancelled"


def test_refused_scans_are_kept_with_both_clocks(door):
    door[2]("hello")
    row = db.session.scalar(select(Scan))
    assert row.verdict == "unknown"
    assert row.device_at == datetime(2026, 12, 14, 1, tzinfo=UTC)
    assert row.received_at is not None


@pytest.mark.parametrize(
    "body",
    [{}, {"key": "short"}, {"key": None}, [], "text", {"key": "a-good-key-of-a-scan", "gate": 999_999}],
)
def test_a_body_that_is_no_scan(door, make, visit, body):
    event = door[0]
    browser = visit(make.user(Role.GATE_STAFF))
    answer = browser.post(f"/events/{event.id}/scans", json=body, headers={"Accept": "application/json"})
    assert answer.status_code in (404, 422)
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 0


def test_surname_and_last_four_digits(door, make, visit):
    event, gate, _scan = door
    make.registration(event, name="欧阳少东", mobile="15412345678")
    browser = visit(make.user(Role.GATE_STAFF))
    page = f"/events/{event.id}/find"
    assert browser.get(page).status_code == 422
    assert "没有找到" in browser.get(f"{page}?surname=王&tail=5678").text
    text = browser.get(f"{page}?surname=欧阳&tail=5678&gate={gate.id}").text
    assert "欧阳少东" in text
    assert "15412345678" not in text
    admit = re.search(r'action="(/events/\d+/admit/[^"]+)"', text)[1]
    make.begins(event)
    assert browser.post(admit, {"key": "bad"}).status_code == 400
    assert "欢迎光临" in browser.post(admit, {"key": "k" * 32, "gate": gate.id}).text
    assert "已于" in browser.post(admit, {"key": "m" * 32, "gate": gate.id}).text


def test_undo_needs_a_reason_and_the_right_role_and_is_a_row_of_its_own(door, make, visit):
    event, _gate, scan = door
    row = make.registration(event)
    scan(row.code)
    assert (
        visit(make.user(Role.GATE_STAFF))
        .post(f"/registrations/{row.id}/undo", {"reason": "误扫"})
        .status_code
        == 403
    )
    browser = visit(make.user())
    assert browser.post(f"/registrations/{row.id}/undo", {"reason": ""}).status_code == 422
    assert browser.post(f"/registrations/{row.id}/undo", {"reason": "误扫"}).status_code == 303
    assert queries.arrived_count(event.id) == 0
    assert browser.post(f"/registrations/{row.id}/undo", {"reason": "误扫"}).status_code == 409
    assert scan(row.code).json["verdict"] == "admitted"
    assert [scan.verdict for scan in db.session.scalars(select(Scan).order_by(Scan.id))] == [
        "admitted",
        "undone",
        "admitted",
    ]
    assert browser.post(f"/registrations/{row.id}/undo", {"reason": "又误扫"}).status_code == 303
    assert queries.arrived_count(event.id) == 0


GATE = {"name": "一号门", "purpose": "arrival", "rule": "once", "lock_hours": "12"}


def test_gates(make, visit):
    event = make.event(days=0)
    browser = visit(make.user())
    assert browser.post(f"/events/{event.id}/gates", {**GATE, "name": ""}).status_code == 422
    assert browser.post(f"/events/{event.id}/gates", {**GATE, "letters": "z-a"}).status_code == 422
    assert browser.post(f"/events/{event.id}/gates", GATE).status_code == 303
    assert browser.post(f"/events/{event.id}/gates", GATE).status_code == 422
    gate = queries.gates(event)[0]
    assert "一号门" in browser.get(f"/events/{event.id}/gates/{gate.id}").text
    edit = f"/events/{event.id}/gates/{gate.id}/edit"
    assert 'value="一号门"' in browser.get(edit).text
    changed = {
        **GATE,
        "name": "晚宴",
        "purpose": "meal",
        "rule": "daily",
        "questions": "胸牌已发？\n随行人员到齐？",
        "types": str(event.types[0].id),
    }
    assert (
        browser.post(
            edit, {**changed, "opens_at": "2026-12-14T10:00", "closes_at": "2026-12-14T09:00"}
        ).status_code
        == 422
    )
    assert browser.post(edit, changed).status_code == 303
    gate = queries.gates(event)[0]
    assert (gate.name, gate.purpose, gate.rule, gate.types, len(gate.questions)) == (
        "晚宴",
        "meal",
        "daily",
        [event.types[0].id],
        2,
    )
    other = make.event(days=0)
    assert browser.get(f"/events/{other.id}/gates/{gate.id}").status_code == 404


def test_a_gate_is_removed_while_nothing_was_scanned(make, visit):
    event = make.event()
    gate, browser = make.gate(event), visit(make.user())
    address = f"/events/{event.id}/gates/{gate.id}/remove"
    assert address in browser.get(f"/events/{event.id}/door").text
    assert visit(make.user(unit=make.other_county)).post(address).status_code == 404
    assert visit(make.user(Role.GATE_STAFF)).post(address).status_code == 403
    checkin.invite_device(gate, name="手机", by=make.user())
    assert browser.post(address).status_code == 303
    assert queries.gates(event) == []
    assert browser.post(address).status_code == 404
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "checkin.remove_gate"))
    assert entry.detail["name"] == "一号门"


def test_a_gate_where_somebody_was_scanned_is_closed_for_good(door, make, visit, app):
    """Its scans stay and count; nobody scans there again, and its devices are withdrawn."""
    event, gate, scan = door
    guest, late = make.registration(event), make.registration(event)
    make.begins(event)
    assert scan(guest.code).json["verdict"] == "admitted"
    user = make.user()
    browser, address = visit(user), f"/events/{event.id}/gates/{gate.id}"
    assert browser.post(f"{address}/remove").status_code == 409
    assert visit(make.user(unit=make.other_county)).post(f"{address}/close").status_code == 404
    assert visit(make.user(Role.GATE_STAFF)).post(f"{address}/close", {"reason": "x"}).status_code == 403
    phone = Gatekeeper(app, gate, user)
    assert browser.post(f"{address}/close", {"reason": ""}).status_code == 422
    device = db.session.get(Device, phone.device)
    device.queue = 2
    db.session.commit()
    assert browser.post(f"{address}/close", {"reason": "改走东门"}).status_code == 409
    device.queue = 0
    db.session.commit()
    assert browser.post(f"{address}/close", {"reason": "改走东门"}).status_code == 303
    assert db.session.get(Device, phone.device).revoked_at is not None
    assert phone.sync().status_code in (401, 410)
    assert "改走东门" in browser.get(f"/events/{event.id}/door").text
    answer = scan(late.code)
    assert (answer.status_code, answer.json["words"]) == (409, "该签到点已永久关闭。")
    assert browser.get(address).status_code == 303
    for verb, data in (("close", {"reason": "再次"}), ("devices", {"device": "手机"}), ("edit", GATE)):
        assert browser.post(f"{address}/{verb}", data).status_code in (409, 422), verb
    assert queries.arrived_count(event.id) == 1


def test_a_closed_gate_has_no_poster(make, visit):
    event = make.event()
    gate = make.gate(event)
    gate.poster = True
    make.begins(event)
    stranger = visit()
    assert stranger.get(f"/e/{event.slug}/here").status_code == 200
    checkin.close_gate(gate, reason="不再自助签到", by=make.user())
    assert stranger.get(f"/e/{event.slug}/here").status_code == 404


def test_a_gate_of_its_own_purpose_counts_by_itself(door, make, visit):
    event, gate, scan = door
    row = make.registration(event)
    dinner = checkin.add_gate(event, name="晚宴", purpose="meal", by=None)
    db.session.flush()
    assert [scan(row.code).json["verdict"], scan(row.code, gate=dinner.id).json["verdict"]] == [
        "admitted",
        "admitted",
    ]
    assert scan(row.code, gate=dinner.id).json["verdict"] == "already"
    assert queries.arrived_count(event.id) == 1


def test_in_and_out(door, make):
    event, _gate, scan = door
    row = make.registration(event)
    area = checkin.add_gate(event, name="签约区", purpose="signing", rule="in_out", by=None)
    db.session.flush()
    answers = [scan(row.code, gate=area.id, out=out).json["verdict"] for out in (False, False, True, False)]
    assert answers == ["admitted", "already", "left", "admitted"]


def test_a_gate_for_signatories_only_and_one_that_is_closed(door, make):
    event, _gate, scan = door
    row = make.registration(event)
    signing = make.guest_type(event, "签约客商", colour="red", place=5, public=False)
    only = checkin.add_gate(event, name="签约区", types=[signing.id], by=None)
    shut = checkin.add_gate(event, name="旧门", closes_at=clock.now() - timedelta(hours=1), by=None)
    soon = checkin.add_gate(event, name="新门", opens_at=clock.now() + timedelta(hours=1), by=None)
    db.session.flush()
    assert [scan(row.code, gate=gate.id).json["verdict"] for gate in (only, shut, soon)] == [
        "wrong_gate",
        "late",
        "early",
    ]


def test_who_is_here_and_who_is_missing(door, make, visit):
    event, _gate, scan = door
    scan(make.registration(event, name="到了").code)
    make.registration(event, name="没来")
    browser = visit(make.user())
    here = browser.get(f"/events/{event.id}/arrivals?arrived=yes").text
    missing = browser.get(f"/events/{event.id}/arrivals?arrived=no").text
    assert "到*" in here
    assert "没*" not in here
    assert "没*" in missing
    assert '<strong id="tally-arrived">1</strong>' in browser.get(f"/events/{event.id}/arrivals").text
    assert "1</strong>" in browser.fragment(f"/events/{event.id}/count").text


def test_the_arrivals_list_costs_the_same_for_one_and_three(door, make, visit):
    from sqlalchemy import event as hooks

    event, _gate, scan = door
    browser, counted = visit(make.user()), []
    for more in (1, 2):
        for _guest in range(more):
            scan(make.registration(event).code)
        statements = []
        hooks.listen(db.engine, "before_cursor_execute", lambda *arguments, kept=statements: kept.append(1))
        browser.get(f"/events/{event.id}/arrivals")
        counted.append(len(statements))
    assert counted[0] == counted[1] > 3


def test_the_last_scans_are_read_anew_after_each(make, visit):
    event = make.event(days=0)
    gate, guest = make.gate(event), make.registration(event)
    visitor = visit(make.user(Role.GATE_STAFF))
    address = f"/events/{event.id}/gates/{gate.id}"
    assert "还没有" in visitor.fragment(address).text
    visitor.post(
        f"/events/{event.id}/scans",
        json={"key": "k" * 20, "code": guest.code, "gate": gate.id, "at": clock.now().isoformat()},
    )
    text = visitor.fragment(address).text
    assert (gate.name in text, "<html" in text, "还没有" in text) == (True, False, False)


def test_a_ticket_typed_by_a_scan_gun_under_an_input_method_is_found_at_the_desk_and_in_find(
    door, make, visit
):
    event, _gate, scan = door
    row = make.registration(event, name="欧阳少东")
    address = tickets.address("https://yangui.example.gov.cn", row.code, event.ticket_seed)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in address)
    typed = address.replace("/", "、").replace(":", "：") + "\u200b\r\n"
    assert [scan(text).json["verdict"] for text in (wide, typed)] == ["admitted", "already"]
    page, browser = f"/events/{event.id}/find", visit(make.user(Role.GATE_STAFF))
    for text in (wide, typed, f"{address}/#wechat_redirect"):
        assert "欧阳少东" in browser.get(page, query_string={"surname": text}).text
    other = make.registration(make.event(days=0), name="司马相如")
    assert "司马相如" not in browser.get(page, query_string={"surname": other.code}).text


def test_one_error_marks_the_form_of_one_gate(make, visit):
    event = make.event(days=0)
    gates = [make.gate(event, name) for name in ("一号门", "二号门")]
    browser = visit(make.user())
    answer = browser.post(f"/events/{event.id}/gates/{gates[1].id}/devices", {})
    assert answer.status_code == 422
    wrong = browser.page.xpath("//*[@aria-invalid='true']/@id")
    assert wrong == [f"gate-{gates[1].id}-device"]
    assert len(browser.page.xpath("//details[@open]//form[contains(@action, '/devices')]")) == 1
