"""From signed intention to landed money as its users see it: the board, proofs and second eyes, reports,
supervision, two summits compared, the ledger out and in again. Run on the demo, at a desk and on a phone.
"""

import shutil
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from outreach.core import clock
from outreach.core.db import db
from outreach.ops import demo
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.models import Project
from tests.browser.conftest import DESK, PHONE, looked_at
from tests.conftest import settled


@pytest.fixture(scope="module")
def starting_point(_house, tmp_path_factory):
    """A database with the demo and a small register: making it takes seconds, copying it none."""
    application, fresh = _house
    fresh()
    with application.app_context():
        demo.make(1_000)
        made = db.engine.url.database
        db.session.remove()
        db.engine.dispose()
    return shutil.copy(settled(made), tmp_path_factory.mktemp("demo") / "demo.db")


@pytest.fixture
def house(app):
    """Project name -> id."""
    found = dict(db.session.execute(select(Project.name, Project.id)).tuples().all())
    db.session.rollback()
    return found


def _sign_in(browser, server, login, options=DESK):
    page = browser.new_context(**options).new_page()
    page.goto(f"{server}/sign-in")
    page.fill("#login", login)
    page.fill("#password", demo.PASSWORD)
    page.click("button[type=submit]:has-text('登录')")
    page.wait_for_url("**/home")
    return page


def _open(page, part: str, summary: str) -> None:
    page.locator(f"{part} summary", has_text=summary).first.click()


def test_an_officers_day_and_a_second_pair_of_eyes(browser, server, house, tmp_path):
    proof = tmp_path / "执照.pdf"
    proof.write_bytes(b"%PDF-1.4 licence")
    page, address = _sign_in(browser, server, "officer"), f"{server}/projects/{house['医养结合康养小镇项目']}"
    expect(page.locator("#waiting")).to_contain_text("红灯项目")
    looked_at(page, "80-officers-morning")
    page.goto(f"{server}/board")
    looked_at(page, "81-board")
    card = page.locator("[data-card]", has_text="医养结合康养小镇")
    page.locator("[data-stage=registered]").scroll_into_view_if_needed()
    card.drag_to(page.locator("[data-stage=registered] h2"))
    page.wait_for_url("**enter=registered*")
    expect(page.locator("#milestone-kind")).to_have_value("registered")
    page.fill("#milestone-happened_on", clock.today().isoformat())
    page.set_input_files("#milestone-evidence", proof)
    page.click("#milestones button:has-text('登记里程碑')")
    expect(page.locator("#milestones")).to_contain_text("未确认")
    assert (
        page.locator("#milestones li", has_text="执照.pdf").locator("button:has-text('确认')").count() == 0
    ), "not one's own entry"
    _open(page, "#reports", "报送月报")
    page.fill("#report-completed_wan", "1.2亿")
    page.fill("#report-jobs", "35")
    page.click("#reports button:has-text('报送')")
    expect(page.locator("#reports")).to_contain_text("12,000 万元")
    looked_at(page, "82-project")
    other = _sign_in(browser, server, "organiser", PHONE)
    other.goto(f"{server}/unconfirmed")
    looked_at(other, "83-to-confirm-phone")
    other.goto(address)
    row = other.locator("#milestones li", has_text="执照.pdf")
    row.locator("button:has-text('确认')").click()
    expect(other.locator("#milestones li", has_text="执照.pdf")).to_contain_text("已确认")
    looked_at(other, "84-project-phone")


def test_a_stalled_project_is_supervised(browser, server, house):
    page = _sign_in(browser, server, "organiser")
    page.goto(f"{server}/lights")
    expect(page.locator("#stalled")).to_contain_text("农光互补光伏项目")
    looked_at(page, "85-lights")
    page.click("text=农光互补光伏项目")
    _open(page, "#notices", "发督办件")
    page.fill("#notice-addressee", "县商务局")
    page.fill("#notice-text", "请于时限内报送合同签订计划。")
    page.fill("#notice-due_on", (clock.today() + timedelta(days=9)).isoformat())
    page.click("#notices button:has-text('发出')")
    expect(page.locator("#notices")).to_contain_text("提醒函")
    _open(page, "#notices", "反馈" if page.locator("#notices summary", has_text="反馈").count() else "回复")
    page.locator("#notices textarea[name=answer]").first.fill("投资方下周到访。")
    page.locator("#notices details[open] button[type=submit]").first.click()
    page.goto(f"{server}/notices?state=open")
    expect(page.locator("#notices")).to_contain_text("已反馈")
    looked_at(page, "86-notices")


