"""Every figure above the list of guests opens to exactly as many rows."""

import re

import pytest
from sqlalchemy import select

from outreach.checkin import queries as checkin
from outreach.core.db import db
from outreach.events import operations as events
from outreach.events import queries as event_queries
from outreach.registrations import message_queries, operations, queries
from outreach.registrations.message_models import GuestMessage
from outreach.registrations.models import Registration


def _rows(browser, address: str) -> int:
    return len(re.findall(r'href="/registrations/\d+"', browser.get(address).text))


def test_figures_open_to_their_rows(make, visit):
    event, user = make.event(), make.user()
    media = make.guest_type(event, "媒体", place=900)
    known = make.person("王建国", mobiles=["15411110001"])
    make.registration(event, name="王建国", mobile="15411110001")
    stranger, press = make.registration(event), make.registration(event, type_id=media.id)
    operations.cancel(make.registration(event), by=user)
    operations.cancel(make.registration(event, type_id=media.id), by=user)
    db.session.flush()
    assert known.id
    assert stranger.person_id is press.person_id is None
    browser = visit(user)
    page = browser.get(f"/events/{event.id}/guests").text.replace("&amp;", "&")
    tile = re.search(r'<a href="(\?known=no[^"]*)"><strong>(\d+)', page)
    chip = re.search(rf'<a href="(\?type={media.id}&[^"]*)">.*?</a> (\d+)', page)
    for (query, number), expected in ((tile.groups(), 2), (chip.groups(), 1)):
        assert _rows(browser, f"/events/{event.id}/guests{query}") == int(number) == expected


def test_a_name_has_a_letter(make, visit):
    event = make.event()
    browser = visit()
    browser.get(f"/e/{event.slug}/register")
    sent = {
        "name": "123",
        "company": "x",
        "mobile": "15411110002",
        "consent": "y",
        "request_key": "request-key-0123456789",
    }
    answer = browser.post(f"/e/{event.slug}/register", data=sent)
    assert answer.status_code == 422
    assert "至少要有一个文字" in answer.text
    assert browser.post(f"/e/{event.slug}/register", data={**sent, "name": "买买提·Ⅲ"}).status_code == 303


def test_who_registers_once_more_stands_in_the_list_as_cancelled_and_counts_once(make, visit):
    event, user = make.event(), make.user()
    first = make.registration(event, mobile="15411110003")
    make.registration(event, mobile="15411110003")
    browser = visit(user)
    assert queries.counts(event.id) == {"confirmed": 1, "cancelled": 1}
    again = db.session.scalar(select(Registration).where(Registration.repeats_id == first.id))
    assert "重复报名" in browser.get(f"/registrations/{again.id}").text
    assert f"/registrations/{first.id}" in browser.get(f"/registrations/{again.id}").text


@pytest.mark.parametrize("name", ["\u3164", "\u2800", "\U000e0041", "\u2060\u00ad"])
def test_a_name_nobody_can_see_is_none(make, visit, name):
    sent = {
        "name": name,
        "company": "x",
        "mobile": "15411110004",
        "consent": "y",
        "request_key": "request-key-0123456786",
    }
    assert visit().post(f"/e/{make.event().slug}/register", data=sent).status_code == 422


def test_a_pasted_name_stands_on_one_line(make, visit):
    event = make.event()
    sent = {
        "name": "王\u2066建\u2069国\nWang\u2028Jianguo",
        "company": "x",
        "mobile": "15411110005",
        "consent": "y",
        "request_key": "request-key-0123456785",
    }
    assert visit().post(f"/e/{event.slug}/register", data=sent).status_code == 303
    assert db.session.scalar(db.select(Registration.name)) == "王建国 Wang Jianguo"


