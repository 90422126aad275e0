"""Keeping in touch: pairing, recording, promises, trips, the warning, the calendar."""

import io
import re
from datetime import timedelta

import openpyxl
import pypdf
import pytest
import vobject
from sqlalchemy import func, select

from outreach.core.audit import AuditEntry
from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.refusals import Refused
from outreach.directory import operations as directory
from outreach.liaison import operations, queries
from outreach.liaison.models import Contact, FollowUp, LeaderPost, Pairing, Trip
from outreach.permissions import Role


@pytest.fixture
def secretary(make):
    return operations.add_post(
        make.county,
        title="县委书记",
        holder="张三",
        rank=1,
        from_on=today() - timedelta(days=400),
        user=None,
        by=None,
    )


def _held(make, person, user, *, days_ago: int = 0, **values) -> Contact:
    day = today() - timedelta(days=days_ago)
    return make.contact(person, by=user, way="visit", day=day, **values)


def _form(**values) -> dict:
    plain = {
        "way": "visit",
        "day": today().isoformat(),
        "post_id": 0,
        "owner_id": 0,
        "said": "谈了家居产业",
        "wish": "",
        "lead": "",
        "promise": "",
    }
    return {**plain, **values}


def test_a_pairing_hangs_on_the_post(make, visit, secretary):
    user, person = make.user(), make.person("王毅")
    browser = visit(user)
    assert (
        browser.post(
            f"/people/{person.id}/pair", {"post_id": secretary.id, "rhythm_days": 90, "clerk_id": user.id}
        ).status_code
        == 303
    )
    assert "张三" in browser.fragment(f"/people/{person.id}/contacts").text
    data = {"holder": "李四", "from_on": today().isoformat(), "user_id": 0}
    assert browser.post(f"/liaison/posts/{secretary.id}/hand-over", data).status_code == 303
    assert "李四" in browser.fragment(f"/people/{person.id}/contacts").text
    assert [tenure.name for tenure in db.session.get(LeaderPost, secretary.id).tenures] == ["李四", "张三"]
    assert "李四" in browser.get("/liaison/posts").text


def test_one_leader_at_each_level(make, secretary):
    person = make.person()
    operations.pair(secretary, person, rhythm_days=90, clerk=None, by=None)
    mayor = operations.add_post(
        make.county, title="县长", holder="", rank=2, from_on=today(), user=None, by=None
    )
    with pytest.raises(Refused):
        operations.pair(mayor, person, rhythm_days=90, clerk=None, by=None)
    town = operations.add_post(
        make.township, title="镇党委书记", holder="", rank=3, from_on=today(), user=None, by=None
    )
    operations.pair(town, person, rhythm_days=90, clerk=None, by=None)
    assert len(queries.pairings_of(person)) == 2


def test_who_is_overdue(make, secretary):
    user = make.user()
    fresh, stale, never = (make.person(name) for name in ("王一", "王二", "王三"))
    for person in (fresh, stale, never):
        operations.pair(
            secretary, person, rhythm_days=90, clerk=user, by=None, since_on=today() - timedelta(days=200)
        )
    _held(make, fresh, user, days_ago=10)
    _held(make, stale, user, days_ago=150)
    late = db.session.execute(queries.select_pairings(user, overdue=True)).unique().all()
    assert [pairing.person.name for pairing, _last in late] == ["王三", "王二"]
    assert queries.loads([secretary]) == {secretary.id: (3, 2)}
    assert sorted(day < today() for _pairing, day in queries.due_pairings(user)) == [False, True, True]


