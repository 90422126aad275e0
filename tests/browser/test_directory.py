"""The directory in Chromium, on a phone and on a desk:
doubtful rows, duplicates, the card, screening, keeping in touch, the own page, print.
"""

import io

import openpyxl
import pytest
from playwright.sync_api import expect

from outreach.core import clock, worker
from outreach.core.db import db
from outreach.directory import duplicate_queries, operations
from outreach.directory.models import Person
from outreach.liaison import operations as liaison
from outreach.permissions import Role
from tests.browser.conftest import DESK, PHONE, launched, looked_at
from tests.make import PASSWORD

WIDTHS = {"phone": PHONE, "desk": DESK}


def _sheet() -> bytes:
    book = openpyxl.Workbook()
    for row in (
        ("姓名", "手机", "籍贯", "单位及职务"),
        ("王毅", "1541111", "马庄桥镇", "深圳雁栖软件有限公司 总经理"),
        ("李丽", "15422223333", "马庄桥镇", ""),
    ):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _signed_in(browser, server: str, width: str, login: str):
    page = browser.new_context(**WIDTHS[width], accept_downloads=True).new_page()
    page.goto(f"{server}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")
    expect(page.locator("h1")).to_have_text("首页")
    return page


def _import(page, server: str, folder) -> None:
    path = folder / "登记表.xlsx"
    path.write_bytes(_sheet())
    page.goto(f"{server}/rosters")
    page.select_option("#unit_id", label="清丰县")
    page.set_input_files("#file", path)
    page.click("button:has-text('上传并读取')")
    worker.drain()
    expect(page.locator("#roster")).to_contain_text("存疑行", timeout=8000)
    page.click(
        "#batch-rows tr:has-text('位数不足') button:has-text('改正'), "
        "#batch-rows tr:has-text('王*') button:has-text('改正')"
    )
    page.fill("#mobiles", "15411112222")
    page.click("form button:has-text('改正')")
    expect(page.locator(".note")).to_contain_text("该行已改正")
    page.click("button:has-text('录入名录')")
    worker.drain()
    expect(page.locator("#roster")).to_contain_text("已录入", timeout=8000)


def _review(page, server: str, width: str) -> None:
    page.goto(f"{server}/duplicates")
    looked_at(page, f"30-duplicates-{width}")
    page.click("a:has-text('比对') >> nth=0")
    looked_at(page, f"31-compare-{width}")
    page.click("button:has-text('是同一人，合并')")
    expect(page.locator(".note")).to_contain_text("已合并为一张卡片")
    looked_at(page, f"32-card-{width}")
    page.click("summary:has-text('并入')")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('拆回两张卡片')")
    expect(page.locator(".note")).to_contain_text("已恢复为两张卡片")


def _search(page, server: str, width: str) -> None:
    page.goto(f"{server}/people")
    page.fill("#text", "wangyi")
    expect(page.locator("#people tbody tr")).to_have_count(2, timeout=5000)
    page.select_option("#sort", "surname_strokes")
    page.wait_for_url("**sort=surname_strokes**")
    looked_at(page, f"33-search-{width}")
    page.goto(f"{server}/screening")
    page.check("input[name=people] >> nth=0")
    page.fill("#many-reason", "企业负责人")
    looked_at(page, f"34-screening-{width}")
    page.click("button:has-text('对勾选人员作出决定')")
    expect(page.locator(".note")).to_contain_text("已对 1 人作出决定")


def _in_touch(page, server: str, width: str, person_id: int) -> None:
    page.goto(f"{server}/people/{person_id}/pair")
    page.click("button:has-text('结对')")
    page.click("a:has-text('记录联系')")
    page.check("input[value=call]")
    page.fill("#said", "谈了家居产业配套")
    page.fill("#promise", "协调用地")
    page.fill("#due_on", clock.today().isoformat())
    looked_at(page, f"35-record-{width}")
    page.click("button:has-text('登记')")
    expect(page.locator("#contacts")).to_contain_text("谈了家居产业配套", timeout=5000)
    page.goto(f"{server}/liaison")
    expect(page.locator("#follow-ups")).to_contain_text("协调用地")
    looked_at(page, f"36-in-touch-{width}")
    for number, path in enumerate(
        (
            "/liaison/pairings",
            "/liaison/posts",
            "/trips/new",
            "/townships",
            "/organisations?kind=chamber",
            "/answers",
            "/proposals",
        ),
        37,
    ):
        page.goto(server + path)
        looked_at(page, f"{number}-{width}")


def _own_page(browser, page, server: str, width: str, person_id: int) -> None:
    page.goto(f"{server}/people/{person_id}")
    page.click("button:has-text('生成本人页面链接')")
    address = page.locator("#own-link").input_value()
    guest = browser.new_context(**WIDTHS[width]).new_page()
    guest.goto(address)
    looked_at(guest, f"44-own-page-{width}")
    guest.check("input[name=printed][value=mobile]")
    guest.check("input[name=printed][value=company]")
    guest.click("button:has-text('保存选择')")
    expect(guest.locator(".note")).to_contain_text("已按您的选择执行")
    page.goto(f"{server}/printed")
    page.fill("#recipient", "县委办公室")
    looked_at(page, f"45-printed-{width}")
    with page.expect_download() as download:
        page.click("button:has-text('生成 PDF')")
    assert download.value.suggested_filename.endswith(".pdf")
    guest.on("dialog", lambda dialog: dialog.accept())
    guest.click("button:has-text('我不愿列入名录')")
    expect(guest.locator(".note")).to_contain_text("全部同意已撤回")
    page.goto(f"{server}/printed")
    expect(page.locator("main")).to_contain_text("已撤回同意")


@pytest.mark.parametrize("width", list(WIDTHS))
def test_the_directory(app, make, server, tmp_path, width):
    organiser = make.user(Role.ORGANISER, name="宋晓梅")
    one = make.person(
        "王毅", company="深圳雁栖软件有限公司", title="总经理", province="广东省", city="深圳市"
    )
    liaison.add_post(
        make.county, title="县委书记", holder="张三", rank=1, from_on=clock.today(), user=None, by=None
    )
    login, person_id = organiser.login, one.id
    db.session.commit()
    with launched() as browser:
        page = _signed_in(browser, server, width, login)
        _import(page, server, tmp_path)
        db.session.expire_all()
        ids = list(db.session.scalars(db.select(Person.id).where(Person.name == "王毅")))
        assert len(ids) == 2
        assert duplicate_queries.pair_between(*ids) is not None or operations.find_duplicates(ids, by=None)
        db.session.commit()
        _review(page, server, width)
        _search(page, server, width)
        _in_touch(page, server, width, person_id)
        _own_page(browser, page, server, width, person_id)
