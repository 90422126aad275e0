"""What a second attacker found in merging, consent, rosters and keeping in touch,
and what must stay mended.
"""

import pytest
from sqlalchemy import func, select

from outreach.accounts.models import Grant
from outreach.core import worker
from outreach.core.audit import AuditEntry
from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.directory import operations, printing, roster_queries
from outreach.directory.duplicate_models import Merge
from outreach.directory.models import Person
from outreach.directory.operations.people import apply_correction
from outreach.directory.roster_models import Batch, BatchRow
from outreach.liaison import operations as liaison
from outreach.liaison import queries as contacts
from outreach.liaison.models import Contact, FollowUp, Pairing
from outreach.permissions import Role

HEAD = "姓名,手机,籍贯,单位及职务\n"


def _post(make, **values):
    return liaison.add_post(
        values.pop("unit", make.county), title="县长", holder="", rank=1, from_on=today(), user=None, by=None
    )


def _touch(person, user) -> Contact:
    return liaison.record_contact(
        person,
        way="call",
        day=today(),
        place="",
        party="",
        post=None,
        said="谈了",
        next_on=None,
        wish="",
        lead="",
        promise="承诺",
        owner=None,
        due_on=today(),
        evidence=None,
        by=user,
    )


@pytest.fixture
def entered(make):
    """A batch of these lines, dry run done."""

    def do(user, *lines: str) -> Batch:
        batch = operations.upload_roster(
            make.county, name="a.csv", content=(HEAD + "\n".join(lines)).encode(), by=user
        )
        db.session.commit()
        worker.drain()
        return db.session.get(Batch, batch.id)

    return do


def _apply(batch, user) -> None:
    operations.apply_batch(batch, by=user)
    db.session.commit()
    worker.drain()
    db.session.expire_all()


def _rows(batch) -> list[BatchRow]:
    return list(
        db.session.scalars(select(BatchRow).where(BatchRow.batch_id == batch.id).order_by(BatchRow.number))
    )


def test_a_revert_keeps_whom_somebody_was_in_touch_with_or_who_answered(make, entered):
    user = make.user()
    batch = entered(
        user, "王一,15400000001,马庄桥镇,", "王二,15400000002,马庄桥镇,", "王三,15400000003,马庄桥镇,"
    )
    _apply(batch, user)
    one, two, _three = db.session.scalars(select(Person).order_by(Person.name_key.desc())).all()
    _touch(one, user)
    operations.choose(two, choices={"printed": ["mobile"]}, via="纸质", by=user)
    db.session.commit()
    operations.revert_batch(batch, reason="x", by=user)
    db.session.commit()
    worker.drain()
    assert db.session.scalar(select(func.count()).select_from(Person)) == 2
    assert db.session.scalar(select(func.count()).select_from(FollowUp)) == 1
    with pytest.raises(Refused):
        operations.remove_person(db.session.get(Person, one.id), version=one.version, reason="x", by=user)


def test_a_corrected_row_does_not_land_on_another_card(make, entered):
    user, known = make.user(), make.person("王建国", mobiles=["15412345678"])
    batch = entered(user, "王建国,15412345678,马庄桥镇,")
    values = {
        "birth": "",
        "city": "",
        "company": "",
        "title": "",
        "scale_wan": None,
        "home_code": "",
        "industry": "",
        "credit_code": "",
    }
    operations.correct_row(_rows(batch)[0], name="李丽", mobiles=["15499998888"], by=user, **values)
    _apply(batch, user)
    assert [phone.number for phone in db.session.get(Person, known.id).phones] == ["15412345678"]
    assert db.session.scalar(select(func.count()).select_from(Person)) == 2


def test_leaving_out_the_first_of_two_enters_the_second(make, entered):
    user = make.user()
    batch = entered(user, "王建国,15412345678,马庄桥镇,", "王建国,15412345678,马庄桥镇,甲有限公司 经理")
    operations.leave_out_row(_rows(batch)[0], by=user)
    _apply(batch, user)
    assert db.session.scalar(select(Person)).company.title == "经理"


