"""Reading an investment office's ledger as it is: headings in its own words, units in the heading or the cell, amounts as people write them.

Nothing is repaired: an amount that is a range, of another currency or without unit has no number and keeps its words (domain M9).
"""

import re
from datetime import date, datetime
from decimal import Decimal

from outreach.core.clock import today
from outreach.core.phones import fold
from outreach.directory.reading import as_text
from outreach.directory.reading.business import amount, credit_code, industry
from outreach.pipeline.models import CONTRACT, FRAMEWORK, LABOUR, LETTER, STRATEGIC, SUPPLEMENT

#: field -> what its heading begins with, folded and without its unit
HEADS: dict[str, tuple[str, ...]] = {
    "name": ("项目名称", "Name of the project"),
    "company": ("企业", "公司", "投资方", "投资主体", "投资企业", "Company"),
    "industry": ("行业", "所属行业", "所属产业", "Industry"),
    "kind": ("文本类型", "协议类型", "签约类型", "Kind of paper"),
    "signed_on": ("签约日期", "签约时间", "签订时间", "Signed on"),
    "site": ("落地地点", "地点或园区", "落地乡镇", "落地园区", "建设地点", "Site or park"),
    "land_mu": ("用地", "Land"),
    "plant_m2": ("厂房", "Plant"),
    "credit_code": ("统一社会信用代码", "信用代码", "Credit code"),
    "code": ("项目代码", "Project code of the filing"),
    "total": ("总投资", "计划总投资", "投资总额", "预计投资总额"),
    "intended_wan": ("拟投资", "意向投资", "Intended"),
    "agreed_wan": ("协议投资", "Agreed"),
    "contracted_wan": ("合同额", "合同投资", "Contracted"),
    "paid_in_wan": ("到位资金", "累计到位", "Paid in"),
    "planned_start": ("计划开工", "Construction planned"),
    "planned_production": ("计划投产", "Production planned"),
    "jobs_promised": ("承诺用工", "预计用工", "Jobs promised"),
    "responsible": ("责任单位", "Responsible unit"),
    "service_officer": ("首席服务员", "Chief service officer"),
}
_LONGEST = {"company": 120, "site": 120, "code": 30, "responsible": 80, "service_officer": 40}
AMOUNTS = ("total", "intended_wan", "agreed_wan", "contracted_wan", "paid_in_wan")
_DAYS = ("signed_on", "planned_start", "planned_production")
_KINDS = (
    ("补充", SUPPLEMENT),
    ("战略", STRATEGIC),
    ("劳务", LABOUR),
    ("框架", FRAMEWORK),
    ("意向", LETTER),
    ("合同", CONTRACT),
    ("协议", FRAMEWORK),
    ("Supplement", SUPPLEMENT),
    ("Strategic", STRATEGIC),
    ("Labour", LABOUR),
    ("Framework", FRAMEWORK),
    ("Letter", LETTER),
    ("contract", CONTRACT),
)


def _field(heading: str) -> tuple[str, str]:
    """(field, unit) of a heading; ("", "") when it is none of ours."""
    folded = re.sub(r"\s+", "", fold(heading)) if not heading.isascii() else heading.strip()
    unit = next((sign for sign in ("亿", "万") if sign in folded.partition("(")[2]), "")
    plain = folded.partition("(")[0].strip()
    best = max(
        ((len(word), name) for name, words in HEADS.items() for word in words if plain.startswith(word)),
        default=(0, ""),
    )
    return best[1], unit


def headings(rows: list[list]) -> tuple[int, dict[int, tuple[str, str]]]:
    """(row of the headings, column -> (field, unit)); (-1, {}) where the sheet has none."""
    for place, cells in enumerate(rows[:12]):
        found: dict[int, tuple[str, str]] = {}
        for column, cell in enumerate(cells):
            name, unit = _field(as_text(cell)) if cell not in (None, "") else ("", "")
            if name and name not in {field for field, _unit in found.values()}:
                found[column] = (name, unit)
        if len(found) >= 3 and any(name == "name" for name, _unit in found.values()):
            return place, found
    return -1, {}


def _day(cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = re.match(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2}))?", fold(as_text(cell)))
    try:
        return date(int(match[1]), int(match[2]), int(match[3] or 1)) if match else None
    except ValueError:
        return None


def _number(cell) -> Decimal | None:
    match = re.match(r"\d+(?:\.\d+)?", fold(as_text(cell)).replace(",", ""))
    return Decimal(match[0]) if match else None


def _value(name: str, cell, unit: str) -> tuple[object, list[str]]:
    """(plain value, doubts) of one cell; days and amounts as text, so that a row is a line of JSON."""
    text = as_text(cell)
    if name in AMOUNTS:
        read = amount(cell, unit or "万")
        return (f"{read.value.normalize():f}" if read.value is not None else None), [
            doubt for doubt in read.doubts if doubt != "amount_about"
        ]
    if name in _DAYS:
        day = _day(cell)
        unread = bool(text) and (
            day is None or (name == "signed_on" and day > today())
        )  # nothing was signed tomorrow
        return (day.isoformat() if day and not unread else None), (["day_unread"] if unread else [])
    if name in ("land_mu", "plant_m2", "jobs_promised"):
        number = _number(cell)
        if number is None or number >= 10_000_000:
            return None, []
        return (
            f"{number.quantize(Decimal(1) if name == 'jobs_promised' else Decimal('0.000001')).normalize():f}",
            [],
        )
    if name == "kind":
        return next((kind for word, kind in _KINDS if word in text), None), []
    if name == "industry":
        return industry(text), []
    if name == "credit_code":
        read = credit_code(text)
        return read.value, ["code_wrong"] if text and not read.value else []
    return re.sub(r"\s+", " ", text)[: _LONGEST.get(name, 160)], []


def read_rows(rows: list[list]) -> list[dict]:
    """Every line of a sheet below its headings: {line, values, doubts, stated}. Empty lines and sums are left out."""
    head, columns = headings(rows)
    found = []
    for line, cells in enumerate(rows[head + 1 :] if columns else [], start=head + 2):
        values: dict[str, object] = {}
        doubts: list[str] = []
        stated = ""
        for column, (name, unit) in columns.items():
            cell = cells[column] if column < len(cells) else None
            if cell in (None, ""):
                continue
            values[name], more = _value(name, cell, unit)
            doubts += more
            if name in AMOUNTS and more:
                stated = as_text(cell)[:60]
        name = str(values.get("name") or "")
        if name and not re.match(r"合\s*计|总\s*计|小\s*计", name):
            found.append({"line": line, "values": values, "doubts": doubts, "stated": stated})
    return found