@pytest.mark.parametrize(("place", "options"), [("desk", DESK), ("phone", {**PHONE, "color_scheme": "dark"})])
def test_a_leader_sees_what_became_of_two_summits(browser, server, house, place, options):
    page = _sign_in(browser, server, "admin", options)
    page.goto(f"{server}/cohorts")
    expect(page.locator("#cohorts")).to_contain_text("北京")
    expect(page.locator("#cohorts")).to_contain_text("重庆")
    looked_at(page, f"87-cohorts-{place}")
    page.select_option("#way", "signed")
    page.click("button:has-text('显示')")
    expect(page.locator("#cohorts")).to_contain_text("均以签约数为分母")
    beijing = page.locator("section[id^=cohort-]", has_text="双招双引")
    row = beijing.locator("tr", has_text="签约").first
    assert row.locator("a").last.inner_text() == "13", "signed twice and increased: thirteen all the same"
    beijing.locator("tr", has_text="投产").locator("a").last.click()
    expect(page.locator("td.is-title")).to_have_count(2)
    looked_at(page, f"88-rows-{place}")
    for name, address in (
        ("89-matrix", "/matrix"),
        ("90-reports", "/reports"),
        ("91-rules", "/rules"),
        ("92-concerns", "/concerns"),
        ("96-timeline", "/timeline"),
    ):
        page.goto(server + address)
        looked_at(page, f"{name}-{place}")
        if name == "90-reports":
            expect(page.locator("main")).to_contain_text("迟报")
            expect(page.locator("main")).to_contain_text("未报")
    page.goto(f"{server}/cohorts")
    _open(page, "section[id^=cohort-]", "冻结口径")
    page.locator("details[open] input[name=name]").fill("年终口径")
    page.locator("details[open] button:has-text('冻结')").click()
    expect(page.locator("h1")).to_have_text("年终口径")
    expect(page.locator("main")).to_contain_text("没有变化")
    looked_at(page, f"93-snapshot-{place}")


def test_the_ledger_goes_out_and_comes_in_unchanged(browser, server, house, tmp_path):
    page = _sign_in(browser, server, "officer")
    page.goto(f"{server}/projects")
    with page.expect_download() as told:
        page.click("button:has-text('导出')")
    file = tmp_path / "台账.xlsx"
    told.value.save_as(file)
    page.click("text=导入台账")
    page.set_input_files("input[type=file]", file)
    page.click("button:has-text('上传并对照')")
    expect(page.locator("h1")).to_contain_text("台账.xlsx")
    expect(page.locator(".head")).to_contain_text("新增 0 · 有变动 0")
    assert page.locator("text=≠").count() == 0
    looked_at(page, "94-ledger")


def test_a_paper_with_everything(browser, server, house, tmp_path):
    scan = tmp_path / "合同.pdf"
    scan.write_bytes(b"%PDF-1.4 contract")
    db.session.rollback()
    key = db.session.scalar(select(Agreement.id).where(Agreement.counts_as == "increase"))
    db.session.rollback()
    page = _sign_in(browser, server, "officer")
    page.goto(f"{server}/agreements/{key}")
    for part, summary, fields in (
        ("#parties", "添加一方", {"#party-name": "北京某基金"}),
        ("#clauses", "添加承诺", {"#clause-text": "三年内达产"}),
    ):
        _open(page, part, summary)
        for field, value in fields.items():
            page.fill(field, value)
        page.locator(f"{part} details[open] button[type=submit]").click()
    _open(page, "#papers", "上传扫描件")
    page.set_input_files("#scan-evidence", scan)
    page.locator("#papers details[open] button[type=submit]").click()
    expect(page.locator("#papers")).to_contain_text("SHA-256")
    expect(page.locator("#parties")).to_contain_text("北京某基金")
    looked_at(page, "95-paper")


def test_a_note_from_a_site_without_network_goes_out_later(browser, server, house, tmp_path):
    photo = tmp_path / "现场.jpg"
    Image.effect_noise((300, 200), 40).save(photo)
    page = _sign_in(browser, server, "officer", PHONE)
    page.goto(f"{server}/projects/{house['医养结合康养小镇项目']}")
    page.context.set_offline(True)
    page.fill("#note-text", "三号楼已封顶")
    page.set_input_files("#note-attached", photo)
    page.click("#notes button:has-text('记录')")
    expect(page.locator("[data-queue-rows]")).to_contain_text("三号楼已封顶")
    looked_at(page, "95-note-waiting-phone")
    page.fill("#note-text", "塔吊已拆除")
    page.click("#notes button:has-text('记录')")
    expect(page.locator("[data-queue-count]")).to_have_text("2")
    page.context.set_offline(False)
    expect(page.locator("#notes")).to_contain_text("现场.jpg", timeout=10_000)
    expect(page.locator("[data-queue-list]")).to_be_hidden()
    page.fill("#note-text", "正在写的时候")  # what is being written stays when something goes out
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(300)
    expect(page.locator("#note-text")).to_have_value("正在写的时候")
    page.fill("#note-text", "")
    for _again in range(2):  # nothing goes out twice
        page.reload()
        assert page.locator("#notes li", has_text="三号楼已封顶").count() == 1
        assert page.locator("#notes li", has_text="塔吊已拆除").count() == 1
    page.fill("#note-text", "有网络时直接记录")
    page.click("#notes button:has-text('记录')")
    expect(page.locator("#notes")).to_contain_text("有网络时直接记录")
    looked_at(page, "96-notes-phone")


