"""Agreements, projects, milestones, instalments, next steps: figures that cannot flatter."""

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
from outreach.pipeline import operations, queries, sum_queries, views
from outreach.pipeline.models import Agreement, Instalment, Milestone, NextStep, Project

PDF = b"%PDF-1.4 slip "


def _agreement_form(make, **changes) -> dict:
    return {
        "unit_id": make.county.id,
        "kind": "letter",
        "company": "某某有限公司",
        "title": "家居产业园",
        "signed_on": "2024-01-08",
        "contract_by": "",
        "intended_wan": "1.2亿",
        "contracted_wan": "",
        "stated": "",
        "event_id": "0",
        "mobile": "",
        **changes,
    }


def test_a_letter_is_an_intention(make, visit):
    event = make.event()
    person = make.person("李丽", mobiles=["15412345678"])
    answer = visit(make.user()).post(
        "/agreements/new", _agreement_form(make, event_id=event.id, mobile="154 1234 5678")
    )
    assert answer.status_code == 303
    row = db.session.scalar(select(Agreement))
    assert (row.intended_wan, row.contracted_wan, row.event_id, row.person_id) == (
        Decimal(12_000),
        None,
        event.id,
        person.id,
    )


def test_who_brought_it_is_never_dropped_without_a_word(make, visit):
    make.person("外县", unit=make.other_county, mobiles=["15400001111"])
    for typed, words in (
        ("123", "11 位手机号码"),
        ("15499998888", "名录中没有人使用这个号码"),
        ("15400001111", "名录中没有人使用这个号码"),
    ):
        answer = visit(make.user()).post("/agreements/new", _agreement_form(make, mobile=typed))
        assert (answer.status_code, words in answer.text, f'value="{typed}"' in answer.text) == (
            422,
            True,
            True,
        ), typed
    assert db.session.scalar(select(func.count()).select_from(Agreement)) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contracted_wan": "100"}, "只有投资合同才有合同额"),
        ({"kind": "contract"}, "须填写合同额"),
        ({"intended_wan": "about 3"}, "以万元为单位"),
        ({"intended_wan": "-5"}, "以万元为单位"),
        ({"signed_on": "2099-01-01"}, "未来日期"),
        ({"signed_on": ""}, "此项必填"),
        ({"contract_by": "2023-01-01"}, "不能早于"),
        ({"intended_wan": "99999999999"}, "金额过大"),
        ({"company": ""}, "此项必填"),
    ],
)
def test_bad_agreements(make, visit, changes, words):
    answer = visit(make.user()).post("/agreements/new", _agreement_form(make, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="家居产业园"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Agreement)) == 0


def test_an_agreement_needs_an_amount_unless_it_is_about_labour(make, visit):
    browser = visit(make.user())
    assert browser.post("/agreements/new", _agreement_form(make, intended_wan="")).status_code == 422
    assert (
        browser.post("/agreements/new", _agreement_form(make, intended_wan="", kind="labour")).status_code
        == 303
    )


def test_a_project_starts_from_an_agreement_once(make, visit):
    officer, agreement = make.user(Role.INVESTMENT_OFFICER), make.agreement()
    browser = visit(officer)
    data = {"name": "家居产业园项目", "officer_id": officer.id, "industry": "C", "site": ""}
    assert browser.post(f"/agreements/{agreement.id}/project", {**data, "name": ""}).status_code == 422
    assert browser.post(f"/agreements/{agreement.id}/project", data).status_code == 303
    project = db.session.scalar(select(Project))
    assert (project.stage, project.officer_id) == ("intention", officer.id)
    assert browser.post(f"/agreements/{agreement.id}/project", data).status_code == 409


def test_the_stage_is_derived_and_a_withdrawn_milestone_no_longer_stands(make):
    user = make.user()
    project = make.project()
    operations.enter_milestone(
        project, kind="contract", happened_on=date(2024, 3, 1), amount_wan=Decimal(8_000), note="", by=user
    )
    operations.enter_milestone(
        project, kind="construction", happened_on=date(2024, 6, 1), amount_wan=None, note="", by=user
    )
    assert (project.stage, project.stage_waits, project.landed) == ("construction", True, False)
    make.confirmed(project)
    assert project.landed
    operations.withdraw_milestone(project, project.standing["construction"], reason="看错了", by=user)
    db.session.flush()
    assert project.stage == "contract"
    assert not project.landed
    assert db.session.scalar(select(func.count()).select_from(Milestone)) == 4
    operations.enter_milestone(
        project, kind="construction", happened_on=date(2024, 7, 1), amount_wan=None, note="", by=user
    )
    assert project.stage == "construction"


