"""签约不重复统计: a project counts at its first signing, an increase by its difference, everything else adds nothing."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.pipeline import identity, operations, sum_queries
from outreach.pipeline.models import Agreement
from tests.pipeline.test_pipeline import _agreement_form


@pytest.mark.parametrize(
    ("one", "two", "wanted"),
    [
        (("甲有限公司", "智能家居产业园项目"), ("甲有限公司", "智能家居产业园建设项目"), {"company", "title"}),
        (("甲有限公司", "智能家居产业园"), ("乙有限公司", "冷链物流中心"), set()),
        (("甲（深圳）有限公司", "冷链物流中心"), ("甲(深圳)有限公司", "食用菌全产业链"), {"company"}),
        (("甲有限公司", "A", "91350200MA31E12PXF", Decimal(1000)), ("乙", "B", "91350200MA31E12PXF", Decimal(1040)), {"code", "amount"}),
        (("甲有限公司", "A", "", Decimal(1000), 7), ("乙", "B", "", Decimal(1060), 7), {"person"}),
    ],
)
def test_what_two_signings_have_in_common(one, two, wanted):
    found = identity.reasons(identity.Signing(*one), identity.Signing(*two))
    assert {reason for reason, _points in found} == wanted


def test_a_second_ceremony_is_asked_about_and_counts_once(make, visit):
    user, beijing, shenzhen = make.user(), make.event(title="北京恳谈会"), make.event(title="深圳恳谈会")
    browser = visit(user)
    first = _agreement_form(make, event_id=beijing.id, company="深圳雁栖有限公司", title="智能家居产业园", intended_wan="12000")
    assert browser.post("/agreements/new", first).status_code == 303
    again = {**first, "event_id": shenzhen.id, "title": "智能家居产业园项目", "signed_on": "2024-06-01"}
    asked = browser.post("/agreements/new", again)
    assert asked.status_code == 409
    assert "北京恳谈会" in asked.text
    assert "名称相近" in asked.text
    assert 'value="智能家居产业园项目"' in asked.text
    assert db.session.scalar(select(func.count()).select_from(Agreement)) == 1
    row = db.session.scalar(select(Agreement))
    assert browser.post("/agreements/new", {**again, "counts_as": "ceremonial"}).status_code == 422
    assert browser.post("/agreements/new", {**again, "counts_as": "ceremonial", "first_id": row.id}).status_code == 303
    more = {**again, "counts_as": "increase", "first_id": row.id, "intended_wan": "3000", "signed_on": "2024-07-01"}
    assert browser.post("/agreements/new", more).status_code == 303
    whole, _by_unit, by_event = sum_queries.sums(user)
    assert (whole.signed, whole.intended_wan) == (1, Decimal(15_000))
    assert (by_event[beijing.id].signed, by_event[beijing.id].intended_wan) == (1, Decimal(15_000))
    assert (by_event[shenzhen.id].signed, by_event[shenzhen.id].intended_wan) == (
        0,
        Decimal(0),
    )  # its difference counts where the project was signed first
    rows = db.session.scalars(select(Agreement).where(Agreement.counts_as.in_(("first", "increase")))).unique().all()
    assert sum(row.intended_wan for row in rows) == whole.intended_wan
    text = browser.get(f"/agreements/{row.id}").text
    assert "仪式性重签" in text
    assert "增资" in text
    assert "仪式性重签" in browser.get("/agreements").text
    assert "仪式性重签（不计）</span>" not in browser.fragment("/agreements?counts=counted").text


def test_another_project_of_the_same_company_says_so(make, visit):
    browser = visit(make.user())
    first = _agreement_form(make, company="深圳雁栖有限公司", title="智能家居产业园")
    browser.post("/agreements/new", first)
    second = {**first, "title": "智能家居产业园二期"}
    assert browser.post("/agreements/new", second).status_code == 409
    assert browser.post("/agreements/new", {**second, "another": "y"}).status_code == 303
    assert sum_queries.sums(make.user())[0].signed == 2


def test_another_countys_signings_are_not_told(make, visit):
    visit(make.user()).post("/agreements/new", _agreement_form(make, company="深圳雁栖有限公司"))
    theirs = _agreement_form(make, company="深圳雁栖有限公司", unit_id=make.other_county.id)
    assert visit(make.user(unit=make.other_county)).post("/agreements/new", theirs).status_code == 303


def test_identities_that_are_refused(make):
    first = make.agreement()
    later = make.agreement(counts_as="upgrade", first=first, intended_wan=None)
    for values in ({"counts_as": "upgrade"}, {"first": first}, {"counts_as": "upgrade", "first": later}):
        with pytest.raises(Refused):
            make.agreement(**values)
    with pytest.raises(Refused):
        make.agreement(counts_as="upgrade", first=first, signed_on=first.signed_on.replace(year=2023))
    with pytest.raises(Refused):
        make.agreement(counts_as="increase", first=first, intended_wan=None)
    with pytest.raises(Refused):
        operations.start_project(later, name="x", officer=None, industry="", site="", by=None)
