"""The organiser's side of the door at a desk and on a phone:
gates, one-time QR, live board, big screen, decisions, rehearsal, briefs.
"""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from outreach.checkin import operations
from outreach.core import clock
from outreach.core.db import db
from outreach.directory import operations as directory
from outreach.liaison import operations as liaison
from outreach.permissions import Role
from outreach.registrations import tickets
from tests.browser.conftest import DESK, PHONE, looked_at
from tests.checkin.gatekeeper import Gatekeeper
from tests.make import PASSWORD


@pytest.fixture
def hall(app, make):
    """(event, organiser, a guest's signed ticket): two gates met the same ticket, a key person has come."""
    event, user, leader = make.event(days=0), make.user(name="宋晓梅"), make.user(Role.LIAISON, name="范志远")
    gates = [make.gate(event, name) for name in ("一号门", "二号门")]
    person = make.person(
        "王建国", mobiles=["15412340001"], home_village="东李庄村", company="深圳雁栖软件有限公司"
    )
    directory.decide_tier(person, tier=3, reason="龙头企业", by=user)
    post = liaison.add_post(
        make.county, title="县长", holder="某某", rank=1, from_on=date(2024, 1, 1), user=leader, by=None
    )
    liaison.pair(post, person, rhythm_days=90, clerk=None, by=None)
    guests = [make.registration(event, name="王建国", mobile="15412340001")] + [
        make.registration(event, name=f"李{sign}") for sign in "一二三四五"
    ]
    make.begins(event)
    ones = [Gatekeeper(app, gate, user, name=f"小王的手机{number}") for number, gate in enumerate(gates)]
    for minutes, guest in enumerate(guests[:4]):
        ones[0].sync(ones[0].fact(guest.door_id, seconds=-240 * minutes), queue=3, offset=1200)
    ones[1].sync(ones[1].fact(guests[0].door_id, seconds=90))
    ones[1].sync(ones[1].fact("B" * 16))
    operations.add_gate(event, name="海报", poster=True, by=None)
    said = "/T/" + tickets.signed(guests[4].code, event.ticket_seed)
    found = event.id, event.slug, user.login, leader.login, said
    # nothing is read after it: an open transaction of ours would keep the server from writing
    db.session.commit()
    return found


def _sign_in(page, server, login: str) -> None:
    page.goto(f"{server}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]:has-text('登录'), button[type=submit]:has-text('Sign in')")
    page.wait_for_url("**/home")


PLACES = [("desk", {**DESK}), ("phone", {**PHONE, "color_scheme": "dark"})]


@pytest.mark.parametrize(("place", "options"), PLACES, ids=[place for place, _options in PLACES])
def test_an_organiser_runs_the_door(browser, server, hall, place, options):
    event_id, slug, organiser, leader, said = hall
    page = browser.new_context(**options).new_page()
    _sign_in(page, server, organiser)
    if place == "phone":
        page.click("button:has-text('English')")
    at = f"{server}/events/{event_id}"
    page.goto(f"{at}/door")
    looked_at(page, f"50-door-{place}")
    page.locator(
        "summary:visible", has_text="手机成为签到点" if place == "desk" else "Make a phone"
    ).first.click()
    page.locator("input[name=device]:visible").fill("小李的手机")
    page.locator("details[open] button[type=submit]:visible").first.click()
    expect(page.locator(".code-on-screen svg")).to_be_visible()
    looked_at(page, f"51-one-time-{place}")
    for number, name in enumerate(("board", "conflicts", "paper", "rehearsal", "walk-in"), 52):
        page.goto(f"{at}/{name}")
        looked_at(page, f"{number}-{name}-{place}")
    page.goto(f"{at}/screen")
    looked_at(page, f"57-screen-{place}")
    page.goto(f"{server}{said}")
    looked_at(page, f"58-scanned-{place}")
    page.locator("button.huge").click()
    expect(page.locator(".verdict")).to_have_attribute("data-verdict", "admitted")
    page.goto(f"{at}/board")
    expect(page.locator("#board .tally strong").first).to_have_text("5")
    guest = browser.new_context(**options).new_page()
    guest.goto(f"{server}{said}")
    looked_at(guest, f"59-show-to-staff-{place}")
    guest.goto(f"{server}/e/{slug}/here")
    looked_at(guest, f"60-poster-{place}")
    theirs = browser.new_context(**options).new_page()
    _sign_in(theirs, server, leader)
    theirs.goto(f"{server}/briefs")
    expect(theirs.locator("#briefs")).to_contain_text("王建国")
    looked_at(theirs, f"61-briefs-{place}")


def test_a_double_entry_is_decided_and_a_rehearsal_started(browser, server, hall):
    event_id, _slug, organiser, _leader, _said = hall
    page = browser.new_context(**DESK).new_page()
    _sign_in(page, server, organiser)
    page.goto(f"{server}/events/{event_id}/conflicts")
    page.click("summary:has-text('作出决定')")
    page.locator("select[name=kind]:visible").select_option("mis_scan")
    page.locator("input[name=note]:visible").fill("志愿者误扫")
    page.click("details[open] button:has-text('保存')")
    expect(page.locator(".note.is-ok")).to_contain_text("已认定")
    expect(page.locator("main")).to_contain_text("志愿者误扫")
    page.click("button:has-text('已处理')")
    expect(page.locator("#problems")).to_contain_text("已处理")
    page.goto(f"{server}/events/{event_id}/rehearsal")
    page.click("button:has-text('开始')")
    expect(page.locator(".rehearsal-codes svg")).to_have_count(20)
    looked_at(page, "62-rehearsal-running")
    page.click("button:has-text('结束演练')")
    expect(page.locator(".note.is-ok")).to_contain_text("演练结束")


def test_a_board_follows_within_two_seconds(app, browser, server, hall, make):
    event_id, _slug, organiser, _leader, said = hall
    page = browser.new_context(**DESK).new_page()
    _sign_in(page, server, organiser)
    page.goto(f"{server}/events/{event_id}/screen")
    expect(page.locator(".giant strong")).to_have_text("4")
    staff = browser.new_context(**PHONE).new_page()
    _sign_in(staff, server, organiser)
    staff.goto(f"{server}{said}")
    began = clock.now()
    staff.locator("button.huge").click()
    expect(page.locator(".giant strong")).to_have_text("5", timeout=4500)
    assert clock.now() - began < timedelta(seconds=4.5)
