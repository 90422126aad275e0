"""How guests come and go, who fetches them, where they sleep; what is forgotten afterwards."""

import io
from datetime import date, timedelta

import pypdf
import pytest
from sqlalchemy import func, select

from outreach.core import clock
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.reception import operations, travel_queries
from outreach.reception.travel_models import Journey, Pickup, Room, Stay

FIRST, LAST = date(2026, 12, 13), date(2026, 12, 15)


@pytest.fixture
def event(make):
    return make.event(asks_travel=True, asks_room=True)


@pytest.fixture
def user(make):
    return make.user()


def _comes(row, at, station: str = "深圳北站", number: str = "G71") -> None:
    operations.state_journey(
        row, "arrive", at=at, vehicle="train", number=number, station=station, wanted=True, by=None
    )


def test_a_guest_states_and_changes_the_journey_on_a_phone(make, visit, event, user):
    row = make.registration(event)
    db.session.commit()
    guest, page = visit(), f"/t/{row.page_token}/stay"
    assert guest.get(page).status_code == 200
    data = {
        "arrive_at": "2026-12-13T15:20",
        "arrive_vehicle": "train",
        "arrive_number": "G71",
        "arrive_station": "深圳北站",
        "arrive_wanted": "y",
        "leave_vehicle": "train",
    }
    assert guest.post(page, {**data, "from_on": "2026-12-13"}).status_code == 422
    assert guest.post(page, {**data, "leave_at": "2026-12-12T10:00"}).status_code == 422
    assert guest.post(page, {**data, "arrive_vehicle": "sledge"}).status_code == 422
    assert db.session.scalar(select(Journey)) is None
    assert guest.post(page, {**data, "from_on": "2026-12-13", "until_on": "2026-12-15"}).status_code == 303
    operations.propose_pickups(event, "arrive", by=user)
    car = db.session.scalar(select(Pickup))
    staff = visit(user)
    assert "G71" in staff.get(f"/events/{event.id}/travel").text
    wall = {"at": "2026-12-13T15:45", "station": "深圳北站", "car": "粤B12345", "driver": "老李 15400001111"}
    assert staff.post(f"/events/{event.id}/pickups/{car.id}", {**wall, "at": ""}).status_code == 422
    assert staff.post(f"/events/{event.id}/pickups/{car.id}", wall).status_code == 303
    assert "粤B12345" in guest.get(page).text
    assert guest.post(page, {**data, "arrive_at": "2026-12-13T18:20"}).status_code == 303
    assert "粤B12345" not in guest.get(page).text  # another train: the car does not wait for it
    assert db.session.scalar(select(Stay)) is None  # the days were left out: no room is needed


def test_who_comes_to_one_station_within_half_an_hour_shares_a_car(make, event, user):
    noon = event.starts_at - timedelta(days=1)
    for minutes, station in ((0, "深圳北站"), (25, "深圳北站"), (31, "深圳北站"), (5, "宝安机场")):
        _comes(make.registration(event, name=f"客{minutes}"), noon + timedelta(minutes=minutes), station)
    gone = make.registration(event, name="不来")
    _comes(gone, noon)
    gone.state = "cancelled"
    db.session.flush()
    assert operations.propose_pickups(event, "arrive", by=user) == 3
    assert sorted(len(car.journeys) for car in travel_queries.pickups(event, "arrive")) == [1, 1, 2]
    assert operations.propose_pickups(event, "arrive", by=user) == 0
    car = travel_queries.pickups(event, "arrive")[0]
    operations.remove_pickup(car, by=user)
    assert db.session.scalar(select(func.count()).select_from(Journey)) == 5


def test_a_room_holds_as_many_as_it_has_beds(make, visit, event, user):
    rows = [make.registration(event, name=name) for name in ("甲", "乙", "丙")]
    for row in rows:
        operations.state_stay(row, from_on=FIRST, until_on=LAST, shares_with="", by=None)
    browser, page = visit(user), f"/events/{event.id}/rooms"
    assert browser.post(page, {"hotel": "五洲宾馆", "beds": 9, "numbers": "801"}).status_code == 422
    assert browser.post(page, {"hotel": "五洲宾馆", "beds": 2, "numbers": "  "}).status_code == 422
    assert browser.post(page, {"hotel": "五洲宾馆", "beds": 2, "numbers": "801，802 802"}).status_code == 303
    room, other = db.session.scalars(select(Room).order_by(Room.number))
    stays = travel_queries.stays(event)
    for stay, status in zip(stays, (303, 303, 409), strict=True):
        assert browser.post(f"/events/{event.id}/stays/{stay.id}", {"room": room.id}).status_code == status
    assert browser.post(f"/events/{event.id}/rooms/{room.id}/remove").status_code == 409
    assert browser.post(f"/events/{event.id}/rooms/{other.id}/remove").status_code == 303
    late = db.session.get(Stay, stays[2].id)
    late.from_on, late.until_on = LAST, LAST + timedelta(days=1)
    db.session.flush()
    operations.give_room(late, db.session.get(Room, room.id), by=user)  # when the first two have left


def test_lists_on_paper(make, visit, event, user):
    row = make.registration(event, name="欧阳少东")
    _comes(row, event.starts_at - timedelta(days=1))
    operations.propose_pickups(event, "arrive", by=user)
    operations.state_stay(row, from_on=FIRST, until_on=LAST, shares_with="", by=None)
    browser = visit(user)
    for paper in ("pickups", "rooms"):
        answer = browser.post(
            f"/events/{event.id}/papers", {"paper": paper, "which": "all", "reason": "接待"}
        )
        assert "欧阳少东" in "".join(
            part.extract_text() for part in pypdf.PdfReader(io.BytesIO(answer.data)).pages
        )


def test_journeys_and_rooms_are_forgotten_a_month_after(make, event, user):
    row = make.registration(event)
    _comes(row, event.starts_at)
    operations.state_stay(row, from_on=FIRST, until_on=LAST, shares_with="", by=None)
    assert operations.forget_travel() == 0
    event.ends_at = clock.now() - timedelta(days=31)
    db.session.flush()
    assert operations.forget_travel() == 2


def test_cars_and_rooms_of_another_event(make, event, user):
    other = make.event(title="别的活动")
    row, stranger = make.registration(event), make.registration(other)
    _comes(row, event.starts_at)
    _comes(stranger, other.starts_at)
    operations.propose_pickups(other, "arrive", by=user)
    operations.add_rooms(other, hotel="五洲宾馆", numbers=["801"], beds=1, by=user)
    operations.state_stay(row, from_on=FIRST, until_on=LAST, shares_with="", by=None)
    with pytest.raises(Refused):
        operations.put_in_car(
            travel_queries.journeys_of(row)["arrive"], travel_queries.pickups(other, "arrive")[0], by=user
        )
    with pytest.raises(Refused):
        operations.give_room(travel_queries.stay_of(row), travel_queries.rooms(other)[0], by=user)
