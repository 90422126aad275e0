"""What of a roster is corrected before it is entered: its columns, its rows, the doubtful ones on paper."""

import io
from decimal import Decimal

import openpyxl
from sqlalchemy import select

from outreach.core import worker
from outreach.core.db import db
from outreach.directory import operations
from outreach.directory.models import Person, PersonPhone
from outreach.directory.roster_models import Batch, BatchRow
from tests.directory.test_rosters import HEADER, _apply, _people, _xlsx, upload  # noqa: F401 - a fixture


def test_columns_can_be_corrected_and_read_again(upload, make):  # noqa: F811
    user = make.user()
    batch = upload(
        _xlsx(("王毅", "甲公司", "15411111111", "男"), header=("姓名", "去向", "号", "性别")), by=user
    )
    assert batch.shapes[0]["fields"] == ["name", "", "", "gender"]
    operations.remap_batch(
        batch, mapping={batch.shapes[0]["shape"]: ["name", "employer", "phone", "gender"]}, by=user
    )
    db.session.commit()
    worker.drain()
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    assert row.card["mobiles"] == ["15411111111"]
    assert row.card["posts"] == [["甲公司", ""]]


def test_columns_without_a_name_come_back_as_they_were_chosen(upload, make, visit):  # noqa: F811
    batch = upload(_xlsx(["李丽", "甲公司", "15412340001", "女"]), by=make.user())
    chosen = {
        f"column-0-{number}": value for number, value in enumerate(["lives", "employer", "phone", "gender"])
    }
    answer = visit(make.user()).post(f"/rosters/{batch.id}/columns", chosen)
    assert answer.status_code == 422
    fold = answer.text.split('id="columns"', 1)[1]
    assert fold.split(">", 1)[0].strip() == "open"
    assert "必须有一列是姓名" in fold
    first = fold.split('id="column-0-0"', 1)[1].split("</select>", 1)[0]
    assert '<option value="lives" selected>' in first
    assert db.session.get_one(Batch, batch.id).state == "ready"


def test_a_corrected_mapping_is_remembered_for_the_next_sheet_of_the_kind(upload, make):  # noqa: F811
    user = make.user()
    header = ("姓名", "手机", "在哪发财")
    first = upload(_xlsx(("王毅", "15411112222", "深圳"), header=header), by=user)
    shape = first.shapes[0]
    assert shape["fields"][2] == ""
    operations.remap_batch(first, mapping={shape["shape"]: ["name", "phone", "lives"]}, by=user)
    db.session.commit()
    worker.drain()
    second = upload(_xlsx(("李丽", "15422223333", "深圳"), header=header), by=user)
    assert second.shapes[0]["fields"][2] == "lives"
    elsewhere = upload(_xlsx(("李丽", "15422223333", "深圳"), header=header), unit=make.other_county)
    assert elsewhere.shapes[0]["fields"][2] == ""


def test_doubtful_rows_come_back_coloured_and_return_corrected(upload, make, visit):  # noqa: F811
    user = make.user()
    batch = _apply(
        upload(
            _xlsx(
                ("王毅", "1541111", "马庄桥镇", "甲有限公司 总经理", ""),
                ("李丽", "15422223333", "马庄桥镇", "", ""),
            ),
            by=user,
        ),
        user,
    )
    assert _people() == 2
    answer = visit(user).post(f"/rosters/{batch.id}/doubtful", {"reason": "退回补正"})
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    (sheet,) = book.worksheets
    assert [cell.value for cell in sheet[1]] == [*HEADER, "疑点(改正后再上传)", "雁归行号(勿改)"]
    assert sheet.max_row == 2
    assert sheet["B2"].fill.fgColor.rgb == "FFFBD5D1"
    assert sheet["A2"].fill.fgColor.rgb != "FFFBD5D1"
    assert "1541111" in sheet["F2"].value
    sheet["B2"] = "15411112222"
    target = io.BytesIO()
    book.save(target)
    back = upload(target.getvalue(), by=user)
    assert back.counts.get("same") == 1
    _apply(back, user)
    assert _people() == 2
    assert "15411112222" in set(db.session.scalars(select(PersonPhone.number)))


