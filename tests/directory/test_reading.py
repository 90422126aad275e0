"""Cells as counties write them (domain cases M2-M10)."""

from datetime import date
from decimal import Decimal

import pytest

from outreach.core import identity
from outreach.directory.queries import cities, towns_of
from outreach.directory.reading import business, numbers, people


@pytest.mark.parametrize(
    ("cell", "mobiles", "landlines", "doubts"),
    [
        (15412345678.0, ["15412345678"], [], []),
        ("1.54E+10", [], [], ["phone_lost"]),
        ("１５４１２３４５６７８", ["15412345678"], [], []),
        ("15412345678/0393-6665602", ["15412345678"], ["0393-6665602"], []),
        ("15412345678、15512345678", ["15412345678", "15512345678"], [], []),
        ("15412345678 15512345678(微信同号)", ["15412345678", "15512345678"], [], []),
        ("154 1234 5678", ["15412345678"], [], []),
        ("同上", [], [], ["phone_ditto"]),
        ("〃", [], [], ["phone_ditto"]),
        ("6665602", [], [], ["phone_no_area"]),
        ("1541234567", [], [], ["phone_short"]),
        ("154123456789", [], [], ["phone_long"]),
        ("", [], [], []),
        (None, [], [], []),
        ("无", [], [], []),
        ("问他哥", [], [], ["phone_unread"]),
        ("15412345678\n15512345678", ["15412345678", "15512345678"], [], []),
        ("010-66661234", [], ["010-66661234"], []),
        ("(0393)4412345", [], ["0393-4412345"], []),
        ("（010）87654321", [], ["010-87654321"], []),
        ("0371-62345678转801", [], ["0371-62345678转801"], []),
        ("+86 10 8765 4321", [], ["010-87654321"], []),
        ("手机:15400090002 座机:0393-4412345", ["15400090002"], ["0393-4412345"], []),
        ("15400090003(南)15400090004(北)", ["15400090003", "15400090004"], [], []),
        ("15400090011-15400090012", ["15400090011", "15400090012"], [], []),
        ("\u202d15400090005\u202c", ["15400090005"], [], []),
        ("+1 415 555 2671", ["+1 415 555 2671"], [], []),
        ("+852 9123 4567、+44 7911 123456", ["+852 9123 4567", "+44 7911 123456"], [], []),
        ("(852)91234569", [], [], ["phone_unread"]),
    ],
)
def test_phone_cells(cell, mobiles, landlines, doubts):
    reading = numbers.read(cell)
    assert reading.value[:2] == (mobiles, landlines)
    assert reading.doubts == doubts


@pytest.mark.parametrize(
    ("cell", "birth", "doubts"),
    [
        (1968.1, "1968", ["birth_ambiguous"]),
        (1968.11, "1968-11", []),
        (1968.03, "1968-03", []),
        ("1968.10", "1968-10", []),
        ("68.3", "1968-03", []),
        ("196810", "1968-10", []),
        (196810.0, "1968-10", []),
        ("1968年10月", "1968-10", []),
        ("1968-10-01 00:00:00", "1968-10", []),
        (25112.0, "1968-10", []),
        (date(1968, 10, 1), "1968-10", []),
        ("属猴", "", ["birth_unread"]),
        ("60后", "", ["birth_unread"]),
        ("农历八月十五", "", ["birth_unread"]),
        ("1968.13", "", ["birth_unread"]),
        ("1968", "1968", []),
        (1968.0, "1968", []),
        (None, "", []),
        ("2190.5", "", ["birth_unread"]),
    ],
)
def test_birth_cells(cell, birth, doubts):
    reading = people.read_birth(cell, typed=True)
    assert (reading.value, reading.doubts) == (birth, doubts)


def test_a_csv_cannot_tell_january_from_october():
    assert people.read_birth("1968.1", typed=False).doubts == ["birth_ambiguous"]
    assert people.read_birth("1968.1", typed=True).value == "1968-01"


@pytest.mark.parametrize(
    ("cell", "name", "gender", "doubts"),
    [
        ("王　毅", "王毅", "", []),
        ("张丽（女）", "张丽", "女", []),
        ("马强(回)", "马强", "", []),
        ("李强1", "李强", "", ["namesake"]),
        ("李强（大）", "李强", "", ["namesake"]),
        ("刘总", "刘总", "", ["name_title"]),
        ("张老师", "张老师", "", ["name_title"]),
        ("张三 董事长", "张三", "", ["name_title"]),
        ("欧阳少东", "欧阳少东", "", []),
        ("", "", "", ["name_missing"]),
        (None, "", "", ["name_missing"]),
        ("@@", "@@", "", ["name_odd"]),
        ("张三*", "张三", "", []),
        ("John Smith", "John Smith", "", []),
    ],
)
def test_name_cells(cell, name, gender, doubts):
    reading = people.read_name(cell)
    assert (reading.value[0], reading.value[1], reading.doubts) == (name, gender, doubts)


