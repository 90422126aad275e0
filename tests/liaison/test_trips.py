"""A trip changes, grows, is called off; what was said last time; festivals;
companies that nobody went to see.
"""

import io
from datetime import date, timedelta

import pypdf
import pytest
import vobject
from sqlalchemy import select

from outreach.core.clock import today
from outreach.core.db import db
from outreach.directory.models import Person
from outreach.liaison import festivals, operations, queries
from outreach.liaison.models import Contact

START, END = today() + timedelta(days=3), today() + timedelta(days=5)


@pytest.fixture
def user(make):
    return make.user()


@pytest.fixture
def trip(make, user):
    people = [make.person(name, province="广东省", city="深圳市", tier=2) for name in ("王毅", "李丽")]
    return operations.plan_trip(
        make.county,
        people,
        province="广东省",
        city="深圳市",
        from_on=START,
        until_on=END,
        party="",
        post=None,
        by=user,
    )


def _spread(trip, browser) -> Contact:
    first = db.session.scalar(select(Contact).where(Contact.trip_id == trip.id).order_by(Contact.id))
    data = {
        "way": "visit",
        "day": (START + timedelta(days=1)).isoformat(),
        "at": "09:30",
        "place": "南山",
        "party": "",
        "post_id": 0,
    }
    assert browser.post(f"/contacts/{first.id}/move", data).status_code == 303
    return first


def test_visits_are_spread_over_the_days(visit, user, trip):
    browser = visit(user)
    first = _spread(trip, browser)
    assert "09:30" in browser.get(f"/trips/{trip.id}").text
    late = {
        "way": "visit",
        "day": (END + timedelta(days=1)).isoformat(),
        "place": "",
        "party": "",
        "post_id": 0,
    }
    assert browser.post(f"/contacts/{first.id}/move", late).status_code == 422
    assert browser.post(f"/contacts/{first.id}/move", {**late, "day": ""}).status_code == 422
    entries = vobject.readOne(browser.get(f"/trips/{trip.id}/trip.ics").text).vevent_list
    moments = [entry.dtstart.value for entry in entries if entry.uid.value.startswith(f"contact-{first.id}@")]
    assert [(moment.hour, moment.minute, moment.utcoffset()) for moment in moments] == [(1, 30, timedelta(0))]


def test_other_days_bring_the_visits_along(visit, user, trip):
    browser = visit(user)
    _spread(trip, browser)
    days = {
        "from_on": (START + timedelta(days=10)).isoformat(),
        "until_on": (START + timedelta(days=10)).isoformat(),
        "post_id": 0,
    }
    assert (
        browser.post(f"/trips/{trip.id}/change", {**days, "until_on": START.isoformat()}).status_code == 422
    )
    assert browser.post(f"/trips/{trip.id}/change", {**days, "party": "办公室主任"}).status_code == 303
    assert {contact.day for contact in queries.planned_visits(trip)} == {START + timedelta(days=10)}


def test_more_people_and_then_none(make, visit, user, trip):
    browser = visit(user)
    third = make.person("赵强", province="广东省", city="深圳市", tier=2)
    address = (
        f"/trips/new?trip={trip.id}&province=广东省&city=深圳市&from_on={START}&until_on={END}&at_least=2"
    )
    had = [contact.person_id for contact in queries.planned_visits(trip)]
    browser.get(address)
    assert browser.post(address, {"post_id": 0, "people": [*had, third.id]}).status_code == 303
    assert [contact.person_id for contact in queries.planned_visits(trip)] == [*had, third.id]
    assert browser.post(f"/trips/{trip.id}/call-off", {"reason": ""}).status_code == 422
    assert browser.post(f"/trips/{trip.id}/call-off", {"reason": "会议冲突"}).status_code == 303
    assert queries.planned_visits(trip) == []
    assert "会议冲突" in browser.get(f"/trips/{trip.id}").text
    assert browser.post(f"/trips/{trip.id}/call-off", {"reason": "again"}).status_code == 409
    days = {"from_on": START.isoformat(), "until_on": END.isoformat(), "post_id": 0}
    assert browser.post(f"/trips/{trip.id}/change", days).status_code == 409


def test_another_county_changes_nothing(make, visit, trip):
    browser = visit(make.user(unit=make.other_county))
    contact = queries.planned_visits(trip)[0]
    for page in (f"/trips/{trip.id}/change", f"/trips/{trip.id}/call-off", f"/contacts/{contact.id}/move"):
        assert browser.post(page, {"reason": "x"}).status_code == 404, page


def test_the_sheet_says_what_was_said_last_time(make, visit, user, trip):
    person = db.session.get(Person, queries.planned_visits(trip)[0].person_id)
    day = today() - timedelta(days=40)
    make.contact(person, by=user, day=day, said="谈了家居产业园", promise="协调五十亩用地", due_on=today())
    browser = visit(user)
    assert browser.post(f"/trips/{trip.id}/sheet", {"reason": ""}).status_code == 422
    sheet = browser.post(f"/trips/{trip.id}/sheet", {"reason": "赴深圳走访"})
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(sheet.data)).pages)
    assert "谈了家居产业园" in text
    assert "协调五十亩用地" in text


def test_festivals_are_known_ahead():
    assert festivals.days(2027)["春节"] == date(2027, 2, 6)
    assert festivals.coming(date(2027, 1, 20)) == ("春节", date(2027, 2, 6))
    assert festivals.coming(date(2026, 12, 31)) is None
    assert festivals.coming(date(2026, 9, 20)) == ("中秋节", date(2026, 9, 25))


def test_before_a_festival_those_who_agreed_are_named(make, visit, user, monkeypatch):
    agreed, silent = make.person("王毅", tier=2), make.person("李丽", tier=2)
    agreed.consents = {"greetings": ["name"]}
    monkeypatch.setattr(festivals, "coming", lambda _today: ("春节", date(2027, 2, 6)))
    text = visit(user).get("/liaison").text
    assert "春节" in text
    assert "王*" in text
    assert "李*" not in text
    assert silent.consents == {}


def test_a_company_nobody_went_to_see_is_overdue(make, visit, user):
    secretary = operations.add_post(
        make.county, title="县委书记", holder="张三", rank=1, from_on=today(), user=None, by=None
    )
    person = make.person("王毅", company="甲有限公司")
    company = person.company.organisation
    row = operations.pair_organisation(secretary, company, rhythm_days=30, clerk=user, by=user)
    row.since_on = today() - timedelta(days=60)
    db.session.flush()
    assert queries.loads([secretary]) == {secretary.id: (1, 1)}
    assert "甲有限公司" in visit(user).get("/liaison/pairings?overdue=y").text
    make.contact(person, by=user)
    assert queries.loads([secretary]) == {secretary.id: (1, 0)}
