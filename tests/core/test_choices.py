"""A choice that is not understood takes nothing away;
a small form that is refused comes back with what was typed.
"""

import pytest

from outreach.core.db import db
from outreach.directory.tier_models import TierProposal
from outreach.liaison.models import Pairing
from outreach.permissions import Role
from outreach.reception.travel_models import Journey, Stay
from tests.world import World


@pytest.fixture
def world(make):
    return World(make, make.county, make.township, make.user(Role.ADMINISTRATOR))


@pytest.mark.parametrize(
    ("sent", "status"), [({}, 400), ({"room": "八〇一"}, 404), ({"room": "999999"}, 404)]
)
def test_a_room_that_is_not_understood_takes_no_room_away(world, visit, sent, status):
    ids, browser = world.ids, visit(world.owner)
    address = f"/events/{ids['event_id']}/stays/{ids['stay_id']}"
    assert browser.post(address, {"room": ids["room_id"]}).status_code == 303
    assert browser.post(address, sent).status_code == status
    assert db.session.get(Stay, ids["stay_id"]).room_id == ids["room_id"]
    assert browser.post(address, {"room": ""}).status_code == 303
    db.session.expire_all()
    assert db.session.get(Stay, ids["stay_id"]).room_id is None


@pytest.mark.parametrize(("sent", "status"), [({}, 400), ({"pickup": "-1"}, 404), ({"pickup": "1e9"}, 404)])
def test_a_car_that_is_not_understood_leaves_the_guest_in_the_car(world, visit, sent, status):
    ids = world.ids
    address = f"/events/{ids['event_id']}/journeys/{ids['journey_id']}"
    assert visit(world.owner).post(address, sent).status_code == status
    assert db.session.get(Journey, ids["journey_id"]).pickup_id == ids["pickup_id"]


@pytest.mark.parametrize(("sent", "status"), [({}, 400), ({"heir_id": "x"}, 404)])
def test_an_heir_that_is_not_understood_ends_no_pairing(world, visit, sent, status):
    ids = world.ids
    assert visit(world.owner).post(f"/liaison/posts/{ids['post_id']}/close", sent).status_code == status
    assert db.session.get(Pairing, ids["pairing_id"]).ended_on is None


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/proposals/{proposal_id}/decline", "reason"),
        ("/answers/{answer_id}/decline", "reason"),
        ("/liaison/pairings/{pairing_id}/end", "reason"),
        ("/follow-ups/{follow_up_id}/finish", "outcome"),
        ("/cohorts/{event_id}/freeze", "name"),
        ("/people/views?tier=3", "name"),
        ("/projects/views?text=x", "name"),
    ],
)
def test_a_small_form_without_its_words_comes_back_and_says_so(world, visit, address, field):
    browser, action = visit(world.owner), address.format(**world.ids)
    answer = browser.post(action, {field: "  "})
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert f'action="{action}"' in answer.text  # it is sent again from here


def test_what_was_typed_too_long_is_kept(world, visit):
    action = f"/proposals/{world.ids['proposal_id']}/decline"
    long = visit(world.owner).post(action, {"reason": "字" * 210})
    assert long.status_code == 422
    assert "字" * 210 in long.text
    db.session.expire_all()
    assert db.session.get(TierProposal, world.ids["proposal_id"]).state == "open"


def test_a_post_is_handed_over_with_a_day(world, visit):
    action = f"/liaison/posts/{world.ids['post_id']}/hand-over"
    answer = visit(world.owner).post(action, {"holder": "新任书记", "from_on": "", "user_id": "0"})
    assert answer.status_code == 422
    assert "新任书记" in answer.text


def test_letters_want_somebody_ticked_and_say_so_beside_the_field(world, visit):
    action = f"/events/{world.ids['event_id']}/invited/letters"
    answer = visit(world.owner).post(action, {"reason": "寄出"})
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
