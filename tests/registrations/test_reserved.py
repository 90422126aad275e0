"""Places reserved for invited guests: the public cannot take them, an invited guest who says yes does."""

from collections import Counter
from datetime import timedelta

import pytest

from outreach.core import clock
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.events import operations as events
from outreach.events.models import Event, GuestType, Invitation
from outreach.registrations import operations, queries, room_queries
from outreach.registrations.models import CONFIRMED, WAITING, Registration
from outreach.registrations.operations import registering
from tests.registrations.test_crowds import _at_once, _guest


def _invite(make, event, kind, name="王建国", mobile="15412340001"):
    person = make.person(name, mobiles=[mobile])
    db.session.flush()
    events.invite(event, [person], by=None, type=kind)
    return db.session.scalar(db.select(Invitation).where(Invitation.person_id == person.id))


def _yes(invitation, mobile="15412340001", **values):
    plain = {"name": invitation.person.name, "company": "甲", "mobile": mobile}
    return operations.answer(invitation, answer="yes", **{**plain, **values})


@pytest.fixture
def summit(make):
    """Three places, one of them reserved for invited guests of the type 知名人士."""
    event = make.event(capacity=3)
    make.guest_type(event, "知名人士", reserved=1, public=False)
    return event


def _kind(event) -> GuestType:
    return next(row for row in event.types if row.name == "知名人士")


def test_an_invited_guest_has_the_reserved_place_behind_a_full_house(make, summit):
    invitation = _invite(make, summit, _kind(summit))
    states = [make.registration(summit).state for _place in range(5)]
    assert states == [CONFIRMED, CONFIRMED, WAITING, WAITING, WAITING]
    assert room_queries.places(summit).kept == 1
    assert room_queries.outlook(summit) == "waits"
    assert _yes(invitation).state == CONFIRMED
    assert (room_queries.places(summit).taken, room_queries.places(summit).kept) == (3, 0)


def test_more_invited_than_reserved_wait_like_everybody(make, summit):
    for _place in range(3):
        make.registration(summit)
    first = _invite(make, summit, _kind(summit))
    second = _invite(make, summit, _kind(summit), "李四", "15412340002")
    assert _yes(first).state == CONFIRMED
    assert _yes(second, mobile="15412340002").state == WAITING


def test_staff_cannot_give_a_reserved_place_to_somebody_else(make, summit):
    for _place in range(2):
        make.registration(summit)
    waiting = make.registration(summit)
    with pytest.raises(Refused, match="邀请嘉宾"):
        operations.confirm(waiting, by=None)


def test_an_invited_guest_whom_an_organiser_enters_has_the_reserved_place(make, summit):
    invitation = _invite(make, summit, _kind(summit))
    for _place in range(3):
        make.registration(summit)
    row = operations.register_by_hand(
        summit,
        request_key="by-hand-0123456789",
        name="王建国",
        company="甲",
        post="",
        mobile="15412340001",
        email="",
        type=_kind(summit),
        by=None,
    )
    assert (row.state, row.invitation_id, invitation.answer) == (CONFIRMED, invitation.id, "yes")


def test_who_registered_on_the_public_page_moves_up_when_they_answer(make, summit):
    kind = _kind(summit)
    kind.public = True
    for _place in range(2):
        make.registration(summit)
    invitation = _invite(make, summit, kind)
    row = make.registration(summit, "王建国", mobile="15412340001", type_id=kind.id)
    assert row.state == WAITING
    assert _yes(invitation) is row
    assert row.state == CONFIRMED


def test_reserved_places_are_released_when_their_day_has_come(make, summit, monkeypatch):
    rows = [make.registration(summit) for _place in range(4)]
    _kind(summit).reserved_until = clock.now() + timedelta(hours=1)
    db.session.flush()
    assert operations.release_reserved() == 0
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert room_queries.places(summit).kept == 0  # at once, whenever the worker comes
    assert operations.release_reserved() == 1
    assert operations.release_reserved() == 0
    assert Counter(row.state for row in rows) == {CONFIRMED: 3, WAITING: 1}


