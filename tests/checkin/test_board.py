"""The live board, the big screen, arrival briefs, walk-ins at the desk, the poster, the paper list,
rehearsals, the page behind a ticket.
"""

import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from sqlalchemy import func, select

from outreach.checkin import board_queries, brief_queries, hallcodes, operations, paper, queries
from outreach.checkin import device_queries as devices
from outreach.checkin.models import Scan
from outreach.core import clock, jobs
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.sms import Sms
from outreach.directory import operations as directory
from outreach.liaison import operations as liaison
from outreach.permissions import Role
from outreach.registrations import tickets
from outreach.registrations.models import Registration
from tests.checkin.gatekeeper import Gatekeeper


@pytest.fixture
def paired(make):
    """(event, gate, guest, the leader's user): somebody of the key list with a leader who keeps in touch."""
    event, leader = make.event(days=0), make.user(Role.LIAISON, email="leader@example.cn")
    person = make.person("王建国", mobiles=["15412340001"], home_village="东李庄村")
    directory.decide_tier(person, tier=3, reason="龙头企业", by=make.user())
    post = liaison.add_post(
        make.county, title="县长", holder="某某", rank=1, from_on=date(2024, 1, 1), user=leader, by=None
    )
    liaison.pair(post, person, rhythm_days=90, clerk=None, by=None)
    guest = make.registration(event, name="王建国", mobile="15412340001")
    assert guest.person_id == person.id
    return event, make.gate(event), guest, leader


def _admit(event, guest, gate, make, key="k" * 20):
    return operations.admit(event, guest, key=key, gate=gate, device_at=None, by=make.user())


def test_the_board_counts_from_rows(make, visit, paired):
    event, gate, guest, _leader = paired
    make.registration(event, name="没来")
    _admit(event, guest, gate, make)
    found = board_queries.board(event)
    assert (found.arrived, found.expected) == (1, 2)
    assert {line.name: (line.arrived, line.expected) for line in found.by_county.values()} == {
        "清丰县": (1, 1),
        "–": (0, 1),
    }
    assert {line.name: line.arrived for line in found.by_leader.values()} == {"县长 某某": 1}
    assert sum(count for _at, count in found.plot) == 1
    assert [(row.id, at is not None) for row, at in board_queries.key_people(event)] == [(guest.id, True)]
    text = visit(make.user()).get(f"/events/{event.id}/board").text
    assert "王**" in text
    assert "15412340001" not in text
    assert "<strong>1</strong> / 2" in visit(make.user()).fragment(f"/events/{event.id}/board").text


def test_the_plot_has_a_column_for_every_five_minutes():
    begin = clock.now().replace(minute=2, second=0, microsecond=0)
    columns = board_queries._plot([begin, begin + timedelta(minutes=1), begin + timedelta(minutes=14)])
    assert [count for _at, count in columns] == [2, 0, 0, 1]
    assert [at.minute for at, _count in columns] == [0, 5, 10, 15]
    assert len(board_queries._plot([begin, begin + timedelta(hours=9)])) == board_queries.COLUMNS


def test_the_big_screen_names_nobody(make, visit, paired):
    event, gate, guest, _leader = paired
    _admit(event, guest, gate, make)
    text = visit(make.user(Role.GATE_STAFF)).get(f"/events/{event.id}/screen").text
    assert "<strong>1</strong>" in text
    assert "王" not in text


def test_the_leader_has_the_card_at_once_and_once(app, make, visit, paired):
    event, gate, guest, leader = paired
    one, two = (Gatekeeper(app, gate, make.user()) for _gate in range(2))
    one.sync(one.fact(guest.door_id))
    two.sync(two.fact(guest.door_id))
    [brief] = brief_queries.briefs(leader)
    assert (brief.registration_id, brief.seen_at) == (guest.id, None)
    browser = visit(leader)
    text = browser.get("/briefs").text
    assert "王建国" in text
    assert "东李庄村" in text
    assert browser.post("/briefs/seen").status_code == 303
    assert "我已看过" not in browser.get("/briefs").text
    assert "王建国" not in visit(make.user(Role.LIAISON)).get("/briefs").text