def test_recorded_in_under_a_minute(make, visit):
    user, person = make.user(), make.person("王毅")
    browser = visit(user)
    assert browser.get(f"/people/{person.id}/contacts/new").status_code == 200
    wrong = browser.post(f"/people/{person.id}/contacts/new", _form(promise="协调用地"))
    assert wrong.status_code == 422
    assert "谈了家居产业" in wrong.text
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0
    due = (today() + timedelta(days=30)).isoformat()
    data = _form(promise="协调用地", wish="子女入学", lead="拟建家居产业园", due_on=due, next_on=due)
    assert browser.post(f"/people/{person.id}/contacts/new", data).status_code == 303
    assert {row.kind for row in db.session.scalars(select(FollowUp))} == {"wish", "lead", "promise"}
    assert db.session.scalars(select(Contact.state).order_by(Contact.id)).all() == ["held", "planned"]
    assert "协调用地" in browser.get("/liaison").text
    row = db.session.scalar(select(FollowUp).where(FollowUp.kind == "promise"))
    assert browser.post(f"/follow-ups/{row.id}/finish", {"outcome": "已批 50 亩"}).status_code == 303
    assert "已批 50 亩" in browser.fragment(f"/people/{person.id}/contacts").text
    assert browser.post(f"/follow-ups/{row.id}/finish", {"outcome": "再次"}).status_code == 404


def test_a_contact_recorded_by_mistake_is_withdrawn(make, visit, secretary):
    """It stays on record with the reason, resets nothing, and the promise it left is closed with it."""
    user, person = make.user(), make.person("王毅")
    operations.pair(
        secretary, person, rhythm_days=90, clerk=user, by=None, since_on=today() - timedelta(days=200)
    )
    contact = _held(make, person, user, days_ago=2, promise="协调用地", due_on=today())
    assert not db.session.execute(queries.select_pairings(user, overdue=True)).unique().all()
    browser = visit(user)
    assert "撤回该记录" in browser.fragment(f"/people/{person.id}/contacts").text
    stranger = visit(make.user(unit=make.other_county))
    assert stranger.post(f"/contacts/{contact.id}/cancel", {"reason": "x"}).status_code == 404
    assert browser.post(f"/contacts/{contact.id}/cancel", {"reason": "记错了人"}).status_code == 303
    assert (contact.state, contact.reason) == ("cancelled", "记错了人")
    assert db.session.execute(queries.select_pairings(user, overdue=True)).unique().all()
    assert all(row.done_at for row in db.session.scalars(select(FollowUp)))
    assert browser.post(f"/contacts/{contact.id}/cancel", {"reason": "再次"}).status_code == 409
    card = browser.fragment(f"/people/{contact.person_id}/contacts").text
    assert "已撤回" in card
    assert "已取消" not in card


def test_what_was_closed_by_mistake_is_opened_again(make, visit):
    """It is open in every list, its outcome stays with the reason;
    what a withdrawn contact left stays closed.
    """
    user, person = make.user(), make.person("王毅")
    contact = _held(make, person, user, promise="协调用地", due_on=today())
    [row] = contact.follow_ups
    operations.finish_follow_up(row, outcome="已批 50 亩", by=user)
    browser, address = visit(user), f"/follow-ups/{row.id}/reopen"
    assert address in browser.fragment(f"/people/{person.id}/contacts").text
    assert visit(make.user(unit=make.other_county)).post(address, {"reason": "x"}).status_code == 404
    assert visit(make.user(Role.VIEWER)).post(address, {"reason": "x"}).status_code == 403
    browser.post(address, {"reason": ""})
    assert row.done_at is not None
    assert browser.post(address, {"reason": "批的是另一块地"}).status_code == 303
    assert (row.done_at, row.outcome) == (None, "")
    assert list(db.session.scalars(queries.select_follow_ups(user)).unique()) == [row]
    page = browser.fragment(f"/people/{person.id}/contacts").text
    assert "批的是另一块地" in page
    assert "已批 50 亩" in page
    assert browser.post(address, {"reason": "再次"}).status_code == 404
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "liaison.reopen_follow_up"))
    assert (entry.user_id, entry.object_id, entry.reason) == (user.id, row.id, "批的是另一块地")
    operations.cancel_contact(contact, reason="记错了人", by=user)
    assert browser.post(address, {"reason": "x"}).status_code == 409
    assert address not in browser.fragment(f"/people/{person.id}/contacts").text


