"""Invited, with a place, arrived: three figures of the funnel open to exactly their rows, within reach."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from outreach.accounts.models import Grant
from outreach.checkin import operations as checkin
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.desk import funnel, taking_part
from outreach.desk.taking_part import ARRIVED, GUESTS, INVITED
from outreach.events import operations as events
from outreach.events.models import Invitation
from outreach.permissions import Role


@pytest.fixture
def summits(make):
    """(organiser of the county, two summits of it, one of another county):
    guests with a place, waiting, arrived and undone; a draft counts nowhere.
    """
    user = make.user()
    one, two, strange = (
        make.event(capacity=2, days=0),
        make.event(title="北京恳谈会", days=0),
        make.event(make.other_county, title="外县的会", days=0),
    )
    draft = make.event(title="草稿的会", published=False, days=0)
    events.invite(one, [make.person("甲一"), make.person("乙二")], by=user)
    events.invite(two, [make.person("丙三")], by=user)
    events.invite(draft, [make.person("丁四")], by=user)
    events.invite(strange, [make.person("戊五", unit=make.other_county)], by=user)
    # the third waits
    guests = [make.registration(one, name=f"客{number}", company=f"公司{number}") for number in "一二三"]
    guests += [make.registration(two, name="客四"), make.registration(strange, name="客五")]
    for number, guest in enumerate((guests[0], guests[3], guests[4])):
        checkin.admit(
            guest.event, guest, key=f"key-{number:020d}", gate=make.gate(guest.event), device_at=None, by=user
        )
    checkin.admit(one, guests[1], key="key-gone-0123456789ab", gate=None, device_at=None, by=user)
    checkin.undo(one, guests[1], reason="误扫", by=user)
    db.session.flush()
    return user, one, two


def _rows(user, step, **chosen):
    return taking_part.rows(user, db.session.execute(taking_part.select_rows(user, step=step, **chosen)))


def test_as_many_rows_as_the_figure_says(make, summits):
    for user in (summits[0], make.user(unit=make.other_county), make.user(Role.VIEWER, unit=make.city)):
        whole, counties, by_summit = funnel.lines(user)
        for step in (INVITED, GUESTS, ARRIVED):
            assert len(_rows(user, step)) == getattr(whole, step), step
            for line in counties:
                assert len(_rows(user, step, unit=line.unit.id)) == getattr(line, step)
            for line in by_summit:
                assert len(_rows(user, step, event=line.event.id)) == getattr(line, step)
    whole, _counties, _summits = funnel.lines(summits[0])
    assert (whole.invited, whole.guests, whole.arrived) == (3, 3, 2)


def test_the_list_masks_searches_and_leads_on(summits, visit):
    user, one, _two = summits
    browser = visit(user)
    text = browser.get("/home/summits").text
    assert ("甲*" in text, "甲一" in text, "北京恳谈会" in text, "戊" in text) == (True, False, True, False)
    assert "客*" in browser.get("/home/summits?step=arrived").text
    assert [row.name for row in _rows(user, GUESTS, text="公司二")] == ["客二"]
    assert [row.name for row in _rows(user, INVITED, text="乙")] == ["乙二"]
    assert browser.get("/home/summits?step=nonsense&event=x").status_code == 200
    for link in browser.page.xpath("//*[@id='taking-part']//a/@href"):
        assert browser.get(link).status_code == 200, link
    assert "没有" in browser.fragment(f"/home/summits?step=guests&event={one.id}&text=无此人").text


def test_whom_a_co_host_invited_is_counted_and_not_named(make, summits, visit):
    user, one, _two = summits
    one.co_hosts = [make.other_county]
    events.invite(one, [make.person("己六", unit=make.other_county)], by=make.user(unit=make.other_county))
    text = visit(user).get(f"/home/summits?event={one.id}").text
    assert ("此处不显示姓名" in text, "己" in text) == (True, False)
    assert len(_rows(user, INVITED, event=one.id)) == 3
    assert _rows(user, INVITED, text="己六") == []


def test_what_the_invited_answered_is_for_those_who_invite(make, summits, visit):
    """A viewer and an investment officer see the figure and as many rows;
    /events/.../invited is closed to them as well.
    """
    user, one, _two = summits
    person = make.person("庚七", company="大雁有限公司")
    events.invite(one, [person], by=user)
    db.session.scalar(select(Invitation).where(Invitation.person_id == person.id)).answer = "no"
    for role, may in ((Role.ORGANISER, True), (Role.VIEWER, False), (Role.INVESTMENT_OFFICER, False)):
        other = make.user(role)
        text = visit(other).get(f"/home/summits?event={one.id}").text
        assert ("庚*" in text, '<span class="state is-stop">不参加' in text) == (may, may), role
        assert len(_rows(other, INVITED, event=one.id)) == 3
        assert [row.name for row in _rows(other, INVITED, text="大雁")] == (["庚七"] if may else [])


def test_the_figure_and_its_rows_are_of_one_reach(make, summits):
    """Gate staff of the whole city who look at one county:
    events they may scan at are not events whose guests they may list.
    """
    user = make.user(Role.VIEWER)
    user.grants.append(Grant(unit=make.city, role=Role.GATE_STAFF))
    db.session.flush()
    whole, _counties, _summits = funnel.lines(user)
    assert (
        [len(_rows(user, step)) for step in (INVITED, GUESTS, ARRIVED)]
        == [whole.invited, whole.guests, whole.arrived]
        == [3, 3, 2]
    )


def test_taking_the_list_along_needs_a_reason_and_leaves_a_trace(make, summits, visit):
    user, _one, _two = summits
    browser = visit(user)
    assert browser.post("/home/summits/export?step=arrived", {"reason": ""}).status_code == 422
    sheet = openpyxl.load_workbook(
        io.BytesIO(browser.post("/home/summits/export?step=arrived", {"reason": "汇报"}).data)
    ).active
    assert (sheet["A1"].value, sheet["A4"].value, sheet.max_row) == ("已到会名单", "客*", 5)
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "desk.export_taking_part"))
    assert (entry.detail, entry.reason) == (
        {"step": "arrived", "event": 0, "unit": 0, "searched": False, "count": 2},
        "汇报",
    )
    assert visit(make.user(Role.VIEWER)).post("/home/summits/export", {"reason": "看看"}).status_code == 403
    assert visit(make.user(Role.GATE_STAFF)).get("/home/summits").status_code == 403
