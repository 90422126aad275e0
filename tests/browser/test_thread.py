"""The whole thread once, in a phone-sized Chromium: from a roster to money that landed."""

import re
from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from outreach.core import clock, worker
from outreach.core.db import db
from outreach.events.models import Event
from outreach.ops import rosters
from outreach.permissions import Role
from outreach.pipeline.models import NextStep
from outreach.registrations import tickets
from outreach.registrations.models import Registration
from tests.browser.camera import film
from tests.browser.conftest import PHONE, launched, looked_at
from tests.make import PASSWORD


class Thread:
    """The steps of the issue, one method each; ``page`` is the organiser's phone."""

    def __init__(self, page, server: str, folder):
        self.page, self.server, self.folder = page, server, folder

    def sign_in(self, login: str) -> None:
        page = self.page
        page.goto(f"{self.server}/people")
        looked_at(page, "01-sign-in")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("button:has-text('登录')")
        expect(page.locator("h1")).to_have_text("乡贤名录")

    def import_a_roster(self) -> None:
        page, path = self.page, self.folder / "马庄桥镇登记表.xlsx"
        path.write_bytes(rosters.sample())
        page.goto(f"{self.server}/rosters")
        looked_at(page, "02-rosters")
        page.select_option("#unit_id", label="清丰县")
        page.set_input_files("#file", path)
        page.click("button:has-text('上传并读取')")
        expect(page.locator("progress")).to_be_visible()
        worker.drain()
        expect(page.locator("#roster")).to_contain_text("存疑行", timeout=8000)
        page.reload()
        looked_at(page, "03-dry-run")
        page.click("summary:has-text('列对应关系')")
        expect(page.locator("#column-0-3")).to_have_value("phone")
        page.click("button:has-text('录入名录')")
        worker.drain()
        expect(page.locator("#roster")).to_contain_text("已录入", timeout=8000)

    def find_somebody(self) -> None:
        page = self.page
        page.goto(f"{self.server}/people")
        looked_at(page, "04-people")
        page.fill("#text", "wangjianguo")
        expect(page.locator("#people tbody tr")).to_have_count(1, timeout=5000)
        expect(page.locator("#people")).to_contain_text("王**")
        assert "text=wangjianguo" in page.url
        page.click("#people a:has-text('王**')")
        expect(page.locator("h1")).to_have_text("王**")
        looked_at(page, "05-card-masked")
        page.click("summary:has-text('显示姓名和号码')")
        page.fill("#unmask-reason", "电话邀请参会")
        page.click("button:has-text('显示'):not(summary)")
        expect(page.locator("h1")).to_have_text("王建国")
        expect(page.locator("#facts")).to_contain_text("15412345678")

    def make_a_summit(self) -> str:
        page, day = self.page, (clock.today() + timedelta(days=14)).isoformat()
        page.goto(f"{self.server}/events/new")
        for name, value in {
            "title": "清丰县返乡创业（深圳）恳谈会",
            "title_en": "Qingfeng Homecoming Summit",
            "city": "深圳市",
            "venue": "五洲宾馆",
            "capacity": "2",
            "starts_at": f"{day}T14:30",
            "ends_at": f"{day}T18:00",
            "summary": "共叙乡情、共谋发展。",
            "contact": "0393-7200000",
        }.items():
            page.fill(f"#{name}", value)
        looked_at(page, "06-new-event")
        page.click("button:has-text('保存')")
        page.click("summary:has-text('新增环节')")
        page.fill("#item-title", "领导致辞")
        page.fill("#item-starts_at", f"{day}T14:30")
        page.click("#programme button:has-text('新增环节')")
        expect(page.locator("#programme")).to_contain_text("领导致辞")
        page.click("a:has-text('预览')")
        looked_at(page, "07-preview")
        page.go_back()
        page.click("button:has-text('发布')")
        expect(page.locator(".state").first).to_have_text("已发布")
        looked_at(page, "08-event")
        return page.locator("a[href*='/e/']").first.get_attribute("href")

    def invite(self) -> None:
        page = self.page
        page.click("nav.tabs a:has-text('邀请')")
        page.select_option("#at_least", "1")
        page.fill("#text", "wjg")
        expect(page.locator("#candidates tbody tr")).to_have_count(1, timeout=5000)
        page.check("input[name=person]")
        looked_at(page, "09-invitations")
        page.click("button:has-text('邀请已勾选人员')")
        expect(page.locator(".note")).to_contain_text("已邀请 1 人")


