"""A deed that works on what filters find is refused when a filter is not understood:
it would reach everybody.
"""

import pytest
from sqlalchemy import select

from outreach.accounts.models import Grant
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.directory import operations as directory
from outreach.events.models import Invitation
from outreach.permissions import Role
from outreach.registrations.models import PENDING, Registration

#: deed -> (filter with a wrong value, form)
DEEDS = {
    "/events/{event}/invitations": ("view=999999", {"all": "y", "type_id": "{type}"}),
    "/events/{event}/invited/send": ("state=nobody", {"all": "y", "channel": "mail"}),
    "/events/{event}/invited/remind": ("wave=x", {"all": "y", "channel": "mail"}),
    "/events/{event}/invited/sort": ("type=999999", {"all": "y", "type_id": "{type}", "wave": "w"}),
    "/events/{event}/invited/letters": ("state=nobody", {"all": "y", "reason": "寄送"}),
    "/events/{event}/guests/approve": ("type=999999", {"all": "y"}),
    "/events/{event}/guests/sort": ("state=nobody", {"all": "y", "type_id": "{type}"}),
    "/events/{event}/guests/export": ("known=maybe", {"reason": "签到"}),
    "/events/{event}/messages/again": ("kind=none", {"all": "y"}),
    "/events/{event}/messages/export": ("channel=pigeon", {"reason": "核对"}),
    "/home/summits/export": ("event=999999", {"reason": "汇总"}),
    "/people/export": ("tier=9", {"reason": "走访"}),
    "/organisations/export": ("kind=none", {"reason": "走访"}),
    "/liaison/pairings/export": ("post=999999", {"reason": "走访"}),
    "/agreements/export": ("kind=none", {"reason": "汇总"}),
    "/projects/export": ("industry=none", {"reason": "汇总"}),
    "/unconfirmed/export": ("unit=999999", {}),
    "/reports/export": ("month=2025-13", {}),
    "/bulletin.docx": ("first=yesterday", {}),
}


@pytest.fixture
def world(make):
    """An event with an invited person, a guest who waits for approval, and somebody who may do everything."""
    user = make.user(None)
    for role in Role:
        user.grants.append(Grant(unit=make.city, role=role))
    event = make.event()
    kind = make.guest_type(event, approval=True)
    person = make.person("张一", company="清丰某公司", tier=3)
    from outreach.events import operations as events

    events.invite(event, [person], by=user)
    make.person("张二", tier=3)
    make.registration(event, type_id=kind.id)
    make.project(officer=user)
    db.session.flush()
    return user, {"event": event.id, "type": kind.id}


def _state():
    """What a deed would change."""
    return (
        sorted(db.session.execute(select(Invitation.id, Invitation.wave, Invitation.type_id)).tuples()),
        sorted(
            db.session.execute(select(Registration.id, Registration.state, Registration.type_id)).tuples()
        ),
        db.session.scalar(select(db.func.max(AuditEntry.id))),
    )


@pytest.mark.parametrize("deed", DEEDS)
def test_a_wrong_filter_stops_the_deed(deed, world, visit):
    user, names = world
    browser, (wrong, data) = visit(user), DEEDS[deed]
    address = deed.format(**names)
    data = {name: value.format(**names) for name, value in data.items()}
    before = _state()
    for query in (wrong, "nonsense=1", wrong.split("=")[0] + "=1&" + wrong):
        answer = browser.post(f"{address}?{query}", data)
        assert answer.status_code == 409, query
        assert "筛选" in answer.get_data(as_text=True)
        assert _state() == before, query
    assert browser.post(f"{address}?page=1&sort=name", data).status_code in (200, 303)


def test_a_list_shows_everything_and_no_deed_follows_from_it(world, visit):
    user, names = world
    browser, address = visit(user), f"/events/{names['event']}/guests"
    assert browser.get(f"{address}?type=999999").status_code == 200
    assert browser.post(f"{address}/approve?type=999999", {"all": "y"}).status_code == 409
    assert db.session.scalar(select(Registration.state)) == PENDING


def test_signs_that_nobody_sees_are_no_filter(world, visit):
    user, names = world
    answer = visit(user).post(f"/events/{names['event']}/guests/approve?text=%E2%80%8B", {"all": "y"})
    assert answer.status_code == 409


def test_a_saved_view_with_a_filter_of_before_invites_nobody(world, make, visit):
    user, names = world
    view = directory.save_view(make.city, name="旧", query="colour=red", shared=True, by=user)
    db.session.flush()
    address = f"/events/{names['event']}/invitations?view={view.id}"
    before = _state()
    assert visit(user).post(address, {"all": "y", "type_id": str(names["type"])}).status_code == 409
    assert _state()[0] == before[0]
