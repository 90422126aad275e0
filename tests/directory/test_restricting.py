"""Restricting the processing of a person: who may, what the card says, what merging, parting and erasing
make of it.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.directory import operations, restricting
from outreach.directory.models import Person
from outreach.directory.restriction_models import Restriction
from outreach.permissions import Role


def _verbs() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)))


def test_the_card_says_since_when_by_which_role_and_why(make, visit):
    user, person = make.user(Role.LIAISON), make.person()
    browser, card = visit(user), f"/people/{person.id}"
    assert browser.post(f"{card}/restrict", {"reason": " "}).status_code == 422
    assert browser.post(f"{card}/restrict", {"reason": "本人称单位有误"}).status_code == 303
    page = browser.get(card).text
    assert "清丰县 联络员：本人称单位有误" in page.replace("办理", "")
    assert clock.today().strftime("%Y") in page
    again = browser.post(f"{card}/restrict", {"reason": "再来一次"})
    assert again.status_code == 409
    assert browser.post(f"{card}/lift-restriction", {"reason": "已更正"}).status_code == 303
    page = browser.get(card).text
    assert "解除原因：已更正" in page
    assert person.restricted_at is None
    assert _verbs().count("directory.restrict_person") == 1
    assert "directory.lift_restriction" in _verbs()
    with pytest.raises(Refused):
        operations.lift_restriction(person, reason="x", by=user)


@pytest.mark.parametrize("verb", ["restrict", "lift-restriction"])
def test_only_who_may_edit_the_card(make, visit, verb):
    person = make.person()
    address = f"/people/{person.id}/{verb}"
    assert visit(make.user(Role.VIEWER)).post(address, {"reason": "x"}).status_code == 403
    assert (
        visit(make.user(Role.ORGANISER, make.other_county)).post(address, {"reason": "x"}).status_code == 404
    )
    looker = visit(make.user(Role.VIEWER))
    assert "限制处理" not in looker.get(f"/people/{person.id}").text
    operations.restrict_person(person, reason="本人异议", by=make.user())
    page = looker.get(f"/people/{person.id}").text
    assert "限制处理" in page
    assert f"{person.id}/lift-restriction" not in page


def test_the_person_reads_it_on_their_own_page(make, visit):
    user, person = make.user(), make.person()
    token = operations.make_link(person, by=user)
    operations.restrict_person(person, reason="本人异议", by=user)
    guest = visit()
    assert "限制处理" in guest.get(f"/c/{token}").text
    held = guest.get(f"/c/{token}/held").text
    assert "清丰县 活动组织" in held
    assert "本人异议" in held
    assert user.name not in held


def test_of_two_cards_one_restricted_makes_a_restricted_one(make):
    user, kept, gone = make.user(), make.person(), make.person()
    operations.restrict_person(gone, reason="本人异议", by=user)
    merge = operations.merge_people(kept, gone, take=set(), reason="同一人", by=user)
    assert kept.restricted_at is not None
    back = operations.undo_merge(merge, reason="两个人", by=user)
    assert (kept.restricted_at, back.restricted_at is not None) == (None, True)
    assert [row.reason for row in restricting.of_person(back)] == ["本人异议"]


def test_restricted_after_a_merge_means_both(make):
    user, kept, gone = make.user(), make.person(), make.person()
    merge = operations.merge_people(kept, gone, take=set(), reason="同一人", by=user)
    merge.merged_at = clock.now() - timedelta(days=1)
    operations.restrict_person(kept, reason="本人异议", by=user)
    back = operations.undo_merge(merge, reason="两个人", by=user)
    assert kept.restricted_at is not None
    assert back.restricted_at is not None


def test_two_restricted_cards_are_lifted_at_once(make):
    user, kept, gone = make.user(), make.person(), make.person()
    for person in (kept, gone):
        operations.restrict_person(person, reason="本人异议", by=user)
    operations.merge_people(kept, gone, take=set(), reason="同一人", by=user)
    assert len(restricting.open_ones(kept.id)) == 2
    operations.lift_restriction(kept, reason="已核实", by=user)
    assert restricting.open_ones(kept.id) == []


def test_erasing_takes_the_reasons_along(make):
    user, person = make.user(), make.person()
    operations.restrict_person(person, reason="本人异议", by=user)
    operations.erase_person(person, why="asked", by=user)
    assert db.session.scalars(select(Restriction)).all() == []
    assert db.session.get_one(Person, person.id).restricted_at is None
