"""Gates in a real browser: joined by one scan, without network, reloaded, three at once, killed servers,
wrong clocks, withdrawn.
"""

import time

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from outreach.checkin import conflict_queries, device_queries, operations, queries, rehearsing
from outreach.checkin.device_models import Device
from outreach.checkin.models import Scan
from outreach.core.db import db
from outreach.registrations import tickets
from outreach.registrations.models import Registration
from tests.browser.camera import film
from tests.browser.conftest import PHONE, launched, looked_at

PIN = "246810"


@pytest.fixture
def door(make):
    """(event, gates, guests): eight guests, three gates."""
    event, user = make.event(days=0), make.user()
    gates = [make.gate(event, name) for name in ("一号门", "二号门", "三号门")]
    guests = [
        make.registration(event, name=name, company="深圳雁栖软件有限公司")
        for name in ("王建国", "李丽", "赵六", "欧阳少东", "钱七", "孙八", "周九", "吴十")
    ]
    db.session.commit()
    return event, gates, guests, user


def say(event, guest) -> str:
    """What the guest's QR says."""
    return tickets.signed(guest.code, event.ticket_seed)


def join(page, server, gate, user, name="测试手机"):
    """Make a browser a gate; its device."""
    device, token = operations.invite_device(db.session.merge(gate), name=name, by=db.session.merge(user))
    key = device.id
    db.session.commit()
    page.goto(f"{server}/door/#{token}")
    expect(page.locator("#door")).to_have_attribute("data-ready", "yes")
    page.fill("#join-pin", PIN)
    page.fill("#join-again", PIN)
    page.click("button:has-text('成为签到点')")
    expect(page.locator("#line")).to_have_text("已联网", timeout=15_000)
    expect(page.locator("#arrived")).to_contain_text("/ 8")
    return key


def scan(page, text: str, verdict: str, words: str = "") -> None:
    """As a scan gun does; then the next guest."""
    page.fill("#code", text)
    page.press("#code", "Enter")
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", verdict, timeout=5000)
    expect(page.locator("#verdict")).to_be_visible()
    if words:
        expect(page.locator("#verdict")).to_contain_text(words)
    page.click("[data-part=close]")


def sent(page) -> None:
    """Wait until nothing is left on the device."""
    expect(page.locator("#queue")).to_have_text("全部已上传", timeout=20_000)


def unlock(page) -> None:
    page.fill("#unlock-pin", PIN)
    page.click("form[data-form=unlock] button")
    expect(page.locator("#open-gate")).to_be_visible(timeout=15_000)


def fresh(model, *where) -> int:
    """How many rows there are now. An open transaction of ours would keep the server from writing."""
    db.session.rollback()
    found = db.session.scalar(select(func.count()).select_from(model).where(*where))
    db.session.rollback()
    return found


