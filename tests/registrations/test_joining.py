"""Two cards of one person, each with a place at one event:
told at the merge, one place stays, undoing gives the other back.
"""

import pytest

from outreach.core.db import db
from outreach.directory import operations as directory
from outreach.registrations import operations
from outreach.registrations.models import Registration


@pytest.fixture
def twice(make):
    """(event, two cards of one person, their registrations) as ``b20_merge.xlsx`` has them:
    one name, two numbers.
    """
    event = make.event(capacity=3, most_companions=1)
    numbers = ("15400200001", "15400200002")
    people = [make.person("马合并", mobiles=[number]) for number in numbers]
    rows = [
        make.registration(event, "马合并", mobile=number, companions=[("秘书", "甲")] if place else [])
        for place, number in enumerate(numbers)
    ]
    assert [row.person_id for row in rows] == [person.id for person in people]
    return event, people, rows


def _states() -> list[tuple[str, str, int | None]]:
    chosen = db.select(Registration.name, Registration.state, Registration.companion_of_id)
    return list(db.session.execute(chosen.order_by(Registration.id)).tuples())


def test_the_page_tells_of_two_places_and_keeps_the_one_chosen(make, visit, twice):
    event, (one, other), (first, second) = twice
    user = make.user(unit=make.city)
    pair = directory.suspect(one, other, by=user)
    browser = visit(user)
    page = browser.get(f"/duplicates/{pair.id}").text
    assert f'name="place-{event.id}"' in page
    assert event.title in page
    sent = {"keep": one.id, "reason": "同一人", f"place-{event.id}": second.id}
    assert browser.post(f"/duplicates/{pair.id}/merge", data=sent).status_code == 303
    db.session.expire_all()
    assert (first.state, second.state) == ("cancelled", "confirmed")
    assert {first.person_id, second.person_id} == {one.id}


def test_without_a_choice_the_earlier_place_stays_and_companions_come_along(make, twice):
    event, (one, other), (first, second) = twice
    waiting = make.registration(event)
    assert waiting.state == "waiting"
    directory.merge_people(one, other, take=set(), reason="x", by=make.user())
    assert _states()[:3] == [
        ("马合并", "confirmed", None),
        ("马合并", "cancelled", None),
        ("秘书", "confirmed", first.id),
    ]
    assert waiting.state == "confirmed"  # the place given back is another guest's now


def test_undoing_the_merge_gives_the_place_back_where_there_is_room(make, twice):
    event, (one, other), (first, second) = twice
    user = make.user()
    merge = directory.merge_people(one, other, take=set(), reason="x", by=user)
    back = directory.undo_merge(merge, reason="x", by=user)
    assert (first.state, second.state) == ("confirmed", "confirmed")
    db.session.expire_all()
    assert (first.person_id, second.person_id) == (one.id, back.id)


def test_undoing_the_merge_puts_nobody_out_of_their_place(make, twice):
    event, (one, other), (first, second) = twice
    user = make.user()
    merge = directory.merge_people(one, other, take=set(), reason="x", by=user)
    make.registration(event)
    directory.undo_merge(merge, reason="x", by=user)
    assert (first.state, second.state) == ("confirmed", "waiting")


def test_places_at_events_that_are_over_stay_facts(make, twice):
    event, (one, other), (first, second) = twice
    event.state = "held"
    db.session.flush()
    directory.merge_people(one, other, take=set(), reason="x", by=make.user())
    assert (first.state, second.state) == ("confirmed", "confirmed")


def test_a_guest_cancelled_meanwhile_stays_so(make, twice):
    event, (one, other), (first, second) = twice
    user = make.user()
    merge = directory.merge_people(one, other, take=set(), reason="x", by=user)
    operations.cancel(first, by=None)
    directory.undo_merge(merge, reason="x", by=user)
    assert (first.state, second.state) == ("cancelled", "confirmed")
