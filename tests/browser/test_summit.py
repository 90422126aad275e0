"""A summit in Chromium, on a desk and on phones:
cloned, people invited, answered, seated, printed, moved, called off.
"""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from outreach.core import clock, worker
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.events import operations as events
from outreach.events.models import Event, Invitation
from outreach.permissions import Role
from outreach.registrations import operations as registrations
from tests.browser.conftest import PHONE, fits, launched, looked_at
from tests.browser.test_directory import _signed_in


def _cloned(page, server: str, event_id: int) -> int:
    page.goto(f"{server}/events/{event_id}")
    page.click("summary:has-text('复制活动')")
    page.fill("#clone-title", "清丰县返乡创业（深圳）恳谈会")
    page.fill("#clone-starts_at", f"{clock.today() + timedelta(days=90)}T14:30")
    page.click("button:has-text('生成草稿')")
    expect(page.locator("#title")).to_have_value("清丰县返乡创业（深圳）恳谈会")
    page.fill("#capacity", "3")
    page.fill("#most_companions", "1")
    page.fill("#letter", "家乡盼您归，共叙乡情。")
    page.check("#asks_travel")
    page.click("button:has-text('保存')")
    copy_id = int(re.search(r"/events/(\d+)", page.url)[1])
    page.goto(f"{server}/events/{copy_id}")
    page.click("button:has-text('发布')")
    return copy_id


def _invited(page, server: str, event_id: int) -> None:
    page.goto(f"{server}/events/{event_id}/invitations?at_least=1")
    for box in page.locator("input[name=person]").all():
        box.check()
    page.fill("#wave", "第一批")
    page.click("button:has-text('邀请已勾选人员')")
    page.goto(f"{server}/events/{event_id}/invited")
    looked_at(page, "summit-invited")
    page.check("input[name=all]")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('发送邀请')")
    worker.drain()
    expect(page.locator("#invited")).to_contain_text("短信")


def _answer(guest, address: str, answer: str, mobile: str, **fields) -> None:
    guest.goto(address)
    guest.check(f"input[name=answer][value={answer}]")
    if answer != "no":
        for name, value in {"name": "王毅", "company": "某公司", "mobile": mobile, **fields}.items():
            guest.fill(f"#{name}", value)
        guest.check("#consent")
    guest.click("button:has-text('提交回复')")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_summit_from_last_years_to_the_seats(server, make, width):
    make.user(Role.ORGANISER, login="organiser-b")
    event_id = make.event().id
    for number in range(4):
        make.person(f"王{'一二三四'[number]}", tier=2)
    db.session.commit()
    with launched() as browser:
        page = _signed_in(browser, server, width, "organiser-b")
        copy_id = _cloned(page, server, event_id)
        _invited(page, server, copy_id)
        db.session.rollback()
        codes = db.session.scalars(
            select(Invitation.code).where(Invitation.event_id == copy_id).order_by(Invitation.id)
        ).all()
        db.session.rollback()  # the test's own connection must not hold what the server writes
        guest = browser.new_context(**PHONE).new_page()
        _answer(guest, f"{server}/i/{codes[0]}", "yes", "15411110001", email="wang@example.org")
        expect(guest.locator("h1")).to_have_text("参会凭证")
        looked_at(guest, "summit-ticket")
        _answer(guest, f"{server}/i/{codes[1]}", "no", "")
        expect(guest.locator("main")).to_contain_text("仍可更改")
        _answer(guest, f"{server}/i/{codes[2]}", "proxy", "15411110003", name="李代")
        guest.goto(f"{server}/i/{codes[3]}")
        looked_at(guest, "summit-answer")
        guest.click("summary:has-text('随行人员')")
        guest.fill("#companions-0-name", "赵随")
        guest.check("input[name=answer][value=yes]")
        guest.fill("#mobile", "15411110004")
        guest.fill("#company", "某公司")
        guest.check("#consent")
        guest.click("button:has-text('提交回复')")
        expect(guest.locator("main")).to_contain_text("随行人员")
        page.goto(f"{server}/events/{copy_id}/guests")
        expect(page.locator("#guests")).to_contain_text("候补")  # three places, four guests
        _seated_and_printed(page, server, copy_id)
        _moved_and_called_off(page, guest, server, copy_id)