@pytest.mark.parametrize(
    ("text", "posts", "left"),
    [
        (
            "北京某某建设工程有限公司董事长、河南商会副会长",
            (("北京某某建设工程有限公司", "董事长"), ("河南商会", "副会长")),
            "",
        ),
        (
            "某某集团（深圳）有限公司 总经理/法人",
            (("某某集团（深圳）有限公司", "总经理"), ("某某集团（深圳）有限公司", "法人")),
            "",
        ),
        ("自己干装修，手下20来人", (), "自己干装修；手下20来人"),
        ("华为技术有限公司员工", (("华为技术有限公司", "员工"),), ""),
        ("在北京开公司（做建材）", (), "（做建材）；在北京开公司"),
        ("个体", (), "个体"),
        ("", (), ""),
    ],
)
def test_employer_and_post_cells(text, posts, left):
    assert business.posts(text) == (posts, left)


@pytest.mark.parametrize(
    ("cell", "unit", "value", "doubts"),
    [
        ("1.2亿", "万", Decimal(12000), []),
        ("约3000万", "万", Decimal(3000), ["amount_about"]),
        (3000.0, "万", Decimal(3000), []),
        ("3000", "万", Decimal(3000), []),
        ("3000", "", None, ["amount_no_unit"]),
        ("5000-8000万", "万", None, ["amount_range"]),
        ("500万美元", "万", None, ["amount_currency"]),
        ("无", "万", None, []),
        ("保密", "万", None, ["amount_unread"]),
        ("1，200", "万", Decimal(1200), []),
        (-5.0, "万", None, ["amount_negative"]),
        ("50000元", "万", Decimal(5), []),
    ],
)
def test_amount_cells(cell, unit, value, doubts):
    reading = business.amount(cell, unit)
    assert (reading.value, reading.doubts) == (value, doubts)


@pytest.mark.parametrize(
    "code",
    [
        "91110000600037341L",
        "91110108551385082Q",
        "91350200MA31E12PXF",
        "9111 0000 6000 3734 1l",
        "91410922MA00TE5T2U",
    ],
)
def test_good_credit_codes(code):
    assert business.credit_code(code).doubts == []


def test_a_wrong_credit_code_is_named_and_a_repair_only_suggested():
    assert business.credit_code("91110000600037341M").doubts == ["code_wrong"]
    reading = business.credit_code("9111OOOO600037341L")
    assert reading.value == ""
    assert reading.doubts == ["code_repair:91110000600037341L"]


def test_an_id_number_is_recognised():
    assert identity.id_number("身份证410922196810012345，见附件") == "410922196810012345"
    assert identity.id_number("91110000600037341L") is None


@pytest.mark.parametrize(
    ("cell", "code", "doubts"),
    [
        ("柳屯镇", "410928101", []),
        ("濮阳县柳屯镇", "410928101", []),
        ("柳屯", "410928101", []),
        ("徐镇", "410928106", []),
        ("白罡乡", "410928206", []),
        ("河南省濮阳市濮阳县户部寨镇", "410928107", []),
        ("其父系户部寨镇人，本人生于郑州", "410928107", []),
        ("", "410928100", []),
        ("火星镇", None, ["home_unread"]),
    ],
)
def test_home_cells(make, cell, code, doubts):
    reading = towns_of(make.other_county).read(cell, "410928100")
    assert (reading.value, reading.doubts) == (code, doubts)


def test_a_township_of_five_counties_is_ambiguous_for_the_city(make):
    towns = towns_of(make.city)
    assert towns.read("城关镇", None).doubts == ["home_ambiguous"]
    assert towns.read("清丰县城关镇", None).value == "410922100"


@pytest.mark.parametrize(
    ("cell", "place", "doubts"),
    [
        ("深圳", ("广东省", "深圳市"), []),
        ("广东深圳", ("广东省", "深圳市"), []),
        ("深圳市龙岗区", ("广东省", "深圳市"), []),
        ("北京市朝阳区", ("北京市", "北京市"), []),
        ("上海浦东", ("上海市", "上海市"), []),
        ("新疆乌鲁木齐", ("新疆维吾尔自治区", "乌鲁木齐市"), []),
        ("西安", ("陕西省", "西安市"), []),
        ("昆山", ("江苏省", "苏州市"), []),
        ("广东", ("广东省", ""), []),
        ("鼓楼", ("", ""), ["lives_ambiguous"]),
        ("火星", ("", ""), ["lives_unread"]),
        ("", ("", ""), []),
        ("济源", ("河南省", "济源市"), []),
    ],
)
def test_residence_cells(app, cell, place, doubts):
    reading = cities().read(cell)
    assert (reading.value, reading.doubts) == (place, doubts)
