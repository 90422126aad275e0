"""Spreadsheets nobody vouched for, and those we write."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from outreach.core import hidden_rows
from outreach.core import sheets as core_sheets
from outreach.core.refusals import Refused
from outreach.core.sheets import Column


def _read(path, name="a.xlsx"):
    return list(core_sheets.read(path, name))


def _file(tmp_path, content: bytes, name="a.xlsx"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def _xlsx(*cells) -> bytes:
    book = openpyxl.Workbook()
    for place, value in cells:
        book.active[place] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_xlsx_keeps_text_numbers_and_days_apart(app, tmp_path):
    path = _file(
        tmp_path, _xlsx(("A1", "姓名"), ("B1", 1968.1), ("C1", date(1968, 10, 1)), ("D1", "1.54E+10"))
    )
    assert _read(path, "a.xlsx")[0].rows == [["姓名", 1968.1, date(1968, 10, 1), "1.54E+10"]]


def test_old_xls_is_read(app, tmp_path):
    book = xlwt.Workbook()
    book.add_sheet("会员").write(0, 0, "姓名")
    book.save(tmp_path / "a.xls")
    assert _read(tmp_path / "a.xls", "a.xls")[0].name == "会员"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_any_usual_encoding(app, tmp_path, encoding):
    path = _file(tmp_path, "姓名,手机\n王毅,15412345678\n".encode(encoding), "a.csv")
    assert _read(path, "a.csv")[0].rows == [["姓名", "手机"], ["王毅", "15412345678"]]


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"PK\x03\x04 broken",
        b"just words",
        b"%PDF-1.7 \0\0",
        b"\xff\xfe\x00",
        "没有逗号的一行字".encode(),
    ],
)
def test_what_is_no_spreadsheet_is_refused_in_words(app, tmp_path, content):
    with pytest.raises(Refused):
        _read(_file(tmp_path, content))


def test_a_password_is_named(app, tmp_path):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
    with app.test_request_context(), pytest.raises(Refused, match="密码"):
        _read(_file(tmp_path, content))


def test_a_formula_is_refused_and_its_cell_named(app, tmp_path):
    with app.test_request_context(), pytest.raises(Refused, match="B2"):
        _read(_file(tmp_path, _xlsx(("A1", "姓名"), ("B2", "=1+1"))))


@pytest.mark.parametrize(
    "cell",
    [
        '<c t="str" r="B3"><f>1+1</f><v>x</v></c>',
        "<c r='B3' t='str'>\n<f\n>1+1</f><v>x</v></c>",
        '<c t="str" r="B3"><f/><v>x</v></c>',
    ],
)
def test_a_formula_is_found_however_it_is_written(app, tmp_path, cell):
    source, target = io.BytesIO(_xlsx(("A1", "姓名"), ("A2", "甲"), ("B3", "乙"))), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.startswith("xl/worksheets/"):
                text, count = re.subn(rb'<c r="B3"[^>]*>.*?</c>', cell.encode(), text)
                assert count == 1
            new.writestr(name, text)
    with app.test_request_context(), pytest.raises(Refused, match="B3"):
        _read(_file(tmp_path, target.getvalue()))


def test_the_far_corner_does_not_take_the_machine_down(app, tmp_path):
    with pytest.raises(Refused):
        _read(_file(tmp_path, _xlsx(("A1", "姓名"), ("XFD1048576", "x"))))


def test_a_million_empty_rows_are_refused_or_read_in_bounds(app, tmp_path):
    with pytest.raises(Refused):
        _read(_file(tmp_path, _xlsx(("A1", "姓名"), ("N1048576", "x"))))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(app, tmp_path):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (310 << 20))
    assert len(target.getvalue()) < 1 << 20
    with pytest.raises(Refused):
        _read(_file(tmp_path, target.getvalue()))


def test_what_we_write_opens_ready_to_print(app):
    columns = [
        Column("姓名", lambda row: row[0]),
        Column("手机", lambda row: row[1]),
        Column("金额", lambda row: row[2], kind="wan"),
    ]
    with app.test_request_context():
        content = core_sheets.write(
            "名录", columns, [("=1+1", "15412345678", Decimal("1.5")), ("王毅", "0393", None)]
        )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet["A1"].value == "名录"
    assert [cell.value for cell in sheet[3]] == ["姓名", "手机", "金额"]
    assert sheet["A4"].value == "=1+1"
    assert sheet["A4"].data_type == "s"
    assert sheet["B4"].value == "15412345678"
    assert sheet["C4"].value == 1.5
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$3:$3"


def _xls_with_hidden_rows() -> bytes:
    book = xlwt.Workbook()
    for name, rows in (("在外人员", 60), ("Second 表", 3)):
        sheet = book.add_sheet(name)
        for row in range(rows):
            sheet.write(row, 0, f"{name} {row}" * 4)
            sheet.row(row).hidden = row in (2, 40)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _ods(rows: str) -> bytes:
    kept = io.BytesIO()
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content{spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="表一">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return kept.getvalue()


def test_an_old_xls_tells_its_hidden_rows(app, tmp_path):
    sheets = _read(_file(tmp_path, _xls_with_hidden_rows()))
    assert [(sheet.name, sheet.hidden, sheet.tells_hidden) for sheet in sheets] == [
        ("在外人员", {2, 40}, True),
        ("Second 表", {2}, True),
    ]
    assert len(sheets[0].rows) == 60


def test_an_ods_tells_its_hidden_rows_also_repeated_and_filtered_ones(app, tmp_path):
    cell = '<table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell>'
    rows = (
        f"<table:table-row>{cell}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2" '
        f'table:visibility="collapse">{cell}</table:table-row>'
        f"<table:table-row>{cell}</table:table-row>"
        f'<table:table-row table:visibility="filter">{cell}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="1048571" table:visibility="collapse"/>'
    )
    (sheet,) = _read(_file(tmp_path, _ods(rows)))
    assert {row for row in sheet.hidden if row < len(sheet.rows)} == {1, 2, 4}
    assert sheet.tells_hidden


def test_an_ods_with_a_formula_is_refused_as_an_xlsx_is(app, tmp_path):
    cell = '<table:table-cell table:formula="of:=[.A1]" office:value-type="float" office:value="3"/>'
    with pytest.raises(Refused, match="公式"):
        _read(_file(tmp_path, _ods(f"<table:table-row>{cell}</table:table-row>")))


def test_a_file_that_does_not_tell_hidden_rows_says_so_and_is_read():
    old = bytearray(_xls_with_hidden_rows())
    at = old.index(b"\x09\x08\x10\x00\x00\x06")
    old[at + 4 : at + 6] = b"\x00\x05"  # as of Excel 95
    assert hidden_rows.of(bytes(old)) is None
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("xl/workbook.bin", b"")  # .xlsb
    assert hidden_rows.of(kept.getvalue()) is None


@given(st.integers(0, 2**32), st.integers(0, 255))
def test_a_damaged_xls_never_stops_the_reading_of_hidden_rows(place, value):
    """Whatever byte is wrong, the answer comes and is a list for each sheet, or "not told"."""
    content = bytearray(_DAMAGED)
    content[8 + place % (len(content) - 8)] = value
    found = hidden_rows.of(bytes(content))
    assert found is None or all(row >= 0 for rows in found.values() for row in rows)


_DAMAGED = _xls_with_hidden_rows()
