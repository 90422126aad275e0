"""Headline figures count what a second person confirmed;
what waits stands beside them and opens to exactly its rows.
"""

import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from outreach.core.db import db
from outreach.permissions import Role
from outreach.pipeline import board_queries, contract_queries, operations, queries, sum_queries


def _enter(project, by, kind, day=date(2024, 6, 1), amount=None):
    operations.enter_milestone(
        project, kind=kind, happened_on=day, amount_wan=amount, note="", review="审1", by=by
    )


@pytest.fixture
def officer(make):
    return make.user(Role.INVESTMENT_OFFICER)


@pytest.fixture
def projects(make, officer):
    """One confirmed through and through, and one of whose facts none is confirmed;
    the paper of a third has no scan.
    """
    rows = [make.project(make.agreement(title=name), name=name, officer=officer) for name in ("已证", "待证")]
    for row in rows:
        _enter(row, officer, "contract", date(2024, 3, 1), Decimal(500))
        _enter(row, officer, "construction")
        operations.pay_in(
            row,
            paid_on=date(2024, 6, 2),
            amount_wan=Decimal(70),
            note="",
            file_name="",
            content=b"",
            by=officer,
        )
    make.agreement(title="无扫描", intended_wan=Decimal(9), scan=False)
    db.session.flush()
    make.confirmed(rows[0])
    db.session.commit()
    return rows


def test_construction_entered_without_a_proof_is_not_landed(officer, projects):
    sums, _units, _events = sum_queries.sums(officer)
    assert (sums.signed, sums.intended_wan) == (2, 24_000)
    assert (sums.landed, sums.contracts, sums.contracted_wan, sums.paid_in_wan) == (1, 1, 500, 70)
    assert sums.waiting == {
        "signed": 1,
        "intended": 1,
        "agreed": 0,
        "contracted": 1,
        "landed": 1,
        "paid": 1,
    }
    assert (sums.waiting_wan["contracted"], sums.waiting_wan["paid"]) == (500, 70)


def test_home_shows_what_waits_beside_the_figure_and_opens_to_it(officer, projects, visit):
    browser = visit(officer)
    home = browser.get("/home").text
    assert re.search(r'href="/projects\?landed=y"><strong>1</strong>', home)
    assert "另有 1 项待确认" in home
    for query, names in (
        ("projects?landed=y", {"已证"}),
        ("projects?landed=waiting", {"待证"}),
        ("projects?contracted=y", {"已证"}),
        ("projects?contracted=waiting", {"待证"}),
        ("projects?paid=y", {"已证"}),
        ("projects?paid=waiting", {"待证"}),
        ("projects?waiting=y", {"待证"}),
        ("agreements?counts=signed", {"已证", "待证"}),
        ("agreements?counts=signed&proof=waiting", {"无扫描"}),
        ("agreements?counts=intended&proof=waiting", {"无扫描"}),
    ):
        text = browser.get(f"/{query}").text
        assert {name for name in ("已证", "待证", "无扫描") if f">{name}</a>" in text} == names, query


def test_a_signature_without_a_scan_counts_once_its_milestone_is_confirmed(make, officer):
    project = make.project(make.agreement(scan=False), officer=officer)
    assert sum_queries.sums(officer)[0].signed == 0
    make.confirmed(project)
    db.session.flush()
    assert sum_queries.sums(officer)[0].signed == 1


def test_the_board_shows_the_entered_stage_and_sums_what_is_proven(officer, projects, visit):
    column = board_queries.board(queries.select_projects(officer))["construction"]
    assert (column.count, column.waiting, [card.waits for card in column.cards]) == (2, 1, [False, True])
    assert (column.sums["contracted_wan"], column.sums["paid_in_wan"]) == (500, 70)
    assert "待确认" in visit(officer).get("/board").text