def test_a_row_key_joins_only_its_own_name(make, entered):
    user = make.user()
    batch = entered(user, "王建国,15412345678,马庄桥镇,")
    _apply(batch, user)
    row = _rows(batch)[0]
    assert roster_queries.person_of_row(row.id, make.county, "王建国") is not None
    assert roster_queries.person_of_row(row.id, make.county, "李丽") is None
    assert roster_queries.person_of_row(row.id, make.other_county, "王建国") is None


def test_a_merge_is_undone_although_the_number_was_given_away(make):
    user, one, other = (
        make.user(),
        make.person("王毅"),
        make.person("王毅", company="甲有限公司", title="经理"),
    )
    number = other.mobile
    merge = operations.merge_people(one, other, take=set(), reason="x", by=user)
    db.session.commit()
    for _turn in range(3):
        make.person("陌生人")
    back = operations.undo_merge(merge, reason="x", by=user)
    assert (back.name, back.mobile, back.company.title) == ("王毅", number, "经理")
    assert db.session.scalar(select(func.count()).select_from(Person)) == 5


def test_merging_two_cards_with_the_same_ended_post(make):
    user = make.user()
    one, other = (make.person("王毅", company="甲有限公司", title="经理") for _turn in range(2))
    operations.end_post(other.posts[0], until_on=today(), by=user)
    merge = operations.merge_people(one, other, take=set(), reason="x", by=user)
    assert operations.undo_merge(merge, reason="x", by=user).posts[0].until_on == today()


def test_the_last_word_on_consent_counts_whichever_card_it_was_said_of(make):
    user, one, other = make.user(), make.person("王毅"), make.person("王毅")
    operations.choose(one, choices={"printed": ["mobile"]}, via="纸质", by=user)
    operations.choose(other, choices={}, via="电话", by=user)
    merge = operations.merge_people(one, other, take=set(), reason="x", by=user)
    assert not one.may_print
    operations.undo_merge(merge, reason="x", by=user)
    assert one.may_print


def test_a_withdrawal_after_the_merge_holds_for_both_cards(make):
    user, one, other = make.user(), make.person("王毅"), make.person("王毅")
    operations.choose(other, choices={"printed": ["mobile"]}, via="纸质", by=user)
    merge = operations.merge_people(one, other, take=set(), reason="x", by=user)
    assert one.may_print
    operations.choose(one, choices={}, via="本人页面", by=None)
    back = operations.undo_merge(merge, reason="x", by=user)
    assert not back.may_print
    assert not one.may_print


def test_the_latest_decision_on_a_tier_counts(make):
    user, one, other = make.user(), make.person("王毅"), make.person("王毅")
    operations.decide_tier(other, tier=3, reason="龙头企业", by=user)
    operations.decide_tier(one, tier=3, reason="龙头企业", by=user)
    operations.decide_tier(one, tier=2, reason="企业已注销", by=user)
    operations.merge_people(one, other, take=set(), reason="x", by=user)
    assert one.tier == 2


def test_an_old_proposal_cannot_demote(make):
    user, person = make.user(), make.person("王毅")
    proposal = operations.propose_tier(person, tier=2, grounds="企业主", evidence=None, by=user)
    operations.decide_tier(person, tier=3, reason="龙头企业", by=user)
    with pytest.raises(Refused):
        operations.accept_proposal(proposal, by=user)


def test_erasing_a_card_erases_what_went_into_it(make):
    user = make.user()
    one, two, three = (make.person("王毅", wechat=f"wx-secret-{number}") for number in range(3))
    operations.merge_people(two, three, take=set(), reason="x", by=user)
    undone = operations.merge_people(one, two, take=set(), reason="x", by=user)
    operations.remove_person(one, version=one.version, reason="本人要求", by=user)
    db.session.flush()
    assert undone.id
    assert db.session.scalar(select(func.count()).select_from(Merge)) == 0