@pytest.mark.parametrize(
    ("way", "address", "good"),
    [
        ("mail", "", True),
        ("sms", "15412345678", True),
        ("sms", "123", False),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", True),
        ("wecom", "https://evil.example/x", False),
        ("dingtalk", "http://oapi.dingtalk.com/robot/send", False),
        ("dingtalk", "https://oapi.dingtalk.com@evil.example/", False),
        ("fax", "", False),
    ],
)
def test_how_to_be_told(make, visit, paired, way, address, good):
    event, gate, guest, leader = paired
    browser = visit(leader)
    assert browser.post("/briefs/way", {"way": way, "address": address}).status_code == (303 if good else 422)
    _admit(event, guest, gate, make)
    told = {
        "mail": db.session.scalar(
            select(func.count()).select_from(Mail).where(Mail.kind == "checkin/arrived")
        ),
        "sms": db.session.scalar(select(func.count()).select_from(Sms).where(Sms.kind == "checkin/arrived")),
        "wecom": db.session.scalar(
            select(func.count()).select_from(jobs.Job).where(jobs.Job.task == "robots.send")
        ),
    }
    assert told.get(way, 0) == (1 if good else 0)
    texts = [*db.session.scalars(select(Mail.text)), *db.session.scalars(select(Sms.text))]
    assert not any("王建国" in text for text in texts)


def test_a_walk_in_at_the_desk(make, visit):
    event = make.event(capacity=1, days=0)
    gate, browser = make.gate(event), visit(make.user(Role.GATE_STAFF))
    make.registration(event)
    make.begins(event)
    page = f"/events/{event.id}/walk-in"
    assert browser.post(page, {"name": "", "mobile": "1"}).status_code == 400
    assert browser.post(page, {"name": "", "mobile": "1", "key": "e" * 32}).status_code == 422
    odd = {"name": "甲", "mobile": "15499990007", "key": "e" * 32, "gate": "²"}
    assert browser.post(page, odd).status_code == 404
    comer = {"name": "赵六", "mobile": "15499990009", "company": "", "key": "f" * 32, "gate": gate.id}
    for _time in range(2):
        assert "赵六" in browser.post(page, comer).text
    row = db.session.scalar(select(Registration).where(Registration.name == "赵六"))
    assert (row.state, row.source) == ("confirmed", "walk_in")
    assert queries.arrived_count(event.id) == 1


def test_the_poster(make, visit):
    event = make.event(days=0)
    make.registration(event, name="欧阳少东", mobile="15412345678")
    guest, page = visit(), f"/e/{event.slug}/here"
    assert guest.get(page).status_code == 404
    operations.add_gate(event, name="海报", poster=True, by=None)
    db.session.commit()
    shown = hallcodes.current(event.ticket_seed, clock.now().timestamp())
    assert guest.get(page).status_code == 200
    assert guest.post(page, {"surname": "欧阳", "tail": "56", "shown": shown}).status_code == 422
    wrong = guest.post(page, {"surname": "欧阳", "tail": "5679", "shown": shown})
    # one of these four is certain to stand on no screen of the last minutes
    never = next(code for code in ["0000", "0001", "0002", "0003"] if not _stood(event, code))
    elsewhere = guest.post(page, {"surname": "欧阳", "tail": "5678", "shown": never})
    assert wrong.status_code == elsewhere.status_code == 409
    refusals = [
        re.search(r'<p class="note is-stop"[^>]*>[^<]+', answer.text)[0] for answer in (wrong, elsewhere)
    ]
    assert refusals[0] == refusals[1]
    assert queries.arrived_count(event.id) == 0
    assert "欢迎光临" in guest.post(page, {"surname": "欧阳", "tail": "5678", "shown": shown}).text
    assert "欢迎光临" in guest.post(page, {"surname": "欧阳", "tail": "5678", "shown": shown}).text
    assert [scan.way for scan in db.session.scalars(select(Scan))] == ["poster"]
    assert shown in visit(make.user(Role.GATE_STAFF)).get(f"/events/{event.id}/screen").text


def _stood(event, code: str) -> bool:
    return hallcodes.is_good(event.ticket_seed, clock.now().timestamp(), code)


def test_the_code_in_the_hall_is_good_for_three_minutes():
    seed, moment = tickets.new_seed(), 1_790_000_000
    shown = hallcodes.current(seed, moment)
    assert all(hallcodes.is_good(seed, moment + seconds, shown) for seconds in (0, 60, 119))
    assert not hallcodes.is_good(seed, moment + 240, shown) or hallcodes.current(seed, moment + 240) == shown
    assert not hallcodes.is_good(seed, moment, "")


def test_the_paper_list_and_its_way_back(make, visit):
    event = make.event(days=0)
    gate, rows = make.gate(event), [make.registration(event, name=f"李{sign}") for sign in "一二三"]
    browser = visit(make.user())
    text = "".join(
        page.extract_text()
        for page in pypdf.PdfReader(io.BytesIO(browser.post(f"/events/{event.id}/paper-list").data)).pages
    )
    assert "李一" in text
    code = paper.short(rows[0].door_id)
    assert f"{code[:4]} {code[4:]}" in text
    page = f"/events/{event.id}/paper"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"gate_id": gate.id, "codes": ""}).status_code == 422
    typed = f"{code[:4]} {code[4:].lower()}\n{paper.short(rows[1].door_id)}\nWRONG123\n{code}"
    answer = browser.post(page, {"gate_id": gate.id, "codes": typed}).text
    assert "已录入 2 个编码" in answer
    assert "WRONG123" in answer
    browser.post(page, {"gate_id": gate.id, "codes": typed})
    assert queries.arrived_count(event.id) == 2
    assert sorted(db.session.scalars(select(Scan.verdict))) == ["admitted", "admitted", "already", "already"]


