"""One person, one row: pairs with reasons, "not the same" remembered, merging and its undo, every door."""

import pytest
from sqlalchemy import func, select

from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.directory import duplicate_queries, duplicates, operations, queries
from outreach.directory.duplicate_models import DuplicatePair, Merge
from outreach.directory.models import Person, PersonPhone, TierDecision
from outreach.events import operations as events
from outreach.events.models import Invitation
from outreach.permissions import Role
from outreach.registrations.models import Registration


def _face(number: int, name: str = "王建国", **values) -> duplicates.Face:
    plain = {"pinyin": "wang jian guo", "numbers": frozenset(), "companies": frozenset()}
    return duplicates.Face(number, name, **{**plain, **values})


@pytest.mark.parametrize(
    ("one", "other", "certain", "probable"),
    [
        ({"numbers": frozenset({"1"})}, {"numbers": frozenset({"1"})}, True, True),
        (
            {"numbers": frozenset({"1"})},
            {"name": "李丽", "pinyin": "li li", "numbers": frozenset({"1"})},
            False,
            True,
        ),
        ({"town": "410922101"}, {"town": "410922101"}, False, True),
        ({"companies": frozenset({7})}, {"companies": frozenset({7})}, False, True),
        ({"companies": frozenset({7})}, {"name": "王健国", "companies": frozenset({7})}, False, True),
        ({"birth": "1968-10"}, {"birth": "1968-10"}, False, True),
        ({}, {}, False, False),
        (
            {"numbers": frozenset({"1"}), "gender": "男"},
            {"numbers": frozenset({"1"}), "gender": "女"},
            False,
            True,
        ),
    ],
)
def test_judgement(one, other, certain, probable):
    judged = duplicates.judge(_face(2, **one), _face(1, **other))
    assert (judged.low, judged.high, judged.certain, judged.probable) == (1, 2, certain, probable)


def test_a_year_against_a_month_is_neither():
    assert "birth" not in duplicates.judge(_face(1, birth="1968"), _face(2, birth="1968-10")).reasons
    assert "birth_differs" in duplicates.judge(_face(1, birth="1968-10"), _face(2, birth="1971-10")).reasons


def test_a_switchboard_pairs_nobody():
    faces = [
        _face(number, name=f"人{number}", pinyin=f"p{number}", numbers=frozenset({"1"}))
        for number in range(200)
    ]
    assert duplicates.pairs(faces) == []


def _pair(make, **second):
    user = make.user()
    one = make.person("王建国", company="甲有限公司", title="总经理", city="深圳市")
    other = make.person("王建国", **second)
    return user, one, other, duplicate_queries.pair_between(one.id, other.id)


def _gone(person_id: int) -> bool:
    return db.session.get(Person, person_id) is None


def test_a_typed_card_is_paired_and_told_apart(make, visit):
    user, _one, other, pair = _pair(make)
    browser = visit(user)
    assert "王**" in browser.get("/duplicates").text
    assert "同一乡镇" in browser.page.text_content()
    assert browser.post(f"/duplicates/{pair.id}/different").status_code == 303
    assert db.session.get(DuplicatePair, pair.id).state == "different"
    operations.find_duplicates([other.id], by=user)
    assert db.session.scalar(select(func.count()).select_from(DuplicatePair)) == 1
    assert "没有" in browser.get("/duplicates").text


def test_merging_moves_everything_and_can_be_undone(make, visit):
    user, one, other, pair = _pair(
        make,
        mobiles=["15499990000"],
        company="乙有限公司",
        title="董事",
        email="a@example.org",
        city="广州市",
    )
    operations.decide_tier(other, tier=3, reason="龙头企业", by=user)
    first, both = make.event(), make.event()
    for event, people in ((first, [other]), (both, [one, other])):
        for person in people:
            events.invite(event, [person], by=user)
    guest = make.registration(first, name="王建国", mobile="15499990000")
    assert guest.person_id == other.id
    browser, kept_id, gone_id = visit(user), one.id, other.id
    data = {"keep": one.id, "take": ["city"], "reason": "同一人"}
    assert browser.post(f"/duplicates/{pair.id}/merge", data).status_code == 303
    assert _gone(gone_id)
    kept = db.session.get(Person, kept_id)
    assert (kept.city, kept.email, kept.tier) == ("广州市", "a@example.org", 3)
    assert len(kept.phones) == 2
    assert {post.organisation.name for post in kept.posts} == {"甲有限公司", "乙有限公司"}
    assert {row.person_id for row in db.session.scalars(select(Invitation))} == {kept_id}
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 2
    assert db.session.scalars(select(Registration.person_id)).all() == [kept_id]
    assert queries.match(make.county, "王建国", "15499990000") == kept_id
    merge = db.session.scalar(select(Merge))
    assert "并入" in browser.fragment(f"/people/{kept_id}/duplicates").text
    assert browser.post(f"/people/{kept_id}/merges/{merge.id}/undo").status_code == 303
    kept, back = db.session.get(Person, kept_id), db.session.get(Person, gone_id)
    assert (kept.city, kept.email, kept.tier) == ("深圳市", "", 1)
    assert (back.city, back.tier, back.mobile) == ("广州市", 3, "15499990000")
    assert db.session.scalars(select(TierDecision.person_id)).all() == [gone_id]
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 3
    assert queries.match(make.county, "王建国", "15499990000") == gone_id
    assert duplicate_queries.pair_between(kept_id, gone_id).state == "different"
    assert browser.post(f"/people/{kept_id}/merges/{merge.id}/undo").status_code == 409


