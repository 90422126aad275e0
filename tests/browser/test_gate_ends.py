"""How a gate ends, with scans on it that the house does not have;
and a clock that jumps while there is no network.
"""

import time

from playwright.sync_api import expect
from sqlalchemy import select

from outreach.checkin import missing_queries, operations
from outreach.checkin.device_models import Device
from outreach.checkin.models import Scan
from outreach.core.db import db
from outreach.events.models import Event
from outreach.registrations.models import Registration
from tests.browser.conftest import PHONE, looked_at
from tests.browser.test_gates import PIN, door, fresh, join, say, scan, sent
from tests.browser.test_gates_attacked import has_passes, walk_in

__all__ = ["door"]

#: a clock that the test sets
CLOCK = "(() => { const real = Date.now; window.off = 0; Date.now = () => real() + window.off; })()"


def _revoke(key: int, user) -> None:
    db.session.rollback()
    operations.revoke_device(db.session.get(Device, key), by=db.session.merge(user))
    db.session.commit()


def _missing(event_id: int) -> list[tuple[int, str]]:
    db.session.rollback()
    found = [(row.count, row.state) for row in missing_queries.missing(db.session.get(Event, event_id))]
    db.session.rollback()
    return found


def _withdrawn_while_locked(browser, server, door):
    """Two guests scanned by a locked gate, which is then withdrawn: (its page, its key,
    the event's number).
    """
    event, gates, guests, user = door
    said, event_id = [say(event, guest) for guest in guests[:2]], event.id
    page = browser.new_context(**PHONE).new_page()
    key = join(page, server, gates[0], user)
    page.click("#lock-now")
    for text in said:
        scan(page, text, "admitted")
    _revoke(key, user)
    return page, key, event_id


def _ended(page) -> None:
    expect(page.locator("[data-part=gone]")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(1000)
    assert page.evaluate("indexedDB.databases().then((found) => found.length)") == 0


def test_a_withdrawn_gate_sends_what_waits_before_it_wipes(browser, server, door):
    event, gates, guests, user = door
    said, event_id = [say(event, guest) for guest in guests[:3]], event.id
    context = browser.new_context(**PHONE)
    page = context.new_page()
    key = join(page, server, gates[0], user)
    has_passes(page)
    context.set_offline(True)
    for text in said:
        scan(page, text, "admitted")
    assert walk_in(page, "新客", "15488880001") == "admitted"
    _revoke(key, user)
    context.set_offline(False)
    _ended(page)
    assert fresh(Registration, Registration.name == "新客") == 1
    numbers = db.session.scalars(select(Scan.number).where(Scan.device_id == key)).all()
    assert sorted(numbers) == [1, 2, 3, 4]
    assert db.session.get(Device, key).wiped_at is not None
    assert _missing(event_id) == []
    page.reload()
    expect(page.locator("#join")).to_be_visible()


def test_a_locked_gate_keeps_what_waits_until_it_is_opened(browser, server, door):
    page, key, event_id = _withdrawn_while_locked(browser, server, door)
    expect(page.locator("[data-part=left]")).to_contain_text("2 条", timeout=40_000)
    expect(page.locator("[data-part=state]")).to_contain_text("已锁定")
    looked_at(page, "44-gate-withdrawn-locked")
    page.reload()
    expect(page.locator("[data-part=left]")).to_contain_text("2 条")
    page.fill("#last-pin", "000000")
    page.click("form[data-form=last-words] button")
    expect(page.locator("form[data-form=last-words] .field-error")).not_to_be_empty(timeout=15_000)
    page.fill("#last-pin", PIN)
    page.click("form[data-form=last-words] button")
    _ended(page)
    assert fresh(Scan, Scan.device_id == key) == 2
    assert _missing(event_id) == []


def test_what_a_person_throws_away_is_known_to_the_house(browser, server, door):
    page, _key, event_id = _withdrawn_while_locked(browser, server, door)
    page.click("summary:has-text('不上传，直接删除')", timeout=40_000)
    page.click("form[data-form=throw-away] button")
    expect(page.locator("form[data-form=throw-away] .field-error")).to_contain_text("2 条记录未上传")
    page.check("form[data-form=throw-away] input")
    page.click("form[data-form=throw-away] button")
    _ended(page)
    assert fresh(Scan) == 0
    assert _missing(event_id) == [(2, "wiped")]


def test_the_page_warns_before_it_forgets(browser, server, door):
    event, gates, guests, user = door
    said, event_id = say(event, guests[0]), event.id
    context = browser.new_context(**PHONE)
    page = context.new_page()
    key = join(page, server, gates[0], user)
    expect(page.locator("#kept")).not_to_be_empty()
    page.click("summary:has-text('停用本签到点')")
    looked_at(page, "45-gate-forget")
    page.route("**/door/sync", lambda route: route.abort())  # nothing arrives, the rest of the network works
    scan(page, said, "admitted")
    expect(page.locator("#queue")).to_have_text("1 条待上传")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => location.reload(), 0)")
    page.wait_for_timeout(1500)
    assert asked == ["beforeunload"]
    page.click("form[data-form=forget] button")
    expect(page.locator("form[data-form=forget] .field-error")).to_contain_text("1 条记录未上传")
    page.check("form[data-form=forget] input")
    page.click("form[data-form=forget] button")
    _ended(page)
    db.session.rollback()
    assert db.session.get(Device, key).revoked_at is not None
    assert _missing(event_id) == [(1, "wiped")]


def test_a_clock_that_jumps_without_network(browser, server, door):
    event, gates, guests, user = door
    said, true = [say(event, guest) for guest in guests[:5]], []
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.add_init_script(CLOCK)
    key = join(page, server, gates[0], user)
    page.wait_for_timeout(2500)
    context.set_offline(True)
    for text, off in zip(said, (0, 86_400_000 * 30, 0, -3_600_000, 600_000), strict=True):
        page.evaluate(f"window.off = {off}")
        page.wait_for_timeout(1200)
        true.append(time.time())
        scan(page, text, "admitted")
    context.set_offline(False)
    sent(page)
    db.session.rollback()
    rows = db.session.scalars(select(Scan).where(Scan.device_id == key).order_by(Scan.number)).all()
    apart = [abs(row.at.timestamp() - moment) for row, moment in zip(rows, true, strict=True)]
    assert max(apart) < 3, apart
