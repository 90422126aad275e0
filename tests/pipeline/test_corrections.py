"""更正 and 作废 of signed papers: what stood before stays, figures follow, nothing is left hanging."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.pipeline import cohort_queries, operations, queries, sum_queries
from outreach.pipeline.agreement_models import Agreement, AgreementCorrection

DAY = date(2024, 1, 8)


@pytest.fixture
def officer(make):
    return make.user(Role.INVESTMENT_OFFICER)


def _form(row: Agreement, **values) -> dict:
    plain = {
        "company": row.organisation.name,
        "kind": row.kind,
        "title": row.title,
        "signed_on": row.signed_on.isoformat(),
        "intended_wan": f"{row.intended_wan or ''}",
        "currency": "CNY",
        "event_id": row.event_id or 0,
        "counts_as": row.counts_as,
        "first_id": row.first_id or 0,
        "reason": "录入时多写一个零",
    }
    return {**plain, **values}


def _sums(user) -> sum_queries.Sums:
    return sum_queries.sums(user)[0]


def test_a_paper_is_corrected_in_the_open_and_the_figures_follow(make, visit, officer):
    row = make.agreement(intended_wan=Decimal(120_000))
    browser = visit(officer)
    assert browser.get(f"/agreements/{row.id}/correct").status_code == 200
    without = browser.post(f"/agreements/{row.id}/correct", _form(row, intended_wan="12000", reason=""))
    assert without.status_code == 422
    assert row.intended_wan == 120_000
    data = _form(row, intended_wan="12000", title="家居产业园（一期）")
    assert browser.post(f"/agreements/{row.id}/correct", data).status_code == 303
    assert (row.intended_wan, row.title) == (Decimal(12_000), "家居产业园（一期）")
    assert _sums(officer).intended_wan == Decimal(12_000)
    page = browser.get(f"/agreements/{row.id}").text
    assert "120000" in page
    assert "录入时多写一个零" in page
    unchanged = browser.post(f"/agreements/{row.id}/correct", _form(row))
    assert unchanged.status_code in (409, 422)
    assert db.session.scalar(select(func.count()).select_from(AgreementCorrection)) == 2


def test_what_follows_from_the_paper_follows_its_correction(make, officer):
    """The signature made a contract milestone: it is taken back and entered anew, to be confirmed again;
    money stays.
    """
    paper = make.agreement(kind="contract", intended_wan=None, contracted_wan=Decimal(9_000))
    project = make.project(paper, officer=officer)
    operations.pay_in(
        project,
        paid_on=date(2024, 3, 1),
        amount_wan=Decimal(500),
        note="",
        file_name="",
        content=b"",
        by=officer,
    )
    first = project.standing["contract"]
    operations.correct_agreement(
        paper, reason="金额以合同为准", by=officer, contracted_wan=Decimal(900), company="清丰某新公司"
    )
    standing = project.standing["contract"]
    assert standing is not first
    assert (standing.amount_wan, standing.confirmed_at) == (Decimal(900), None)
    assert project.organisation.name == "清丰某新公司"
    assert project.entered_paid_wan == Decimal(500)
    with pytest.raises(Refused, match="到位"):
        operations.correct_agreement(paper, reason="日期", by=officer, signed_on=date(2024, 4, 1))


def test_a_correction_keeps_the_chain_of_signings(make, officer):
    first = make.agreement(signed_on=DAY)
    make.agreement(signed_on=date(2024, 2, 1), counts_as="increase", first=first)
    with pytest.raises(Refused):
        operations.correct_agreement(first, reason="x", by=officer, signed_on=date(2024, 3, 1))
    with pytest.raises(Refused):
        operations.correct_agreement(first, reason="x", by=officer, counts_as="ceremonial", first=first)
    with pytest.raises(Refused, match="作废"):
        operations.void_agreement(first, reason="重复录入", by=officer)


def test_a_void_paper_counts_nowhere_and_comes_back(make, visit, officer):
    event = make.event()
    row = make.agreement(event=event, intended_wan=Decimal(5_000))
    browser = visit(officer)
    assert browser.post(f"/agreements/{row.id}/void", {"reason": ""}).status_code == 422
    assert browser.post(f"/agreements/{row.id}/void", {"reason": "同一协议录入两次"}).status_code == 303
    assert browser.post(f"/agreements/{row.id}/void", {"reason": "再次"}).status_code in (409, 422)
    assert (_sums(officer).signed, _sums(officer).intended_wan) == (0, 0)
    [cohort] = cohort_queries.cohorts(officer, [event])
    assert cohort.counts[0]["signed"] == 0
    listed = db.session.scalars(
        queries.filtered_agreements(queries.select_agreements(officer), counts="counted")
    ).all()
    assert listed == []
    assert "已作废" in browser.get(f"/agreements/{row.id}").text
    assert row.title in browser.get("/agreements?counts=void").text
    assert "同一协议录入两次" in browser.get(f"/agreements/{row.id}").text
    assert (
        browser.post(f"/agreements/{row.id}/project", {"name": "甲", "officer_id": officer.id}).status_code
        >= 400
    )
    assert browser.post(f"/agreements/{row.id}/restore", {"reason": "并非重复"}).status_code == 303
    assert _sums(officer).signed == 1
    record = browser.get(f"/agreements/{row.id}").text
    for words in ("协议状态", "同一协议录入两次", "并非重复", "<del>有效</del>", "<del>已作废</del>"):
        assert words in record
    assert "尚无更正" not in record


def test_a_paper_with_a_project_is_void_only_after_the_project_ended_bare(make, officer):
    paper = make.agreement(kind="contract", intended_wan=None, contracted_wan=Decimal(9_000))
    project = make.project(paper, officer=officer)
    with pytest.raises(Refused, match=project.name):
        operations.void_agreement(paper, reason="误录", by=officer)
    operations.change_state(project, state="ended", since_on=paper.signed_on, reason="误录", by=officer)
    operations.void_agreement(paper, reason="误录", by=officer)
    assert project.standing == {}
    assert (_sums(officer).contracts, _sums(officer).contracted_wan) == (0, 0)


def test_another_county_and_a_viewer_correct_nothing(make, visit):
    row = make.agreement()
    stranger = visit(make.user(Role.INVESTMENT_OFFICER, unit=make.other_county))
    viewer = visit(make.user(Role.VIEWER))
    for browser, status in ((stranger, 404), (viewer, 403)):
        for page in ("correct", "void", "restore"):
            answer = browser.post(f"/agreements/{row.id}/{page}", {"reason": "x"})
            assert answer.status_code in (status, 404), page
    assert row.voided_at is None