def test_the_doubtful_workbook_keeps_its_sheets_and_titles(upload, make, visit):  # noqa: F811
    """A sheet's name is its township, its title may name the unit of amounts:
    both come back with the correction.
    """
    user, book = make.user(), openpyxl.Workbook()
    sheet = book.active
    sheet.title = make.township.name
    for line in (["在外乡贤登记表（单位：万元）"], ["姓名", "手机", "年产值"], ["王毅", "1541111", "3000"]):
        sheet.append(line)
    target = io.BytesIO()
    book.save(target)
    batch = upload(target.getvalue(), by=user)
    answer = visit(user).post(f"/rosters/{batch.id}/doubtful", {"reason": "退回补正"})
    back = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert back.sheetnames == [make.township.name]
    back.active["B3"] = "15411112222"
    target = io.BytesIO()
    back.save(target)
    again = upload(target.getvalue(), by=user)
    (row,) = db.session.scalars(select(BatchRow).where(BatchRow.batch_id == again.id)).all()
    assert (row.card["home_code"], Decimal(row.card["scale_wan"]), row.card["mobiles"]) == (
        make.township.place_code,
        3000,
        ["15411112222"],
    )


def test_a_row_is_left_out_or_corrected_before_it_is_entered(upload, make, visit):  # noqa: F811
    user = make.user()
    batch = upload(_xlsx(("王毅", "1541111", "", "", ""), ("李丽", "15422223333", "", "", "")), by=user)
    one, two = db.session.scalars(
        select(BatchRow).where(BatchRow.batch_id == batch.id).order_by(BatchRow.number)
    ).all()
    browser = visit(user)
    assert batch.counts["reasons"] == {"phone_short": 1}
    assert browser.post(f"/rosters/{batch.id}/rows/{two.id}/leave-out").status_code == 303
    opened = browser.post(f"/rosters/{batch.id}/rows/{one.id}/open?reason=phone_short").text
    assert (
        "1541111" in opened,
        f"/rosters/{batch.id}/rows/{one.id}/correct?reason=phone_short" in opened,
    ) == (True, True)
    wrong = {
        "name": "王毅",
        "mobiles": "123",
        "birth": "",
        "city": "深圳",
        "home_code": make.township.place_code,
        "industry": "C",
        "scale_wan": "1.2亿",
        "company": "甲有限公司",
        "title": "总经理",
    }
    assert browser.post(f"/rosters/{batch.id}/rows/{one.id}/correct", wrong).status_code == 422
    saved = browser.post(
        f"/rosters/{batch.id}/rows/{one.id}/correct?reason=phone_short", {**wrong, "mobiles": "15411112222"}
    )
    # back among the rows as they were filtered
    assert (saved.status_code, saved.location) == (
        303,
        f"/rosters/{batch.id}?reason=phone_short",
    )
    batch = db.session.get(Batch, batch.id)
    assert (
        batch.counts["new"],
        batch.counts["skipped"],
        batch.counts["doubtful"],
        batch.counts["reasons"],
    ) == (1, 1, 0, {})
    _apply(batch, user)
    (person,) = db.session.scalars(select(Person)).unique().all()
    assert (
        person.name,
        person.city,
        person.home_code,
        person.industry,
        person.scale_wan,
        person.company.title,
    ) == (
        "王毅",
        "深圳市",
        make.township.place_code,
        "C",
        12000,
        "总经理",
    )
    assert browser.post(f"/rosters/{batch.id}/rows/{one.id}/leave-out").status_code == 409
    assert (
        visit(make.user(unit=make.other_county))
        .post(f"/rosters/{batch.id}/rows/{one.id}/leave-out")
        .status_code
        == 404
    )