def test_one_gate_with_the_network_going_up_and_down(browser, server, door):
    event, gates, guests, user = door
    tickets_said, event_id, tail = [say(event, guest) for guest in guests], event.id, guests[5].mobile[-4:]
    context = browser.new_context(**PHONE, service_workers="allow")
    page = context.new_page()
    join(page, server, gates[0], user)
    looked_at(page, "40-gate")
    page.fill("#code", tickets_said[0])
    page.press("#code", "Enter")
    expect(page.locator("#verdict")).to_contain_text("王建国")
    looked_at(page, "41-gate-admitted")
    page.click("[data-part=close]")
    sent(page)
    page.wait_for_timeout(1500)
    scan(page, tickets_said[0], "already", "在一号门报到")
    scan(page, tickets.signed(guests[1].code, tickets.new_seed()), "forged")
    scan(page, "hello", "unknown")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    scan(page, tickets_said[1], "admitted", "李丽")
    expect(page.locator("#line")).to_have_text("无网络：照常签到", timeout=20_000)
    page.reload()
    expect(page.locator("#gate")).to_be_visible()
    looked_at(page, "42-gate-locked-offline")
    scan(page, tickets_said[2], "admitted", "赵六")
    unlock(page)
    page.fill("#find-text", "欧阳")
    page.click("form[data-form=find] button")
    expect(page.locator("#hits")).to_contain_text("欧阳少东")
    for typed in (
        f"孙{tail}",
        f"孙 {tail}",
        f"SB{tail}",
    ):  # as the field asks for it, with or without a blank
        page.fill("#find-text", typed)
        page.click("form[data-form=find] button")
        expect(page.locator("#hits")).to_contain_text("孙八")
    page.fill("#find-text", "wang")
    page.click("form[data-form=find] button")
    expect(page.locator("form[data-form=find] .field-error")).to_contain_text("未找到")
    page.fill("#find-text", "qq")
    page.click("form[data-form=find] button")
    page.click("#hits button")
    expect(page.locator("#verdict")).to_contain_text("钱七")
    page.click("[data-part=close]")
    expect(page.locator("#hits")).to_be_empty()  # nobody found before is offered to the next guest
    expect(page.locator("#find-text")).to_have_value("")
    page.click("summary:has-text('未报名嘉宾')")
    page.fill("#walk-name", "新客")
    page.fill("#walk-mobile", "123")
    page.click("button:has-text('登记并放行')")
    expect(page.locator("form[data-form=walk-in] .field-error")).to_contain_text("11 位")
    page.fill("#walk-mobile", "154 8888 0001")
    page.click("button:has-text('登记并放行')")
    expect(page.locator("#verdict")).to_contain_text("新客")
    page.click("[data-part=close]")
    expect(page.locator("#pass svg")).to_be_visible()
    assert fresh(Scan, Scan.verdict == "admitted") == 1
    context.set_offline(False)
    sent(page)
    assert queries.arrived_count(event_id) == 5
    row = db.session.scalar(select(Registration).where(Registration.name == "新客"))
    assert (row.mobile, row.source, row.state) == ("15488880001", "walk_in", "confirmed")
    assert fresh(Scan) == fresh(Scan, Scan.key.like("d%")) == 8


def test_what_lies_on_the_device_names_nobody(browser, server, door):
    event, gates, guests, user = door
    said = say(event, guests[0])
    context = browser.new_context(**PHONE)
    page = context.new_page()
    join(page, server, gates[0], user)
    scan(page, said, "admitted", "王建国")
    context.set_offline(True)
    page.click("summary:has-text('未报名嘉宾')")
    page.fill("#walk-name", "新客")
    page.fill("#walk-mobile", "15488880001")
    page.click("button:has-text('登记并放行')")
    expect(page.locator("#verdict")).to_contain_text("新客")
    kept = page.evaluate(
        """async () => {
          const bytes = (value) =>
            [...new Uint8Array(value.buffer ?? value)].map((byte) => String.fromCharCode(byte)).join("");
          const parts = (value) =>
            Promise.all(Object.entries(value).map(async ([k, v]) => k + await text(v)));
          const text = async (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
            ? bytes(value) + new TextDecoder().decode(value)
            : value && typeof value === "object" ? (await parts(value)).join(" ") : String(value);
          const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
          const open = (name) => answer(indexedDB.open(name));
          const all = (store) => answer(store.getAll());
          let found = "", stores = 0;
          for (const { name } of await indexedDB.databases()) {
            const db = await open(name);
            for (const store of db.objectStoreNames) {
              stores += 1;
              for (const row of await all(db.transaction(store).objectStore(store))) found += await text(row);
            }
            db.close();
          }
          for (let place = 0; place < localStorage.length; place += 1)
            found += localStorage.getItem(localStorage.key(place));
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys())
              found += await (await cache.match(request)).clone().text();
          }
          return { found, stores };
        }"""
    )
    assert kept["stores"] == 7
    assert len(kept["found"]) > 10_000
    secrets = [
        "王建国",
        "李丽",
        "新客",
        "雁栖软件",
        "15488880001",
        guests[0].mobile,
        guests[0].mobile[-4:] + '"',
        guests[0].code,
    ]
    assert [secret for secret in secrets if secret in kept["found"]] == []


