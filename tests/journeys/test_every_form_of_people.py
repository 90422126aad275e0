"""Every form of people."""

from tests.journeys.every_form import walk_over

ROOMS = ("accounts", "directory", "public_directory", "public_requests", "liaison")
UNREACHED: dict[str, str] = {
    "accounts.change_password": "would end the visit",
    "accounts.language": "would change the language of every page after it",
    "accounts.sign_in": "the visitor is signed in",
    "accounts.sign_out": "would end the visit",
}


def test_no_form_breaks_whatever_is_sent(app, make, visit):
    walk_over(app, make, visit, ROOMS, UNREACHED)
