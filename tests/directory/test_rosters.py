"""A roster from upload to the register and back."""

import io
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import func, select

from outreach.core import jobs, worker
from outreach.core.db import db
from outreach.directory import operations
from outreach.directory.models import Organisation, Person, PersonPhone, PersonTerm, Post, TierDecision
from outreach.directory.roster_models import Batch, BatchRow
from outreach.ops import rosters as samples

HEADER = ("姓名", "手机", "籍贯", "单位及职务", "备注")


def _xlsx(*rows, header=HEADER, above=()) -> bytes:
    book = openpyxl.Workbook()
    for row in (*above, header, *rows):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture
def upload(make):
    """Upload and read; the batch."""

    def do(content: bytes, name="名单.xlsx", unit=None, by=None):
        batch = operations.upload_roster(
            unit or make.county, name=name, content=content, by=by or make.user()
        )
        db.session.commit()
        worker.drain()
        return db.session.get(Batch, batch.id)

    return do


def _apply(batch, by):
    operations.apply_batch(batch, by=by)
    db.session.commit()
    worker.drain()
    db.session.expire_all()
    return db.session.get(Batch, batch.id)


def _people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person))


def test_the_sample_roster_is_read_whole(upload, make):
    batch = upload(samples.sample())
    assert batch.state == "ready"
    assert batch.counts["rows"] == 120
    assert batch.counts["new"] == 120
    assert {"phone_lost", "birth_ambiguous", "birth_unread", "phone_ditto"} <= set(batch.counts["reasons"])
    assert _people() == 0
    sheets = batch.shapes[0]
    assert "联系方式/手机" in sheets["columns"]
    assert sheets["sheets"] == ["马庄桥镇", "瓦屋头镇"]


def test_apply_then_revert_leaves_nothing(upload, make):
    user = make.user()
    batch = _apply(upload(samples.sample(), by=user), user)
    assert batch.state == "applied"
    assert _people() == batch.counts["new"]
    assert db.session.scalar(select(func.count()).select_from(TierDecision)) > 0
    operations.revert_batch(batch, reason="错发", by=user)
    db.session.commit()
    worker.drain()
    assert db.session.get(Batch, batch.id).state == "reverted"
    assert _people() == 0
    for table in (PersonPhone, PersonTerm, TierDecision):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_a_lost_phone_is_rejected_not_repaired(upload, make):
    user = make.user()
    batch = _apply(upload(_xlsx(("王毅", "1.54E+10", "马庄桥镇", "某公司经理", "")), by=user), user)
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    assert row.doubts == [["phone", "phone_lost", "1.54E+10"]]
    assert db.session.scalar(select(Person)).phones == []


def test_the_same_number_and_name_is_the_same_person(upload, make):
    user, known = make.user(), make.person("李建国", mobiles=["15411111111"])
    batch = upload(
        _xlsx(
            ("李建囯", "15411111111/15422222222", "马庄桥镇", "新公司董事长", ""),
            ("王毅", "15411111111", "马庄桥镇", "", ""),
        ),
        by=user,
    )
    assert (batch.counts["same"], batch.counts["new"]) == (1, 1)
    assert batch.counts["reasons"]["phone_shared"] == 1
    _apply(batch, user)
    db.session.refresh(known)
    assert {phone.number for phone in known.phones} == {"15411111111", "15422222222"}
    assert known.company.organisation.name == "新公司"
    assert _people() == 2


def test_a_revert_takes_back_only_what_the_batch_added(upload, make):
    user, known = make.user(), make.person("李建国", mobiles=["15411111111"])
    batch = _apply(
        upload(_xlsx(("李建国", "15411111111、15422222222", "马庄桥镇", "新公司董事长", "")), by=user), user
    )
    operations.revert_batch(batch, reason="错发", by=user)
    db.session.commit()
    worker.drain()
    db.session.expire_all()
    assert [phone.number for phone in known.phones] == ["15411111111"]
    assert known.posts == []


