"""Gates in a browser where something is wrong: a rehearsal taken for real, a second tab, another invitation,
two tickets of one guest.
"""

from playwright.sync_api import expect
from sqlalchemy import select

from outreach.checkin import operations
from outreach.checkin.device_models import Device
from outreach.checkin.models import Scan
from outreach.core.db import db
from outreach.registrations import operations as registrations
from outreach.registrations import tickets
from outreach.registrations.models import Registration
from tests.browser.conftest import PHONE
from tests.browser.test_gates import PIN, door, fresh, join, say, sent, unlock

__all__ = ["door"]


def typed(page, text: str) -> str:
    """The verdict for a code as a scan gun types it."""
    page.fill("#code", text)
    page.press("#code", "Enter")
    return _verdict(page)


def _verdict(page) -> str:
    expect(page.locator("#verdict")).to_be_visible()
    said = page.locator("#verdict").get_attribute("data-verdict")
    page.click("[data-part=close]")
    return said


def walk_in(page, name: str, mobile: str) -> str:
    """The verdict for somebody entered at the gate."""
    page.evaluate("document.querySelector('#walk-in').open = true")
    page.fill("#walk-name", name)
    page.fill("#walk-mobile", mobile)
    page.click("button:has-text('登记并放行')")
    return _verdict(page)


def has_passes(page) -> None:
    """Wait until the gate was lent its blank tickets and has what it needs."""
    page.wait_for_function("indexedDB.databases().then((all) => all.length > 0)")
    page.wait_for_timeout(1500)


def test_a_rehearsal_touches_nothing_real(browser, server, door):
    event, gates, _guests, user = door
    operations.start_rehearsal(event, guests=10, by=user)
    db.session.commit()
    page = browser.new_context(**PHONE).new_page()
    join(page, server, gates[0], user)
    page.click("#rehearse")
    expect(page.locator(".rehearsal-note")).to_be_visible()
    expect(page.locator("#walk-in")).to_be_hidden()
    page.fill("#find-text", "王建国")
    page.click("form[data-form=find] button")
    expect(page.locator("#hits li")).to_have_count(0)
    page.fill("#find-text", "yl01")
    page.click("form[data-form=find] button")
    page.click("#hits button")
    assert _verdict(page) == "admitted"
    page.wait_for_timeout(2500)
    assert fresh(Scan) == 0


def test_another_invitation_does_not_throw_scans_away(browser, server, door):
    event, gates, guests, user = door
    said = [say(event, guest) for guest in guests[:3]]
    context = browser.new_context(**PHONE, service_workers="allow")
    page = context.new_page()
    first = join(page, server, gates[0], user)
    page.click("#lock-now")
    for text in said:
        assert typed(page, text) == "admitted"
    expect(page.locator("#queue")).to_contain_text("3")
    device, token = operations.invite_device(
        db.session.merge(gates[1]), name="又一个", by=db.session.merge(user)
    )
    second = device.id
    db.session.commit()
    page.goto("about:blank")
    page.goto(f"{server}/door/#{token}")
    page.fill("#join-pin", PIN)
    page.fill("#join-again", PIN)
    page.click("button:has-text('成为签到点')")
    expect(page.locator("#join .field-error")).to_contain_text("3 条记录未上传")
    assert fresh(Device, Device.id == second, Device.joined_at.is_not(None)) == 0, (
        "the invitation is not spent"
    )
    page.click("text=回到本设备现有的签到点")
    unlock(page)
    sent(page)
    assert fresh(Scan, Scan.device_id == first) == 3
    page.goto("about:blank")
    page.goto(f"{server}/door/#{token}")
    page.fill("#join-pin", PIN)
    page.fill("#join-again", PIN)
    page.click("button:has-text('成为签到点')")
    expect(page.locator("#line")).to_have_text("已联网", timeout=15_000)


def test_a_replaced_ticket_of_who_is_inside(browser, server, door):
    event, gates, guests, user = door
    row_id, said = guests[0].id, say(event, guests[0])
    page = browser.new_context(**PHONE).new_page()
    join(page, server, gates[0], user)
    assert typed(page, said) == "admitted"
    sent(page)
    row = db.session.get(Registration, row_id)
    registrations.replace_ticket(row, reason="x", by=db.session.merge(user))
    new = tickets.signed(row.code, row.event.ticket_seed)
    db.session.commit()
    page.wait_for_timeout(13_000)  # the roster comes every ten seconds
    assert (typed(page, said), typed(page, new)) == ("replaced", "already")


def test_a_pass_and_the_own_ticket_are_one_guest(browser, server, door):
    event, gates, guests, user = door
    said, mobile = say(event, guests[0]), guests[0].mobile
    page = browser.new_context(**PHONE).new_page()
    join(page, server, gates[0], user)
    has_passes(page)
    assert walk_in(page, "王建国", mobile) == "admitted"
    sent(page)
    page.wait_for_timeout(13_000)
    assert typed(page, said) == "already"


def test_a_walk_in_belongs_to_every_gate(browser, server, door):
    _event, gates, _guests, user = door
    db.session.merge(gates[0]).letters = "a-b"
    db.session.commit()
    context = browser.new_context(**PHONE)
    page = context.new_page()
    join(page, server, gates[0], user)
    has_passes(page)
    context.set_offline(True)
    expect(page.locator("#line")).to_have_text("无网络：照常签到", timeout=20_000)
    assert walk_in(page, "新客", "15488880001") == "admitted"


def test_one_tab_is_the_gate_and_both_are_wiped(browser, server, door):
    event, gates, guests, user = door
    said = say(event, guests[0])
    context = browser.new_context(**PHONE)
    page = context.new_page()
    device = join(page, server, gates[0], user)
    other = context.new_page()
    other.goto(f"{server}/door/")
    expect(other.locator("#elsewhere")).to_be_visible()
    other.click("text=在此继续")
    expect(page.locator("#elsewhere")).to_be_visible()
    expect(other.locator("#unlock")).to_be_visible()
    unlock(other)
    assert typed(other, said) == "admitted"
    sent(other)
    page.click("text=在此继续")
    unlock(page)
    assert typed(page, said) == "already"
    operations.revoke_device(db.session.get(Device, device), by=db.session.merge(user))
    db.session.commit()
    expect(page.locator("#withdrawn")).to_be_visible(timeout=15_000)
    page.wait_for_timeout(1500)
    assert fresh(Device, Device.id == device, Device.wiped_at.is_not(None)) == 1
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


def test_answers_are_kept_with_network(browser, server, door):
    event, gates, guests, user = door
    db.session.merge(gates[0]).questions = ["胸牌已发"]
    db.session.commit()
    said = say(event, guests[0])
    page = browser.new_context(**PHONE).new_page()
    join(page, server, gates[0], user)
    page.fill("#code", said)
    page.press("#code", "Enter")
    sent(page)
    page.click("[data-part=questions] button")
    page.wait_for_timeout(5000)
    db.session.rollback()
    assert db.session.scalar(select(Scan.answers)) == {"胸牌已发": True}
    db.session.rollback()


def test_the_count_is_of_guests_with_a_place(browser, server, door):
    _event, gates, guests, user = door
    page = browser.new_context(**PHONE).new_page()
    join(page, server, gates[0], user)
    for guest in guests[:3]:
        registrations.cancel(db.session.merge(guest), by=db.session.merge(user))
    db.session.commit()
    expect(page.locator("#arrived")).to_have_text("0 / 5", timeout=20_000)
