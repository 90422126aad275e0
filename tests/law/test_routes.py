"""Every route declares its access and the type of its parameters; no GET writes."""

from outreach.permissions import Permission

#: GETs that touch nothing but are allowed to look as if: none
WRITING_WORDS = ("delete", "remove", "apply", "revert", "cancel_event", "publish")


def _rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_access_is_declared(app):
    for rule in _rules(app):
        access = app.view_functions[rule.endpoint].access
        assert isinstance(access, Permission) or access in ("signed_in", "open_to_all"), rule


def test_parameters_are_typed(app):
    bare = [
        str(rule)
        for rule in _rules(app)
        if any(
            type(rule._converters[name]).__name__ == "UnicodeConverter" and f"<{name}>" in rule.rule
            for name in rule.arguments
        )
    ]
    assert not bare, f"write <string:...> or <int:...>: {bare}"


def test_what_changes_something_is_post_only(app):
    wrong = [str(rule) for rule in _rules(app) if "GET" in rule.methods and "POST" in rule.methods]
    assert not wrong, f"one route, one method: {wrong}"