def test_a_withdrawn_confirmed_fact_no_longer_counts(make, officer, projects):
    operations.withdraw_milestone(
        projects[0], projects[0].standing["construction"], reason="看错", by=officer
    )
    db.session.flush()
    assert sum_queries.sums(officer)[0].landed == 0


def test_a_counter_entry_counts_where_what_it_takes_back_did(make, officer, projects):
    for row in projects:
        operations.correct_instalment(row, row.instalments[0], reason="退汇", by=officer)
    db.session.flush()
    sums = sum_queries.sums(officer)[0]
    assert (sums.paid_in_wan, sums.waiting["paid"]) == (0, 0)
    assert [row.paid_in_wan for row in projects] == [0, 0]


@pytest.fixture
def contracts(make, officer, projects):
    """Papers beside the two projects: one alone, its increase, one without a scan, a void one,
    one whose review is missing.
    """
    first = make.agreement(
        kind="contract",
        contracted_wan=Decimal(300),
        intended_wan=None,
        title="有件",
        signed_on=date(2024, 5, 1),
    )
    make.agreement(
        kind="contract",
        contracted_wan=Decimal(40),
        intended_wan=None,
        title="增资件",
        counts_as="increase",
        first=first,
        signed_on=date(2024, 5, 2),
    )
    make.agreement(
        kind="contract",
        contracted_wan=Decimal(7),
        intended_wan=None,
        title="缺件",
        scan=False,
        signed_on=date(2024, 5, 1),
    )
    void = make.agreement(
        kind="contract",
        contracted_wan=Decimal(9),
        intended_wan=None,
        title="废件",
        signed_on=date(2024, 5, 1),
    )
    void.voided_at, void.void_reason = void.created_at, "重复"
    make.agreement(
        kind="contract",
        contracted_wan=Decimal(11),
        intended_wan=None,
        title="未审",
        signed_on=date(2025, 5, 1),
    )
    make.agreement(make.other_county, kind="contract", contracted_wan=Decimal(13), title="外县")
    db.session.commit()


def test_the_contracted_amount_equals_its_rows_also_by_county_and_what_waits(make, officer, contracts):
    for user in (officer, make.user(unit=make.city)):
        whole, by_unit, _by_event = sum_queries.sums(user)
        for sums, where in ((whole, {}), *((sums, {"unit": unit}) for unit, sums in by_unit.items())):
            total = contract_queries.total(contract_queries.select_contracts(user, **where))
            assert (total.contracts, total.amount_wan) == (sums.contracts, sums.contracted_wan)
            waiting = contract_queries.total(contract_queries.select_contracts(user, waiting="y", **where))
            assert waiting.contracts == sums.waiting["contracted"]
            assert waiting.amount_wan == sums.waiting_wan["contracted"]
    mine = contract_queries.total(contract_queries.select_contracts(officer))
    assert mine == contract_queries.Total(2, 1, Decimal(840))


def test_the_contracted_amount_opens_to_its_rows_with_search_and_export(officer, contracts, visit):
    browser = visit(officer)
    home = browser.get("/home").text
    assert 'href="/contracts"' in home
    assert 'href="/contracts?waiting=y"' in home
    names = ("已证", "待证", "有件", "增资件", "缺件", "废件", "未审", "外县")
    for query, found in (
        ("", {"已证", "有件", "增资件"}),
        ("waiting=y", {"待证", "缺件"}),
        ("source=increase", {"增资件"}),
        ("source=paper", {"有件"}),
        ("text=已证", {"已证"}),
        ("unit=99999&event=x", {"已证", "有件", "增资件"}),
    ):
        text = browser.get(f"/contracts?{query}").text
        assert {name for name in names if f">{name}</a>" in text} == found, query
    sheet = openpyxl.load_workbook(io.BytesIO(browser.post("/contracts/export").data)).active
    last = [row for row in sheet.iter_rows(values_only=True) if row[0]][-1]
    assert (last[0], last[-1]) == ("合计", 840)
