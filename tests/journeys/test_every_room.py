"""No form is left out because nobody named the room it is in."""

from tests.journeys import test_every_form_of_people as people
from tests.journeys import test_every_form_of_projects as projects
from tests.journeys import test_every_form_of_summits as summits


def test_every_room_with_forms_is_walked_over(app):
    rooms = [*people.ROOMS, *projects.ROOMS, *summits.ROOMS]
    posts = [rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods]
    assert {endpoint.partition(".")[0] for endpoint in posts} <= set(rooms)
