"""What the public page says a newcomer meets is what registering then does."""

import pytest

from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.registrations import room_queries
from outreach.registrations.room_queries import ROOM, SHUT, WAITS


def _types(make, event, *values) -> list[int]:
    """The public guest types of the event, in place of the one every event begins with."""
    event.types[0].public = False
    rows = [make.guest_type(event, name=f"类型{number}", **given) for number, given in enumerate(values)]
    db.session.flush()
    db.session.refresh(event)
    return [row.id for row in rows]


def test_room_then_waiting_then_shut(make, visit):
    event = make.event(capacity=1)
    assert room_queries.outlook(event) == ROOM
    make.registration(event)
    assert room_queries.outlook(event) == WAITS
    for _guest in range(20):
        assert make.registration(event).state == "waiting"
    assert room_queries.outlook(event) == SHUT
    with pytest.raises(Refused):
        make.registration(event)
    for address in (f"/e/{event.slug}", f"/e/{event.slug}/register"):
        text = visit().get(address).text
        assert ("名额和候补名额均已满" in text, "登记候补" in text, 'name="mobile"' in text) == (
            True,
            False,
            False,
        ), address


def test_the_only_public_type_is_full_while_the_house_is_not(make, visit):
    event = make.event(capacity=10)
    (kind,) = _types(make, event, {"capacity": 1})
    make.registration(event, type_id=kind)
    assert room_queries.outlook(event) == WAITS
    assert "登记候补" in visit().get(f"/e/{event.slug}").text
    assert make.registration(event, type_id=kind).state == "waiting"


def test_another_type_with_room_is_room(make):
    event = make.event(capacity=10)
    full, free = _types(make, event, {"capacity": 1}, {"capacity": 1})
    make.registration(event, type_id=full)
    assert room_queries.outlook(event) == ROOM
    assert make.registration(event, type_id=free).state == "confirmed"


def test_who_is_approved_one_by_one_is_promised_no_waiting_list(make):
    event = make.event(capacity=1)
    (kind,) = _types(make, event, {"approval": True})
    make.registration(event, type_id=event.types[0].id if event.types[0].id != kind else kind)
    assert room_queries.outlook(event) == ROOM
    assert make.registration(event, type_id=kind).state == "pending"


def test_nobody_passes_those_who_wait(make):
    event = make.event(capacity=1)
    first = make.registration(event)
    make.registration(event)
    first.state = "cancelled"
    db.session.flush()
    assert room_queries.outlook(event) == WAITS  # a place is free, and it is the other's