@pytest.mark.parametrize("place", [0, -1])
def test_a_guest_is_entered_with_any_type_of_the_event(make, visit, place):
    event = make.event()
    make.guest_type(event, "媒体", place=200)
    make.guest_type(event, "签约客商", place=300)
    kind = event.types[place]
    sent = {
        "name": "李四",
        "company": "x",
        "mobile": "15411110006",
        "type_id": kind.id,
        "request_key": "request-key-0123456784",
    }
    browser = visit(make.user())
    assert browser.post(f"/events/{event.id}/guests/new", data=sent).status_code == 303
    assert db.session.scalar(db.select(Registration.type_id)) == kind.id


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("zhoujie", {"周杰"}),
        ("Zhou Jie", {"周杰"}),
        ("ZJ", {"周杰"}),
        ("jie", {"周杰"}),
        ("周傑", {"周杰"}),
        ("张伟明", {"張偉明"}),
        ("zhangwm", set()),
        ("tai man", {"Chan Tai Man"}),
        ("wuzhou", set()),
        ("創業", {"周杰"}),
        ("华创 zhang", {"張偉明"}),
        ("0002", {"周杰"}),
        ("zhou 0002", {"周杰"}),
        ("zhou 0003", set()),
        ("15411110002", {"周杰"}),
        ("zhou 1110002", set()),  # part of a masked number says nothing
        ("，。", set()),
    ],
)
def test_guests_are_found_by_either_script(make, visit, typed, names):
    event, user = make.event(), make.user()
    make.registration(event, name="周杰", mobile="15411110002", company="乡贤创业公司")
    make.registration(event, name="張偉明", company="華創公司")
    make.registration(event, name="Chan Tai Man", mobile="+852 9123 4567")
    other = make.event()
    make.registration(other, name="周杰")
    db.session.flush()
    chosen = queries.select_visible(user).where(Registration.event_id == event.id)
    found = db.session.scalars(queries.filtered(chosen, text=typed))
    assert {row.name for row in found} == names
    told = message_queries.select_messages(user).where(GuestMessage.event_id == event.id)
    messages = message_queries.entries_of(db.session.execute(message_queries.filtered(told, text=typed)))
    assert {entry.message.registration.name for entry in messages} == names
    at_door = db.session.scalars(checkin.select_guests(event, text=typed))
    assert {row.name for row in at_door} == names
    assert visit(user).get(f"/events/{event.id}/guests", query_string={"text": typed}).status_code == 200


def test_the_invited_are_found_by_either_script(make):
    event, user = make.event(), make.user()
    people = [make.person("周杰", mobiles=["15411110002"]), make.person("欧阳少东")]
    events.invite(event, people, by=user)
    db.session.flush()
    for typed, names in (
        ("zhoujie", ["周杰"]),
        ("ouysd", []),
        ("oysd", ["欧阳少东"]),
        ("歐陽", ["欧阳少东"]),
    ):
        found = db.session.scalars(event_queries.select_invitations(event, user, text=typed)).unique()
        assert [row.person.name for row in found] == names, typed


def test_giving_a_place_back_or_away_says_what_becomes_of_companions(make, visit):
    event = make.event(most_companions=2)
    guest, alone = make.registration(event), make.registration(event)
    operations.bring(guest, [("周小妹", ""), ("周大伟", "")], by=None)
    db.session.commit()
    browser = visit()
    cancelled = browser.get(f"/t/{guest.page_token}/cancel").text
    assert "随行人员一并放弃名额：周小妹、周大伟。" in cancelled
    assert "随行人员的名额保留：周小妹、周大伟。" in browser.get(f"/t/{guest.page_token}/proxy").text
    for page in ("cancel", "proxy"):
        assert "随行人员" not in browser.get(f"/t/{alone.page_token}/{page}").text


def test_a_guest_entered_by_hand_is_at_first_of_the_type_the_public_form_offers(make, visit):
    event = make.event()
    usual = event.types[0]
    make.guest_type(event, "知名人士", place=1, public=False)
    db.session.commit()
    text = visit(make.user()).get(f"/events/{event.id}/guests/new").text
    assert re.search(rf'<option selected value="{usual.id}">', text)


def test_a_sentence_in_the_summary_of_errors_has_one_stop(make, visit):
    event = make.event()
    browser = visit()
    browser.get(f"/e/{event.slug}/register")
    summary = browser.post(f"/e/{event.slug}/register", data={}).text.split("error-summary-title")[-1]
    assert "使用以上信息：未经您同意" in summary.split("</ul>")[0]
