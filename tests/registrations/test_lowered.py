"""Capacity lowered below the guests is said before it is saved, and shown afterwards;
a copy keeps the wall clock.
"""

from datetime import datetime, timedelta

from outreach.core import clock
from outreach.core.db import db
from outreach.events import operations as events

NEW_YORK = "America/New_York"


def _in_new_york(month: int, day: int, hour: int) -> datetime:
    return clock.local(datetime(2027, month, day, hour), NEW_YORK)


def test_fewer_places_than_guests_are_said_before_they_are_saved(make, visit):
    event = make.event(capacity=5)
    kind = event.types[0]
    for _place in range(4):
        make.registration(event)
    browser = visit(make.user())
    address = f"/events/{event.id}/types/{kind.id}"
    sent = {"name": kind.name, "colour": "red", "place": 1, "public": "y", "capacity": 3}
    answer = browser.post(address, data=sent)
    assert answer.status_code == 422
    assert 'id="above-error"' in answer.text
    assert "4 位嘉宾已有席位" in answer.text
    assert browser.post(address, data={**sent, "above": "y"}).status_code == 303
    assert browser.post(address, data={**sent, "name": "客商"}).status_code == 303  # not lowered any further
    assert "超出 1 位" in browser.get(f"/events/{event.id}").text

    plain = {"kind": "talk", "title": event.title, "city": "深圳市", "venue": "会议厅", "zone": event.zone}
    for name in ("starts_at", "ends_at"):
        plain[name] = f"{clock.in_zone(getattr(event, name), event.zone):%Y-%m-%dT%H:%M}"
    plain |= {"unit_id": event.unit_id, "capacity": 2}
    address = f"/events/{event.id}/edit"
    assert 'id="above-error"' in browser.post(address, data=plain).text
    assert browser.post(address, data={**plain, "above": "y"}).status_code == 303
    assert "超出 2 位" in browser.get(f"/events/{event.id}").text
    assert "多出 2 位" in browser.get(f"/events/{event.id}/guests").text


def test_a_copy_over_a_change_of_the_clocks_keeps_the_wall_clock(make):
    starts = _in_new_york(3, 6, 14)
    event = make.event(zone=NEW_YORK, starts_at=starts, ends_at=_in_new_york(3, 6, 17))
    event.reply_by = _in_new_york(3, 5, 12)
    make.guest_type(event, "知名人士", reserved=1, reserved_until=_in_new_york(3, 4, 9))
    item = {"minutes": 15, "title": "致辞", "title_en": "", "speaker": "", "sign_up": False, "capacity": None}
    events.add_item(event, starts_at=starts + timedelta(hours=1), by=None, **item)
    db.session.expire(event)
    for day in (13, 20):  # the clocks change on 14 March
        copy = events.clone_event(event, title="再来", starts_at=_in_new_york(3, day, 14), by=make.user())
        moments = (copy.starts_at, copy.ends_at, copy.programme[0].starts_at, copy.reply_by)
        assert [clock.in_zone(moment, NEW_YORK).hour for moment in moments] == [14, 17, 15, 12]
        until = [row.reserved_until for row in copy.types if row.reserved]
        assert [clock.in_zone(moment, NEW_YORK).hour for moment in until] == [9]


def test_the_programme_moves_with_the_beginning_on_the_wall_clock(make):
    event = make.event(zone=NEW_YORK, starts_at=_in_new_york(3, 13, 14), ends_at=_in_new_york(3, 14, 17))
    item = {"minutes": 15, "title": "次日", "title_en": "", "speaker": "", "sign_up": False, "capacity": None}
    row = events.add_item(event, starts_at=_in_new_york(3, 14, 9), by=None, **item)
    db.session.expire(event, ["programme"])
    later = {"starts_at": _in_new_york(3, 20, 14), "ends_at": _in_new_york(3, 21, 17)}
    events.edit_event(event, by=make.user(), **later)
    assert row.starts_at == _in_new_york(3, 21, 9)
