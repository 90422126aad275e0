"""A roster from upload to the register and back."""

import io

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