def test_a_revert_keeps_who_was_edited_or_registered_and_says_so(upload, make):
    user = make.user()
    batch = _apply(
        upload(
            _xlsx(("王毅", "15411111111", "马庄桥镇", "", ""), ("李丽", "15422222222", "马庄桥镇", "", "")),
            by=user,
        ),
        user,
    )
    edited = db.session.scalar(select(Person).where(Person.name == "王毅"))
    operations.decide_tier(edited, tier=3, reason="纳税大户", by=user)
    make.registration(make.event(), name="李丽", mobile="15422222222")
    operations.revert_batch(batch, reason="错发", by=user)
    db.session.commit()
    worker.drain()
    batch = db.session.get(Batch, batch.id)
    assert batch.kept == {"in_use": 1, "edited": 1}
    assert _people() == 2


def test_the_same_file_twice_adds_nobody(upload, make):
    user = make.user()
    content = _xlsx(("王毅", "15411111111", "马庄桥镇", "某公司经理", ""))
    _apply(upload(content, by=user), user)
    second = _apply(upload(content, by=user), user)
    assert second.counts["same"] == 1
    assert _people() == 1


def test_a_repeated_row_in_one_file_is_one_person(upload, make):
    user = make.user()
    batch = upload(
        _xlsx(
            ("王毅", "15411111111", "马庄桥镇", "甲公司经理", ""),
            ("王毅", "15411111111", "马庄桥镇", "乙公司经理", ""),
        ),
        by=user,
    )
    assert batch.counts["repeated"] == 1
    _apply(batch, user)
    assert _people() == 1
    assert {post.organisation.name for post in db.session.scalar(select(Person)).posts} == {
        "甲公司",
        "乙公司",
    }


def test_an_id_number_is_never_stored(upload, make):
    batch = upload(_xlsx(("王毅", "15411111111", "马庄桥镇", "", "身份证410922196810012345")))
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    assert "410922196810012345" not in str(row.raw) + str(row.card)
    assert ["", "id_number", ""] in row.doubts


def test_columns_can_be_corrected_and_read_again(upload, make):
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


def test_columns_without_a_name_come_back_as_they_were_chosen(upload, make, visit):
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


@pytest.mark.parametrize("content", [b"nothing", _xlsx(header=("只有一行", None)), b"PK\x03\x04"])
def test_what_cannot_be_read_fails_in_words(upload, content):
    batch = upload(content)
    assert batch.state == "failed"
    assert batch.fault


def test_csv_of_chinese_excel(upload):
    batch = upload(
        "姓名,单位,职务,手机号码\n高梅,甲公司,董事长,15469306984\n张军,乙公司,经理,1.54E+10\n".encode(
            "gb18030"
        ),
        name="报名.csv",
    )
    assert batch.counts["rows"] == 2
    assert batch.counts["reasons"] == {"phone_lost": 1}


def test_a_chambers_list_names_the_chamber(upload):
    header = ("序号", "姓名", "商会职务", "企业名称", "职务", "联系电话", "籍贯")
    batch = upload(
        _xlsx(
            (1, "张想", "副会长", "甲公司", "法人", 15454265097.0, "清丰县马庄桥镇"),
            header=header,
            above=[("深圳市濮阳商会会员名册",)],
        )
    )
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    assert row.card["posts"] == [["甲公司", "法人"], ["深圳市濮阳商会", "副会长"]]
    assert row.card["home_code"] == "410922101"


def test_a_crash_in_the_middle_resumes_where_it_stopped(upload, make, monkeypatch):
    from outreach.directory.operations import rosters

    monkeypatch.setattr(rosters, "PORTION", 30)
    user = make.user()
    batch = upload(samples.sample(), by=user)
    operations.apply_batch(batch, by=user)
    db.session.commit()
    runner = worker.Worker()
    job = runner.claim()
    portions = []

    def power_cut(job_id):
        db.session.commit()
        portions.append(batch.cursor)
        if len(portions) == 2:
            raise KeyboardInterrupt

    whole = worker.portion
    monkeypatch.setattr(worker, "portion", power_cut)
    with pytest.raises(KeyboardInterrupt):
        runner.run(job)
    monkeypatch.setattr(worker, "portion", whole)
    db.session.rollback()
    assert 0 < _people() < batch.counts["new"]
    job = db.session.get(jobs.Job, job.job_id)
    job.claimed_until = None
    db.session.commit()
    worker.drain()
    assert db.session.get(Batch, batch.id).state == "applied"
    assert _people() == batch.counts["new"]


