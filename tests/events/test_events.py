"""Making, publishing, changing and calling off an event; its public page and calendar."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from sqlalchemy import func, select

from outreach.core import clock
from outreach.core.db import db
from outreach.core.i18n import day
from outreach.core.mail import Mail
from outreach.events import operations, queries
from outreach.events.models import Event, Invitation, ProgrammeItem
from outreach.permissions import Role
from outreach.registrations import message_queries


def _form(make, **changes) -> dict:
    return {
        "unit_id": make.county.id,
        "kind": "talk",
        "title": "清丰县（深圳）恳谈会",
        "title_en": "",
        "summary": "",
        "summary_en": "",
        "city": "深圳市",
        "venue": "五洲宾馆",
        "venue_en": "",
        "address": "",
        "zone": "Asia/Shanghai",
        "starts_at": "2026-12-14T14:30",
        "ends_at": "2026-12-14T18:00",
        "opens_at": "",
        "closes_at": "",
        "capacity": "200",
        "contact": "",
        **changes,
    }


def test_a_new_event_is_a_draft_in_its_own_zone(make, visit):
    browser = visit(make.user())
    assert browser.post("/events/new", _form(make)).status_code == 303
    event = db.session.scalar(select(Event))
    assert event.state == "draft"
    assert event.starts_at == datetime(2026, 12, 14, 6, 30, tzinfo=UTC)
    assert visit().get(f"/e/{event.slug}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "此项必填"),
        ({"ends_at": "2026-12-14T14:00"}, "结束时间须晚于开始时间"),
        ({"capacity": "0"}, "1 至 20000"),
        ({"capacity": "many"}, "整数"),
        ({"starts_at": "tomorrow"}, "2024-06-20 09:00"),
        ({"opens_at": "2026-12-10T00:00", "closes_at": "2026-12-01T00:00"}, "报名截止须晚于报名开始"),
        ({"title": "会" * 121}, "最多 120 个字"),
        ({"zone": "Mars/Olympus"}, "请从列表中选择"),
        ({"opens_at": "2026-12-15T00:00"}, "不能晚于活动结束时间"),
        ({"closes_at": "2026-12-15T00:00"}, "不能晚于活动结束时间"),
        ({"reply_by": "2027-01-01T00:00"}, "不能晚于活动结束时间"),
    ],
)
def test_bad_input_is_kept_and_named(make, visit, changes, words):
    answer = visit(make.user()).post("/events/new", _form(make, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert "五洲宾馆" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0


def test_publishing_and_the_public_page_in_two_languages(make, visit):
    event = make.event(
        published=False, title_en="Homecoming Summit", summary="共叙乡情", summary_en="Old friends"
    )
    operations.add_item(
        event,
        starts_at=event.starts_at,
        minutes=20,
        title="致辞",
        title_en="Opening",
        speaker="县长",
        by=None,
    )
    browser = visit(make.user())
    assert "共叙乡情" in browser.get(f"/events/{event.id}/preview").text
    assert browser.post(f"/events/{event.id}/publish").status_code == 303
    chinese, english = visit().get(f"/e/{event.slug}").text, visit().get(f"/e/{event.slug}?lang=en").text
    assert "共叙乡情" in chinese
    assert "致辞" in chinese
    assert "Old friends" in english
    assert "Opening" in english
    operations.add_item(
        event,
        starts_at=event.starts_at + timedelta(days=5),
        minutes=20,
        title="考察",
        title_en="",
        speaker="",
        by=None,
    )
    # an item of another day says which
    assert day(event.starts_at + timedelta(days=5)) in visit().get(f"/e/{event.slug}").text
    assert browser.post(f"/events/{event.id}/publish").status_code == 409


def test_a_liaison_cannot_publish(make, visit):
    event = make.event(published=False)
    assert visit(make.user(Role.LIAISON)).post(f"/events/{event.id}/publish").status_code == 403


def test_editing_keeps_and_counts_changes_of_time_and_place(make, visit):
    event = make.event()
    browser = visit(make.user())
    form = _form(make, venue="新场馆")
    assert "五洲宾馆" not in browser.get(f"/events/{event.id}/edit").text
    assert browser.post(f"/events/{event.id}/edit", form).status_code == 303
    assert db.session.get(Event, event.id).sequence == 1
    browser.post(f"/events/{event.id}/edit", {**form, "contact": "王五"})
    assert db.session.get(Event, event.id).sequence == 1


def test_another_venue_asks_for_its_english_name(make, visit):
    event = make.event(venue="五洲宾馆", venue_en="Wuzhou Guest House", city="深圳市")
    guest = make.registration(event, locale="en", email="chan@example.org")
    browser, address = visit(make.user()), f"/events/{event.id}/edit"
    assert 'name="same_venue_en"' not in browser.get(address).text
    form = _form(make, venue="迎宾馆", venue_en="Wuzhou Guest House")
    answer = browser.post(address, form)
    assert answer.status_code == 422
    assert 'id="same_venue_en-error"' in answer.text
    assert "仍为“Wuzhou Guest House”" in answer.text
    assert 'value="迎宾馆"' in answer.text
    assert message_queries.of_guest(guest.id)[0].message.kind != "event_changed"
    assert browser.post(address, {**form, "venue_en": "Yingbin Hotel"}).status_code == 303
    told = message_queries.of_guest(guest.id)[0].message
    assert ["Venue and hall", "Wuzhou Guest House", "Yingbin Hotel"] in told.details["changes"]
    again = {**form, "venue": "迎宾馆 二层", "venue_en": "Yingbin Hotel"}
    assert browser.post(address, again).status_code == 422
    assert browser.post(address, {**again, "same_venue_en": "y"}).status_code == 303
    assert browser.post(address, {**again, "contact": "王五"}).status_code == 303  # nothing to ask


def test_an_english_guest_reads_another_city_in_english(make):
    event = make.event(city="深圳市")
    guest = make.registration(event, locale="en")
    operations.edit_event(event, by=make.user(), city="广州市")
    changes = message_queries.of_guest(guest.id)[0].message.details["changes"]
    assert changes == [["City", "Shenzhen", "Guangzhou"]]


def test_programme_items(make, visit):
    event = make.event()
    browser = visit(make.user())
    data = {"starts_at": "2026-12-14T14:30", "minutes": "20", "title": "致辞", "title_en": "", "speaker": ""}
    assert browser.post(f"/events/{event.id}/items", {**data, "minutes": "0"}).status_code == 422
    assert browser.post(f"/events/{event.id}/items", data).status_code == 303
    item = db.session.scalar(select(ProgrammeItem))
    assert 'value="致辞"' in browser.get(f"/events/{event.id}/items/{item.id}").text
    browser.post(f"/events/{event.id}/items/{item.id}", {**data, "title": "开幕"})
    assert db.session.scalar(select(ProgrammeItem.title)) == "开幕"
    browser.post(f"/events/{event.id}/items/{item.id}/remove")
    assert db.session.scalar(select(func.count()).select_from(ProgrammeItem)) == 0


def test_registration_opens_and_closes(make):
    now = clock.now()
    assert make.event().registration_state() == "open"
    assert make.event(published=False).registration_state() == "closed"
    assert make.event(opens_at=now + timedelta(hours=1)).registration_state() == "not_open"
    assert make.event(closes_at=now - timedelta(hours=1)).registration_state() == "closed"
    assert make.event(days=-1).registration_state() == "closed"


def test_the_calendar_file_says_what_the_page_says(make, visit):
    event = make.event(
        starts_at=datetime(2026, 12, 14, 6, 30, tzinfo=UTC),
        ends_at=datetime(2026, 12, 14, 10, tzinfo=UTC),
        title="恳谈会，很长的名称" * 8,
    )
    answer = visit().get(f"/e/{event.slug}.ics")
    assert answer.mimetype == "text/calendar"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    entry = vobject.readOne(answer.get_data(as_text=True))
    assert entry.method.value == "PUBLISH"
    assert entry.vevent.summary.value == event.title
    assert entry.vevent.dtstart.value.astimezone(UTC) == event.starts_at
    assert entry.vevent.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Asia/Shanghai"]
    assert entry.vtimezone.tzid.value == "Asia/Shanghai"
    assert entry.vevent.uid.value == f"event-{event.id}@127.0.0.1"
    assert entry.vevent.sequence.value == "0"


def test_calling_off_tells_every_guest_and_cancels_the_calendar(make, visit):
    event = make.event(capacity=1)
    make.registration(event, email="a@example.com")
    make.registration(event, email="b@example.com")
    make.registration(event, email="")
    browser = visit(make.user())
    assert browser.post(f"/events/{event.id}/cancel", {"reason": ""}).status_code == 422
    assert browser.post(f"/events/{event.id}/cancel", {"reason": "台风"}).status_code == 303
    letters = db.session.scalars(select(Mail).where(Mail.kind == "registrations/event_cancelled")).all()
    assert {letter.recipient for letter in letters} == {"a@example.com", "b@example.com"}
    assert "已取消" in visit().get(f"/e/{event.slug}").text
    assert vobject.readOne(visit().get(f"/e/{event.slug}.ics").text).method.value == "CANCEL"


def test_an_event_to_come_cannot_have_been_held(make, visit):
    event = make.event()
    assert visit(make.user()).post(f"/events/{event.id}/hold").status_code == 409


def test_inviting_those_ticked_and_all_found(make, visit):
    event = make.event()
    first = make.person("王建国", tier=3, city="深圳市")
    make.person("李丽", tier=3, city="深圳市")
    make.person("赵六", tier=1)
    make.person("外县人", unit=make.other_county, tier=3)
    browser = visit(make.user())
    page = f"/events/{event.id}/invitations"
    assert "王**" in browser.get(page).text
    assert browser.post(page, {"person": [first.id]}).status_code == 303
    assert browser.post(f"{page}?at_least=3", {"all": "1"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 2
    browser.post(f"{page}/{first.id}/withdraw")
    assert set(db.session.scalars(queries.invited_ids(event))) != {first.id}
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 1


def test_nobody_is_invited_from_another_county_by_id(make, visit):
    event, stranger = make.event(), make.person(unit=make.other_county)
    visit(make.user()).post(f"/events/{event.id}/invitations", {"person": [stranger.id]})
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_the_list_of_events(make, visit):
    make.event(title="清丰的会")
    make.event(unit=make.other_county, title="濮阳的会")
    browser = visit(make.user())
    assert "濮阳的会" not in browser.get("/events").text
    assert "清丰的会" in browser.get("/events?text=清丰&state=published").text
    assert "清丰的会" not in browser.get("/events?state=draft").text


def test_a_co_host_looks_and_invites_its_own_people_and_no_more(make, visit):
    event, theirs, ours = make.event(), make.person("赵强", unit=make.other_county), make.person("王建国")
    guest = make.registration(event)
    host, co_host = visit(make.user()), visit(make.user(unit=make.other_county))
    assert co_host.get(f"/events/{event.id}").status_code == 404
    form = {
        name: str(value)
        for name, value in (
            ("title", event.title),
            ("city", event.city),
            ("venue", event.venue),
            ("zone", event.zone),
            ("kind", "talk"),
            ("capacity", 10),
            ("unit_id", make.county.id),
            ("starts_at", "2027-01-05T09:00"),
            ("ends_at", "2027-01-05T12:00"),
        )
    }
    assert (
        host.post(f"/events/{event.id}/edit", {**form, "co_host_ids": [make.other_county.id]}).status_code
        == 303
    )
    assert [unit.id for unit in event.co_hosts] == [make.other_county.id]
    host.get(f"/events/{event.id}/edit")
    assert host.page.xpath('//input[@name="co_host_ids"]')
    # a host is no co-host of its own
    assert not host.page.xpath(f'//input[@name="co_host_ids"][@value="{make.county.id}"]')
    assert event.title in co_host.get("/events").text
    page = co_host.get(f"/events/{event.id}").text
    assert "濮阳县" in page
    assert f"/events/{event.id}/edit" not in page
    assert f"/events/{event.id}/guests" not in page
    assert "濮阳县" in visit().get(f"/e/{event.slug}").text
    for path in (
        f"/events/{event.id}/guests",
        f"/events/{event.id}/attendance",
        f"/events/{event.id}/edit",
        f"/registrations/{guest.id}",
        f"/events/{event.id}/thanks",
    ):
        assert co_host.get(path).status_code == 404, path
    co_host.post(
        f"/events/{event.id}/invitations", {"person": [theirs.id, ours.id], "type_id": 0, "wave": ""}
    )
    host.post(f"/events/{event.id}/invitations", {"person": [ours.id], "type_id": 0, "wave": ""})
    assert set(db.session.scalars(queries.invited_ids(event))) == {theirs.id, ours.id}
    assert "赵" in co_host.get(f"/events/{event.id}/invited").text
    for row in db.session.scalars(queries.select_invitations(event, make.user())):
        row.wave = "首批"
    assert "首批" in host.get(f"/events/{event.id}/invited").text
    assert "首批" not in co_host.get(f"/events/{event.id}/invited").text
    assert [
        queries.invitation_figures(event, make.user(unit=unit))["invited"]
        for unit in (make.county, make.other_county)
    ] == [1, 1]
    assert [
        row.person_id
        for row in db.session.scalars(queries.select_invitations(event, make.user(unit=make.other_county)))
    ] == [theirs.id]
    host.post(f"/events/{event.id}/edit", form)
    assert co_host.get(f"/events/{event.id}").status_code == 404


def test_an_event_that_is_over_says_so_and_english_pages_name_it_in_english(make, visit):
    browser = visit(make.user())
    event = make.event(days=-2, title_en="Homecoming in Shenzhen", venue_en="Great Hall")
    assert "请标记为已举办" in browser.get(f"/events/{event.id}").text
    page = browser.get(f"/events/{event.id}?lang=en").text
    assert "Homecoming in Shenzhen" in page
    assert "Great Hall" in page
    assert "清丰县恳谈会<" not in page
    assert "请标记为已举办" not in browser.get(f"/events/{make.event().id}").text


def test_an_item_that_was_added_is_said(make, visit):
    event = make.event()
    browser = visit(make.user())
    at = event.starts_at.strftime("%Y-%m-%dT%H:%M")
    sent = {"title": "项目签约", "starts_at": at, "minutes": "20"}
    assert browser.post(f"/events/{event.id}/items", sent).status_code == 303
    assert "已将“项目签约”列入议程" in browser.get(f"/events/{event.id}").text


def test_a_deed_without_words_of_its_own_is_said_too(make, visit):
    event = make.event()
    browser = visit(make.user())
    assert browser.post(f"/events/{event.id}/close").status_code == 303
    browser.get(f"/events/{event.id}")
    assert len(browser.page.xpath("//main//p[@role='status' and contains(@class, 'is-ok')]")) == 1
