"""Tiers with reasons: the queue, proposals, why somebody is not on the list, re-screening,
the state of the data.
"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from outreach.core import clock
from outreach.core.db import db
from outreach.directory import operations, queries, screening, tier_queries
from outreach.directory.models import Person, TierDecision
from outreach.directory.tier_models import TierProposal
from outreach.permissions import Role


def _names(user, **values) -> list[str]:
    return [person.name for person in db.session.scalars(tier_queries.select_queue(user, **values)).unique()]


def test_criteria_are_facts_of_the_card(make):
    person = make.person(company="甲有限公司", title="董事长", scale_wan=2000)
    assert screening.facts(person) == {
        "company": True,
        "leads": True,
        "sizable": True,
        "chamber": False,
        "reachable": True,
        "home": True,
    }


def test_the_queue_empties_by_decisions(make, visit):
    user = make.user()
    one, two, three = (make.person(name) for name in ("王一", "王二", "王三"))
    assert len(_names(user, queue="new")) == 3
    browser = visit(user)
    assert (
        browser.post("/screening?queue=new", {"people": [one.id], "tier": 2, "reason": ""}).status_code == 422
    )
    assert browser.post("/screening?queue=new", {"tier": 2, "reason": "企业主"}).status_code == 422
    assert (
        browser.post(
            "/screening?queue=new", {"people": [one.id, two.id], "tier": 2, "reason": "企业主"}
        ).status_code
        == 303
    )
    assert (
        browser.post(
            "/screening?queue=new", {"people": [three.id], "tier": 1, "reason": "信息不足"}
        ).status_code
        == 303
    )
    assert _names(user, queue="new") == []
    assert _names(user, queue="set_aside") == ["王三"]
    assert db.session.get(Person, one.id).tier == 2
    assert db.session.scalar(select(func.count()).select_from(TierDecision)) == 3


def test_another_countys_people_are_not_decided_on(make, visit):
    there = make.person(unit=make.other_county)
    answer = visit(make.user()).post("/screening", {"people": [there.id], "tier": 3, "reason": "x"})
    assert answer.status_code == 422
    assert db.session.get(Person, there.id).tier == 1


def test_a_township_proposes_and_the_county_decides(make, visit):
    township = make.user(Role.LIAISON, unit=make.township)
    person = make.person("王毅")
    clerk = visit(township)
    assert clerk.post(f"/people/{person.id}/propose", {"tier": 3, "grounds": ""}).status_code == 422
    assert (
        clerk.post(
            f"/people/{person.id}/propose", {"tier": 3, "grounds": "龙头企业，年产值 2 亿"}
        ).status_code
        == 303
    )
    assert clerk.post(f"/people/{person.id}/propose", {"tier": 3, "grounds": "再报"}).status_code == 409
    row = db.session.scalar(select(TierProposal))
    assert clerk.post(f"/proposals/{row.id}/accept").status_code == 403
    county = visit(make.user())
    assert "龙头企业" in county.get("/proposals").text
    assert county.post(f"/proposals/{row.id}/accept").status_code == 303
    decided = queries.decisions(db.session.get(Person, person.id))[0]
    assert (decided.tier, township.name in decided.reason, "龙头企业" in decided.reason) == (3, True, True)
    assert county.post(f"/proposals/{row.id}/decline", {"reason": "x"}).status_code == 409


@pytest.mark.parametrize("story", ["never_proposed", "waiting", "declined", "removed"])
def test_why_is_x_not_on_the_key_list(make, visit, story):
    user, person = make.user(), make.person("王毅")
    if story in ("waiting", "declined"):
        row = operations.propose_tier(person, tier=3, grounds="龙头企业", evidence=None, by=user)
        if story == "declined":
            operations.decline_proposal(row, reason="企业已迁出", by=user)
    if story == "removed":
        operations.decide_tier(person, tier=3, reason="龙头企业", by=user)
        operations.decide_tier(person, tier=2, reason="企业已注销", by=user)
    assert tier_queries.why_not(person, queries.decisions(person))[0] == story
    text = visit(user).fragment(f"/people/{person.id}/why").text
    assert {"never_proposed": "无人", "waiting": "尚未", "declined": "企业已迁出", "removed": "企业已注销"}[
        story
    ] in text


def test_after_a_year_it_is_looked_at_again(make):
    user, old, new = make.user(), make.person("王一"), make.person("王二")
    for person in (old, new):
        operations.decide_tier(person, tier=2, reason="企业主", by=user)
    db.session.flush()
    db.session.scalar(select(TierDecision).where(TierDecision.person_id == old.id)).decided_at = (
        clock.now() - timedelta(days=400)
    )
    assert _names(user, queue="yearly") == ["王一"]
    operations.decide_many([old], tier=2, reason="复核仍符合", by=user)
    assert _names(user, queue="yearly") == []


def test_the_state_of_the_data_by_township(make, visit):
    make.person("王一", company="甲有限公司", province="广东省")
    make.person("王二", mobiles=[])
    user = make.user()
    town = next(town for town in tier_queries.towns(user) if town.people)
    assert (town.people, town.reachable, town.placed, town.employed, town.fresh) == (2, 1, 1, 1, 2)
    assert town.complete == 50
    assert "50 %" in visit(user).get("/townships").text


def test_who_proposed_takes_it_back(make, visit):
    user, other, person = make.user(), make.user(), make.person("王毅")
    proposal = operations.propose_tier(person, tier=3, grounds="龙头企业", evidence=None, by=user)
    assert visit(other).post(f"/proposals/{proposal.id}/withdraw").status_code == 409
    browser = visit(user)
    assert "龙头企业" in browser.fragment(f"/people/{person.id}/why").text
    assert browser.post(f"/proposals/{proposal.id}/withdraw").status_code == 303
    assert db.session.get(TierProposal, proposal.id).state == "withdrawn"
    assert browser.post(f"/proposals/{proposal.id}/withdraw").status_code == 409


def test_a_direct_decision_answers_what_was_proposed(make):
    user = make.user()
    up, aside = make.person("王毅"), make.person("李丽")
    for person in (up, aside):
        operations.propose_tier(person, tier=3, grounds="龙头企业", evidence=None, by=user)
    operations.decide_tier(up, tier=3, reason="常委会研究", by=user)
    operations.decide_many([aside], tier=1, reason="规模不足", by=user)
    states = {row.person_id: (row.state, row.reason) for row in db.session.scalars(select(TierProposal))}
    assert states == {up.id: ("accepted", "常委会研究"), aside.id: ("declined", "规模不足")}


def test_a_township_without_a_card_is_shown(make, visit):
    user = make.user()
    make.person("王毅", unit=make.county)
    assert [
        (town.people, town.complete) for town in tier_queries.towns(user) if town.unit.id == make.township.id
    ] == [(0, 0)]
    assert make.township.name in visit(user).get("/townships").text


def test_a_decision_without_grounds_keeps_the_ticks(make, visit):
    people = [make.person(name, scale_wan=9000) for name in ("甲", "乙", "丙")]
    browser = visit(make.user())
    answer = browser.post("/screening", {"people": [people[0].id, people[2].id], "tier": 2, "reason": ""})
    assert answer.status_code == 422
    ticked = browser.page.xpath("//input[@name='people'][@checked]/@value")
    assert sorted(map(int, ticked)) == [people[0].id, people[2].id]


def test_who_does_not_decide_proposes_many_at_once(make, visit):
    people = [make.person(name) for name in ("甲", "乙", "丙")]
    outside = make.person("丁", unit=make.other_county)
    browser = visit(make.user(Role.LIAISON, make.township))
    browser.get("/screening")
    form = next(one for one in browser.page.forms if one.get("id") == "screening")
    assert form.action.startswith("/screening/propose")
    assert browser.post("/screening", {"people": people[0].id, "tier": 2, "reason": "x"}).status_code == 403
    sent = {"people": [people[0].id, people[1].id, outside.id], "tier": 2, "grounds": ""}
    answer = browser.post("/screening/propose", sent)
    assert answer.status_code == 422
    assert len(browser.page.xpath("//input[@name='people'][@checked]")) == 2
    assert browser.post("/screening/propose", {**sent, "grounds": "企业规模较大"}).status_code == 303
    again = {**sent, "people": [row.id for row in people], "grounds": "企业规模较大"}
    assert browser.post("/screening/propose", again).status_code == 303
    found = db.session.scalars(db.select(TierProposal.person_id).order_by(TierProposal.person_id)).all()
    assert found == [row.id for row in people]
