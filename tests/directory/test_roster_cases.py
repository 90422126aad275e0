"""Rosters as counties, questionnaires and address books write them:
what each file of ``tests/cases`` means.
"""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from outreach.core.db import db
from outreach.directory import operations
from outreach.directory.models import Person
from outreach.directory.roster_models import Batch, BatchRow
from tests.directory.test_rosters import _apply, _xlsx, upload  # noqa: F401

CASES = Path(__file__).parent.parent / "cases"


@pytest.fixture
def rows(upload, make):  # noqa: F811
    """(batch, its rows) of a case uploaded for 濮阳县."""

    def do(name: str, unit=None) -> tuple[Batch, list[BatchRow]]:
        batch = upload((CASES / name).read_bytes(), name=name, unit=unit or make.other_county)
        found = select(BatchRow).where(BatchRow.batch_id == batch.id).order_by(BatchRow.number)
        return batch, list(db.session.scalars(found))

    return do


def _field(batch: Batch, heading: str) -> tuple[str, str]:
    """(field, why) of a column."""
    shape = next(one for one in batch.shapes if heading in one["columns"])
    place = shape["columns"].index(heading)
    return shape["fields"][place], shape["why"][place]


def test_a_merged_township_holds_for_every_row_it_covers(rows):
    _batch, found = rows("b01_merged_township.xlsx")
    assert [row.card["home_code"] for row in found] == ["410928101"] * 3 + ["410928102"] * 2


def test_every_kind_of_merged_cell_holds_for_every_row(rows):
    _batch, found = rows("b01_merged_kinds.xlsx")
    for row in found:
        assert (row.card["home_code"], row.card["home_village"]) == ("410928101", "花园屯村")
        assert (row.card["province"], row.card["city"]) == ("广东省", "深圳市")
        assert row.card["posts"] == [["深圳花园防水集团有限公司", ""]]
    assert len(found) == 3


def test_a_second_row_of_a_merged_name_brings_the_person_its_post(rows):
    batch, found = rows("b02_person_two_rows.xlsx")
    assert [row.card["name"] for row in found] == ["孙一山", "孙二水"]
    assert found[0].card["posts"] == [["北京一山建材有限公司", "董事长"], ["河南一山置业有限公司", "监事"]]
    assert batch.counts["new"] == 2


@pytest.mark.parametrize(
    ("name", "mobiles"),
    [
        ("b12_emergency.xlsx", [["15400120031"]]),
        ("b12_home_contact.xlsx", [["15400120001"], ["15400120002"], []]),
        ("b12_recommender.xlsx", [["15400120011"], ["15400120012"]]),
        ("b12_recommender_name.xlsx", [["15400120021"], ["15400120022"]]),
        ("b26_legal_person.xlsx", [[]]),
        ("b26_legal_name.xlsx", [[]]),
    ],
)
def test_a_number_of_somebody_else_is_never_the_persons(rows, name, mobiles):
    _batch, found = rows(name)
    assert [row.card["mobiles"] for row in found] == mobiles


def test_an_exact_heading_beats_one_that_contains_it(rows):
    batch, found = rows("b12_recommender_name.xlsx")
    assert [row.card["name"] for row in found] == ["施外出", "施外向"]
    assert _field(batch, "推荐人姓名") == ("", "others")


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("b13_wjx.xlsx", ["曹问卷", "曹答卷"]),
        ("b13_wjx_plain.xlsx", ["严问卷"]),
        ("b13_form_required.xlsx", ["华表单"]),
        ("b14_thunderbird_zh.csv", ["金远航", "魏丽"]),
        ("b14_surname_given.xlsx", ["金远航", "欧阳丽"]),
        ("b14_google_en.xlsx", ["Yuanhang Jin"]),
        ("b14_eventbrite_en.xlsx", ["Jin Yuanhang"]),
        ("b26_chamber_by_company.xlsx", ["窦一", "章二"]),
        ("b26_legal_person.xlsx", ["窦一"]),
        ("b23_headings.xlsx", ["元空格"]),
        ("b15_traditional.xlsx", ["張偉明", "謝國強"]),
    ],
)
def test_the_name_is_found_however_its_heading_is_written(rows, name, people):
    _batch, found = rows(name)
    assert [row.card["name"] for row in found] == people


def test_a_given_name_beside_a_surname_is_not_the_whole_name(upload, make):  # noqa: F811
    batch = upload(_xlsx(("远航", "金", "15411110001"), header=("名字", "姓氏", "手机")))
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    assert row.card["name"] == "金远航"


