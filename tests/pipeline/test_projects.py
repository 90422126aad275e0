"""The pages of projects: what each reader may do there, next steps, hand-over, board and list."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import func, select

from outreach.accounts.models import Grant
from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.pipeline import operations
from outreach.pipeline.models import Instalment, Milestone, NextStep
from tests.pipeline.test_milestones import PDF


def test_the_page_of_a_project(make, visit, contracted):
    officer = make.user(Role.INVESTMENT_OFFICER)
    browser, page = visit(officer), f"/projects/{contracted.id}"
    money = {"paid_on": "2024-04-01", "amount_wan": "100.5", "note": "", "origin": "outside"}
    assert "须有凭证" in browser.post(f"{page}/instalments", money, content_type="multipart/form-data").text
    data = {**money, "evidence": (io.BytesIO(PDF), "回单.pdf")}
    assert browser.post(f"{page}/instalments", data, content_type="multipart/form-data").status_code == 303
    row = db.session.scalar(select(Instalment))
    answer = browser.post(f"{page}/evidence/{row.evidence_id}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    trace = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "pipeline.open_file"))
    assert (trace.user_id, trace.object_id, trace.detail) == (
        officer.id,
        contracted.id,
        {"file": row.evidence_id},
    )
    assert (
        visit(make.user(Role.INVESTMENT_OFFICER, unit=make.other_county))
        .post(f"{page}/evidence/{row.evidence_id}")
        .status_code
        == 404
    )
    viewer = visit(make.user(Role.VIEWER))
    assert "回单.pdf" in (seen := viewer.get(page).text)  # by name, and no way to open it
    assert "/evidence/" not in seen
    assert viewer.post(f"{page}/evidence/{row.evidence_id}").status_code == 403
    assert browser.post(f"{page}/evidence/999").status_code == 404
    assert browser.post(f"{page}/milestones", {"kind": "production", "happened_on": ""}).status_code == 422
    assert (
        browser.post(f"{page}/milestones", {"kind": "registered", "happened_on": "2024-03-20"}).status_code
        == 303
    )
    milestone = db.session.scalar(select(Milestone).where(Milestone.kind == "registered"))
    assert browser.post(f"{page}/milestones/{milestone.id}/withdraw", {"outcome": ""}).status_code == 422
    assert browser.post(f"{page}/milestones/{milestone.id}/withdraw", {"outcome": "弄错"}).status_code == 303
    assert browser.post(f"{page}/instalments/{row.id}/correct", {"outcome": "重复"}).status_code == 303
    assert "注册企业" in browser.get(page).text


def test_next_steps_overdue_first_on_the_officers_home_page(make, visit):
    officer = make.user(Role.INVESTMENT_OFFICER)
    project = make.project(officer=officer)
    browser, page = visit(officer), f"/projects/{project.id}"
    today = clock.today()
    assert browser.post(f"{page}/steps", {"text": "", "due_on": ""}).status_code == 422
    for text, days in (("以后再说", 30), ("早该办了", 0), ("今天办", 0)):
        assert (
            browser.post(
                f"{page}/steps", {"text": text, "due_on": (today + timedelta(days=days)).isoformat()}
            ).status_code
            == 303
        )
    over = browser.post(f"{page}/steps", {"text": "补记", "due_on": (today - timedelta(days=1)).isoformat()})
    assert (over.status_code, "待办事项不能安排在已经过去的日期" in over.text, "补记" in over.text) == (
        422,
        True,
        True,
    )
    db.session.scalar(select(NextStep).where(NextStep.text == "早该办了")).due_on = today - timedelta(days=3)
    db.session.commit()
    home = browser.get("/home").text
    assert home.index("早该办了") < home.index("今天办") < home.index("以后再说")
    assert "已逾期" in home
    assert project.name in browser.get("/projects?overdue=y").text
    step = db.session.scalar(select(NextStep).where(NextStep.text == "早该办了"))
    later = (today + timedelta(days=9)).isoformat()
    assert (
        browser.post(f"{page}/steps/{step.id}/postpone", {"due_on": later, "reason": ""}).status_code == 422
    )
    assert (
        browser.post(f"{page}/steps/{step.id}/postpone", {"due_on": later, "reason": "出差"}).status_code
        == 303
    )
    assert browser.post(f"{page}/steps/{step.id}/finish", {"outcome": "谈妥"}).status_code == 303
    assert browser.post(f"{page}/steps/{step.id}/finish", {"outcome": "谈妥"}).status_code == 409
    assert "早该办了" not in browser.get("/home").text
    assert project.name not in browser.get("/projects?overdue=y").text


def test_hand_over_keeps_who_had_it(make, visit):
    old, new = make.user(Role.INVESTMENT_OFFICER), make.user(Role.INVESTMENT_OFFICER)
    project = make.project(officer=old)
    browser = visit(old)
    assert (
        browser.post(
            f"/projects/{project.id}/hand-over", {"officer_id": new.id, "reason": "调岗"}
        ).status_code
        == 303
    )
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "pipeline.hand_over"))
    assert (entry.reason, entry.detail) == ("调岗", {"before": old.id, "after": new.id})


def test_an_officer_of_another_county_cannot_be_given_a_project(make):
    with pytest.raises(Refused):
        make.project(officer=make.user(Role.INVESTMENT_OFFICER, unit=make.other_county))


def test_board_list_and_exports(make, visit, contracted):
    make.confirmed(contracted)
    browser = visit(make.user())
    assert contracted.name in browser.get("/board").text
    assert contracted.name in browser.get("/projects?stage=contract").text
    assert contracted.name not in browser.get("/projects?stage=intention").text
    make.project(make.agreement(), name="还在谈的项目")
    assert "还在谈的项目" in browser.get("/projects").text
    listed = browser.get("/projects?contracted=y").text
    assert (contracted.name in listed, "还在谈的项目" in listed) == (True, False)
    sheet = openpyxl.load_workbook(io.BytesIO(browser.post("/projects/export").data)).active
    heading = [cell.value for cell in sheet[3]]
    row = {name: cell.value for name, cell in zip(heading, sheet[4], strict=True)}
    assert (row["拟投资额（万元）"], row["合同额（万元）"], row["到位资金（万元）"]) == (12_000, 8_000, 0)
    assert browser.post("/agreements/export").mimetype.endswith("sheet")
    assert db.session.scalar(select(func.count()).where(AuditEntry.verb == "pipeline.export_pipeline")) == 2


def test_a_card_moves_only_for_who_may_edit_its_unit(make, visit):
    here, there = (
        make.project(make.agreement(make.county)),
        make.project(make.agreement(make.other_county), name="外县项目"),
    )
    user = make.user(Role.INVESTMENT_OFFICER, make.county)
    user.grants.append(Grant(unit=make.other_county, role=Role.VIEWER))
    page = visit(user).get("/board").text
    assert {here.name in page, there.name in page} == {True}
    assert re.findall(r'draggable="true" data-card="/projects/(\d+)"', page) == [str(here.id)]
    assert re.findall(r'href="/projects/(\d+)\?enter=', page) == [str(here.id)]


def test_the_board_costs_the_same_for_one_and_three(make, visit, contracted):
    from sqlalchemy import event as hooks

    browser, counted = visit(make.user()), []
    for more in (0, 2):
        for _project in range(more):
            make.project()
        statements = []
        hooks.listen(db.engine, "before_cursor_execute", lambda *arguments, kept=statements: kept.append(1))
        db.session.commit()
        statements.clear()
        browser.get("/board")
        counted.append(len(statements))
    assert counted[0] == counted[1] > 3


def test_a_page_offers_only_what_its_reader_may_do_there(make, visit):
    """An officer of one county who may look at another: there, every button would answer 404."""
    user = make.user(Role.INVESTMENT_OFFICER)
    user.grants.append(Grant(unit=make.other_county, role=Role.VIEWER))
    visitor = visit(user)
    for unit, may in ((make.county, True), (make.other_county, False)):
        project = make.project(make.agreement(unit))
        operations.enter_milestone(
            project,
            kind="contract",
            happened_on=date(2024, 2, 1),
            amount_wan=Decimal(5000),
            note="",
            file_name="c.pdf",
            content=PDF,
            by=None,
        )
        operations.pay_in(
            project,
            paid_on=date(2024, 3, 1),
            amount_wan=Decimal(100),
            note="",
            file_name="a.pdf",
            content=PDF + unit.name.encode(),
            by=None,
        )
        agreement = project.agreement_id
        db.session.commit()
        page, paper = (
            visitor.get(f"/projects/{project.id}").text,
            visitor.get(f"/agreements/{agreement}").text,
        )
        assert ("a.pdf" in page, "c.pdf" in page) == (True, True)
        for text, own in ((page, f"/projects/{project.id}/"), (paper, f"/agreements/{agreement}/")):
            # who looks may write
            forms = [
                action
                for action in re.findall(r'<form[^>]*action="([^"]+)"', text)
                if own in action and not action.endswith("/notes")
            ]
            assert bool(forms) is may, (unit.name, forms)


def test_confirm_is_offered_where_it_can_be_done(make, visit):
    """Not without the proof, not to who entered the fact, not to who handed in its proof."""
    writer, other = make.user(Role.INVESTMENT_OFFICER), make.user(Role.INVESTMENT_OFFICER)
    project = make.project()
    operations.enter_milestone(
        project,
        kind="contract",
        happened_on=date(2024, 2, 1),
        amount_wan=Decimal(5000),
        note="",
        file_name="c.pdf",
        content=PDF,
        by=writer,
    )
    operations.pay_in(
        project,
        paid_on=date(2024, 3, 1),
        amount_wan=Decimal(100),
        note="",
        file_name="",
        content=b"",
        by=writer,
    )
    row = project.instalments[0]
    address, button = f"/projects/{project.id}", f"/projects/{project.id}/instalments/{row.id}/confirm"
    db.session.commit()
    text = visit(other).get(address).text
    assert (button in text, "银行回单" in text) == (False, True)
    operations.add_evidence(project, row, file_name="a.pdf", content=PDF + b"a", by=writer)
    db.session.commit()
    assert button in visit(other).get(address).text
    assert button not in visit(writer).get(address).text
    assert visit(other).post(button).status_code == 303