def _register(phone, server: str, path: str, name: str, mobile: str, shot: str = "") -> None:
    phone.goto(f"{server}{path}")
    if shot:
        looked_at(phone, f"{shot}-public-page")
    full = phone.locator("#full").count()
    phone.click("a:has-text('登记候补')" if full else "a:has-text('报名')")
    phone.click("main form button[type=submit]")
    expect(phone.locator(".field-error").first).to_be_visible()
    if shot:
        looked_at(phone, f"{shot}-form-with-errors")
    for field, value in {
        "name": name,
        "company": "深圳雁栖软件有限公司",
        "post": "总经理",
        "mobile": mobile,
    }.items():
        phone.fill(f"#{field}", value)
    phone.check("#consent")
    for words in ("English", "中文"):  # who changes the language types nothing again
        phone.click(f"#languages button:has-text('{words}')")
        expect(phone.locator("#languages")).not_to_contain_text(words)
        expect(phone.locator("#name")).to_have_value(name)
        expect(phone.locator("#consent")).to_be_checked()
    phone.click("main form button[type=submit]")


def test_from_roster_to_landed_money(app, make, server, tmp_path):
    organiser = make.user(Role.ORGANISER, name="宋晓梅").login
    checker = make.user(Role.ORGANISER, name="马志远").login
    make.person(
        "王建国",
        mobiles=["15412345678"],
        company="深圳雁栖软件有限公司",
        title="总经理",
        province="广东省",
        city="深圳市",
    )
    db.session.commit()
    with launched() as browser:
        thread = Thread(browser.new_context(**PHONE).new_page(), server, tmp_path)
        thread.sign_in(organiser)
        thread.import_a_roster()
        thread.find_somebody()
        path = thread.make_a_summit()
        thread.invite()
        _guests(browser, server, path)
    db.session.expire_all()
    chosen = select(Registration.event_id, Registration.code, Registration.person_id).where(
        Registration.name == "王建国"
    )
    event_id, code, person_id = db.session.execute(chosen).one()
    seed = db.session.scalar(select(Event.ticket_seed).where(Event.id == event_id))
    db.session.commit()  # on SQLite an open transaction of ours would keep the server from writing
    assert person_id is not None
    _door(server, organiser, event_id, code, seed, tmp_path)
    _money(server, organiser, checker, event_id, tmp_path)


def _guests(browser, server, path) -> None:
    phone = browser.new_context(**PHONE).new_page()
    _register(phone, server, path, "王建国", "154 1234 5678", "10")
    expect(phone.locator("h1")).to_have_text("参会凭证")
    expect(phone.locator("img.qr")).to_be_visible()
    assert phone.locator("img.qr").evaluate("picture => picture.naturalWidth") > 200
    looked_at(phone, "11-ticket")
    second = browser.new_context(**PHONE, color_scheme="dark").new_page()
    _register(second, server, path, "李丽", "14412345679")
    looked_at(second, "12-ticket-dark")
    third = browser.new_context(**PHONE).new_page()
    _register(third, server, path, "赵六", "14412345670")
    expect(third.locator("h1")).to_have_text("您在候补名单中")
    looked_at(third, "13-waiting")
    second.click("a:has-text('不能参加')")
    second.click("button:has-text('确定放弃')")
    expect(second.locator("h1")).to_have_text("已取消")
    third.reload()
    expect(third.locator("h1")).to_have_text("参会凭证")
    third.click("button:has-text('English')")
    third.goto(f"{server}{path}")
    expect(third.locator("h1")).to_have_text("Qingfeng Homecoming Summit")
    looked_at(third, "14-public-page-english")


def _sign_in(page, server, login: str) -> None:
    page.goto(f"{server}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")
    expect(page.locator("h1")).to_have_text("首页")


def _its_day_has_come(event_id: int) -> None:
    """Guests are admitted by hand on the event's days only."""
    event = db.session.get_one(Event, event_id)
    event.starts_at, event.ends_at = clock.now(), clock.now() + timedelta(hours=3)
    db.session.commit()


def _door(server, organiser: str, event_id: int, code: str, seed: bytes, folder) -> None:
    _its_day_has_come(event_id)
    picture = film(tickets.png(tickets.address(server, code, seed)), folder / "camera.y4m")
    camera = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={picture}",
    )
    with launched(*camera) as browser:
        page = browser.new_context(**PHONE, permissions=["camera"]).new_page()
        _sign_in(page, server, organiser)
        page.goto(f"{server}/events/{event_id}/door")
        page.fill("#name", "一号门")
        page.click("button:has-text('新增签到点')")
        looked_at(page, "15-door")
        page.click("a:has-text('用本设备扫码')")
        looked_at(page, "16-gate")
        page.click("#camera")
        expect(page.locator("#verdict")).to_have_attribute("data-verdict", "admitted", timeout=15_000)
        expect(page.locator("#verdict")).to_contain_text("王建国")
        page.screenshot(path="screenshots/17-admitted.png")
        page.wait_for_timeout(6_000)  # held still before the camera it stays green
        expect(page.locator("#verdict")).to_have_attribute("data-verdict", "admitted")
        page.click("#camera")
        page.fill("#code", code)
        page.press("#code", "Enter")
        expect(page.locator("#verdict")).to_have_attribute("data-verdict", "already")
        expect(page.locator("#verdict")).to_contain_text(re.compile("已于 .* 在一号门报到"))
        page.screenshot(path="screenshots/18-already.png")
        page.fill("#code", "HELLO")
        page.press("#code", "Enter")
        expect(page.locator("#verdict")).to_have_attribute("data-verdict", "unknown")
        page.fill("#surname", "赵")
        page.click("button:has-text('查找')")
        expect(
            page.locator(".card [id=found] .field-error")
        ).to_be_visible()  # where the answer stands, and nowhere else
        expect(page.locator("[id=found]")).to_have_count(1)
        page.fill("#tail", "5670")
        page.click("button:has-text('查找')")
        page.click("button:has-text('报到'):visible")
        expect(page.locator("#found .verdict")).to_contain_text("欢迎光临")
        page.goto(f"{server}/events/{event_id}/arrivals")
        expect(page.locator("#tally-arrived")).to_have_text("2")
        looked_at(page, "19-arrivals")
        page.click("a:has-text('撤回') >> nth=0")
        page.fill("#reason", "误扫")
        page.click("button:has-text('撤回')")
        expect(page.locator("#tally-arrived")).to_have_text("1")