def test_an_edit_after_the_merge_survives_its_undo(make):
    user, one, other, _pair_of = _pair(make, city="广州市")
    merge = operations.merge_people(one, other, take={"city"}, reason="x", by=user)
    one.city = "东莞市"
    operations.undo_merge(merge, reason="x", by=user)
    assert one.city == "东莞市"


def test_a_merge_into_a_card_that_was_merged_on_is_undone_last_first(make):
    user = make.user()
    one, two, three = (make.person("王建国") for _turn in range(3))
    first = operations.merge_people(two, three, take=set(), reason="x", by=user)
    second = operations.merge_people(one, two, take=set(), reason="x", by=user)
    with pytest.raises(Refused):
        operations.undo_merge(first, reason="x", by=user)
    operations.undo_merge(second, reason="x", by=user)
    operations.undo_merge(first, reason="x", by=user)
    assert db.session.scalar(select(func.count()).select_from(Person)) == 3


def test_apart_is_remembered_through_a_merge(make):
    user = make.user()
    one, two, three = (make.person("王建国") for _turn in range(3))
    operations.tell_apart(duplicate_queries.pair_between(two.id, three.id), by=user)
    operations.merge_people(one, two, take=set(), reason="x", by=user)
    # one and three were a pair before
    assert duplicate_queries.pair_between(one.id, three.id).state == "open"
    operations.merge_people(one, three, take=set(), reason="x", by=user)
    assert len(one.phones) == 3


def test_people_of_two_counties(make, visit):
    """Only who may edit both sees the pair; a county's clerk gets 404 for it."""
    here, there = (
        make.person("王建国", mobiles=["15400001111"]),
        make.person("王建国", unit=make.other_county, mobiles=["15400001111"]),
    )
    pair = duplicate_queries.pair_between(here.id, there.id)
    assert pair is not None
    assert visit(make.user()).get(f"/duplicates/{pair.id}").status_code == 404
    city, gone_id = visit(make.user(unit=make.city)), there.id
    assert city.get(f"/duplicates/{pair.id}").status_code == 200
    assert city.post(f"/duplicates/{pair.id}/merge", {"keep": here.id, "reason": "同一人"}).status_code == 303
    assert _gone(gone_id)


def test_a_certain_one_typed_again_joins_the_card(make, visit):
    user = make.user()
    known = make.person("王建国", mobiles=["15400001111"])
    browser = visit(user)
    data = {
        "unit_id": make.township.id,
        "name": "王 建国",
        "mobiles": "15400001111，15400002222",
        "email": "w@example.org",
        "company": "新公司",
        "title": "董事",
        "gender": "",
        "tier": 1,
        "province": "",
        "industry": "",
    }
    assert browser.post("/people/new", data).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
    assert db.session.get(Person, known.id).email == "w@example.org"
    assert db.session.scalar(select(func.count()).select_from(PersonPhone)) == 2


def test_put_beside_by_hand(make, visit):
    user = make.user()
    one, other = make.person("张三丰"), make.person("李四光")
    browser = visit(user)
    assert "李**" in browser.get(f"/people/{one.id}/same?text=李四光").text
    answer = browser.post(f"/people/{one.id}/same/{other.id}")
    assert "张**" in browser.get(answer.location).text
    assert browser.post(f"/people/{one.id}/same/{one.id}").status_code == 409


def test_refused_merges(make, visit):
    user, one, other, pair = _pair(make)
    browser = visit(user)
    assert browser.post(f"/duplicates/{pair.id}/merge", {"keep": one.id, "reason": ""}).status_code == 422
    assert browser.post(f"/duplicates/{pair.id}/merge", {"keep": 999, "reason": "x"}).status_code == 404
    assert db.session.get(Person, other.id) is not None
    assert (
        visit(make.user(Role.VIEWER))
        .post(f"/duplicates/{pair.id}/merge", {"keep": one.id, "reason": "x"})
        .status_code
        == 403
    )


def test_showing_a_pair_leaves_two_traces(make, visit):
    user, one, other, pair = _pair(make)
    browser = visit(user)
    assert one.mobile not in browser.get(f"/duplicates/{pair.id}").text
    assert browser.post(f"/duplicates/{pair.id}/unmask", {"reason": ""}).status_code == 422
    assert one.mobile in browser.post(f"/duplicates/{pair.id}/unmask", {"reason": "核对"}).text
    rows = db.session.scalars(select(AuditEntry.object_id).where(AuditEntry.verb == "directory.unmask"))
    assert set(rows) == {one.id, other.id}


def test_what_is_found_out_later_speaks_for_a_waiting_pair(make):
    user = make.user()
    one, other = make.person("王毅", company="甲有限公司"), make.person("王毅", company="甲有限公司")
    operations.find_duplicates([other.id], by=None)
    pair = duplicate_queries.pair_between(one.id, other.id)
    before = pair.points
    values = {"name": "王毅", "company": "甲有限公司", "title": "", "mobiles": [], "birth": "1968-10"}
    for person in (one, other):
        operations.edit_person(person, version=person.version, by=user, unit=person.unit, **values)
    assert pair.points > before
    assert "birth" in pair.reasons
