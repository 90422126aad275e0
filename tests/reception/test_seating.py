"""Who sits where: the platform's order, blocks, companions, tables; nobody twice, whoever moves whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.reception import operations, queries, seating
from outreach.reception.models import Hall, Seat
from outreach.reception.seating import Guest
from outreach.registrations import operations as registrations


@pytest.mark.parametrize(
    ("seats", "rule", "ranks"),
    [
        (7, "A", [7, 5, 3, 1, 2, 4, 6]),
        (7, "B", [7, 5, 3, 1, 2, 4, 6]),
        (6, "A", [5, 3, 1, 2, 4, 6]),
        (6, "B", [6, 4, 2, 1, 3, 5]),
        (2, "A", [1, 2]),
        (2, "B", [2, 1]),
        (1, "A", [1]),
        (0, "A", []),
    ],
)
def test_the_platform_as_the_audience_sees_it(seats, rule, ranks):
    assert seating.platform_order(seats, rule) == ranks


def test_fewer_leaders_than_seats_sit_in_the_middle():
    guests = [Guest(rank, 1, "", "") for rank in (1, 2, 3)]
    assert seating.on_platform(guests, [1, 2, 3, 4, 5], "A") == {2: 3, 3: 1, 4: 2}


def _guests(draw_from):
    return [
        Guest(number, order, block, f"{number:03d}", other if other is not None and other != number else None)
        for number, (order, block, other) in enumerate(draw_from, 1)
    ]


_SOME = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from("甲乙丙"), st.none() | st.integers(1, 12)), max_size=40
)


@given(_SOME)
def test_in_order_keeps_everybody_once(drawn):
    guests = [
        guest._replace(
            companion_of=guest.companion_of if guest.companion_of and guest.companion_of < guest.id else None
        )
        for guest in _guests(drawn)
    ]
    heads = {guest.id for guest in guests if guest.companion_of is None}
    guests = [
        guest._replace(companion_of=guest.companion_of if guest.companion_of in heads else None)
        for guest in guests
    ]
    ordered = seating.in_order(guests)
    assert sorted(guest.id for guest in ordered) == [guest.id for guest in guests]
    for place, guest in enumerate(ordered):
        if guest.companion_of is not None:
            before = ordered[place - 1]
            assert guest.companion_of in (before.id, before.companion_of)


@given(_SOME, st.integers(1, 6), st.integers(1, 8))
def test_nobody_sits_twice_and_no_seat_holds_two(drawn, rows, seats):
    guests = seating.in_order([guest._replace(companion_of=None) for guest in _guests(drawn)])
    places = [[(row, number) for number in range(1, seats + 1)] for row in range(1, rows + 1)]
    for seat_all in (seating.in_rows, seating.at_tables):
        chosen = seat_all(guests, places)
        assert len(set(chosen.values())) == len(chosen) == min(len(guests), rows * seats)
        assert set(chosen) <= {place for row in places for place in row}


def test_a_party_is_not_divided_between_two_tables():
    guests = [Guest(1, 1, "a", "1"), Guest(2, 1, "a", "2"), Guest(3, 1, "b", "3"), Guest(4, 1, "b", "4", 3)]
    chosen = seating.at_tables(
        seating.in_order(guests),
        [[(1, number) for number in (1, 2, 3)], [(2, number) for number in (1, 2, 3)]],
    )
    tables = {guest: table for (table, _number), guest in chosen.items()}
    assert tables[3] == tables[4] == 2


@pytest.fixture
def hall(make) -> Hall:
    return operations.add_hall(
        make.event(), name="主会场", kind="rows", rows=2, seats=3, platform=3, even_rule="A", by=None
    )


def _sits(hall) -> dict[str, tuple[int, int]]:
    return {
        seat.registration.name: (seat.row, seat.number) for seat in queries.seats(hall) if seat.registration
    }


def test_by_the_rules_then_by_hand(make, visit, hall):
    event = hall.event
    leaders = make.guest_type(event, "领导", colour="red", place=1)
    plain = next(row for row in event.types if row.name == "嘉宾")
    for name in ("王一", "王二"):
        make.registration(event, name=name, type_id=leaders.id)
    guests = [make.registration(event, name=name, type_id=plain.id) for name in ("丁三", "丁四")]
    browser = visit(make.user())
    page = f"/halls/{hall.id}"
    assert (
        browser.post(
            f"{page}/propose", {"platform_type": leaders.id, "block": "age", "keep_rows": 1}
        ).status_code
        == 422
    )
    assert (
        browser.post(
            f"{page}/propose", {"platform_type": leaders.id, "block": "county", "keep_rows": 1}
        ).status_code
        == 303
    )
    assert _sits(hall) == {"王一": (0, 1), "王二": (0, 2), "丁三": (1, 2), "丁四": (1, 1)}
    free = next(seat for seat in queries.seats(hall) if (seat.row, seat.number) == (2, 3))
    other = next(seat for seat in queries.seats(hall) if (seat.row, seat.number) == (1, 1))
    assert browser.post(f"{page}/seat", {"guest": guests[0].id, "seat": free.id}).status_code == 200
    assert browser.post(f"{page}/seat", {"guest": guests[0].id, "seat": other.id}).status_code == 200
    assert (_sits(hall)["丁三"], _sits(hall)["丁四"]) == ((1, 1), (2, 3))  # they changed places
    assert browser.post(f"{page}/seat", {"guest": guests[0].id, "seat": ""}).status_code == 200
    assert "丁三" not in _sits(hall)
    assert browser.post(f"{page}/seats/{other.id}/close").status_code == 200
    assert browser.post(f"{page}/seat", {"guest": guests[0].id, "seat": other.id}).status_code == 409
    registrations.cancel(guests[1], by=None)
    assert "丁四" not in _sits(hall)


def test_bad_halls_and_strangers(make, visit, hall):
    browser = visit(make.user())
    page = f"/events/{hall.event_id}/halls"
    data = {"name": "主会场", "kind": "rows", "rows": 5, "seats": 5, "platform": "", "even_rule": "A"}
    assert browser.post(page, data).status_code == 422
    for wrong in ({"rows": 0}, {"seats": 101}, {"kind": "boat"}, {"name": ""}):
        assert browser.post(page, {**data, **wrong}).status_code == 422
    assert browser.post(page, {**data, "name": "宴会厅", "kind": "tables", "platform": 9}).status_code == 303
    assert db.session.scalar(select(func.count()).where(Seat.row == 0)) == 3  # a banquet has no platform
    stranger = make.registration(make.event(title="别的活动"))
    seat = hall.places[0]
    with pytest.raises(Refused):
        operations.seat_guest(hall, stranger, seat, by=make.user())
    assert visit(make.user(Role.VIEWER)).get(f"/halls/{hall.id}").status_code == 403
    assert visit(make.user(unit=make.other_county)).get(f"/halls/{hall.id}").status_code == 404


def test_the_platform_is_named_and_a_seat_is_kept_free_by_a_button(make, visit):
    event = make.event()
    browser = visit(make.user())
    sent = {"name": "主会场", "kind": "rows", "rows": "2", "seats": "4", "platform": "3", "aisles": ""}
    browser.post(f"/events/{event.id}/halls", sent)
    hall = db.session.scalar(db.select(Hall))
    browser.get(f"/halls/{hall.id}")
    labels = browser.page.xpath("//button[@data-seat]/@aria-label")
    assert any(label.startswith("主席台") for label in labels)
    assert not any(label.startswith("0 ") or "第0排" in label for label in labels)
    assert browser.page.xpath("//button[@id='keep-free']")
    assert set(browser.page.xpath("//button[contains(@class, 'seat')]/@aria-pressed")) == {"false"}
    browser.post_fragment(browser.page.xpath("//button[@data-close]/@data-close")[0])
    browser.get(f"/halls/{hall.id}")
    assert [
        label.endswith("预留不排")
        for label in browser.page.xpath("//button[contains(@class, 'is-closed')]/@aria-label")
    ] == [True]