def _money(server, officer: str, checker: str, event_id: int, folder) -> None:
    slip = folder / "银行回单.pdf"
    slip.write_bytes(b"%PDF-1.4\nslip")
    with launched() as browser:
        page = browser.new_context(**PHONE).new_page()
        _sign_in(page, server, officer)
        page.goto(f"{server}/agreements/new?event={event_id}")
        today = clock.today()
        for field, value in {
            "title": "智能家居产业园",
            "company": "深圳雁栖软件有限公司",
            "signed_on": (today - timedelta(days=9)).isoformat(),
            "intended_wan": "1.2亿",
            "mobile": "15412345678",
        }.items():
            page.fill(f"#{field}", value)
        looked_at(page, "20-signature")
        page.click("button:has-text('登记')")
        expect(page.locator("dl")).to_contain_text("12,000 万元")
        page.click("#papers summary")
        page.set_input_files("#scan-evidence", slip)
        page.click("#papers details[open] button[type=submit]")
        page.click("button:has-text('建立项目')")
        page.click("summary:has-text('登记里程碑')")
        page.select_option("#milestone-kind", "contract")
        page.fill("#milestone-happened_on", (today - timedelta(days=5)).isoformat())
        page.fill("#milestone-amount_wan", "8000")
        page.fill("#milestone-review", "审〔2026〕1号")
        page.set_input_files("#milestone-evidence", slip)
        page.click("#milestones button:has-text('登记里程碑')")
        page.click("summary:has-text('登记里程碑')")
        page.select_option("#milestone-kind", "construction")
        page.fill("#milestone-happened_on", (today - timedelta(days=2)).isoformat())
        page.set_input_files("#milestone-evidence", slip)
        page.click("#milestones button:has-text('登记里程碑')")
        page.click("summary:has-text('登记到位资金')")
        page.fill("#instalment-paid_on", today.isoformat())
        page.fill("#instalment-amount_wan", "1500")
        page.set_input_files("#instalment-evidence", slip)
        page.click("#instalments button:has-text('登记到位资金')")
        expect(page.locator("#instalments")).to_contain_text("1,500 万元")
        page.click("summary:has-text('安排下步工作')")
        page.fill("#step-text", "现场查看施工进度")
        page.fill("#step-due_on", (today - timedelta(days=1)).isoformat())
        page.click("#steps button:has-text('安排下步工作')")
        expect(page.locator("#steps .field-error")).to_contain_text("已经过去")
        page.fill("#step-due_on", today.isoformat())
        page.click("#steps button:has-text('安排下步工作')")
        expect(page.locator("#steps .field-error")).to_have_count(0)
        db.session.scalars(select(NextStep)).one().due_on = today - timedelta(days=1)  # a day goes by
        db.session.commit()
        looked_at(page, "21-project")
        page.goto(f"{server}/board")
        looked_at(page, "22-board")
        page.goto(f"{server}/home")
        looked_at(page, "23-home")
        expect(page.locator("main")).to_contain_text("已逾期")
        expect(page.locator("#money")).to_contain_text("另有 1 项待确认：0.80 亿元")
        other = browser.new_context(**PHONE).new_page()  # what counts was confirmed by somebody else
        _sign_in(other, server, checker)
        other.goto(f"{server}/unconfirmed")
        for tick in other.locator("input[name=fact]").all():
            tick.check()
        other.click("button:has-text('确认所选')")
        expect(other.locator("main")).to_contain_text("没有待您确认的内容")
        page.reload()
        expect(page.locator("#money")).to_contain_text("1.20 亿元")
        expect(page.locator("#money")).to_contain_text("0.80 亿元")
        expect(page.locator("#money")).to_contain_text("0.15 亿元")
        with page.expect_download() as download:
            page.click("#by-summit button:has-text('导出 Excel')")
        assert download.value.suggested_filename == "按活动统计.xlsx"