def test_a_place_given_back_by_an_invited_guest_stays_reserved(make, summit):
    for _place in range(3):
        make.registration(summit)
    row = _yes(_invite(make, summit, _kind(summit)))
    operations.cancel(row, by=None)
    assert queries.counts(summit.id) == {CONFIRMED: 2, WAITING: 1, "cancelled": 1}
    assert room_queries.places(summit).kept == 1


def test_more_than_there_are_cannot_be_reserved(make, summit):
    kind = _kind(summit)
    plain = {"name": kind.name, "by": None}
    with pytest.raises(Refused):
        events.save_type(summit, kind, reserved=4, **plain)
    db.session.rollback()
    summit = make.event(capacity=3)
    kind = make.guest_type(summit, "知名人士")
    with pytest.raises(Refused):
        events.save_type(summit, kind, reserved=1, reserved_until=clock.now(), **plain)


def test_the_crowd_beside_each_other_leaves_the_reserved_places(app, make, monkeypatch):
    """Far from full they do not wait for each other;
    nobody passes the bound, and the invited come at the same moment.
    """
    monkeypatch.setattr(registering, "AT_ONCE", 20)
    event = make.event(capacity=70)
    kind = make.guest_type(event, "知名人士", reserved=10, public=False)
    codes = [_invite(make, event, kind, f"王{number}", f"1541235{number:04d}").code for number in range(12)]
    event_id = event.id

    def deed(wave: int, number: int):
        if number % 7 == 0 and (place := 3 * wave + number // 7) < 12:
            invitation = db.session.scalar(db.select(Invitation).where(Invitation.code == codes[place]))
            return _yes(invitation, mobile=f"1541235{place:04d}").state
        return _guest(event_id, 100 * wave + number)

    for wave in range(4):
        _at_once(app, 20, lambda number, wave=wave: deed(wave, number))
    rows = db.session.execute(db.select(Registration.source, Registration.state)).all()
    counts = Counter(map(tuple, rows))
    assert counts["invited", CONFIRMED] >= 10
    assert sum(count for (_source, state), count in counts.items() if state == CONFIRMED) == 70
    assert counts["web", CONFIRMED] <= 60
    assert len(rows) == 80


def test_organisers_set_and_guests_read_how_many_places_are_kept(make, visit):
    event = make.event(capacity=30)
    kind = make.guest_type(event, "知名人士")
    browser = visit(make.user())
    sent = {"name": kind.name, "colour": "red", "place": 1, "public": "y", "reserved": 12}
    moment = clock.in_zone(event.starts_at - timedelta(hours=1), event.zone)
    until = f"{moment:%Y-%m-%d %H:%M}"
    answer = browser.post(f"/events/{event.id}/types/{kind.id}", data={**sent, "reserved_until": until})
    assert answer.status_code == 303
    assert until in browser.get(f"/events/{event.id}/types/{kind.id}").text
    assert "为邀请嘉宾保留 12 席" in browser.get(f"/events/{event.id}").text
    for address in (f"/events/{event.id}/guests", f"/e/{event.slug}", f"/e/{event.slug}/register"):
        assert "12 个席位为邀请嘉宾保留" in browser.get(address).text
    assert db.session.get_one(Event, event.id).types
    answer = browser.post(f"/events/{event.id}/types/{kind.id}", data={**sent, "reserved": 31})
    assert answer.status_code == 422
    assert 'id="reserved-error"' in answer.text


def test_a_sorted_guest_who_sends_somebody_else_keeps_the_type_they_were_given(make, summit):
    """The invitation names another type, whose last place somebody has taken meanwhile."""
    event = make.event()
    first, second = make.guest_type(event, "知名人士", capacity=1), make.guest_type(event, "客商")
    invitation = _invite(make, event, first)
    row = _yes(invitation)
    operations.sort_guests([row], second, by=None)
    assert make.registration(event, type_id=first.id).state == CONFIRMED
    proxy = operations.answer(invitation, answer="proxy", name="李四", company="甲", mobile="15412340009")
    assert (proxy.type_id, proxy.state) == (second.id, CONFIRMED)
    assert room_queries.places(event).in_type(first.id).taken == 1