def test_a_note_outlives_the_end_of_a_session_and_what_is_refused(browser, server, house, tmp_path):
    program = tmp_path / "a.exe"
    program.write_bytes(b"MZ" + b"0" * 100)
    page = _sign_in(browser, server, "officer", PHONE)
    address = f"{server}/projects/{house['医养结合康养小镇项目']}"
    page.goto(address)
    page.context.clear_cookies()  # the session ended while the officer was on the site
    page.fill("#note-text", "会话过期时写的")
    with page.expect_response(
        "**/notes"
    ):  # its answer brings a cookie, which would come between the sign-in page and its form
        page.click("#notes button:has-text('记录')")
    expect(page.locator("[data-queue-rows]")).to_contain_text("会话过期时写的")
    page.goto(f"{server}/sign-in")
    page.fill("#login", "officer")
    page.fill("#password", demo.PASSWORD)
    page.click("button[type=submit]:has-text('登录')")
    expect(page.locator("h1")).to_have_text("首页")
    page.goto(address)
    expect(page.locator("#notes li", has_text="会话过期时写的")).to_contain_text("能看到该项目的人")
    page.fill("#note-text", "附件不对")
    page.set_input_files("#note-attached", program)
    page.click("#notes button:has-text('记录')")
    expect(page.locator("[data-queue-rows]")).to_contain_text("未被接收")
    page.click("[data-queue-rows] button:has-text('取回修改')")
    expect(page.locator("#note-text")).to_have_value("附件不对")
    assert page.evaluate("document.querySelector('#note-attached').files.length") == 1
    page.set_input_files("#note-attached", [])
    page.click("#notes button:has-text('记录')")
    expect(page.locator("#notes > .card-body > ul li", has_text="附件不对")).to_be_visible()
    expect(page.locator("[data-queue-list]")).to_be_hidden()


def test_signing_out_names_the_notes_that_wait_and_deletes_them(browser, server, house):
    page = _sign_in(browser, server, "officer")
    address = f"{server}/projects/{house['医养结合康养小镇项目']}"
    page.goto(address)
    page.context.set_offline(True)
    page.fill("#note-text", "尚未上传的现场记录")
    page.click("#notes button:has-text('记录')")
    expect(page.locator("[data-queue-rows]")).to_contain_text("尚未上传的现场记录")
    page.route("**/notes", lambda route: route.abort())  # the network is back, the notes still wait
    page.context.set_offline(False)
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.click("button:has-text('退出')")
    page.wait_for_timeout(300)
    assert "1" in asked[0]
    expect(page.locator("[data-queue-rows]")).to_contain_text("尚未上传的现场记录")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('退出')")
    page.wait_for_url("**/sign-in*")
    left = page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    assert "yangui-notes" not in left


def test_a_joint_meeting_decides_and_gives_back_tasks(browser, server, house):
    page = _sign_in(browser, server, "organiser")
    page.goto(f"{server}/concerns")
    page.click("a.btn:has-text('联席会议')")
    page.fill("#title", "第四次联席会议")
    page.click("button:has-text('安排会议')")
    item = page.locator("section.card", has_text="临时用电增容")
    item.locator("summary", has_text="记录议定事项").click()
    item.locator("input[name=decision]").fill("本周内完成增容")
    item.locator(".fold-body button[type=submit]").click()
    expect(
        page.locator("section.card", has_text="临时用电增容").locator(".field-error").first
    ).to_be_visible()  # who, by when?
    item = page.locator("section.card", has_text="临时用电增容")
    item.locator("input[name=owner]").fill("县供电公司")
    item.locator("input[name=due_on]").fill((clock.today() + timedelta(days=5)).isoformat())
    item.locator(".fold-body button[type=submit]").click()
    expect(page.locator("section.card", has_text="临时用电增容")).to_contain_text("本周内完成增容")
    looked_at(page, "97-meeting")
    page.fill("#present", "商务局、供电公司")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('结束并分派任务')")
    expect(page.locator("main")).to_contain_text("已分派到项目")
    with page.expect_download() as waiting:
        page.click("button:has-text('会议纪要（PDF）')")
    assert waiting.value.suggested_filename.endswith(".pdf")
    page.goto(f"{server}/projects/{house['医养结合康养小镇项目']}")
    expect(page.locator("#steps")).to_contain_text("本周内完成增容")
    for name, address in (
        ("98-places", "/places"),
        ("99-bulletin", "/bulletin"),
    ):
        page.goto(f"{server}{address}")
        looked_at(page, name)
