"""What was tried to make a figure look better than its rows, and every hole somebody found."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from outreach.core import clock
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.pipeline import (
    cohort_queries,
    ledger_queries,
    operations,
    report_queries,
    snapshot_queries,
    sum_queries,
)
from outreach.pipeline.agreement_models import CONTRACT, SUPPLEMENT
from outreach.pipeline.models import Instalment
from tests.pipeline.test_ledger import book
from tests.pipeline.test_truth import DAY, _counts, _sign, summit

__all__ = ["summit"]
WAN, PDF = Decimal, b"%PDF-1.4 slip"


@pytest.fixture
def officer(make):
    return make.user(Role.INVESTMENT_OFFICER)


@pytest.fixture
def project(make, officer):
    made = make.project(officer=officer)
    operations.enter_milestone(
        made, kind="contract", happened_on=date(2024, 3, 1), amount_wan=WAN(5000), note="", by=officer
    )
    db.session.flush()
    return made


def _pay(project, by, content=PDF, day=date(2024, 4, 1), note="", wan=100):
    return operations.pay_in(
        project, paid_on=day, amount_wan=WAN(wan), note=note, file_name="a.pdf", content=content, by=by
    )


def test_money_without_proof_and_one_slip_twice(make, project, officer, visit):
    browser, second = visit(officer), make.user()
    said = {
        "paid_on": "2024-04-01",
        "amount_wan": "5",
        "note": "",
        "origin": "outside",
        "evidence": (io.BytesIO(b""), "a.pdf"),
    }
    assert (
        browser.post(
            f"/projects/{project.id}/instalments", said, content_type="multipart/form-data"
        ).status_code
        == 422
    )
    bare = _pay(project, officer, content=b"")
    db.session.flush()
    with pytest.raises(Refused, match="银行回单"):
        operations.confirm(project, bare, by=second)
    other = make.project(officer=officer)
    operations.enter_milestone(
        other, kind="contract", happened_on=date(2024, 3, 1), amount_wan=WAN(50), note="", by=officer
    )
    _pay(other, officer)
    db.session.flush()
    with pytest.raises(Refused, match="已"):
        operations.add_evidence(project, bare, file_name="a.pdf", content=PDF, by=officer)
    with pytest.raises(Refused, match="文件是空的"):
        operations.add_evidence(project, bare, file_name="a.pdf", content=b"", by=officer)


def test_who_brings_the_proof_does_not_confirm(make, project, officer):
    second, third = make.user(), make.user()
    row = operations.enter_milestone(
        project, kind="registered", happened_on=date(2024, 4, 1), amount_wan=None, note="", by=officer
    )
    db.session.flush()
    operations.add_evidence(project, row, file_name="a.pdf", content=b"%PDF-1.4 licence", by=second)
    db.session.flush()
    with pytest.raises(Refused, match="由您提供"):
        operations.confirm(project, row, by=second)
    operations.confirm(project, row, by=third)


def test_a_locked_month_is_not_rewritten_by_milestones(make, project, officer):
    city = make.county.parent
    operations.lock_month(city, date(2024, 3, 1), by=make.user(unit=city))
    assert report_queries.is_locked(project.unit, date(2024, 3, 9)), "the city's lock holds in its counties"
    with pytest.raises(Refused, match="锁报"):
        operations.enter_milestone(
            project, kind="registered", happened_on=date(2024, 3, 9), amount_wan=None, note="", by=officer
        )
    operations.enter_milestone(
        project, kind="registered", happened_on=date(2024, 3, 9), amount_wan=None, note="执照迟交", by=officer
    )


def test_home_and_cohort_say_the_same(make, summit, officer):
    first = _sign(make, summit, "甲", 1000, CONTRACT)
    make.confirmed(make.project(first, officer=officer))
    _sign(make, None, "甲增资", 300, CONTRACT, counts_as="increase", first=first)
    _sign(make, summit, "乙", 50, CONTRACT)
    db.session.flush()
    whole, _units, by_event = sum_queries.sums(officer)
    now = _counts(officer, summit)
    assert (whole.contracted_wan, by_event[summit.id].contracted_wan, now["contracted_wan"]) == (
        WAN(1350),
    ) * 3
    assert (whole.contracts, by_event[summit.id].contracts, now["contract"]) == (2, 2, 2)
    signings, rows = cohort_queries.behind(officer, summit.id, "contract", clock.today(), confirmed=True)
    assert len(signings) + len(rows) == now["contract"]
    entered = _counts(officer, summit, confirmed=False)
    assert (entered["contracted_wan"], entered["contract"]) == (WAN(1350), 2)


def test_confirmed_money_is_not_taken_back_by_what_never_counted(make, summit, officer):
    project = make.project(_sign(make, summit, "甲", 1000, CONTRACT), officer=officer)
    day = DAY + timedelta(days=30)
    good, bad = _pay(project, officer, day=day), _pay(project, officer, content=PDF + b"2", day=day, wan=60)
    db.session.flush()
    operations.confirm(project, good, by=make.user())
    operations.correct_instalment(project, bad, reason="重复", by=officer)
    db.session.flush()
    assert _counts(officer, summit, confirmed=True)["paid_in_wan"] == WAN(100)
    assert db.session.scalar(select(Instalment.id).limit(1))


def test_an_unreviewed_contract_is_not_signed(make, summit, officer):
    paper = make.agreement(
        kind=CONTRACT, signed_on=date(2025, 2, 1), intended_wan=None, contracted_wan=WAN(900), event=summit
    )
    assert (sum_queries.sums(officer)[0].signed, _counts(officer, summit)["signed"]) == (0, 0)
    operations.review(paper, number="审1", day=date(2025, 1, 1), passed=True, by=officer)
    db.session.flush()
    assert (sum_queries.sums(officer)[0].signed, _counts(officer, summit)["signed"]) == (1, 1)
    with pytest.raises(Refused, match="不可更改"):
        operations.review(paper, number="审2", day=date(2025, 1, 1), passed=False, by=officer)


def test_a_supplement_is_never_a_first_signing(make):
    with pytest.raises(Refused, match="补充协议"):
        make.agreement(kind=SUPPLEMENT, contracted_wan=WAN(77), intended_wan=None)


def test_what_ended_does_not_grow(make, project, officer):
    with pytest.raises(Refused, match="早于签约"):
        operations.change_state(project, state="ended", since_on=date(1950, 1, 1), reason="x", by=officer)
    operations.change_state(project, state="ended", since_on=date(2024, 9, 1), reason="解约", by=officer)
    with pytest.raises(Refused, match="已终止"):
        _pay(project, officer)
    with pytest.raises(Refused, match="已终止"):
        operations.enter_milestone(
            project, kind="production", happened_on=date(2024, 10, 1), amount_wan=None, note="", by=officer
        )


def test_the_officer_does_not_close_their_own_paper(make, project, officer):
    clerk, due = make.user(), clock.today() + timedelta(days=3)
    paper = operations.issue_notice(project, level="reminder", addressee="x", text="x", due_on=due, by=clerk)
    operations.answer_notice(paper, answer="x", by=officer)
    with pytest.raises(Refused, match="以外的人"):
        operations.close_notice(paper, outcome="x", by=officer)
    paper.due_on = clock.today() - timedelta(days=1)
    with pytest.raises(Refused, match="已反馈"):
        operations.issue_notice(project, level="supervision", addressee="x", text="x", due_on=due, by=clerk)


def test_a_lead_reports_nothing(make, officer):
    lead = operations.open_lead(
        make.county, name="甲", company="甲公司", officer=officer, person=None, source="", by=officer
    )
    db.session.flush()
    with pytest.raises(Refused, match="当月起"):
        operations.report_month(
            lead,
            month=date(2024, 5, 1),
            completed_wan=WAN(6000),
            jobs=None,
            output_wan=None,
            tax_wan=None,
            progress="",
            correction="",
            by=officer,
        )


LEDGER_HEADS = ("项目名称", "投资方", "总投资（万元）", "签约时间", "协议类型", "用地(亩)", "责任单位")


def test_a_ledger_counts_nothing_twice_and_no_cell_stops_it(make, officer):
    make.agreement(title="家居产业园", company="某投资公司")
    content = book(
        LEDGER_HEADS,
        ("家居产业园", "某投资公司", 100, "2024-03-01", "意向书", "", ""),
        ("甲", "甲公司", 100, "2024-03-01", "意向书", 33.33333333, "责" * 200),
        ("乙", "乙公司", 100, "2024-03-01", "意向书", "", ""),
        ("乙", "乙公司", 100, "2024-03-01", "意向书", "", ""),
        ("丙", "丙公司", 100, "2099-01-01", "意向书", 1e300, ""),
    )
    batch = operations.upload_ledger(make.county, name="a.xlsx", content=content, by=officer)
    assert [line.state for line in ledger_queries.look(officer, batch)] == [
        "unclear",
        "new",
        "unclear",
        "unclear",
        "unclear",
    ]
    assert operations.enter_ledger(batch, by=officer)["projects"] == 1
    db.session.flush()
    sums = sum_queries.sums(officer)[0]
    assert (sums.signed, sums.waiting["signed"]) == (1, 1)  # a ledger brings no scan


@pytest.mark.parametrize("work", ["clause", "confirm", "concern", "later"])
def test_work_done_since_is_not_taken_back_with_a_ledger(make, officer, work):
    content = book(LEDGER_HEADS, ("甲", "甲公司", 100, "2024-03-01", "意向书", "", ""))
    batch = operations.upload_ledger(make.county, name="a.xlsx", content=content, by=officer)
    operations.enter_ledger(batch, by=officer)
    db.session.flush()
    [line] = ledger_queries.look(officer, batch)
    project, second = line.project, make.user()
    if work == "clause":
        operations.add_clause(project.agreement, side="county", text="三通一平", due_on=None, by=officer)
    elif work == "confirm":
        operations.confirm(project, project.milestones[0], by=second)
    elif work == "concern":
        operations.raise_concern(project, text="x", owner="x", due_on=clock.today(), by=officer)
    else:
        make.agreement(
            title="甲再签", signed_on=date(2024, 5, 1), counts_as="ceremonial", first=project.agreement
        )
    db.session.flush()
    with pytest.raises(Refused):
        operations.revert_ledger(batch, by=officer)


def test_a_snapshot_is_for_who_may_see_its_rows(make, summit, visit):
    city = make.user(unit=make.county.parent)
    make.project(_sign(make, summit, "甲", 100), officer=None)
    secret = make.agreement(
        unit=make.other_county, title="邻县密约", company="丁公司", event=summit, signed_on=DAY
    )
    make.project(secret, officer=None, name="邻县密约项目")
    row = operations.freeze(summit, name="口径", way="chain", confirmed=False, by=city)
    before = [*row.rows]
    db.session.commit()
    assert visit(make.user(Role.VIEWER)).get(f"/snapshots/{row.id}").status_code == 404
    assert visit(city).get(f"/snapshots/{row.id}").status_code == 200
    _sign(make, summit, "乙", 50)
    db.session.flush()
    _figures, now = snapshot_queries.taken(city, summit, confirmed=False)
    row.rows = before
    assert [change.name for change in snapshot_queries.changes(row, now)] == ["乙"]


def test_frameworks_are_asked_about_too(make, officer, visit):
    make.agreement(
        kind="framework", title="家居园", company="甲公司", agreed_wan=WAN(9000), intended_wan=None
    )
    db.session.commit()
    said = {
        "unit_id": make.county.id,
        "kind": "framework",
        "company": "甲公司",
        "title": "别名",
        "signed_on": "2024-05-01",
        "agreed_wan": "9000",
        "event_id": 0,
        "counts_as": "first",
        "first_id": 0,
        "currency": "CNY",
    }
    assert visit(officer).post("/agreements/new", said).status_code == 409
