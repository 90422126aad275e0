"""Poster, documents and the picture to share; the guest list from a sheet."""

import io

import pytest
import xlsxwriter
import zxingcpp
from PIL import Image
from sqlalchemy import select

from outreach.core import sheets
from outreach.core.db import db
from outreach.core.settings import ROOT
from outreach.core.sheets import Sheet
from outreach.events import guest_sheets, operations, queries
from outreach.events.models import Material

PDF = b"%PDF-1.7\n%%EOF"


def _picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(target, "PNG")
    return target.getvalue()


def _upload(browser, event, content: bytes, name: str, **values):
    data = {"purpose": "document", "title": "县情介绍", "file": (io.BytesIO(content), name), **values}
    return browser.post(f"/events/{event.id}/materials", data, content_type="multipart/form-data")


def test_guests_see_poster_and_documents_of_a_published_event_only(make, visit):
    event = make.event(published=False)
    browser, guest = visit(make.user()), visit()
    assert _upload(browser, event, PDF, "县情.pdf").status_code == 303
    assert _upload(browser, event, _picture(), "海报.png", purpose="poster", title="海报").status_code == 303
    document, poster = db.session.scalars(select(Material).order_by(Material.id))
    paths = [f"/e/{event.slug}/files/{row.id}" for row in (document, poster)]
    assert [guest.get(path).status_code for path in paths] == [404, 404]
    assert "县情介绍" in browser.get(f"/events/{event.id}/preview").text
    operations.publish(event, by=None)
    page = guest.get(f"/e/{event.slug}").text
    assert all(path in page for path in paths)
    assert "og:image" in page
    assert guest.get(paths[0]).headers["Content-Disposition"].startswith("attachment")
    assert guest.get(paths[1]).headers["Content-Type"] == "image/png"
    other = make.event()
    assert guest.get(f"/e/{other.slug}/files/{document.id}").status_code == 404
    assert browser.post(f"/events/{event.id}/materials/{document.id}/remove").status_code == 303
    assert guest.get(paths[0]).status_code == 404


@pytest.mark.parametrize(
    ("content", "values", "words"),
    [
        (b"MZ\x90", {}, "PDF"),
        (PDF, {"purpose": "poster"}, "海报"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 3_000_001, {"purpose": "poster"}, "3 MB"),
        (PDF, {"title": ""}, "此项必填"),
    ],
)
def test_what_is_no_material_is_refused_beside_the_field(make, visit, content, values, words):
    event = make.event()
    answer = _upload(visit(make.user()), event, content, "a.pdf", **values)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(Material.id)) is None


def test_another_poster_takes_the_place_of_the_first(make, visit):
    event = make.event()
    browser = visit(make.user())
    for title in ("一", "二"):
        _upload(browser, event, _picture(), "a.png", purpose="poster", title=title)
    assert [row.title for row in db.session.scalars(select(Material))] == ["二"]


def test_the_picture_to_share_leads_to_the_page(make, visit):
    event = make.event(title="清丰县返乡入乡创业（北京）恳谈暨“双招双引”推介会")
    answer = visit(make.user()).get(f"/events/{event.id}/share.png")
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)).convert("RGB"))
    assert [result.text.endswith(f"/e/{event.slug}") for result in found] == [True]


def _sheet(rows) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("嘉宾")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return target.getvalue()


def _look(browser, event, content: bytes):
    return browser.post(
        f"/events/{event.id}/invitations/sheet",
        {"file": (io.BytesIO(content), "名单.xlsx")},
        content_type="multipart/form-data",
    )


def test_a_guest_list_from_a_sheet_finds_whom_it_means(make, visit):
    event, browser = make.event(), visit(make.user())
    known = make.person("王建国", mobiles=["15411112222"])
    make.person("王建国", mobiles=["15411113333"])
    twins = [make.person("李丽"), make.person("李丽")]
    elsewhere = make.person("赵强", unit=make.other_county)
    wrong = make.person("孙明")  # another number than the sheet's: shown, not ticked
    rows = [
        ["拟邀嘉宾名单"],
        ["序号", "姓名", "单位", "联系电话"],
        [1, "王 建国", "某公司", 15411112222],
        [2, "李丽", "", ""],
        [3, "赵强", "", ""],
        [4, "", "x", ""],
        [5, "孙明", "", 15411119999],
    ]
    page = _look(browser, event, _sheet(rows))
    assert page.status_code == 200
    boxes = {box.get("value"): box.get("checked") for box in browser.page.xpath("//input[@name='person']")}
    assert boxes == {str(known.id): "checked", **{str(row.id): None for row in twins}, str(wrong.id): None}
    assert "号码不同" in page.text
    assert str(elsewhere.id) not in boxes
    assert "通讯录中没有" in page.text
    assert not db.session.scalars(queries.invited_ids(event)).all()  # looking invites nobody
    browser.post(f"/events/{event.id}/invitations", {"person": [known.id], "type_id": 0, "wave": "第二批"})
    assert db.session.scalars(queries.invited_ids(event)).all() == [known.id]


def test_a_file_that_is_no_list_is_refused_in_words(make, visit):
    event, browser = make.event(), visit(make.user())
    assert _look(browser, event, b"\x00\x01\x02").status_code == 422
    assert "没有找到" in _look(browser, event, _sheet([["甲", "乙"], [1, 2]])).text


def test_a_shared_link_has_a_picture_for_strangers(make, visit):
    event, draft = make.event(), make.event(published=False)
    browser = visit()
    browser.get(f"/e/{event.slug}")
    address = browser.page.xpath("//meta[@property='og:image']/@content")
    assert [one.endswith(f"/e/{event.slug}/share.png") for one in address] == [True]
    assert browser.page.xpath("//meta[@name='description']/@content")
    picture = browser.get(f"/e/{event.slug}/share.png")
    assert (picture.status_code, picture.data[:4]) == (200, b"\x89PNG")
    assert browser.get(f"/e/{draft.slug}/share.png").status_code == 404


def test_a_guest_list_is_read_by_the_rules_of_rosters():
    content = (ROOT / "tests" / "cases" / "b21_guest_sheet.xlsx").read_bytes()
    read = guest_sheets.read(sheets.read_bytes(content, "名单.xlsx"))
    assert [(line.name, line.mobile) for line in read.lines] == [
        ("张伟明", "15400150001"),
        ("謝國強", "15400150002"),
        ("David Wang", "15400170099"),
        ("陈国华", "15400150003"),
        ("戴合并", "15400601001"),
        ("吐尔逊·买买提", "15400151001"),
        ("赵合甲、赵合乙", "15400601005"),
        ("境外客", "+1 415 555 2671"),
        ("香港客", "+852 9123 4567"),
    ]
    assert [line.doubts for line in read.lines if line.doubts] == [["name_odd"]]


def test_a_guest_list_says_what_it_did_not_use():
    rows = [
        ["序号", "姓名", "手机", "单位", "座位"],
        [1, "甲某", "15400150001", "某公司", "3 排"],
        [2, "乙某", "1.54E+10", "", ""],
    ]
    read = guest_sheets.read([Sheet("名单", rows)])
    assert [column["heading"] for column in read.unused] == ["座位"]
    assert [(line.mobile, line.doubts) for line in read.lines] == [("15400150001", []), ("", ["phone_lost"])]
