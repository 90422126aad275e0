"""Text tables as programs of several countries write them."""

import contextlib
import time
from pathlib import Path

import pytest

from outreach.core import separated

CASES = Path(__file__).parent.parent / "cases"


def read(name: str) -> list[list]:
    return separated.read((CASES / name).read_bytes(), 100_000)


@pytest.mark.parametrize(
    ("name", "line", "cells"),
    [
        ("b08_quote_comma.csv", 1, ["王一乙", '北京"王六"建材有限公司,郑州分公司', "15470859585", "董事长"]),
        ("b08_remark.csv", 1, ["王二乙", "15470859586", "北京王记建材有限公司", '自述"愿意返乡", 需面谈']),
        ("b08_single_quotes.csv", 1, ["冯一", "15400082000", "北京冯一商贸有限公司", "['华北', '华东']"]),
        ("b08_semicolon.csv", 1, ["吴甲1", "男", "15400080001", "柳屯镇", "北京第1建材有限公司", "总经理"]),
        ("b08_sep_line.csv", 2, ["吴甲1", "男", "15400080001", "柳屯镇", "北京第1建材有限公司", "总经理"]),
        ("b08_big5.csv", 1, ["陳大", "15400086010", "香港大記貿易有限公司", "董事長"]),
        ("b08_utf16_nobom.csv", 1, ["韩大", "15400087010", "北京韩大商贸有限公司"]),
        ("b08_gb18030_rare.csv", 1, ["王𬱖", "15400088011", "北京𬱖记商贸有限公司"]),
        (
            "b08_quotes_late.csv",
            1,
            ["赵赵赵", "男", "15400081000", "柳屯镇", "北京第0建材有限公司,郑州分公司", "总经理"],
        ),
    ],
)
def test_tables_are_read(name, line, cells):
    assert read(name)[line] == cells


def test_semicolons_within_cells_part_nothing():
    assert {len(row) for row in read("b08_semicolons_inside.csv")} == {2}


@pytest.mark.parametrize("content", [b"", b"nothing", b"a\0b\0\0\0c", bytes(range(256)) * 4, b"\xff\xfe\x00"])
def test_what_is_no_table_is_refused(content):
    with pytest.raises(separated.Unreadable):
        separated.read(content, 100)


def test_odd_input_takes_no_seconds():
    start = time.process_time()
    for text in ('"a,' * 20_000, "'x'," * 20_000, '","' * 20_000 + "\n" * 20_000):
        with contextlib.suppress(separated.Unreadable):
            separated.read(text.encode(), 100_000)
    assert time.process_time() - start < 1
