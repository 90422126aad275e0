"""What cannot flatter: a second pair of eyes, reviews, wrong order, locked months, pauses, supervision."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import docx
import pytest

from outreach.core import clock
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.pipeline import (
    fact_queries,
    light_queries,
    lights,
    operations,
    queries,
    report_queries,
    workdays,
)
from outreach.pipeline.agreement_models import CONTRACT, FRAMEWORK, Agreement
from outreach.pipeline.models import Project

PDF = b"%PDF-1.4 x"
WAN = Decimal


@pytest.fixture
def officer(make):
    return make.user(Role.INVESTMENT_OFFICER)


@pytest.fixture
def second(make):
    return make.user(Role.INVESTMENT_OFFICER)


@pytest.fixture
def project(make, officer):
    made = make.project(officer=officer)
    _enter(made, officer, "contract", date(2024, 3, 1), amount=WAN(5000))
    return made


def _enter(project, by, kind, day, *, amount=None, content=b""):
    return operations.enter_milestone(
        project,
        kind=kind,
        happened_on=day,
        amount_wan=amount,
        note="",
        review="审〔2024〕1号" if kind == "contract" else "",
        file_name="a.pdf",
        content=content,
        by=by,
    )


def _report(project, by, month=date(2024, 5, 1), completed=100, correction=""):
    return operations.report_month(
        project,
        month=month,
        completed_wan=WAN(completed),
        jobs=12,
        output_wan=None,
        tax_wan=None,
        progress="基础施工",
        correction=correction,
        by=by,
    )


def test_nobody_confirms_their_own_entry(project, officer, second):
    row = _enter(project, officer, "registered", date(2024, 4, 1))
    db.session.flush()
    with pytest.raises(Refused, match="他人确认"):
        operations.confirm(project, row, by=officer)
    with pytest.raises(Refused, match="营业执照"):
        operations.confirm(project, row, by=second)
    operations.add_evidence(project, row, file_name="执照.pdf", content=PDF, by=officer)
    with pytest.raises(Refused, match="已有证明材料"):
        operations.add_evidence(project, row, file_name="b.pdf", content=PDF + b"2", by=officer)
    operations.confirm(project, row, by=second)
    assert row.confirmed_by_id == second.id
    with pytest.raises(Refused, match="已确认"):
        operations.confirm(project, row, by=second)


def test_what_proves_a_milestone_is_the_houses_choice(project, officer, second, make):
    operations.set_papers("registered", papers=[], by=make.user())
    row = _enter(project, officer, "registered", date(2024, 4, 1))
    db.session.flush()
    operations.confirm(project, row, by=second)
    assert row.confirmed_at


def test_a_contract_of_today_needs_its_review(make, officer):
    made = make.project(officer=officer)
    with pytest.raises(Refused, match="公平竞争审查"):
        operations.enter_milestone(
            made, kind="contract", happened_on=date(2025, 1, 2), amount_wan=WAN(100), note="", by=officer
        )
    paper = make.agreement(
        kind=CONTRACT, signed_on=date(2025, 1, 2), intended_wan=None, contracted_wan=WAN(900)
    )
    with pytest.raises(Refused, match="公平竞争审查"):
        operations.start_project(paper, name="甲", officer=officer, industry="C", site="", by=officer)
    operations.review(paper, number="审〔2025〕3号", day=date(2025, 1, 1), passed=True, by=officer)
    started = operations.start_project(paper, name="甲", officer=officer, industry="C", site="", by=officer)
    assert (started.contracted_waiting_wan, started.standing["contract"].review) == (
        WAN(900),
        "审〔2025〕3号",
    )


def test_the_wrong_order_warns_and_does_not_block(project, officer):
    _enter(project, officer, "construction", date(2024, 2, 1))
    db.session.flush()
    assert ("contract", "construction") in project.disorder
    assert project.stage == "construction"


def test_a_framework_agrees_and_a_letter_intends(make):
    row = make.agreement(kind=FRAMEWORK, agreed_wan=WAN(700), intended_wan=None)
    assert (row.agreed_wan, row.binding) == (WAN(700), False)
    with pytest.raises(Refused, match="协议投资额"):
        make.agreement(agreed_wan=WAN(700))
    with pytest.raises(Refused, match="原文表述"):
        make.agreement(currency="USD", stated="")


def test_a_locked_month_takes_only_corrections(project, officer, make):
    clerk = make.user()
    _report(project, officer)
    operations.lock_month(project.unit, date(2024, 5, 17), by=clerk)
    with pytest.raises(Refused, match="已锁报"):
        operations.lock_month(project.unit, date(2024, 5, 1), by=clerk)
    with pytest.raises(Refused, match="请说明原因"):
        _report(project, officer, completed=140)
    row = _report(project, officer, completed=140, correction="漏报设备款")
    assert [entry.id for entry in report_queries.reports(project)][0] == row.id
    [line] = fact_queries.lines(queries.select_projects(clerk))
    assert line.completed_wan == WAN(140)
    with pytest.raises(Refused, match="备注"):
        operations.pay_in(
            project,
            paid_on=date(2024, 5, 3),
            amount_wan=WAN(5),
            note="",
            file_name="s.pdf",
            content=PDF,
            by=officer,
        )
    late = operations.pay_in(
        project,
        paid_on=date(2024, 5, 3),
        amount_wan=WAN(5),
        note="银行回单迟到",
        file_name="s.pdf",
        content=PDF,
        by=officer,
    )
    db.session.flush()
    assert operations.correct_instalment(project, late, reason="弄错", by=officer).paid_on == clock.today()


def test_months_that_cannot_be(project, officer, make):
    with pytest.raises(Refused, match="尚未开始"):
        _report(project, officer, month=clock.today() + timedelta(days=40))
    with pytest.raises(Refused, match="结束后"):
        operations.lock_month(project.unit, clock.today(), by=make.user())


def test_who_has_not_reported_is_listed_first_and_late_ones_show(project, officer):
    other = operations.start_project(
        _contract(project), name="乙", officer=officer, industry="C", site="", by=officer
    )
    _report(project, officer)
    chosen = report_queries.select_owed(officer, date(2024, 5, 1))
    rows = report_queries.owed(db.session.execute(chosen))
    assert [(row.project.id, row.report is None, row.state) for row in rows] == [
        (other.id, True, "missing"),
        (project.id, False, "late"),
    ]
    assert rows[1].first_on == clock.today(), "entered years later: late"
    assert report_queries.standing_counts(chosen) == {"missing": 1, "late": 1}


def _contract(project) -> Agreement:
    return operations.sign(
        project.unit,
        company="乙公司",
        kind=CONTRACT,
        title="乙",
        signed_on=date(2024, 2, 2),
        intended_wan=None,
        contracted_wan=WAN(100),
        contract_by=None,
        stated="",
        event=None,
        person=None,
        by=None,
    )


def test_what_ended_stays_ended(project, officer):
    operations.change_state(project, state="paused", since_on=date(2024, 6, 1), reason="等土地", by=officer)
    assert light_queries.reasons_of(project) == []
    with pytest.raises(Refused, match="已处于该状态"):
        operations.change_state(project, state="paused", since_on=date(2024, 6, 1), reason="x", by=officer)
    operations.change_state(project, state="ended", since_on=date(2024, 7, 1), reason="解约", by=officer)
    with pytest.raises(Refused, match="另立项目"):
        operations.change_state(project, state="running", since_on=date(2024, 8, 1), reason="x", by=officer)


def test_papers_get_stricter_only_when_the_one_before_ran_out(project, officer, make, monkeypatch):
    clerk, due = make.user(), clock.today() + timedelta(days=5)
    with pytest.raises(Refused, match="提醒函"):
        operations.issue_notice(
            project, level="supervision", addressee="商务局", text="x", due_on=due, by=clerk
        )
    first = operations.issue_notice(
        project, level="reminder", addressee="商务局", text="尽快开工", due_on=due, by=clerk
    )
    assert first.number == f"督〔{clock.today().year}〕1号"
    with pytest.raises(Refused, match="尚未到期"):
        operations.issue_notice(project, level="reminder", addressee="商务局", text="x", due_on=due, by=clerk)
    with pytest.raises(Refused, match="反馈后"):
        operations.close_notice(first, outcome="x", by=clerk)
    first.due_on = clock.today() - timedelta(days=1)
    second = operations.issue_notice(
        project, level="supervision", addressee="商务局", text="限期开工", due_on=due, by=clerk
    )
    assert (second.serial, second.level) == (2, "supervision")
    operations.answer_notice(second, answer="已进场", by=officer)
    assert second.received_at
    operations.close_notice(second, outcome="属实", by=clerk)
    with pytest.raises(Refused, match="已销号"):
        operations.answer_notice(second, answer="x", by=officer)


def test_working_days_know_the_holidays(make):
    national = date(2025, 9, 30)
    assert workdays.between(national, date(2025, 10, 8), {}) == 0
    assert workdays.is_workday(date(2025, 9, 28), {})  # a Sunday worked for the holiday
    assert workdays.between(national, date(2025, 10, 9), {}) == 1
    assert workdays.is_workday(date(2025, 10, 3), {date(2025, 10, 3): True})
    assert not workdays.is_known(2080)
    assert workdays.unknown_years(date(2080, 11, 30)) == [2080, 2081]
    assert workdays.after(national, 1, {}) == date(2025, 10, 9)


def test_public_holidays_of_a_year_without_published_make_up_days_stay_off():
    """The holidays package knows the make-up days of 2025 and 2026;
    those of 2027 are published in November 2026.
    """
    for year in (2025, 2026):
        assert workdays.is_known(year)
    assert workdays.unknown_years(date(2026, 11, 30)) == [2027]
    assert workdays.unknown_years(date(2026, 3, 1)) == []
    assert workdays.after(date(2026, 12, 30), 3, {}) == date(2027, 1, 5)
    assert not workdays.is_workday(date(2027, 1, 1), {})
    assert not workdays.is_workday(date(2027, 2, 8), {})  # Spring Festival
    assert not workdays.is_workday(date(2080, 10, 1), {})
    assert workdays.is_workday(date(2027, 1, 1), {date(2027, 1, 1): True})  # the administrator's own table


def test_the_page_of_lights_says_which_make_up_days_are_not_known(make, visit):
    with clock.at(datetime(2026, 11, 30, 2, tzinfo=UTC)):
        assert workdays.unknown_years(clock.today()) == [2027]
    text = visit(make.user()).get("/lights").text
    assert all(str(year) in text for year in workdays.unknown_years(clock.today()))


def _case(**began):
    return lights.Case("running", began, began, last_entry=date(2026, 1, 5))


def test_lights_are_of_rows_and_limits():
    today = date(2026, 1, 6)
    assert (
        lights.light(lights.reasons(_case(contract=date(2025, 12, 20)), today, lights.RULES, {})) == "green"
    )
    [slow] = lights.reasons(_case(contract=date(2025, 9, 1)), today, lights.RULES, {})
    assert (slow.rule, slow.red) == ("no_start", False)
    assert lights.light(lights.reasons(_case(contract=date(2025, 3, 1)), today, lights.RULES, {})) == "red"
    assert lights.reasons(_case(framework=date(2025, 3, 1)), today, lights.RULES, {})[0].rule == "no_contract"
    assert (
        lights.reasons(_case(construction=date(2025, 3, 1)), today, lights.RULES, {})[0].rule
        == "no_statistics"
    )
    own = {**lights.RULES, "no_start": (1, 2)}
    assert lights.light(lights.reasons(_case(contract=date(2025, 12, 20)), today, own, {})) == "red"


def test_a_light_goes_out_by_a_confirmed_fact():
    """What is entered starts a rule, and only what is confirmed ends it; what waits is named."""
    today, began = date(2026, 1, 6), {"contract": date(2025, 9, 1), "construction": date(2026, 1, 5)}
    case = lights.Case("running", began, {"contract"}, last_entry=today)
    [slow] = lights.reasons(case, today, lights.RULES, {})
    assert (slow.rule, slow.since, slow.waits) == ("no_start", date(2025, 9, 1), "construction")
    case = lights.Case("running", began, {"contract", "construction"}, last_entry=today)
    assert lights.reasons(case, today, lights.RULES, {}) == []
    [late] = lights.reasons(_waiting_contract(), today, lights.RULES, {})
    assert (late.rule, late.waits) == ("no_contract", "contract")


def _waiting_contract():
    days = {"framework": date(2025, 3, 1), "contract": date(2026, 1, 5)}
    return lights.Case("running", days, {"framework"}, last_entry=date(2026, 1, 5))


def _lead(make, officer) -> Project:
    lead = operations.open_lead(
        make.county,
        name="想建厂",
        company="丙公司",
        officer=officer,
        person=None,
        source="北京走访",
        by=officer,
    )
    db.session.flush()
    return lead


def test_a_lead_is_counted_nowhere(make, officer):
    lead = _lead(make, officer)
    assert lead.stage == "lead"
    [line] = fact_queries.lines(queries.select_projects(officer))
    assert (line.stage, line.landed, line.intended_wan) == ("lead", False, 0)
    assert list(db.session.scalars(queries.filtered_projects(db.select(Project), stage="lead")).unique()) == [
        lead
    ]


def test_a_lead_goes_on_as_the_project_it_was_signed_for(make, officer):
    lead = _lead(make, officer)
    _enter(lead, officer, "visited", date(2024, 1, 5))
    paper = make.agreement(title="丙厂", company="丙公司")
    project = operations.start_project(
        paper, name="丙厂", officer=officer, industry="C", site="", by=officer, lead=lead
    )
    db.session.flush()
    assert (project.id, project.stage, list(project.standing)) == (
        lead.id,
        "intention",
        ["visited", "intention"],
    )
    with pytest.raises(Refused, match="线索"):
        operations.start_project(
            make.agreement(), name="丁", officer=officer, industry="C", site="", by=officer, lead=lead
        )


def test_a_brief_in_word_says_what_stands(project, officer, visit):
    _enter(project, officer, "registered", date(2024, 4, 1))
    operations.raise_concern(project, text="用电增容", owner="供电公司", due_on=clock.today(), by=officer)
    db.session.commit()
    answer = visit(officer).post(f"/projects/{project.id}/brief.docx")
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(answer.data)).paragraphs)
    assert all(
        words in text for words in ("5000万元", "2024年4月1日（未确认）", "用电增容（供电公司", project.name)
    )


def test_a_guest_of_a_summit_becomes_a_lead(make, officer, visit):
    person, event = make.person("王建国", company="甲公司"), make.event()
    db.session.commit()
    browser = visit(officer)
    address = f"/projects/new?person={person.id}&company=甲公司&source={event.title}"
    text = browser.get(address).text
    assert "甲公司" in text
    said = {
        "unit_id": make.county.id,
        "name": "建厂",
        "company": "甲公司",
        "source": event.title,
        "officer_id": officer.id,
        "person_id": person.id,
    }
    assert browser.post("/projects/new", said).status_code == 303
    assert db.session.scalar(db.select(Project.person_id)) == person.id
    assert visit(make.user(unit=make.other_county)).get(address).status_code == 200


def test_money_that_was_taken_back_is_neither_proved_nor_confirmed(project, officer, second):
    first = operations.pay_in(
        project,
        paid_on=date(2024, 5, 3),
        amount_wan=WAN(5),
        note="",
        file_name="s.pdf",
        content=PDF,
        by=officer,
    )
    db.session.flush()
    counter = operations.correct_instalment(project, first, reason="弄错", by=officer)
    db.session.flush()
    for row in (first, counter):
        with pytest.raises(Refused, match="更正"):
            operations.confirm(project, row, by=second)
    with pytest.raises(Refused, match="更正"):
        operations.add_evidence(project, counter, file_name="s.pdf", content=PDF, by=officer)
    again = operations.pay_in(
        project,
        paid_on=date(2024, 5, 3),
        amount_wan=WAN(6),
        note="",
        file_name="s.pdf",
        content=PDF,
        by=officer,
    )
    db.session.flush()
    operations.confirm(project, again, by=second)
