"""Milestones and instalments: what stands, what is refused, what counts as money."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.pipeline import operations, queries, sum_queries
from outreach.pipeline.models import Milestone, Project

PDF = b"%PDF-1.4 slip "


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


@pytest.mark.parametrize(("kind", "amount"), [("contract", ""), ("construction", "5")])
def test_a_milestone_with_the_wrong_amount_keeps_what_was_typed(make, visit, kind, amount):
    project = make.project()
    data = {"kind": kind, "happened_on": "2024-03-01", "amount_wan": amount, "note": "现场已核实"}
    answer = visit(make.user()).post(f"/projects/{project.id}/milestones", data)
    assert answer.status_code == 422
    assert 'value="现场已核实"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Milestone)) == 1
