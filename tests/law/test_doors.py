"""Every staff route, tried by a stranger, by somebody in the wrong role,
and by a colleague of another county.
"""

import pytest

from outreach.permissions import ROLES, Permission, Role
from tests.world import World

KNOWN_TO_ALL = (
    "directory.organisation",
    "directory.edit_organisation_form",
    "directory.edit_organisation",
    "directory.verify_organisation",
    "directory.remove_organisation",
    "directory.propose_organisation_form",
    "directory.propose_organisation",
    "directory.alike",
    "directory.compare_organisations",
    "directory.join_organisations",
    "directory.accept_joining",
    "directory.decline_joining",
    "directory.withdraw_joining",
    "directory.undo_joining",
    "liaison.of_organisation",
    "liaison.pair_organisation",
    "registrations.of_person",
    "pipeline.of_person",
    "pipeline.export_bulletin",
)


@pytest.fixture
def rows(make):
    """One row of each kind, all of 清丰县; what an id in an address means."""
    return World(make, make.county, make.township, make.user(Role.ADMINISTRATOR)).ids


def _value(rule, name: str, rows):
    """What an argument of an address means: one of its words, or a row's number."""
    words = getattr(rule._converters[name], "items", None)
    return sorted(words)[0] if words else rows[name]


def _staff_routes(app, rows):
    for rule in app.url_map.iter_rules():
        access = app.view_functions[rule.endpoint].access if rule.endpoint != "static" else "open_to_all"
        if access == "open_to_all":
            continue
        with app.test_request_context():
            address = rule.build({name: _value(rule, name, rows) for name in rule.arguments})[1]
        yield access, "GET" if "GET" in rule.methods else "POST", address, rule


def test_a_stranger_gets_401(app, rows, visit):
    guest = visit()
    for _access, method, address, rule in _staff_routes(app, rows):
        answer = guest.get(address) if method == "GET" else guest.post(address)
        assert answer.status_code == 401, (rule.endpoint, answer.status_code)


def test_the_wrong_role_gets_403(app, make, rows, visit):
    nobody = visit(make.user(role=None))
    gate_staff = visit(make.user(Role.GATE_STAFF))
    for access, method, address, rule in _staff_routes(app, rows):
        if not isinstance(access, Permission):
            continue
        for browser, role in ((nobody, None), (gate_staff, Role.GATE_STAFF)):
            if role and access in ROLES[role]:
                continue
            answer = browser.get(address) if method == "GET" else browser.post(address)
            assert answer.status_code == 403, (rule.endpoint, role, answer.status_code)


def test_another_countys_administrator_gets_404(app, make, rows, visit):
    outsider = visit(make.user(Role.ADMINISTRATOR, unit=make.other_county))
    tried = 0
    for _access, method, address, rule in _staff_routes(app, rows):
        if not rule.arguments or rule.endpoint in KNOWN_TO_ALL:
            # companies are public knowledge; the bulletin is of one's own reach; the fragments are empty for
            # an outsider (tested with the card)
            continue
        answer = outsider.get(address) if method == "GET" else outsider.post(address)
        assert answer.status_code == 404, (rule.endpoint, answer.status_code)
        tried += 1
    assert tried > 40