@pytest.mark.parametrize(
    ("values", "stands"),
    [
        ({"kind": "intention", "happened_on": date(2024, 1, 9)}, "stands already"),
        ({"kind": "contract", "happened_on": date(2024, 3, 1)}, "no amount"),
        ({"kind": "construction", "happened_on": date(2999, 1, 1)}, "future"),
        ({"kind": "production", "happened_on": date(2024, 1, 1), "amount_wan": Decimal(1)}, "amount"),
    ],
)
def test_milestones_that_are_refused(make, values, stands):
    project = make.project()
    with pytest.raises(Refused):
        operations.enter_milestone(project, **{"amount_wan": None, "note": "", "by": make.user(), **values})


@pytest.fixture
def contracted(make):
    """A project with a contract over 8,000 万元 of 2024-03-01."""
    project = make.project()
    operations.enter_milestone(
        project,
        kind="contract",
        happened_on=date(2024, 3, 1),
        amount_wan=Decimal(8_000),
        note="",
        by=make.user(),
    )
    return project


def _pay(project, user, amount="100.5", day=date(2024, 4, 1), content=PDF):
    return operations.pay_in(
        project,
        paid_on=day,
        amount_wan=Decimal(amount),
        note="",
        file_name="slip.pdf",
        content=content,
        by=user,
    )


def test_money_is_the_sum_of_instalments_and_a_correction_is_a_counter_entry(make, contracted):
    user = make.user()
    first = _pay(contracted, user)
    _pay(contracted, user, "0.000001", content=b"%PDF-1.4 other")
    db.session.flush()
    assert (contracted.paid_in_wan, contracted.paid_waiting_wan) == (0, Decimal("100.500001"))
    make.confirmed(contracted)
    assert contracted.paid_in_wan == Decimal("100.500001")
    operations.correct_instalment(contracted, first, reason="重复录入", by=user)
    db.session.flush()
    assert contracted.paid_in_wan == Decimal("0.000001")
    with pytest.raises(Refused):
        operations.correct_instalment(contracted, first, reason="再来", by=user)


@pytest.mark.parametrize(
    ("amount", "day"),
    [("0", date(2024, 4, 1)), ("-5", date(2024, 4, 1)), ("5", date(2024, 2, 1)), ("5", date(2999, 1, 1))],
)
def test_money_that_does_not_count(make, contracted, amount, day):
    with pytest.raises(Refused):
        _pay(contracted, make.user(), amount, day)


def test_money_before_any_contract_does_not_count(make):
    with pytest.raises(Refused):
        _pay(make.project(), make.user())


def test_the_same_slip_for_two_projects_is_refused_and_the_place_named(make, contracted):
    user = make.user()
    _pay(contracted, user)
    other = make.project(name="另一个项目")
    operations.enter_milestone(
        other, kind="contract", happened_on=date(2024, 3, 1), amount_wan=Decimal(1), note="", by=user
    )
    with pytest.raises(Refused, match="家居产业园项目"):
        _pay(other, user)


def test_evidence_is_judged_by_content(make, contracted):
    with pytest.raises(Refused):
        _pay(contracted, make.user(), content=b"<html>not a slip")


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


@pytest.mark.parametrize(
    "kinds",
    [
        (),
        ("contract",),
        ("contract", "registered"),
        ("construction",),
        ("contract", "production"),
        ("capacity",),
    ],
)
def test_stage_in_python_and_in_sql_agree(make, kinds):
    user, project = make.user(), make.project()
    for kind in kinds:
        operations.enter_milestone(
            project,
            kind=kind,
            happened_on=date(2024, 3, 1),
            amount_wan=Decimal(1) if kind == "contract" else None,
            note="",
            by=user,
        )
    db.session.flush()
    for stage in ("intention", "contract", "registered", "construction", "production", "capacity"):
        found = db.session.scalars(queries.filtered_projects(select(Project), stage=stage)).unique().all()
        assert (found == [project]) == (stage == project.stage), stage
    assert (
        bool(db.session.scalars(queries.filtered_projects(select(Project), landed="y")).unique().all())
        == project.landed
    )


