"""The investment office's ledger: read as it is, looked at, entered, taken back;
the house's own export comes back unchanged.
"""

import io
import re
import sqlite3
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from sqlalchemy import select

from outreach.accounts.models import User
from outreach.core import sheets
from outreach.core.db import db, is_sqlite
from outreach.core.refusals import Refused
from outreach.pipeline import ledger, ledger_queries, operations
from outreach.pipeline.agreement_models import CONTRACT, Agreement
from outreach.pipeline.ledger_models import LedgerBatch
from outreach.pipeline.models import Project
from tests.beside import beside

WAN = Decimal


def book(*rows) -> bytes:
    """A workbook of these rows."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target)
    sheet = made.add_worksheet("台账")
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    made.close()
    return target.getvalue()


HEADS = (
    "序号",
    "项目名称",
    "投资方",
    "总投资（亿元）",
    "所属产业",
    "签约时间",
    "协议类型",
    "落地乡镇/园区",
    "用地(亩)",
    "项目代码",
    "计划开工",
    "责任单位",
    "首席服务员",
)
MESSY = book(
    ("2024年招商引资项目推进台账",),
    (),
    HEADS,
    (
        1,
        "绿色建材",
        "郑州建材公司",
        "1.2",
        "制造业",
        "2024-03-18",
        "意向书",
        "柳屯镇",
        "35亩",
        "",
        "2024年9月",
        "商务局",
        "陈卫东",
    ),
    (2, "冷链仓储", "新乡冷链公司", "约3000万", "物流", "2024年5月6日", "框架协议", "", "", "", "", "", ""),
    (3, "区间项目", "某公司", "0.5-0.8", "", "2024.6.1", "意向书", "", "", "", "", "", ""),
    (4, "外资项目", "外方公司", "500万美元", "", "2024/6/2", "意向书", "", "", "", "", "", ""),
    (5, "无日期项目", "丙公司", "2", "", "待定", "意向书", "", "", "", "", "", ""),
    (6, "新合同", "丁公司", "0.9", "", "2025-02-01", "投资合同", "", "", "", "", "", ""),
    ("合计", "合计", "", "9.9"),
)


@pytest.fixture
def officer(make):
    return make.user()


def test_the_dry_run_shows_every_amount_and_promises_only_what_happens(make, officer, visit):
    content = book(
        ("单位：亿元",),
        ("项目名称", "投资方", "总投资", "合同额", "到位资金", "签约时间", "合同类型"),
        ("先签", "先签公司", 12.5, 10, 1.5, "2024-06-20", "投资合同"),
        ("后签", "后签公司", 2, 2, 0, "2025-02-01", "投资合同"),
        ("无类", "无类公司", 3, 3, 0, "2024-06-20", ""),
        ("意向", "意向公司", 0.5, "", "", "2024-06-20", "意向书"),
    )
    batch = operations.upload_ledger(make.county, name="台账.xlsx", content=content, by=officer)
    looked = ledger_queries.look(officer, batch)
    assert [(line.state, line.reasons) for line in looked] == [
        ("new", []),
        ("unclear", ["review_needed"]),
        ("unclear", ["kind_missing"]),
        ("new", []),
    ]
    assert (looked[0].enters, looked[0].left) == (
        {"contracted_wan": WAN(100_000)},
        {"total": WAN(125_000), "paid_in_wan": WAN(15_000)},
    )
    assert looked[3].enters == {"intended_wan": WAN(5_000)}
    db.session.commit()
    browser = visit(officer)
    page = browser.get(f"/ledgers/{batch.id}").text
    for words in ("100,000", "125,000", "15,000", "5,000", "公平竞争审查"):
        assert words in page, words
    assert operations.enter_ledger(db.session.merge(batch), by=db.session.merge(officer)) == {
        "projects": 2,
        "changed": 0,
        "refused": 0,
    }
    book_of_errors = browser.post(f"/ledgers/{batch.id}/unclear")
    again = ledger.read(sheets.read_bytes(book_of_errors.data, "a.xlsx"), {})
    assert [line["values"]["name"] for line in again.lines] == ["先签", "后签", "无类"]


def test_a_line_whose_values_differ_is_never_called_the_same(make, officer):
    make.project(make.agreement(title="甲", company="甲公司"), officer=officer, name="甲")
    content = book(("项目名称", "企业", "总投资（万元）"), ("甲", "甲公司", 99))
    batch = operations.upload_ledger(make.county, name="a.xlsx", content=content, by=officer)
    [line] = ledger_queries.look(officer, batch)
    assert (line.state, line.differs) == ("differs", {"total": ("12000", "99")})


def test_columns_are_named_mapped_by_hand_and_remembered(make, officer, visit):
    content = book(("工程", "东家", "盘子（亿元）", "备考"), ("甲", "甲公司", 1.2, "说明"))
    browser, unit_id = visit(officer), make.county.id

    def upload():
        data = {"unit_id": unit_id, "file": (io.BytesIO(content), "a.xlsx")}
        return browser.post("/ledgers", data, content_type="multipart/form-data").headers["Location"]

    address = upload()
    assert "未识别" in browser.get(address).text
    assert browser.post(f"{address}/columns", {"column-0-0": "name"}).status_code == 422
    chosen = {"column-0-0": "name", "column-0-1": "company", "column-0-2": "total", "column-0-3": "rubbish"}
    assert browser.post(f"{address}/columns", chosen).status_code == 303
    page = browser.get(address).text
    assert "12,000" in page
    assert "备考" in page, "a filled column that is not taken is named"
    assert "12,000" in browser.get(upload()).text, "the next ledger of the unit needs no mapping"


def test_amounts_as_people_write_them(make, officer):
    batch = operations.upload_ledger(make.county, name="台账.xlsx", content=MESSY, by=officer)
    assert [(row["values"].get("total"), row["doubts"], row["stated"]) for row in batch.rows] == [
        ("12000", [], ""),
        ("3000", [], ""),
        (None, ["amount_range"], "0.5-0.8"),
        (None, ["amount_currency"], "500万美元"),
        ("20000", ["day_unread"], ""),
        ("9000", [], ""),
    ]
    assert [line.state for line in ledger_queries.look(officer, batch)] == [
        "new",
        "new",
        "unclear",
        "unclear",
        "unclear",
        "unclear",
    ]
    assert db.session.scalar(select(Project)) is None, "looking enters nothing"


def test_entering_and_taking_back(make, officer):
    batch = operations.upload_ledger(make.county, name="台账.xlsx", content=MESSY, by=officer)
    said = operations.enter_ledger(batch, by=officer)
    assert said == {"projects": 2, "changed": 0, "refused": 0}
    with pytest.raises(Refused):
        operations.enter_ledger(batch, by=officer)
    first = db.session.scalar(select(Project).where(Project.name == "绿色建材"))
    assert (
        first.intended_wan,
        first.land_mu,
        first.planned_start,
        first.industry,
        first.service_officer,
    ) == (
        WAN(12_000),
        WAN(35),
        date(2024, 9, 1),
        "C",
        "陈卫东",
    )
    second = db.session.scalar(select(Project).where(Project.name == "冷链仓储"))
    assert (second.agreed_wan, second.stage) == (WAN(3_000), "framework")
    again = operations.upload_ledger(make.county, name="台账.xlsx", content=MESSY, by=officer)
    assert [line.state for line in ledger_queries.look(officer, again)][:2] == ["same", "same"]
    operations.revert_ledger(batch, by=officer)
    assert db.session.scalar(select(Project)) is None
    assert db.session.scalar(select(Agreement)) is None


def test_what_was_worked_on_is_not_taken_back(make, officer):
    batch = operations.upload_ledger(make.county, name="台账.xlsx", content=MESSY, by=officer)
    operations.enter_ledger(batch, by=officer)
    project = db.session.scalar(select(Project).where(Project.name == "绿色建材"))
    operations.plan_step(project, text="对接", due_on=date(2027, 1, 1), by=officer)
    db.session.flush()
    db.session.expire_all()
    with pytest.raises(Refused, match="不能收回|不能撤回|无法撤回"):
        operations.revert_ledger(batch, by=officer)


def test_the_houses_own_ledger_comes_back_unchanged(make, officer, visit):
    rows = []
    for number, name in enumerate(("甲项目", "乙项目", "丙项目")):
        paper = make.agreement(
            title=name,
            company=f"{name}公司",
            kind=CONTRACT,
            intended_wan=None,
            contracted_wan=WAN("1234.56") + number,
        )
        rows.append(make.project(paper, officer=officer, name=name))
    operations.describe(
        rows[0],
        by=officer,
        land_mu=WAN("35.5"),
        jobs_promised=120,
        planned_start=date(2024, 9, 1),
        responsible="商务局",
        code="2406-410922-04-01-123456",
    )
    operations.pay_in(
        rows[1],
        paid_on=date(2024, 4, 1),
        amount_wan=WAN("88.000001"),
        note="",
        file_name="a.pdf",
        content=b"%PDF-1.4",
        by=officer,
    )
    db.session.commit()
    exported = visit(officer).post("/projects/export", {}).data
    batch = operations.upload_ledger(
        db.session.merge(make.county), name="项目台账.xlsx", content=exported, by=db.session.merge(officer)
    )
    looked = ledger_queries.look(officer, batch)
    assert [(line.state, line.changes, line.differs) for line in looked] == [("same", {}, {})] * 3


def test_a_changed_line_changes_what_is_plain_and_shows_what_is_not(make, officer, visit):
    project = make.project(make.agreement(title="甲", company="甲公司"), officer=officer, name="甲")
    content = book(
        ("项目名称", "企业", "拟投资（万元）", "用地（亩）", "责任单位"), ("甲", "甲公司", 99, 12, "工信局")
    )
    db.session.commit()
    browser = visit(officer)
    answer = browser.post(
        "/ledgers",
        {"unit_id": project.unit_id, "file": (io.BytesIO(content), "a.xlsx")},
        content_type="multipart/form-data",
    )
    page = answer.headers["Location"]
    text = browser.get(page).text
    assert "12,000" in text or "12000" in text
    assert "99" in text
    assert browser.post(f"{page}/enter").status_code == 303
    project = db.session.get(Project, project.id)
    assert (project.land_mu, project.responsible, project.intended_wan) == (WAN(12), "工信局", WAN(12_000))
    assert browser.post(f"{page}/revert").status_code == 303
    db.session.expire_all()
    assert (project.land_mu, project.responsible) == (None, "")


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", book(("甲", "乙")), b"PK\x03\x04broken", "项目名称,企业\n".encode("utf-16")]
)
def test_what_is_no_ledger_is_refused_in_words(make, officer, visit, content):
    browser = visit(officer)
    answer = browser.post(
        "/ledgers",
        {"unit_id": make.county.id, "file": (io.BytesIO(content), "a.xlsx")},
        content_type="multipart/form-data",
    )
    assert answer.status_code in (409, 422)
    assert 'role="alert"' in answer.text


def test_a_hidden_sheet_is_named_and_a_file_that_does_not_tell_hidden_rows_too(make, officer, visit):
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target)
    for name in ("台账", "旧表"):
        made.add_worksheet(name).write_row(0, 0, ("项目名称", "投资方"))
        made.get_worksheet_by_name(name).write_row(1, 0, (f"{name}项目", "某公司"))
    made.get_worksheet_by_name("旧表").hide()
    made.close()
    batch = operations.upload_ledger(make.county, name="a.xlsx", content=target.getvalue(), by=officer)
    db.session.commit()
    assert [row["values"]["name"] for row in batch.rows] == ["台账项目"]
    text = visit(officer).get(f"/ledgers/{batch.id}").text
    assert "工作表“旧表”" in text
    assert "无法识别隐藏行" not in text
    batch.shapes = [{**batch.shapes[0], "tells_hidden": False}]
    db.session.commit()
    assert "无法识别隐藏行" in visit(officer).get(f"/ledgers/{batch.id}").text


def test_a_ledger_without_a_unit_is_given_one_by_hand_and_the_next_is_asked_again(make, officer, visit):
    content = book(
        ("项目名称", "投资方", "总投资", "到位资金（亿元）", "签约时间", "协议类型"),
        ("无单位项目", "某公司", "1.25", "0.5", "2024-03-18", "意向书"),
    )
    browser = visit(officer)
    sent = {"unit_id": make.county.id, "file": (io.BytesIO(content), "台账.xlsx")}
    address = browser.post("/ledgers", sent, content_type="multipart/form-data").location
    text = browser.get(address).text
    assert "总投资：标题和表头均未注明单位" in text
    assert 'value="total=亿元"' in text
    assert 'value="paid_in_wan=元"' not in text  # the sheet names that unit
    chosen = ("name", "company", "total=亿元", "paid_in_wan=元", "signed_on", "kind")
    assert (
        browser.post(
            f"{address}/columns", {f"column-0-{n}": field for n, field in enumerate(chosen)}
        ).status_code
        == 303
    )
    text = browser.get(address).text
    assert "均未注明单位" not in text
    assert re.search(r'value="total=亿元" selected', text)
    assert "12,500 万元" in text
    batch = db.session.get_one(LedgerBatch, int(address.rsplit("/", 1)[1]))
    assert batch.rows[0]["values"]["total"] == "12500"
    assert batch.rows[0]["values"]["paid_in_wan"] == "5000"  # what the sheet names holds
    again = operations.upload_ledger(make.county, name="a.xlsx", content=content, by=officer)
    assert again.rows[0]["doubts"] == ["amount_no_unit"]


def test_a_project_described_anew_since_is_not_taken_back(make, officer):
    batch = operations.upload_ledger(make.county, name="台账.xlsx", content=MESSY, by=officer)
    operations.enter_ledger(batch, by=officer)
    project = db.session.scalar(select(Project).where(Project.name == "绿色建材"))
    operations.describe(project, by=officer, jobs_promised=77)
    db.session.commit()
    with pytest.raises(Refused):
        operations.revert_ledger(batch, by=officer)


def test_a_project_described_meanwhile_is_not_taken_back(app, make, officer):
    batch = operations.upload_ledger(make.county, name="台账.xlsx", content=MESSY, by=officer)
    operations.enter_ledger(batch, by=officer)
    batch_id, by = batch.id, officer.id

    def describe():
        project = db.session.scalar(select(Project).where(Project.name == "绿色建材"))
        operations.describe(project, by=db.session.get(User, by), jobs_promised=77)

    def revert():
        operations.revert_ledger(db.session.get(LedgerBatch, batch_id), by=db.session.get(User, by))

    _described, reverted = beside(app, describe, revert)
    assert isinstance(reverted, Refused)
    assert db.session.scalar(select(Project.jobs_promised).where(Project.name == "绿色建材")) == 77


def test_others_write_while_a_ledger_is_read(make, officer, visit, monkeypatch):
    """On SQLite the one write lock is taken when the sheet is read, not before."""
    if not is_sqlite():
        pytest.skip("PostgreSQL has no one write lock")
    read, seen = sheets.read_bytes, []

    def read_bytes(content, name):
        with sqlite3.connect(db.engine.url.database, timeout=0.2) as other:
            other.execute("UPDATE units SET path = path")
        other.close()
        seen.append(name)
        return read(content, name)

    monkeypatch.setattr(sheets, "read_bytes", read_bytes)
    browser, rows = visit(officer), "项目名称,投资方,备注\n甲,甲公司,\n".encode()
    file = (io.BytesIO(rows), "台账.csv")
    answer = browser.post("/ledgers", {"unit_id": make.county.id, "file": file})
    assert (answer.status_code, len(seen)) == (303, 1)
    columns = {"column-0-0": "name", "column-0-1": "company", "column-0-2": ""}
    assert browser.post(f"{answer.location}/columns", columns).status_code == 303
    assert len(seen) == 2
    batch = db.session.scalar(db.select(LedgerBatch))
    operations.enter_ledger(batch, by=officer)
    assert browser.post(f"{answer.location}/columns", columns).status_code == 409
    assert len(seen) == 2  # what was entered is not read again