def test_an_empty_form_records_no_contact(make, visit, secretary):
    """What was said, or "not reached", is needed; an attempt leaves the day of the next contact as it is."""
    user, person = make.user(), make.person("王毅")
    operations.pair(
        secretary, person, rhythm_days=90, clerk=user, by=None, since_on=today() - timedelta(days=200)
    )
    browser = visit(user)
    for empty in ({"said": ""}, {"said": "  \n "}, {"said": "", "place": "深圳", "next_on": ""}):
        answer = browser.post(f"/people/{person.id}/contacts/new", _form(**empty))
        assert answer.status_code == 422
        assert browser.page.get_element_by_id("said-error").text_content()
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0
    tried = _form(said="", not_reached="y")
    assert browser.post(f"/people/{person.id}/contacts/new", tried).status_code == 303
    assert db.session.scalars(select(Contact.state)).all() == ["unreached"]
    late = db.session.execute(queries.select_pairings(user, overdue=True)).unique().all()
    assert [pairing.person.name for pairing, _last in late] == ["王毅"]
    assert "未联系上" in browser.fragment(f"/people/{person.id}/contacts").text
    wrong = browser.post(f"/people/{person.id}/contacts/new", _form(not_reached="y", wish="子女入学"))
    assert wrong.status_code == 422


def test_bad_input_is_said_beside_the_field(make, visit):
    person = make.person()
    browser = visit(make.user())
    tomorrow = (today() + timedelta(days=1)).isoformat()
    for values in ({"day": tomorrow}, {"day": ""}, {"way": "fax"}, {"next_on": today().isoformat()}):
        assert browser.post(f"/people/{person.id}/contacts/new", _form(**values)).status_code == 422, values
    file = {"file": (io.BytesIO(b"MZ\x90"), "a.exe")}
    assert (
        browser.post(
            f"/people/{person.id}/contacts/new", {**_form(), **file}, content_type="multipart/form-data"
        ).status_code
        == 422
    )
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0


def test_a_planned_one_takes_place_or_is_called_off(make, visit):
    person = make.person()
    browser = visit(make.user())
    data = {"way": "call", "day": today().isoformat(), "post_id": 0, "place": "深圳", "party": ""}
    browser.post(f"/people/{person.id}/contacts/plan", data)
    browser.post(f"/people/{person.id}/contacts/plan", data)
    first, second = db.session.scalars(select(Contact).order_by(Contact.id)).all()
    assert browser.post(f"/contacts/{first.id}/hold", _form()).status_code == 303
    assert browser.post(f"/contacts/{second.id}/cancel", {"reason": "对方出国"}).status_code == 303
    assert db.session.scalars(select(Contact.state).order_by(Contact.id)).all() == ["held", "cancelled"]
    assert browser.post(f"/contacts/{second.id}/hold", _form()).status_code == 409


def test_who_lives_in_shenzhen_and_the_masked_warning(make, visit):
    here = make.person("王毅", province="广东省", city="深圳市", mobiles=["15400001111"], tier=2)
    make.person("李丽", province="北京市", city="北京市", tier=2)
    there = make.person("王毅", unit=make.other_county, mobiles=["15400001111"])
    other_clerk = make.user(unit=make.other_county)
    start, end = today() + timedelta(days=3), today() + timedelta(days=4)
    address = f"/trips/new?province=广东省&city=深圳市&from_on={start}&until_on={end}&at_least=2"
    browser = visit(make.user(Role.LIAISON))
    assert "王*" in browser.get(address).text
    assert "李*" not in browser.page.text_content()
    assert "另一县" not in browser.page.text_content()
    operations.plan_contact(there, way="visit", day=start, place="福田", party="", post=None, by=other_clerk)
    text = browser.get(address).text
    assert "另一县" in text
    assert "福田" not in text
    assert make.other_county.name not in text
    nobody = browser.post(address, {"post_id": 0, "party": "办公室主任"})
    assert nobody.status_code == 422
    assert "请勾选拜访对象" in nobody.text
    assert "办公室主任" in nobody.text
    odd = browser.post(address, {"post_id": 0, "people": [here.id, "x"], "party": "一" * 201})
    assert odd.status_code == 422
    assert browser.page.xpath("//input[@name='people' and @checked]/@value") == [str(here.id)]
    answer = browser.post(address, {"post_id": 0, "party": "办公室主任", "people": [here.id, there.id]})
    trip = db.session.scalar(select(Trip))
    assert answer.location.endswith(f"/trips/{trip.id}")
    # the other county's card is not taken
    assert [contact.person_id for contact in queries.programme(trip, make.user())] == [here.id]
    sheet = browser.post(f"/trips/{trip.id}/sheet", {"reason": "赴深圳走访"})
    assert "王毅" in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(sheet.data)).pages)
    assert db.session.scalar(select(func.count()).where(AuditEntry.verb == "liaison.print_trip")) == 1
    entries = vobject.readOne(browser.get(f"/trips/{trip.id}/trip.ics").text).vevent_list
    assert [entry.dtstart.value for entry in entries] == [start, start]


