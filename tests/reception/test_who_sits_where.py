"""Whom the proposal keeps off the platform and the first row, and lists with nobody on them."""

from outreach.core.db import db
from outreach.reception import operations, papers, queries
from outreach.registrations import queries as guests


def test_a_spouse_is_not_on_the_platform_and_the_journalist_not_in_row_one(make):
    event, user = make.event(capacity=50, most_companions=1), make.user()
    leaders, media = make.guest_type(event, "领导", place=150), make.guest_type(event, "媒体", place=160)
    leader = make.registration(event, "领导一", type_id=leaders.id, companions=[("夫人", "甲")])
    press = make.registration(event, "记者一", type_id=media.id)
    guest = make.registration(event, "客商一")
    hall = operations.add_hall(
        event, name="主会场", kind="rows", rows=3, seats=5, platform=5, even_rule="A", by=user
    )
    operations.propose(hall, platform_type=leaders.id, block="type", keep_rows=0, by=user)
    rows = {seat.registration_id: seat.row for seat in queries.seats(hall) if seat.registration_id}
    spouse = guests.companions_of(leader)[0]
    assert rows == {leader.id: 0, spouse.id: 1, guest.id: 1, press.id: 2}


def test_lists_with_nobody_on_them_say_so(make):
    event = make.event()
    assert papers.pickups(event, []).note
    assert papers.rooms([]).note
    assert papers.as_pdf(event, papers.pickups(event, [])).startswith(b"%PDF")


def test_called_off_events_are_no_coming_ones(make, visit):
    event, other = make.event(title="取消的会"), make.event(title="照常的会")
    event.state = "cancelled"
    db.session.commit()
    page = visit(make.user()).get("/home").text
    assert "照常的会" in page
    assert "取消的会" not in page
    assert other.id
