"""Reading an investment office's ledger as it is, on the engine of ``outreach.imports``.

Nothing is repaired: an amount that is a range, of another currency or without unit has no number and keeps
its words (domain M9).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from outreach.core import clock
from outreach.core.phones import fold
from outreach.core.sheets import Sheet
from outreach.directory.reading.business import credit_code, industry
from outreach.imports import amounts, columns, dates, headings, rows
from outreach.imports.cells import as_text
from outreach.imports.headings import Field, Kind
from outreach.pipeline.agreement_models import CONTRACT, FRAMEWORK, LABOUR, LETTER, STRATEGIC, SUPPLEMENT

#: the column of reasons in the workbook of lines that were not entered
OWN_COLUMN = "未录入原因(改正后再上传)"
#: the column that counts the rows: it is known, and nothing is entered from it
ROW_NUMBER = "row_number"


def _amount(name: str, *words: str) -> Field:
    return Field(name, words, shared=False, amount=True)


_COMPANIES = (
    *("企业名称", "公司名称", "企业", "公司", "投资方", "投资方名称", "投资主体", "投资企业", "投资商"),
    *("投资单位", "签约企业", "客商", "Company"),
)
KIND = Kind(
    fields=(
        Field(ROW_NUMBER, ("序号", "编号", "No.", "No", "#"), ends=False, many=True, others=True),
        Field("name", ("项目名称", "项目名", "Name of the project", "Project"), ends=False),
        Field(
            "company",
            _COMPANIES,
            ditto=True,
        ),
        Field("industry", ("行业", "所属行业", "所属产业", "产业类别", "产业", "Industry"), ditto=True),
        Field(
            "kind",
            (
                "文本类型",
                "协议类型",
                "签约类型",
                "合同类型",
                "协议性质",
                "合同性质",
                "签约性质",
                "Kind of paper",
            ),
            ditto=True,
        ),
        Field("signed_on", ("签约日期", "签约时间", "签订时间", "签订日期", "Signed on"), ditto=True),
        Field(
            "site",
            (
                "落地地点",
                "地点或园区",
                "落地乡镇",
                "落地园区",
                "建设地点",
                "项目地址",
                "落户地点",
                "Site or park",
            ),
            ditto=True,
        ),
        Field("land_mu", ("用地", "用地面积", "占地", "占地面积", "Land"), shared=False),
        Field("plant_m2", ("厂房", "厂房面积", "Plant"), shared=False),
        Field("credit_code", ("统一社会信用代码", "信用代码", "Credit code")),
        Field("code", ("项目代码", "备案代码", "Project code of the filing")),
        _amount(
            "total", "总投资", "总投资额", "计划总投资", "投资总额", "预计投资总额", "预计总投资", "投资额"
        ),
        _amount("intended_wan", "拟投资", "拟投资额", "意向投资", "意向投资额", "意向金额", "Intended"),
        _amount("agreed_wan", "协议投资", "协议投资额", "协议金额", "Agreed"),
        _amount("contracted_wan", "合同额", "合同投资", "合同投资额", "合同金额", "Contracted"),
        _amount("paid_in_wan", "到位资金", "累计到位", "累计到位资金", "实际到位资金", "实际到位", "Paid in"),
        Field("planned_start", ("计划开工", "计划开工时间", "计划开工日期", "Construction planned")),
        Field("planned_production", ("计划投产", "计划投产时间", "计划投产日期", "Production planned")),
        Field("jobs_promised", ("承诺用工", "预计用工", "用工人数", "Jobs promised"), shared=False),
        Field("responsible", ("责任单位", "Responsible unit"), ditto=True, others=True),
        Field(
            "service_officer", ("首席服务员", "服务专员", "Chief service officer"), ditto=True, others=True
        ),
    ),
    required=(("name", "company"),),
    own=(OWN_COLUMN,),
)
AMOUNTS = tuple(one.name for one in KIND.fields if one.amount)
_LONGEST = {"company": 120, "site": 120, "code": 30, "responsible": 80, "service_officer": 40}
_DAYS = ("signed_on", "planned_start", "planned_production")
_NUMBERS = ("land_mu", "plant_m2", "jobs_promised")
#: doubts that lose nothing: the line can be entered
MILD = frozenset(("amount_about", "day_first", "number_unread"))
_KINDS = (
    ("补充", SUPPLEMENT),
    ("战略", STRATEGIC),
    ("劳务", LABOUR),
    ("框架", FRAMEWORK),
    ("意向", LETTER),
    ("备忘录", LETTER),
    ("合同", CONTRACT),
    ("协议", FRAMEWORK),
    ("Supplement", SUPPLEMENT),
    ("Strategic", STRATEGIC),
    ("Labour", LABOUR),
    ("Framework", FRAMEWORK),
    ("Letter", LETTER),
    ("contract", CONTRACT),
)


@dataclass
class Ledger:
    """What a file says.

    ``lines``: JSON-ready dicts of line, sheet, values, words, doubts, notes, stated, raw and shape.
    ``shapes``: one dict for each heading: sheets, shape, complete, tells_hidden and the report of its
    columns; and one for each hidden sheet, which is not read.
    """

    lines: list[dict] = field(default_factory=list)
    shapes: list[dict] = field(default_factory=list)


def read(found: Iterable[Sheet], mapping: dict[str, list[str]], *, typed: bool = True) -> Ledger:
    """Every line of every sheet.

    ``mapping``: heading shape -> fields as a person chose them; ``typed``: a workbook, no CSV.
    """
    ledger, tallies, hidden_sheets = Ledger(), {}, []
    for sheet in found:
        if sheet.is_hidden:
            hidden_sheets.append(sheet.name)
            continue
        heading = headings.find_mapped(sheet, KIND, mapping)
        if heading is None:
            continue
        if heading.shape not in tallies:
            tallies[heading.shape] = (columns.Tally(heading), [])
        tally, of_shape = tallies[heading.shape]
        of_shape.append(sheet)
        for line in rows.lines(sheet, heading):
            tally.see(line)
            if not heading.complete:
                continue
            if line.continues and ledger.lines:
                ledger.lines[-1]["doubts"].append("rows_merged")
            elif line.of("name") is not None:
                ledger.lines.append(_line(line, typed=typed))
    for tally, of_shape in tallies.values():
        shape = {
            "shape": tally.heading.shape,
            "sheets": [sheet.name for sheet in of_shape],
            "complete": tally.heading.complete,
            "tells_hidden": all(sheet.tells_hidden for sheet in of_shape),
        }
        ledger.shapes.append({**shape, "fields": tally.heading.fields, "columns": tally.shown()})
    for name in hidden_sheets:
        shape = {"shape": "", "sheets": [name], "complete": True, "tells_hidden": True, "hidden_sheet": True}
        ledger.shapes.append({**shape, "fields": [], "columns": []})
    return ledger


def _line(line: rows.Line, *, typed: bool) -> dict:
    values: dict[str, object] = {}
    words: dict[str, str] = {}
    doubts: list[str] = ["hidden_row"] if line.hidden else []
    for index, name in enumerate(line.heading.fields):
        cell = line.cells[index] if name and index < len(line.cells) else None
        if cell is None or name == ROW_NUMBER:
            continue
        if line.marks.get(index) is rows.Mark.DITTO_LOST:
            doubts.append("ditto_lost")
            continue
        values[name], more = _value(name, cell, line.heading, typed=typed)
        doubts += more
        if name in AMOUNTS:
            unit = line.heading.unit_of(name)
            words[name] = f"{as_text(cell)[:50]}{unit.words if unit and unit.foreign else ''}"
    unread = [words[name] for name in words if values[name] is None and as_text(words[name]) not in _NOTHING]
    return {
        "line": line.number,
        "sheet": line.sheet,
        "values": values,
        "words": words,
        "doubts": [doubt for doubt in dict.fromkeys(doubts) if doubt not in MILD],
        "notes": [doubt for doubt in dict.fromkeys(doubts) if doubt in MILD],
        "stated": "；".join(unread)[:60],
        "raw": line.raw,
        "shape": line.heading.shape,
    }


_NOTHING = ("", "无", "-", "/", "—", "0")


def _value(name: str, cell, heading: headings.Heading, *, typed: bool) -> tuple[object, list[str]]:
    """(plain value, doubts) of one cell; days and amounts as text, so that a line is JSON."""
    text = as_text(cell)
    if name in AMOUNTS:
        read = amounts.read(cell, heading.unit_of(name))
        return (None if read.value is None else f"{read.value.normalize():f}"), read.doubts
    if name in _DAYS:
        return _day(name, cell, typed=typed)
    if name in _NUMBERS:
        return _number(name, text)
    if name == "kind":
        kind = next((kind for word, kind in _KINDS if word in text), None)
        return kind, [] if kind else ["kind_unread"]
    if name == "industry":
        return industry(text), []
    if name == "credit_code":
        code = credit_code(text).value
        return code, ["code_wrong"] if text and not code else []
    return re.sub(r"\s+", " ", text)[: _LONGEST.get(name, 160)], []


def _day(name: str, cell, *, typed: bool) -> tuple[str | None, list[str]]:
    read = dates.read_day(cell, typed=typed)
    if read.value and name == "signed_on" and read.value > clock.today():
        return None, ["day_future"]
    return (read.value.isoformat() if read.value else None), read.doubts


def _number(name: str, text: str) -> tuple[str | None, list[str]]:
    match = re.match(r"\d+(?:\.\d+)?", fold(text).replace(",", ""))
    try:
        number = Decimal(match[0]) if match else None
    except InvalidOperation:
        number = None
    if number is None or number >= 10_000_000:
        return None, [] if text in _NOTHING else ["number_unread"]
    step = Decimal(1) if name == "jobs_promised" else Decimal("0.000001")
    return f"{number.quantize(step).normalize():f}", []
