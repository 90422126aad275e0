"""Every form of summits."""

from tests.journeys.every_form import walk_over

ROOMS = (
    "events",
    "public_events",
    "registrations",
    "public_registrations",
    "reception",
    "public_reception",
    "checkin",
    "public_checkin",
    "door",
    "desk",
)
UNREACHED: dict[str, str] = {
    "checkin.scan": "sent by the page of a gate, as JSON",
    "door.join": "sent by a phone, as JSON",
    "door.rehearsal": "sent by a phone, as JSON",
    "door.report": "sent by a phone, as JSON",
    "door.standing": "sent by a phone, as JSON",
    "door.sync": "sent by a phone, as JSON",
    "door.wiped": "sent by a phone, as JSON",
    "public_registrations.note_opened": "sent by the script of an invitation",
}


def test_no_form_breaks_whatever_is_sent(app, make, visit):
    walk_over(app, make, visit, ROOMS, UNREACHED)