def test_the_three_amounts_are_summed_apart(make, contracted):
    user = make.user()
    _pay(contracted, user)
    make.agreement(intended_wan=Decimal(500))
    make.confirmed(contracted)
    whole, by_unit, _by_event = sum_queries.sums(user)
    assert (whole.signed, whole.intended_wan) == (2, Decimal(12_500))
    assert (whole.contracts, whole.contracted_wan) == (1, Decimal(8_000))
    assert whole.paid_in_wan == Decimal("100.5")
    assert by_unit[make.county.id].intended_wan == Decimal(12_500)


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


@pytest.mark.parametrize(("kind", "amount"), [("contract", ""), ("construction", "5")])
def test_a_milestone_with_the_wrong_amount_keeps_what_was_typed(make, visit, kind, amount):
    project = make.project()
    data = {"kind": kind, "happened_on": "2024-03-01", "amount_wan": amount, "note": "现场已核实"}
    answer = visit(make.user()).post(f"/projects/{project.id}/milestones", data)
    assert answer.status_code == 422
    assert 'value="现场已核实"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Milestone)) == 1


def test_the_scan_of_a_signed_paper_is_opened_by_whoever_may_take_figures_out(make, visit, contracted):
    agreement, officer = contracted.agreement, make.user(Role.INVESTMENT_OFFICER)
    page = f"/agreements/{agreement.id}"
    sent = {"evidence": (io.BytesIO(PDF), "合同.pdf")}
    assert visit(officer).post(f"{page}/papers", sent, content_type="multipart/form-data").status_code == 303
    file_id = db.session.get(Agreement, agreement.id).papers[-1].file_id
    assert visit(officer).post(f"{page}/papers/{file_id}").data == PDF
    assert (
        db.session.scalar(select(AuditEntry.user_id).where(AuditEntry.verb == "pipeline.open_file"))
        == officer.id
    )
    assert visit(officer).get(f"{page}/papers/{file_id}").location == page  # nothing leaves without a trace
    viewer = visit(make.user(Role.VIEWER))
    assert "合同.pdf" in viewer.get(page).text
    assert viewer.post(f"{page}/papers/{file_id}").status_code == 403


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
            forms = [
                action
                for action in re.findall(r'<form[^>]*action="([^"]+)"', text)
                if own in action and not action.endswith("/notes")
            ]  # who looks may write
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


def test_a_later_signature_begins_at_the_first_one_however_old_it_is(make, visit, monkeypatch):
    monkeypatch.setattr(views.agreements, "NEWEST", 2)
    old = make.agreement(title="老项目", signed_on=date(2021, 1, 8))
    for _number in range(3):
        make.agreement()
    foreign = make.agreement(make.other_county)
    db.session.commit()
    visitor = visit(make.user())
    assert f'href="/agreements/new?first={old.id}"' in visitor.get(f"/agreements/{old.id}").text
    page = visitor.get(f"/agreements/new?first={old.id}").text
    assert re.search(rf'<option selected value="{old.id}">老项目', page)
    assert 'value="老项目"' in page
    assert f'value="{old.id}">老项目' not in visitor.get("/agreements/new").text
    form = _agreement_form(
        make,
        title="老项目",
        company=old.organisation.name,
        counts_as="upgrade",
        kind="contract",
        contracted_wan="5000",
        intended_wan="",
    )
    assert visitor.post("/agreements/new", {**form, "first_id": old.id}).status_code == 303
    assert db.session.scalar(select(Agreement.counts_as).where(Agreement.first_id == old.id)) == "upgrade"
    assert visitor.post("/agreements/new", {**form, "first_id": foreign.id}).status_code == 422
    assert f'value="{foreign.id}"' not in visitor.get(f"/agreements/new?first={foreign.id}").text
    asked = visitor.post(
        "/agreements/new", _agreement_form(make, title="老项目", company=old.organisation.name)
    )
    assert asked.status_code == 409
    assert f'value="{old.id}">老项目' in asked.text