def test_ditto_is_the_row_above_and_is_marked(rows):
    _batch, found = rows("b11_ditto.xlsx")
    company = "北京石氏建材有限公司"
    assert [row.card["posts"][0] for row in found] == [
        [company, "董事长"],
        [company, "总经理"],
        [company, "总经理"],
        [company, "总经理"],
    ]
    assert {row.card["home_code"] for row in found} == {"410928101"}
    assert ["employer", "ditto", company] in found[2].doubts
    assert [row.card["birth"] for row in found] == ["1970-03", "1971-03", "", "1973-05"]
    assert not found[1].doubtful


@pytest.mark.parametrize(
    ("heading", "cell", "field", "value"),
    [
        ("祖籍", "柳屯镇", "home_code", "410928101"),
        ("男/女", "女", "gender", "女"),
        ("干什么的", "装修", "industry", "E"),
        ("電話", "15411110001", "mobiles", ["15411110001"]),
        ("籍貫", "柳屯镇", "home_code", "410928101"),
        ("任职", "北京甲公司董事长", "posts", [["北京甲公司", "董事长"]]),
        ("社会职务", "县政协委员", "note", "县政协委员"),
        ("电话/微信", "wx_goose88", "wechat", "wx_goose88"),
        ("电话/微信", "15411110001", "mobiles", ["15411110001"]),
    ],
)
def test_headings_that_were_dropped_in_silence(upload, make, heading, cell, field, value):  # noqa: F811
    batch = upload(_xlsx(("王毅", cell), header=("姓名", heading)), unit=make.other_county)
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    assert row.card[field] == value


def test_every_filled_column_is_named_with_its_count(upload, make, visit):  # noqa: F811
    user = make.user()
    content = _xlsx(
        ("王毅", "15411110001", "15411110002", "本科", None),
        ("李丽", "15411110003", None, "大专", None),
        header=("姓名", "手机", "推荐人电话", "学历", "空列"),
    )
    batch = upload(content, by=user)
    shape = batch.shapes[0]
    assert shape["fields"] == ["name", "phone", "", "", ""]
    assert shape["filled"] == [2, 2, 1, 2, 0]
    text = visit(user).get(f"/rosters/{batch.id}").text
    assert "有 2 列已填写的内容不写入" in text
    assert "15411110002" not in text
    assert "154****0002" in text


def test_without_a_name_column_the_columns_are_asked_for(upload, make, visit):  # noqa: F811
    user = make.user()
    batch = upload(_xlsx(("王毅", "15411110001"), header=("甲", "乙")), by=user)
    assert (batch.state, batch.total) == ("ready", 0)
    page = visit(user).get(f"/rosters/{batch.id}")
    assert "未识别出姓名列" in page.text
    assert 'id="columns" open' in page.text
    assert "154****0001" in page.text
    assert "王*" in page.text
    assert visit(user).post(f"/rosters/{batch.id}/apply").status_code == 409
    answer = visit(user).post(f"/rosters/{batch.id}/columns", {"column-0-0": "name", "column-0-1": "phone"})
    assert answer.status_code == 303
    operations.read_batch(db.session.get_one(Batch, batch.id))
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    assert (row.card["name"], row.card["mobiles"]) == ("王毅", ["15411110001"])


def test_hidden_rows_are_said_and_left_out_until_taken_in(rows, visit, make):
    batch, found = rows("b16_hidden.xlsx")
    assert [(row.card["name"], row.verdict) for row in found] == [
        ("陶看得", "new"),
        ("陶隐藏", "skipped"),
        ("姜看得", "new"),
    ]
    assert batch.shapes[0]["hidden"] == 1
    operations.leave_out_row(found[1], by=make.user())
    assert (found[1].verdict, found[1].doubts, found[1].doubtful) == ("new", [], False)


def test_all_hidden_rows_are_taken_in_at_once(rows, visit, make):
    batch, _found = rows("b16_hidden.xlsx")
    staff = visit(make.user(unit=make.other_county))
    assert "恢复录入全部隐藏行" in staff.get(f"/rosters/{batch.id}").text
    assert staff.post(f"/rosters/{batch.id}/hidden").status_code == 303
    db.session.expire_all()
    batch = db.session.get_one(Batch, batch.id)
    assert (batch.counts["new"], batch.counts["skipped"]) == (3, 0)
    assert "恢复录入全部隐藏行" not in staff.get(f"/rosters/{batch.id}").text


def test_a_township_that_uploads_for_itself_is_the_home_place(upload, make):  # noqa: F811
    batch = upload(_xlsx(("王毅", "15411110001", "", "", "")), unit=make.township)
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    assert row.card["home_code"] == make.township.place_code
    assert ["home", "home_inferred", make.township.name] in row.doubts
    assert not row.doubtful


