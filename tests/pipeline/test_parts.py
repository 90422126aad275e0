"""Parties, promises and scans of a signed paper: withdrawn with a reason, put back;
what is proven by a scan follows.
"""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.permissions import Role
from outreach.pipeline import clause_queries, operations, sum_queries
from outreach.pipeline.agreement_models import Clause, Paper, Party
from outreach.pipeline.forms import CORRECTED_NAMES
from outreach.pipeline.operations.corrections import FIELDS, STANDING

PDF = b"%PDF-1.4 the right scan"


@pytest.fixture
def officer(make):
    return make.user(Role.INVESTMENT_OFFICER)


def _refused_to_others(make, visit, address: str) -> None:
    stranger = visit(make.user(Role.INVESTMENT_OFFICER, unit=make.other_county))
    assert stranger.post(address, {"reason": "x"}).status_code == 404
    assert visit(make.user(Role.VIEWER)).post(address, {"reason": "x"}).status_code == 403


def _verbs() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.reason != "")))


def test_every_field_that_can_be_corrected_has_a_name():
    assert {*FIELDS, STANDING} == set(CORRECTED_NAMES)


def test_a_party_is_withdrawn_and_put_back(make, visit, officer):
    paper = make.agreement()
    row = operations.add_party(paper, role="labour", name="某劳务公司", heads=300, by=officer)
    db.session.flush()
    browser, address = visit(officer), f"/agreements/{paper.id}/parties/{row.id}"
    _refused_to_others(make, visit, f"{address}/withdraw")
    elsewhere = make.agreement()
    foreign = f"/agreements/{elsewhere.id}/parties/{row.id}/withdraw"
    assert browser.post(foreign, {"reason": "x"}).status_code == 404
    assert browser.post(f"{address}/withdraw", {"reason": ""}).status_code == 422
    assert browser.post(f"{address}/withdraw", {"reason": "协议未列此方"}).status_code == 303
    page = browser.get(f"/agreements/{paper.id}").text
    assert "协议未列此方" in page
    assert "某劳务公司" in page
    assert browser.post(f"{address}/withdraw", {"reason": "再次"}).status_code == 409
    assert browser.post(f"{address}/restore").status_code == 303
    assert db.session.get(Party, row.id).withdrawn_at is None
    assert browser.post(f"{address}/restore").status_code == 409
    assert _verbs() == ["pipeline.withdraw_part"]


def test_a_withdrawn_promise_is_no_longer_due(make, visit, officer):
    paper = make.agreement()
    late = clock.today() - timedelta(days=3)
    row = operations.add_clause(paper, side="county", text="六月底前供地", due_on=late, by=officer)
    db.session.flush()
    browser, address = visit(officer), f"/agreements/{paper.id}/clauses/{row.id}"
    _refused_to_others(make, visit, f"{address}/withdraw")
    assert "六月底前供地" in browser.get("/promises?state=late").text
    assert browser.post(f"{address}/withdraw", {"reason": "协议中没有"}).status_code == 303
    for state in ("open", "late", "closed", "all"):
        assert "六月底前供地" not in browser.get(f"/promises?state={state}").text, state
    assert "六月底前供地" in browser.get("/promises?state=withdrawn").text
    assert browser.post(f"{address}/keep", {"outcome": "x"}).status_code == 409
    assert browser.post(f"{address}/reopen", {"reason": "x"}).status_code == 409
    assert browser.post(f"{address}/restore").status_code == 303
    assert list(db.session.scalars(clause_queries.select_clauses(officer, state="late"))) == [row]


def test_a_promise_closed_by_mistake_is_due_again(make, visit, officer):
    paper = make.agreement()
    row = operations.add_clause(paper, side="county", text="供地", due_on=clock.today(), by=officer)
    operations.keep_clause(row, outcome="已供 50 亩", by=officer)
    browser, address = visit(officer), f"/agreements/{paper.id}/clauses/{row.id}/reopen"
    _refused_to_others(make, visit, address)
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "是另一份协议的"}).status_code == 303
    assert db.session.get(Clause, row.id).done_at is None
    page = browser.get(f"/agreements/{paper.id}").text
    assert "是另一份协议的" in page
    assert "已供 50 亩" in page
    assert "供地" in browser.get("/promises").text


def test_without_its_scan_a_signature_is_proven_no_longer(make, visit, officer):
    paper = make.agreement(intended_wan=Decimal(5_000))
    [scanned] = paper.papers
    browser, address = visit(officer), f"/agreements/{paper.id}/papers/{scanned.id}"
    _refused_to_others(make, visit, f"{address}/withdraw")
    assert sum_queries.sums(officer)[0].intended_wan == Decimal(5_000)
    assert browser.post(f"{address}/withdraw", {"reason": ""}).status_code == 422
    assert browser.post(f"{address}/withdraw", {"reason": "扫描了别的协议"}).status_code == 303
    assert sum_queries.sums(officer)[0].intended_wan == 0
    assert paper.title in browser.get("/agreements?proof=waiting").text
    assert "扫描了别的协议" in browser.get(f"/agreements/{paper.id}").text
    again = {"evidence": (io.BytesIO(b"%PDF-1.4 scan of agreement " + str(paper.id).encode()), "a.pdf")}
    assert browser.post(f"/agreements/{paper.id}/papers", again).status_code in (409, 422)
    assert browser.post(f"{address}/restore").status_code == 303
    assert sum_queries.sums(officer)[0].intended_wan == Decimal(5_000)


def test_a_scan_is_replaced_and_its_milestone_waits_again(make, visit, officer):
    """The confirmed signature rested on the wrong scan:
    a counter-entry, and the fact anew with the right one.
    """
    paper = make.agreement(kind="contract", intended_wan=None, contracted_wan=Decimal(9_000))
    project = make.project(paper, officer=officer)
    make.confirmed(project)
    first, [scanned] = project.standing["contract"], paper.papers
    assert project.contracted_wan == Decimal(9_000)
    browser, address = visit(officer), f"/agreements/{paper.id}/papers/{scanned.id}/withdraw"
    broken = {"reason": "页码不全", "evidence": (io.BytesIO(b"no picture"), "a.pdf")}
    assert browser.post(address, broken).status_code == 422
    assert db.session.get(Paper, scanned.id).withdrawn_at is None
    right = {"reason": "页码不全", "evidence": (io.BytesIO(PDF), "right.pdf")}
    assert browser.post(address, right).status_code == 303
    db.session.refresh(project)
    standing = project.standing["contract"]
    assert (standing is first, standing.confirmed_at, standing.evidence.name) == (False, None, "right.pdf")
    assert (standing.amount_wan, standing.happened_on) == (first.amount_wan, first.happened_on)
    assert (project.contracted_wan, project.contracted_waiting_wan) == (None, Decimal(9_000))
    assert paper.scan.name == "right.pdf"
    make.confirmed(project)
    assert project.contracted_wan == Decimal(9_000)


def test_a_scan_that_proved_no_milestone_changes_none(make, officer):
    paper = make.agreement()
    project = make.project(paper, officer=officer)
    other = operations.add_paper(paper, file_name="b.pdf", content=PDF, by=officer)
    before = dict(project.standing)
    operations.withdraw_paper(paper, other, reason="不是本协议", evidence=None, by=officer)
    assert project.standing == before
    operations.withdraw_paper(paper, paper.papers[0], reason="看不清", evidence=None, by=officer)
    assert project.standing["intention"].evidence is None
    assert paper.scan is None
