"""The whole door as somebody new to it would use it:
three browsers become gates, a rehearsal, then 237 guests while the network comes and goes.

Two tickets are let in twice on purpose; they are found and decided, and the board is right to the person.
"""

import re

from playwright.sync_api import expect
from sqlalchemy import func, select

from outreach.checkin import rehearsing
from outreach.checkin.device_models import Rehearsal, RehearsalReport
from outreach.checkin.models import ADMITTED, Scan
from outreach.core.db import db
from outreach.registrations import tickets
from tests.browser.conftest import DESK, PHONE, looked_at
from tests.browser.test_door_desk import _sign_in
from tests.browser.test_gates import PIN, scan, sent, unlock
from tests.browser.test_gates_attacked import walk_in

REGISTERED, COME, GATES = 239, 236, ("一号门", "二号门", "三号门")


def _gate(desk, context, at: str, name: str):
    """Open a gate on the organiser's page, make a phone that gate with the one-time address."""
    desk.goto(f"{at}/door")
    fields = desk.locator("form[action$='/gates']")
    if not fields.locator("input[name=name]").is_visible():
        desk.locator("summary", has_text="新增签到点").click()
    fields.locator("input[name=name]").fill(name)
    fields.locator("button[type=submit]").click()
    card = desk.locator("section.card", has=desk.get_by_role("heading", name=name, exact=True))
    card.locator("summary").click()
    card.locator("input[name=device]").fill(f"{name}的手机")
    card.locator("details[open] button[type=submit]").click()
    phone = context.new_page()
    phone.goto(desk.locator(".break-all").inner_text())
    phone.fill("#join-pin", PIN)
    phone.fill("#join-again", PIN)
    phone.click("button:has-text('成为签到点')")
    expect(phone.locator("#arrived")).to_have_text(f"0 / {REGISTERED}", timeout=20_000)
    return phone


def _rehearse(desk, phones, at: str) -> None:
    """Ten guests who do not exist, on each phone, one of them without network."""
    desk.goto(f"{at}/rehearsal")
    desk.fill("input[name=guests]", "10")
    desk.click("button:has-text('开始演练')")
    row = db.session.scalar(select(Rehearsal))
    said = [
        (tickets.signed(code, row.seed), rehearsing.state(number))
        for number, code in enumerate(rehearsing.codes(row))
    ]
    db.session.rollback()
    for phone in phones:
        expect(phone.locator("#rehearse")).to_be_visible(timeout=20_000)
        phone.click("#rehearse")
        expect(phone.locator(".rehearsal-note")).to_be_visible()
    phones[2].context.set_offline(True)
    for phone in phones:
        for text, state in said:
            scan(phone, text, "admitted" if state == "confirmed" else state)
    phones[2].context.set_offline(False)
    for phone in phones:
        phone.click("#rehearse")
        expect(phone.locator(".rehearsal-note")).to_be_hidden()
    desk.goto(f"{at}/rehearsal")
    expect(desk.locator("td.is-title")).to_have_count(3)
    looked_at(desk, "70-rehearsal-report")
    desk.click("button:has-text('结束演练')")
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 0
    assert db.session.scalar(select(func.sum(RehearsalReport.scans))) == 30
    db.session.rollback()


def _let_in(phones, said: list[str]) -> None:
    """Guest after guest at the three gates; the network of each goes after its 10th guest and comes back with
    its 60th.
    """
    for number, text in enumerate(said):
        phone, turn = phones[number % 3], number // 3
        if turn in (10, 60):
            phone.context.set_offline(turn == 10)
        scan(phone, text, "admitted")
        if number in (90, 93):  # handed back over the rope: let in at another gate, also without network
            scan(phones[1], text, "admitted")


def test_237_guests_through_three_gates(browser, server, make):
    event, user = make.event(capacity=300, days=0), make.user()
    guests = [
        make.registration(event, name=f"客{chr(0x4E00 + number)}", company=f"第{number}公司")
        for number in range(REGISTERED)
    ]
    said = [tickets.signed(guest.code, event.ticket_seed) for guest in guests]
    at, login = f"{server}/events/{event.id}", user.login
    db.session.commit()
    desk = browser.new_context(**DESK).new_page()
    _sign_in(desk, server, login)
    phones = [_gate(desk, browser.new_context(**PHONE, service_workers="allow"), at, name) for name in GATES]
    _rehearse(desk, phones, at)

    for phone in phones:
        phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    _let_in(phones, said[:COME])
    phones[0].context.set_offline(True)
    assert walk_in(phones[0], "新客", "15488880001") == "admitted"
    phones[0].reload()
    unlock(phones[0])
    phones[0].context.set_offline(False)
    for phone in phones:
        sent(phone)

    desk.goto(f"{at}/board")
    expect(desk.locator("#board .tally")).to_contain_text("237 / 240", timeout=10_000)
    looked_at(desk, "71-board-full")
    for phone in phones:
        expect(phone.locator("#arrived")).to_have_text("237 / 240", timeout=25_000)
    looked_at(phones[0], "72-gate-full")
    desk.goto(f"{at}/conflicts")
    expect(desk.locator("section[id^=double-]")).to_have_count(2)
    looked_at(desk, "73-doubles")
    for kind in ("凭证外传", "误扫"):
        card = desk.locator("section[id^=double-]").filter(has_text="未认定").first
        card.locator("summary").click()
        card.locator("select[name=kind]").select_option(label=kind)
        card.locator("button[type=submit]").click()
        expect(desk.locator(".state.is-ok", has_text=re.compile(kind))).to_be_visible()
    looked_at(desk, "74-decided")
    db.session.rollback()
    rows = db.session.execute(
        select(func.count(), func.count(Scan.registration_id.distinct())).where(Scan.verdict == ADMITTED)
    ).one()
    db.session.rollback()
    assert tuple(rows) == (239, 237)