def _seated_and_printed(page, server: str, event_id: int) -> None:
    page.goto(f"{server}/events/{event_id}/reception")
    page.fill("#name", "主会场")
    page.fill("#rows", "2")
    page.fill("#seats", "4")
    page.click("button:has-text('画出来')")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("summary:has-text('按规则排座')")
    page.click("button:has-text('全部排座')")
    expect(page.locator(".unseated")).to_contain_text("全部已排座")
    moved = page.locator(".floor .seat[data-guest]").first
    guest = moved.get_attribute("data-guest")
    target = page.locator(".floor .seat:not([data-guest])").last
    place = target.get_attribute("data-seat")
    moved.click()
    target.click()
    expect(page.locator(f"[data-seat='{place}']")).to_have_attribute("data-guest", guest)
    looked_at(page, "summit-seats")
    page.goto(f"{server}/events/{event_id}/reception")
    page.click("form[action$='/papers'] button")  # without a reason: the page says what is missing
    expect(page.locator("#reason-error")).to_contain_text("必填")
    page.fill("#reason", "会务")
    # no network: it is not asked twice by itself, a copy may have been numbered
    page.route("**/papers", lambda route: route.abort())
    page.click("form[action$='/papers'] button")
    expect(page.locator(".print-progress")).to_contain_text("网络没有回应")
    page.unroute("**/papers")
    with page.expect_download() as waiting:
        page.click("form[action$='/papers'] button")
    assert waiting.value.suggested_filename.endswith(".pdf")
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")
    expect(page.locator(".print-progress")).to_contain_text("已生成")
    expect(page.locator("#reason-error")).to_have_count(0)
    page.wait_for_timeout(400)  # until the button has its colour again
    looked_at(page, "summit-printed")


def _moved_and_called_off(page, guest, server: str, event_id: int) -> None:
    page.goto(f"{server}/events/{event_id}/edit")
    page.fill("#venue", "二楼会议厅")
    page.click("button:has-text('保存')")
    db.session.rollback()
    kinds = set(db.session.scalars(select(Mail.kind)))
    db.session.rollback()
    assert "registrations/event_changed" in kinds
    page.goto(f"{server}/events/{event_id}")
    page.click("summary:has-text('取消活动')")
    page.fill("#cancel-reason", "疫情防控")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('取消活动并通知全部嘉宾')")
    db.session.rollback()
    assert db.session.get(Event, event_id).state == "cancelled"
    db.session.rollback()
    guest.reload()
    expect(guest.locator("main")).to_contain_text("已取消")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_what_is_put_before_guests_and_what_they_think_of_it(server, make, width, tmp_path):
    user = make.user(Role.ORGANISER, login="organiser-b")
    event = make.event()
    event_id, slug, item = (
        event.id,
        event.slug,
        events.add_item(
            event,
            starts_at=event.starts_at,
            minutes=90,
            title="预制菜产业分论坛",
            title_en="",
            speaker="",
            venue="二层牡丹厅",
            sign_up=True,
            capacity=1,
            by=None,
        ),
    )
    guest = make.registration(event)
    code, item_id = guest.page_token, item.id
    registrations.ask_the_usual(event, by=user)
    db.session.commit()
    poster, document = tmp_path / "海报.png", tmp_path / "县情.pdf"
    Image.new("RGB", (1200, 700), "#9a3324").save(poster)
    document.write_bytes(b"%PDF-1.7")
    with launched() as browser:
        page = _signed_in(browser, server, width, "organiser-b")
        for purpose, title, file in (
            ("poster", "主海报", poster),
            ("document", "清丰县情与产业介绍", document),
        ):
            page.goto(f"{server}/events/{event_id}/materials")
            page.select_option("#purpose", purpose)
            page.fill("#title", title)
            page.set_input_files("#file", file)
            page.click("button:has-text('添加')")
        expect(page.locator(".timeline")).to_contain_text("清丰县情与产业介绍")
        looked_at(page, "summit-materials")
        phone = browser.new_context(**PHONE).new_page()
        phone.goto(f"{server}/e/{slug}")
        assert phone.evaluate("document.querySelector('.poster').naturalWidth") == 1200
        looked_at(phone, "summit-public-page")
        phone.goto(f"{server}/t/{code}")
        phone.click("button:has-text('报名')")
        expect(phone.locator("#programme")).to_contain_text("已报名")
        looked_at(phone, "summit-signed-up")
        page.goto(f"{server}/events/{event_id}/items/{item_id}/guests")
        looked_at(page, "summit-sign-ups")
        db.session.rollback()
        _began(event_id)
        phone.goto(f"{server}/t/{code}")
        phone.click("text=您的评价")
        phone.locator("fieldset", has_text="总体评价").locator("label", has_text="非常满意").click()
        looked_at(phone, "summit-feedback-form")
        phone.click("form button.wide")
        expect(phone.locator("main")).to_contain_text("谢谢")
        for name in ("feedback", "thanks", "attendance", "ceremony", "invitations/sheet"):
            page.goto(f"{server}/events/{event_id}/{name}")
            looked_at(page, f"summit-{name.replace('/', '-')}")
        narrow = browser.new_context(
            viewport={"width": 195, "height": 420}, is_mobile=True, has_touch=True
        ).new_page()  # a phone at 200 % text
        for address in (
            f"/e/{slug}",
            f"/e/{slug}/register",
            f"/t/{code}",
            f"/t/{code}/change",
            f"/t/{code}/feedback",
        ):
            narrow.goto(f"{server}{address}")
            fits(narrow)


def _began(event_id: int) -> None:
    row = db.session.get(Event, event_id)
    row.starts_at, row.ends_at = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    db.session.commit()