def test_a_rehearsal_leaves_no_trace_but_its_reports(app, make, visit):
    event = make.event(days=0)
    gate, browser = make.gate(event), visit(make.user())
    one, page = Gatekeeper(app, gate, make.user()), f"/events/{event.id}/rehearsal"
    assert one.post("/door/rehearsal", {}).status_code == 404
    assert browser.post(page, {"guests": 3}).status_code == 422
    assert browser.post(page, {"guests": 20}).status_code == 303
    assert browser.post(page, {"guests": 20}).status_code == 409
    assert browser.get(page).text.count("<svg xmlns") == 20
    assert one.post("/door/sync", {"drawers": {}}).json["gate"]["rehearsal"]
    said = one.post("/door/rehearsal", {}).json
    assert len(said["rows"]) == 20
    assert said["rows"] == one.post("/door/rehearsal", {}).json["rows"]
    report = {
        "scans": 30,
        "offline_scans": 12,
        "median_ms": 9,
        "slowest_ms": 40,
        "verdicts": {"admitted": 14, "nonsense": 3},
    }
    for _time in range(2):
        assert one.post("/door/report", report).status_code == 200
    assert "9 ms" in browser.get(page).text
    assert browser.post(f"{page}/end").status_code == 303
    assert one.post("/door/report", report).status_code == 404
    assert devices.open_rehearsal(event.id) is None
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 0
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0


def test_what_any_scanner_opens(make, visit):
    event = make.event(days=0)
    gate, row = make.gate(event), make.registration(event, name="李丽")
    address = "/T/" + tickets.signed(row.code, event.ticket_seed)
    stranger = visit().get(address)
    assert (stranger.status_code, "李丽" in stranger.text, "出示" in stranger.text) == (200, False, True)
    assert "李丽" not in visit(make.user(Role.GATE_STAFF, unit=make.other_county)).get(address).text
    staff = visit(make.user(Role.GATE_STAFF))
    make.begins(event)
    text = staff.get(address).text
    assert "李丽" in text
    key = re.search(r'name="key" value="([^"]+)"', text)[1]
    assert (
        "欢迎光临"
        in staff.post(
            re.search(r'action="(/events/[^"]+)"', text)[1], {"key": key, "gate": gate.id, "phone": "1"}
        ).text
    )
    assert db.session.scalar(select(Scan.way)) == "phone"
    assert "已于" in staff.get(address).text
    forged = "/T/" + tickets.signed(row.code, tickets.new_seed())
    assert "不是本场活动的有效凭证" in staff.get(forged).text
    assert visit().get("/T/" + "A" * 128).status_code == 200
    assert visit().get("/T/hello").status_code == 200


def test_a_moving_code(make, visit):
    event = make.event(days=0)
    kind = make.guest_type(event, "签约客商", colour="red", place=5, moving=True)
    row, user = make.registration(event, type_id=kind.id), make.user()
    assert "data-moving" in visit().get(f"/t/{row.page_token}").text
    assert visit().get(f"/t/{row.page_token}/qr.png").headers["Cache-Control"] == "no-store"
    now = int(clock.now().timestamp())
    for number, (made_at, verdict) in enumerate(((now - 300, "stale"), (None, "stale"), (now, "admitted"))):
        ticket = tickets.signed(row.code, event.ticket_seed, made_at=made_at)
        scan = make.scan(event, ticket, key=f"moving-scan-000000{number}", gate=None, device_at=None, by=user)
        assert scan.verdict == verdict


def test_a_label_is_no_arrival(make, visit):
    event = make.event(days=0)
    row = make.registration(event, name="李丽")
    text = visit(make.user()).post(f"/registrations/{row.id}/label").text
    assert "李丽" in text
    assert "0001" in text
    assert queries.arrived_count(event.id) == 0


def test_the_gates_page_is_the_same_for_everybody_and_holds_nothing(make, visit):
    event = make.event(days=0)
    make.registration(event, name="李丽")
    answer = visit().get("/door/")
    assert answer.status_code == 200
    assert "李丽" not in answer.text
    worker_script = visit().get("/door/worker.js")
    assert worker_script.headers["Content-Type"].startswith("text/javascript")
    assert "/door/" in worker_script.text
    assert visit().get("/door/manifest.webmanifest").json["scope"] == "/door/"