def test_the_pages_from_upload_to_register(make, visit):
    user = make.user()
    browser = visit(user)
    data = {"unit_id": str(make.county.id), "file": (io.BytesIO(samples.sample()), "马庄桥.xlsx")}
    answer = browser.post("/rosters", data, content_type="multipart/form-data")
    address = answer.headers["Location"]
    assert answer.status_code == 303
    assert "正在读取" in browser.get(address).text
    worker.drain()
    assert "未录入" not in browser.get("/people").text
    assert browser.get(address + "?doubtful=y").status_code == 200
    assert browser.get(address + "?reason=phone_lost").status_code == 200
    assert browser.post(address + "/doubtful", {"reason": ""}).status_code == 422
    name = browser.post(address + "/doubtful", {"reason": "退回乡镇核实"}).headers["Content-Disposition"]
    assert (name.startswith("attachment"), name.count(".xlsx")) == (True, name.count("filename"))
    assert browser.post(address + "/apply").status_code == 303
    worker.drain()
    assert "已录入" in browser.get(address).text
    entered = db.session.scalar(select(func.count()).select_from(Person))
    assert browser.post(address + "/apply").status_code == 409
    assert browser.post(address + "/revert", {"reason": ""}).status_code == 422
    assert browser.post(address + "/revert", {"reason": "错发"}).status_code == 303
    worker.drain()
    assert f"已撤回 {entered} 张卡片" in browser.get(address).text


def test_upload_without_a_file_is_422(make, visit):
    answer = visit(make.user()).post("/rosters", {"unit_id": str(make.county.id)})
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Batch)) == 0


def test_a_clerk_cannot_import_for_another_county(make, visit):
    data = {"unit_id": str(make.other_county.id), "file": (io.BytesIO(samples.sample()), "a.xlsx")}
    assert visit(make.user()).post("/rosters", data, content_type="multipart/form-data").status_code == 422


def test_discard(upload, make, visit):
    user = make.user()
    batch = upload(samples.sample(), by=user)
    assert visit(user).post(f"/rosters/{batch.id}/discard").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(BatchRow)) == 0


def test_a_corrected_mapping_is_remembered_for_the_next_sheet_of_the_kind(upload, make):
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


def test_doubtful_rows_come_back_coloured_and_return_corrected(upload, make, visit):
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


def test_the_doubtful_workbook_keeps_its_sheets_and_titles(upload, make, visit):
    """A sheet's name is its township, its title may name the unit of amounts: both come back with the correction."""
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


def test_a_row_is_left_out_or_corrected_before_it_is_entered(upload, make, visit):
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
    assert (saved.status_code, saved.location) == (
        303,
        f"/rosters/{batch.id}?reason=phone_short",
    )  # back among the rows as they were filtered
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


def test_a_roster_of_members_gives_everybody_a_post_in_the_chamber(make, visit):
    user = make.user()
    operations.organisation_named("深圳市濮阳商会")
    chamber = db.session.scalar(select(Organisation).where(Organisation.name == "深圳市濮阳商会"))
    browser = visit(user)
    page = browser.get(f"/rosters?chamber={chamber.id}")
    assert browser.page.xpath("//select[@name='chamber_id']/option[@selected]")[0].text == "深圳市濮阳商会"
    assert page.status_code == 200
    header = ("姓名", "手机", "单位", "商会职务")
    content = _xlsx(
        ("王建国", "15411112222", "某公司", "副会长"), ("李丽", "15411113333", "另一公司", ""), header=header
    )
    data = {"unit_id": make.county.id, "chamber_id": chamber.id, "file": (io.BytesIO(content), "会员.xlsx")}
    assert browser.post("/rosters", data, content_type="multipart/form-data").status_code == 303
    worker.drain()
    batch = _apply(db.session.scalar(select(Batch)), user)
    assert batch.state == "applied"
    posts = {
        (post.person.name, post.title)
        for post in db.session.scalars(select(Post).where(Post.organisation_id == chamber.id))
    }
    assert posts == {("王建国", "副会长"), ("李丽", "会员")}
    person = db.session.scalar(select(Person).where(Person.name == "李丽"))
    assert person.company.organisation.name == "另一公司"  # the chamber is not where they work