def test_three_gates_offline_and_what_a_person_decides(browser, server, door, make):
    event, gates, guests, user = door
    said, event_id = [say(event, guest) for guest in guests], event.id
    pages = []
    for number in range(3):
        context = browser.new_context(**PHONE)
        page = context.new_page()
        join(page, server, gates[number], user, f"手机{number + 1}")
        pages.append((context, page))
    for context, _page in pages:
        context.set_offline(True)
    for number, (_context, page) in enumerate(pages):
        scan(page, said[number], "admitted")
        scan(page, said[5], "admitted", "孙八")
    for context, page in pages:
        context.set_offline(False)
        sent(page)
    db.session.rollback()
    assert queries.arrived_count(event_id) == 4
    doubles = conflict_queries.doubles(db.session.merge(event))
    assert len(doubles) == 2
    assert {double.second.registration.name for double in doubles} == {"孙八"}
    db.session.rollback()
    page = pages[0][1]
    page.wait_for_timeout(9000)
    scan(page, said[2], "already", "三号门")


def test_clocks_ten_minutes_apart(browser, server, door):
    event, gates, guests, user = door
    said = say(event, guests[0])
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.clock.install(time=time.time() + 600)
    join(page, server, gates[0], user)
    scan(page, said, "admitted")
    sent(page)
    db.session.rollback()
    row = db.session.scalar(select(Scan))
    assert abs((row.at - row.received_at).total_seconds()) < 5
    assert 590 < (row.device_at - row.received_at).total_seconds() < 610


def test_a_withdrawn_gate_wipes_itself(browser, server, door):
    _event, gates, _guests, user = door
    page = browser.new_context(**PHONE).new_page()
    key = join(page, server, gates[0], user)
    operations.revoke_device(db.session.get(Device, key), by=db.session.merge(user))
    db.session.commit()
    expect(page.locator("#withdrawn")).to_be_visible(timeout=10_000)
    looked_at(page, "43-gate-withdrawn")
    assert page.evaluate("indexedDB.databases().then((found) => found.length)") == 0
    page.reload()
    expect(page.locator("#join")).to_be_visible()


def test_a_full_disk_admits_nobody_silently(browser, server, door):
    event, gates, guests, user = door
    said = say(event, guests[0])
    page = browser.new_context(**PHONE).new_page()
    join(page, server, gates[0], user)
    page.evaluate(
        "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', "
        "'QuotaExceededError'); }; }"
    )
    page.fill("#code", said)
    page.press("#code", "Enter")
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", "failed")
    expect(page.locator("#verdict")).to_contain_text("存储已满")
    assert fresh(Scan) == 0


def test_the_camera_reads_a_signed_code(server, door, tmp_path):
    event, gates, guests, user = door
    picture = film(
        tickets.png(tickets.address(server, guests[0].code, event.ticket_seed)), tmp_path / "camera.y4m"
    )
    camera = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={picture}",
    )
    with launched(*camera) as running:
        page = running.new_context(**PHONE, permissions=["camera"]).new_page()
        join(page, server, gates[0], user)
        page.click("#camera")
        expect(page.locator("#verdict")).to_contain_text("王建国", timeout=15_000)
        page.wait_for_timeout(10_000)  # held still: one scan, and green as long as it is there
        expect(page.locator("#verdict")).to_have_attribute("data-verdict", "admitted")
        page.click("[data-part=close]")
        page.wait_for_timeout(3_000)  # still there: the next guest has not come
        expect(page.locator("#verdict")).to_be_hidden()
        assert fresh(Scan) == 1


def test_a_rehearsal_in_the_browser(browser, server, door):
    event, gates, _guests, user = door
    operations.start_rehearsal(db.session.merge(event), guests=20, by=db.session.merge(user))
    db.session.commit()
    row = device_queries.open_rehearsal(event.id)
    codes = [tickets.signed(code, row.seed) for code in rehearsing.codes(row)]
    db.session.commit()
    context = browser.new_context(**PHONE)
    page = context.new_page()
    join(page, server, gates[0], user)
    page.click("#rehearse")
    expect(page.locator(".rehearsal-note")).to_be_visible()
    context.set_offline(True)
    scan(page, codes[0], "admitted", "演练01")
    scan(page, codes[7], "cancelled")
    scan(page, codes[9], "replaced")
    context.set_offline(False)
    page.wait_for_timeout(3000)
    page.click("#rehearse")
    page.wait_for_timeout(1000)
    db.session.rollback()
    report = device_queries.open_rehearsal(event.id).reports[0]
    assert (report.scans, report.verdicts) == (3, {"admitted": 1, "cancelled": 1, "replaced": 1})
    assert fresh(Scan) == 0