def test_what_is_shown_in_full_leaves_a_trace(make, visit, entered):
    user, person = make.user(), make.person("王毅")
    browser = visit(user)
    data = {
        "unit_id": make.township.id,
        "name": "王毅",
        "version": "0",
        "province": "",
        "industry": "",
        "gender": "",
    }
    assert browser.post(f"/people/{person.id}/edit", data).status_code == 409
    batch = entered(user, "李丽,1541111,马庄桥镇,")
    row = _rows(batch)[0]
    assert browser.post(f"/rosters/{batch.id}/rows/{row.id}/correct", {"name": ""}).status_code == 422
    verbs = set(db.session.scalars(select(AuditEntry.verb)))
    assert {"directory.unmask", "directory.show_row"} <= verbs


def test_a_right_held_at_one_county_does_not_work_in_another(make, visit):
    user = make.user()
    user.grants.append(Grant(unit=make.other_county, role=Role.VIEWER))
    there, clerk = make.person("王毅", unit=make.other_county), make.user(unit=make.other_county)
    contact = _touch(there, clerk)
    trip = liaison.plan_trip(
        make.other_county,
        [there],
        province="广东省",
        city="",
        from_on=today(),
        until_on=today(),
        party="",
        post=None,
        by=clerk,
    )
    db.session.commit()
    browser = visit(user)
    assert browser.post(f"/follow-ups/{contact.follow_ups[0].id}/finish", {"outcome": "x"}).status_code == 404
    assert contacts.programme(trip, user, contacts.Permission.DIRECTORY_UNMASK) == []


def test_a_trip_shows_only_people_within_reach(make):
    user, there = make.user(), make.person("王毅", unit=make.other_county)
    trip = liaison.plan_trip(
        make.county,
        [there],
        province="广东省",
        city="",
        from_on=today(),
        until_on=today(),
        party="",
        post=None,
        by=make.user(unit=make.city),
    )
    assert contacts.programme(trip, user) == []


def test_an_order_tells_nothing_that_was_not_agreed_to(make):
    silent, open_one = make.person("丁一", city="深圳市"), make.person("王二", city="深圳市")
    operations.choose(silent, choices={"printed": ["mobile"]}, via="纸质", by=None)
    operations.choose(open_one, choices={"printed": ["city"]}, via="纸质", by=None)
    people = printing.in_order([silent, open_one], "city")
    assert people == [open_one, silent]
    assert printing._group(silent, "city") != "深圳市"


def test_a_corrected_number_is_the_one_that_is_shown(make):
    person = make.person("王毅", mobiles=["15411112222"])
    apply_correction(person, {"mobile": "15433334444"}, source="本人页面", by=make.user())
    assert person.mobile == "15433334444"


def test_odd_addresses_are_no_faults(make, visit):
    person, browser = make.person(), visit(make.user())
    for path, data in (
        ("/screening?endpoint=x", {"people": ["²"], "tier": 2, "reason": "x"}),
        ("/people/views?endpoint=x", {"name": ""}),
    ):
        assert browser.post(path, data).status_code in (303, 422)
    data = {
        "unit_id": make.township.id,
        "name": "王毅",
        "version": "²",
        "province": "",
        "industry": "",
        "gender": "",
    }
    assert browser.post(f"/people/{person.id}/edit", data).status_code == 409


def test_company_pairings_pass_on_and_end(make, visit):
    user, person = make.user(), make.person(company="甲有限公司")
    company = person.company.organisation
    post, heir = _post(make), _post(make)
    row = liaison.pair_organisation(post, company, rhythm_days=30, clerk=None, by=user)
    with pytest.raises(Refused):
        liaison.pair_organisation(post, company, rhythm_days=30, clerk=None, by=user)
    for nobody in (post,):
        with pytest.raises(Refused):
            liaison.close_post(post, heir=nobody, by=user)
    liaison.close_post(post, heir=heir, by=user)
    assert row.ended_on is not None
    (passed,) = contacts.open_pairings_of(company)
    assert passed.post_id == heir.id
    assert visit(user).post(f"/liaison/pairings/{passed.id}/end", {"reason": "轮换"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Pairing).where(Pairing.ended_on.is_(None))) == 0
