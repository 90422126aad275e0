"""The investment office's ledger, read: units, currencies, headings, kinds of paper."""

import pytest

from outreach.core import sheets
from outreach.core.settings import ROOT
from outreach.core.sheets import Sheet
from outreach.pipeline import ledger
from tests.pipeline.test_ledger import MESSY

CASES = ROOT / "tests" / "cases"


def _read(name: str) -> ledger.Ledger:
    return ledger.read(sheets.read_bytes((CASES / name).read_bytes(), name), {})


def test_a_unit_above_the_table_holds_for_its_amounts():
    assert [line["values"]["total"] for line in _read("l01_unit_above.xlsx").lines] == ["125000", "30000"]


@pytest.mark.parametrize("number", range(1, 9))
def test_a_unit_in_the_heading_is_read_however_it_is_written(number):
    [line] = _read(f"l02_heading_{number}.xlsx").lines
    assert (line["values"]["total"], line["doubts"]) == ("125000", [])


@pytest.mark.parametrize(
    ("number", "field", "wan", "words"),
    [
        (1, "total", None, "5000万美元"),
        (2, "total", None, "5000亿美元"),
        (3, "contracted_wan", None, "5000万港元"),
        (4, "agreed_wan", None, "5000万欧元"),
        (5, "total", "5000", ""),
        (6, "paid_in_wan", "500", ""),
        (7, "total", "500000", ""),
        (8, "total", "0.5", ""),
        (9, "total", "5000000", ""),
    ],
)
def test_other_currencies_have_no_number_and_other_units_are_exact(number, field, wan, words):
    [line] = _read(f"l03_currency_{number}.xlsx").lines
    assert (line["values"][field], line["stated"]) == (wan, words)
    assert line["doubts"] == ([] if wan else ["amount_currency"])


def test_a_heading_of_two_rows_is_read():
    [line] = _read("l05_two_rows.xlsx").lines
    values = line["values"]
    assert [values[name] for name in ("total", "contracted_wan", "paid_in_wan")] == [
        "125000",
        "100000",
        "15000",
    ]


def test_amounts_in_words_are_read_or_doubted():
    lines = _read("l06_words.xlsx").lines
    assert [line["values"]["total"] for line in lines] == [
        "125000",
        None,
        None,
        None,
        "1200",
        "1200",
        None,
        "3000",
        None,
        "12000",
        "1200",
        "1200",
        "12000",
        "1",
    ]
    assert all(line["doubts"] for line in lines if line["values"]["total"] is None)


def test_the_number_of_the_row_is_known_and_enters_nothing(app):
    read = ledger.read(sheets.read_bytes(MESSY, "台账.xlsx"), {})
    assert read.shapes[0]["columns"][0]["field"] == ledger.ROW_NUMBER
    assert read.lines
    assert all(ledger.ROW_NUMBER not in line["values"] for line in read.lines)


def test_an_amount_without_unit_is_no_number():
    found = ledger.read([Sheet("", [["项目名称", "投资方", "总投资"], ["甲", "甲公司", 12.0]])], {})
    assert (found.lines[0]["values"]["total"], found.lines[0]["doubts"]) == (None, ["amount_no_unit"])


@pytest.mark.parametrize(
    ("heading", "words", "kind", "doubts"),
    [
        ("合同类型", "投资合同", "contract", []),
        ("合同类型", "正式合同", "contract", []),
        ("协议性质", "意向合同", "letter", []),
        ("签约类型", "合作备忘录", "letter", []),
        ("签约类型", "待定", None, ["kind_unread"]),
    ],
)
def test_the_kind_of_paper_is_read_or_doubted(heading, words, kind, doubts):
    rows = [["项目名称", "投资方", heading], ["甲", "甲公司", words]]
    [line] = ledger.read([Sheet("", rows)], {}).lines
    assert (line["values"]["kind"], line["doubts"]) == (kind, doubts)


@pytest.mark.parametrize("sent", ["total=吨", "name=亿元", "=亿元", "total=", "没有=元"])
def test_a_unit_that_is_none_is_no_choice(sent):
    assert ledger.KIND.choice(sent) == ("total" if sent == "total=" else "")