def test_the_private_calendar(make, visit, secretary):
    user, person = make.user(Role.INVESTMENT_OFFICER), make.person("王毅")
    operations.pair(secretary, person, rhythm_days=30, clerk=user, by=None)
    operations.plan_contact(
        person, way="visit", day=today() + timedelta(days=5), place="", party="", post=None, by=user
    )
    browser = visit(user)
    first = re.search(r"/calendar/([\w-]+)\.ics", browser.post("/liaison/calendar").text)[1]
    second = re.search(r"/calendar/([\w-]+)\.ics", browser.post("/liaison/calendar").text)[1]
    assert visit().get(f"/calendar/{first}.ics").status_code == 404
    answer = visit().get(f"/calendar/{second}.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    entries = vobject.readOne(answer.text).vevent_list
    assert {entry.dtstart.value for entry in entries} == {
        today() + timedelta(days=5),
        today() + timedelta(days=30),
    }
    assert "王毅" not in answer.text
    browser.post("/liaison/calendar/revoke")
    assert visit().get(f"/calendar/{second}.ics").status_code == 404


def test_reminders_go_to_who_is_late_and_has_an_address(make, secretary):
    late, idle = make.user(email="late@example.org"), make.user(email="idle@example.org")
    person = make.person("王毅")
    operations.pair(
        secretary, person, rhythm_days=30, clerk=late, by=None, since_on=today() - timedelta(days=60)
    )
    assert operations.remind_all() == 1
    letter = db.session.scalar(select(Mail))
    assert letter.recipient == late.email
    assert "王毅" not in letter.text
    assert idle.email


def test_a_merge_takes_contacts_along(make, secretary):
    user = make.user()
    one, other = make.person("王毅"), make.person("王毅")
    _held(make, other, user)
    operations.pair(secretary, other, rhythm_days=30, clerk=None, by=None)
    merge = directory.merge_people(one, other, take=set(), reason="x", by=user)
    assert len(queries.contacts_of(one)) == 1
    assert len(queries.pairings_of(one)) == 1
    back = directory.undo_merge(merge, reason="x", by=user)
    assert len(queries.contacts_of(back)) == 1


def test_closing_a_post_gives_its_pairings_to_another(make, visit, secretary):
    person = make.person()
    operations.pair(secretary, person, rhythm_days=90, clerk=None, by=None)
    mayor = operations.add_post(
        make.county, title="县长", holder="王五", rank=2, from_on=today(), user=None, by=None
    )
    browser = visit(make.user())
    assert browser.post(f"/liaison/posts/{secretary.id}/close", {"heir_id": mayor.id}).status_code == 303
    assert [pairing.post.title for pairing in queries.pairings_of(person)] == ["县长"]
    assert db.session.scalar(select(func.count()).select_from(Pairing)) == 2


def test_the_list_of_pairings_leaves_as_excel_masked(make, visit, secretary):
    operations.pair(secretary, make.person("王毅"), rhythm_days=90, clerk=None, by=None)
    browser = visit(make.user())
    assert "王*" in browser.get("/liaison/pairings?overdue=&text=王").text
    assert browser.post("/liaison/pairings/export", {"reason": ""}).status_code == 422
    sheet = openpyxl.load_workbook(
        io.BytesIO(browser.post("/liaison/pairings/export", {"reason": "月报"}).data)
    ).active
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert "王*" in cells
    assert "王毅" not in cells


def test_a_company_has_an_officer(make, visit, secretary):
    person = make.person(company="甲有限公司")
    browser = visit(make.user())
    page = f"/organisations/{person.company.organisation_id}/pairings"
    assert browser.post(page, {"post_id": secretary.id, "rhythm_days": 30, "clerk_id": 0}).status_code == 303
    assert "张三" in browser.fragment(page).text