def test_a_line_with_a_township_alone_holds_for_the_rows_below(upload, make):  # noqa: F811
    content = _xlsx(
        ("柳屯镇（2人）",),
        ("王毅", "15411110001"),
        ("文留镇",),
        ("李丽", "15411110002"),
        header=("姓名", "手机"),
    )
    batch = upload(content, unit=make.other_county)
    found = db.session.scalars(
        select(BatchRow).where(BatchRow.batch_id == batch.id).order_by(BatchRow.number)
    )
    assert [(row.card["name"], row.card["home_code"]) for row in found] == [
        ("王毅", "410928101"),
        ("李丽", "410928102"),
    ]


def test_no_id_number_is_stored_however_it_is_written(rows):
    batch, found = rows("b22_id_number.xlsx")
    stored = str([(row.raw, row.card, row.doubts) for row in found]) + str(batch.shapes)
    assert "410922" not in stored
    assert "４１０９２２" not in stored
    assert [row.card["mobiles"] for row in found] == [[f"1540080100{number}"] for number in range(1, 6)]


def test_the_words_of_a_foreign_amount_are_kept(rows):
    _batch, (row,) = rows("b25_scale_1.xlsx")
    assert row.card["scale_wan"] is None
    assert row.card["scale_stated"] == "5000万美元"
    assert row.doubts == [["scale", "amount_currency", "5000"]]


def test_the_spellings_of_the_middle_dot_are_one_person(rows, make):
    user = make.user()
    batch, _rows = rows("b10_dots.xlsx")
    _apply(batch, user)
    batch, found = rows("b10_dots2.xlsx")
    assert {row.verdict for row in found} == {"same"}
    _apply(batch, user)
    assert [person.name for person in db.session.scalars(select(Person))] == ["吐尔逊·买买提"]


def test_traditional_and_simplified_names_are_one_person(rows, make, visit):
    user = make.user()
    batch, _rows = rows("b15_simplified.xlsx")
    _apply(batch, user)
    batch, found = rows("b15_trad_names_simpl_heads.xlsx")
    assert [row.verdict for row in found] == ["same", "same", "new"]


def test_the_dry_run_shows_what_it_will_enter(upload, make, visit):  # noqa: F811
    user = make.user()
    known = make.person("李建国", mobiles=["15411111111"], city="北京市")
    content = _xlsx(
        ("李建国", "15411111111、15422222222", "深圳", "新公司董事长"),
        ("王毅", "15433333333", "深圳", ""),
        header=("姓名", "手机", "现居地", "单位及职务"),
    )
    batch = upload(content, by=user)
    text = " ".join(visit(user).get(f"/rosters/{batch.id}").text.split())
    assert "154****2222" in text
    assert "保留“北京市”，表中为“深圳市”" in text
    assert "新公司 董事长" in text
    _apply(batch, user)
    db.session.refresh(known)
    assert known.city == "北京市"
    assert {phone.number for phone in known.phones} == {"15411111111", "15422222222"}


def test_the_dry_run_tells_the_gender_in_english(upload, make, visit):  # noqa: F811
    user = make.user()
    batch = upload(_xlsx(("王毅", "男"), header=("姓名", "性别")), by=user)
    browser = visit(user)
    browser.post("/language", {"lang": "en", "onwards": "/home"})
    text = " ".join(browser.get(f"/rosters/{batch.id}").text.split())
    assert "Gender</span> Male" in text


def test_an_output_without_unit_is_given_one_by_hand(upload, make, visit):  # noqa: F811
    user = make.user()
    batch = upload(_xlsx(("王毅", "3000"), header=("姓名", "年产值")), by=user)
    text = visit(user).get(f"/rosters/{batch.id}").text
    assert "年产值：标题和表头均未注明单位" in text
    sent = {"column-0-0": "name", "column-0-1": "scale=万元"}
    assert visit(user).post(f"/rosters/{batch.id}/columns", sent).status_code == 303
    operations.read_batch(db.session.get_one(Batch, batch.id))
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    assert (Decimal(row.card["scale_wan"]), row.doubts) == (3000, [])
    text = visit(user).get(f"/rosters/{batch.id}").text
    assert "均未注明单位" not in text
    assert 'value="scale=万元" selected' in text
    again = upload(_xlsx(("李丽", "9"), header=("姓名", "年产值")), by=user)
    assert again.shapes[0]["fields"] == ["name", "scale"]
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == again.id))
    assert row.card["scale_wan"] is None
