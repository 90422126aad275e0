"""Who may open a route. Every route declares one of three; a route that declares none stops the start.

``requires(permission)``: signed in, and holding the permission somewhere; *where* is decided when the row is
loaded (:func:`found` over a select of what this user may see). ``signed_in``: any user. ``open_to_all``:
guests.
"""

from functools import wraps

from flask import abort, current_app, g, redirect, request, url_for
from flask_login import current_user

from outreach.core.db import db
from outreach.core.forms import whole_number
from outreach.permissions import Permission

#: what somebody may open who must first choose a password of their own
ALLOWED_BEFORE_PASSWORD = (
    "accounts.password",
    "accounts.change_password",
    "accounts.sign_out",
    "accounts.stay",
)


def _declared(view, access, guard):
    @wraps(view)
    def guarded(**arguments):
        return guard() or view(**arguments)

    guarded.access = access
    return guarded


def _stranger():
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()
    if current_user.must_change_password and request.endpoint not in ALLOWED_BEFORE_PASSWORD:
        return redirect(url_for("accounts.password"))
    return None


def requires(permission: Permission):
    """Only users who hold ``permission`` at some unit; else 401 or 403."""

    def decorate(view):
        def guard():
            answer = _stranger()
            if answer is None and not current_user.holds(permission):
                abort(403)
            g.permission = permission
            return answer

        return _declared(view, permission, guard)

    return decorate


def signed_in(view):
    """Any user who signed in."""
    return _declared(view, "signed_in", _stranger)


def open_to_all(view):
    """Anybody, also guests."""
    return _declared(view, "open_to_all", lambda: None)


def takes(most_bytes: int):
    """A public route that takes larger bodies than public routes do (``web.PUBLIC_BYTES``);
    written below ``open_to_all``.
    """

    def decorate(view):
        view.most_bytes = most_bytes
        return view

    return decorate


def indexed(view):
    """A public page that search engines may list; written below ``open_to_all``. All others say noindex."""
    view.indexed = True
    return view


def found(select, key):
    """The one row with primary key ``key`` within ``select`` (what this user may see), else 404."""
    model = select.column_descriptions[0]["entity"]
    row = db.session.scalar(select.where(model.id == key))
    if row is None:
        abort(404)
    return row


def chosen_key(name: str) -> int | None:
    """The row that a choice outside a form class names; None for its empty choice.

    A choice that was not sent (400), or that is no number (404), is no answer: taken for "none" it would take
    something away.
    """
    typed = request.form.get(name)
    if typed is None:
        abort(400)
    if typed.strip() in ("", "0"):
        return None
    return whole_number(typed) or abort(404)


def check_routes(app) -> None:
    """Refuse to start when a route declares no access."""
    bare = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "access")
    ]
    if bare:
        raise RuntimeError(
            "these routes declare no access (@requires, @signed_in, @open_to_all): " + ", ".join(bare)
        )
