"""The engine with a ledger's fields: headings, units, merged cells, 同上, what every column was taken for."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from outreach.core import sheets
from outreach.core.sheets import Sheet
from outreach.imports import amounts, dates, rows
from outreach.imports.columns import Tally
from outreach.imports.headings import Field, Kind, Taken, find
from outreach.imports.rows import Mark

CASES = Path(__file__).parent.parent / "cases"
LEDGER = Kind(
    (
        Field("name", ("项目名称",)),
        Field("company", ("投资方", "企业名称"), ditto=True),
        Field("total", ("总投资", "总投资额", "计划总投资"), amount=True, shared=False),
        Field("agreed", ("协议投资",), amount=True, shared=False),
        Field("contracted", ("合同额",), amount=True, shared=False),
        Field("paid_in", ("到位资金",), amount=True, shared=False),
        Field("signed_on", ("签约时间", "签约日期")),
    )
)
AMOUNTS = ("total", "agreed", "contracted", "paid_in")


def opened(name: str) -> Sheet:
    return next(sheets.read(CASES / name, name))


def read_amounts(sheet: Sheet) -> list[dict]:
    """Field -> (value, doubts) of every line."""
    heading = find(sheet, LEDGER)
    return [
        {
            name: (reading.value, reading.doubts)
            for name in AMOUNTS
            if heading.column(name) is not None
            for reading in [amounts.read(line.of(name), heading.unit_of(name))]
        }
        for line in rows.lines(sheet, heading)
    ]


def test_a_unit_over_the_table_holds_for_its_amounts():
    first, second = read_amounts(opened("l01_unit_above.xlsx"))
    assert first["total"] == (Decimal(125_000), [])
    assert second["total"] == (Decimal(30_000), [])


@pytest.mark.parametrize("number", range(1, 9))
def test_a_unit_in_the_heading_however_it_is_written(number):
    assert read_amounts(opened(f"l02_heading_{number}.xlsx"))[0]["total"] == (Decimal(125_000), [])


@pytest.mark.parametrize(
    ("number", "name", "value", "doubts"),
    [
        (1, "total", None, ["amount_currency"]),
        (2, "total", None, ["amount_currency"]),
        (3, "contracted", None, ["amount_currency"]),
        (4, "agreed", None, ["amount_currency"]),
        (5, "total", Decimal(5_000), []),
        (6, "paid_in", Decimal(500), []),
        (7, "total", Decimal(500_000), []),
        (8, "total", Decimal("0.5"), []),
        (9, "total", Decimal(5_000_000), []),
    ],
)
def test_currencies_have_no_number_and_other_units_are_converted(number, name, value, doubts):
    assert read_amounts(opened(f"l03_currency_{number}.xlsx"))[0][name] == (value, doubts)


def test_two_rows_of_heading_under_one_unit():
    (line,) = read_amounts(opened("l05_two_rows.xlsx"))
    assert line == {
        "total": (Decimal(125_000), []),
        "contracted": (Decimal(100_000), []),
        "paid_in": (Decimal(15_000), []),
    }


def test_an_amount_without_any_unit_is_not_assumed():
    sheet = Sheet("", [["项目名称", "总投资"], ["甲", 12.5]])
    assert read_amounts(sheet)[0]["total"] == (None, ["amount_no_unit"])


@pytest.mark.parametrize(
    ("cell", "value", "doubts"),
    [
        ("12.5亿元", Decimal(125_000), []),
        ("1.2亿美元", None, ["amount_currency"]),
        ("5-8亿", None, ["amount_range"]),
        ("1,200", Decimal(1200), []),
        ("3千万", Decimal(3000), []),
        ("3千", None, ["amount_unread"]),
        ("2000余万元", Decimal(2000), ["amount_about"]),
        ("约1.2亿元", Decimal(12000), ["amount_about"]),
        ("10亿元（一期5亿元）", None, ["amount_unread"]),
        (True, None, ["amount_unread"]),
    ],
)
def test_what_a_cell_says_itself(cell, value, doubts):
    reading = amounts.read(cell, amounts.WAN)
    assert (reading.value, reading.doubts) == (value, doubts)


def test_yuan_below_a_foreign_heading_are_not_taken_for_renminbi():
    dollars = amounts.unit_in("总投资（万美元）")
    assert amounts.read("5000万元", dollars).doubts == ["amount_currency"]
    assert amounts.read("人民币5000万元", dollars).value == Decimal(5000)


@pytest.mark.parametrize("heading", ["单元", "公元纪年", "元宇宙项目", "总投资", "填报单位：濮阳县商务局"])
def test_words_that_hold_yuan_name_no_unit(heading):
    assert amounts.unit_in(heading) is None
    assert amounts.without_unit(amounts.flat(heading)) == amounts.flat(heading)


@pytest.mark.parametrize(
    ("cell", "day", "doubts"),
    [
        (2024.1, None, ["day_ambiguous"]),
        (2024.6, date(2024, 6, 1), ["day_first"]),
        (2024.12, date(2024, 12, 1), ["day_first"]),
        ("2024.6.20", date(2024, 6, 20), []),
        ("2024年6月20日", date(2024, 6, 20), []),
        (20240620.0, date(2024, 6, 20), []),
        (45463.0, date(2024, 6, 20), []),
        (date(2024, 6, 20), date(2024, 6, 20), []),
        ("2024.13", None, ["day_unread"]),
        ("待定", None, ["day_unread"]),
        (None, None, []),
    ],
)
def test_days(cell, day, doubts):
    reading = dates.read_day(cell)
    assert (reading.value, reading.doubts) == (day, doubts)


def test_a_text_table_cannot_tell_january_from_october():
    assert dates.read_day("2024.1", typed=False).doubts == ["day_ambiguous"]


def test_ditto_takes_the_row_above_and_an_amount_never_does():
    sheet = Sheet(
        "",
        [
            ["项目名称", "投资方", "总投资（万元）"],
            ["甲", "北京甲公司", 5.0],
            ["乙", "同上", "〃"],
            ["丙", '"', 7.0],
        ],
    )
    first, second, third = rows.lines(sheet, find(sheet, LEDGER))
    assert first.marks == {}
    assert second.of("company") == third.of("company") == "北京甲公司"
    assert second.marks == {1: Mark.DITTO, 2: Mark.DITTO_LOST}
    assert second.raw[1] == "同上"
    assert amounts.read(second.of("total"), amounts.WAN).doubts == ["amount_unread"]


def test_ditto_below_nothing_is_nothing():
    sheet = Sheet("", [["项目名称", "投资方"], ["甲", "同上"], ["乙", "同上"]])
    lines = list(rows.lines(sheet, find(sheet, LEDGER)))
    assert [line.of("company") for line in lines] == [None, None]
    assert {line.marks[1] for line in lines} == {Mark.DITTO_LOST}


def test_a_merged_cell_holds_for_its_rows_but_an_amount_once():
    sheet = Sheet(
        "",
        [
            ["项目名称", "投资方", "总投资（万元）"],
            ["甲", "北京甲公司", 5.0],
            ["乙", None, None],
            ["丙", None, None],
        ],
        [(1, 1, 2, 1), (1, 2, 2, 2)],
    )
    first, second, third = rows.lines(sheet, find(sheet, LEDGER))
    assert (first.of("company"), second.of("company"), third.of("company")) == (
        "北京甲公司",
        "北京甲公司",
        None,
    )
    assert second.marks == {1: Mark.MERGED}
    assert (first.of("total"), second.of("total")) == (5.0, None)


def test_a_merged_name_continues_the_line_above():
    sheet = Sheet(
        "",
        [["项目名称", "投资方", "签约时间"], ["甲", "北京甲公司", "2024-06-20"], [None, "北京乙公司", None]],
        [(1, 0, 2, 0), (1, 2, 2, 2)],
    )
    first, second = rows.lines(sheet, find(sheet, LEDGER))
    assert (first.continues, second.continues) == (False, True)
    assert second.cells == [None, "北京乙公司", None]


def test_every_filled_column_is_reported():
    sheet = Sheet(
        "",
        [
            ["项目名称", "投资方", "企业名称", "联系人电话", "备用", "空列"],
            ["甲", "甲公司", "乙公司", "15412345678", "张三", None],
            ["乙", "丙公司", None, "15512345678", "其他说明文字", None],
        ],
    )
    heading = find(sheet, LEDGER)
    tally = Tally(heading)
    for line in rows.lines(sheet, heading):
        tally.see(line)
    told = tally.shown()
    assert [(column["field"], column["why"], column["filled"]) for column in told] == [
        ("name", Taken.EXACT, 2),
        ("company", Taken.EXACT, 2),
        ("", Taken.TWICE, 1),
        ("", Taken.OTHERS, 2),
        ("", Taken.UNKNOWN, 2),
        ("", Taken.UNKNOWN, 0),
    ]
    assert told[3]["examples"] == ["154****5678", "155****5678"]
    assert told[4]["examples"] == ["张*", "其他说明文字"]
    assert [column["heading"] for column in tally.left_out()] == ["企业名称", "联系人电话", "备用"]


def test_a_sheet_without_known_headings_can_be_mapped_by_hand():
    sheet = Sheet("", [["一览"], ["甲列", "乙列"], ["防水项目", "北京甲公司"]])
    heading = find(sheet, LEDGER)
    assert (heading.first_row, heading.fields, heading.complete) == (1, ["", ""], False)
    mapped = heading.mapped(["name", "company"])
    assert mapped.complete
    assert mapped.taken == [Taken.CHOSEN, Taken.CHOSEN]
    (line,) = rows.lines(sheet, mapped)
    assert line.of("name") == "防水项目"


def test_a_sheet_of_nothing_has_no_heading():
    assert find(Sheet("", []), LEDGER) is None
    assert find(Sheet("", [[None, None], ["一行"]]), LEDGER) is None


def test_hidden_rows_and_sheets_are_told():
    sheet = opened("b16_hidden.xlsx")
    assert sheet.hidden == {2}
    assert [line.hidden for line in rows.lines(sheet, find(sheet, Kind((Field("name", ("姓名",)),))))] == [
        False,
        True,
        False,
    ]


def test_id_numbers_are_removed_in_every_form_of_writing():
    sheet = opened("b22_id_number.xlsx")
    kind = Kind((Field("name", ("姓名",)), Field("phone", ("联系电话",))))
    lines = list(rows.lines(sheet, find(sheet, kind)))
    stored = str([(line.raw, line.cells) for line in lines])
    assert "410922" not in stored
    assert "４１０" not in stored
    assert "4.10922" not in stored
    assert all(line.removed for line in lines)
    assert lines[0].of("phone") == "15400801001"
