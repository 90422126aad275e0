"""Whatever writes wants the page's token, form or no form;
a machine with a credential of its own is the exception, and named here.
"""

from werkzeug.routing import AnyConverter, IntegerConverter

from outreach.core.web import csrf

#: no cookie opens these: gates and the gateway of text messages say their credential in a header
MACHINES = {
    "outreach.checkin.api.join",
    "outreach.checkin.api.sync",
    "outreach.checkin.api.standing",
    "outreach.checkin.api.wiped",
    "outreach.checkin.api.rehearsal",
    "outreach.checkin.api.report",
    "outreach.ops.views.machines.sms_receipts",
}
READS = {"GET", "HEAD", "OPTIONS"}


def _some(converter):
    """A value that the address takes."""
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return 1 if isinstance(converter, IntegerConverter) else "x"


def test_only_machines_go_without_a_token(app):
    assert csrf._exempt_views == MACHINES


def test_nothing_is_written_without_the_token(app):
    client, tried = app.test_client(), 0
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.methods <= READS or f"{view.__module__}.{view.__name__}" in MACHINES:
            continue
        answer = client.post(
            rule.build(
                {name: _some(rule._converters[name]) for name in rule.arguments}, append_unknown=False
            )[1]
        )
        allowed = (400,) if view.access == "open_to_all" else (400, 401)  # or: sign in first
        assert answer.status_code in allowed, f"{rule.endpoint} answers {answer.status_code} without a token"
        tried += 1
    assert tried > 100
