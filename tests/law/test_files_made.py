"""Whoever makes a file in a POST (an export, a print, a summary) reads first:
SQLite's one write lock is held for the trace alone.

The law looks at every POST route of the application; the tests write from another connection while the file
is made.
"""

import ast
import inspect
import sqlite3

import pytest

from outreach.core import downloads
from outreach.core.audit import AuditEntry
from outreach.core.db import db, is_sqlite
from outreach.directory import operations as directory
from outreach.directory.card_models import PRINTED
from tests.law.source import PACKAGE, tree

#: what makes the bytes of an answer
MAKES = {"attachment", "pictures"}
#: makes pictures only after a deed that was refused in part
WRITES_FIRST = {"pipeline.confirm_ticked"}


def _called(function, beside: dict, seen: set[str]) -> set[str]:
    """The last word of whatever a function calls, also by functions of its module."""
    found = set()
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func).rpartition(".")[2]
        found.add(name)
        if name in beside and name not in seen:
            found |= _called(beside[name], beside, seen | {name})
    return found


def _makers(app) -> dict:
    """Endpoint -> view of every POST route that makes a file or pictures."""
    found = {}
    for rule in app.url_map.iter_rules():
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        path = inspect.getsourcefile(view)
        if "POST" not in rule.methods or PACKAGE.as_posix() not in path:
            continue
        beside = {
            node.name: node
            for node in tree(PACKAGE / path.split("/outreach/")[-1]).body
            if isinstance(node, ast.FunctionDef)
        }
        if view.__name__ in beside and _called(beside[view.__name__], beside, {view.__name__}) & MAKES:
            found[rule.endpoint] = app.view_functions[rule.endpoint]
    return found


def test_whoever_makes_a_file_reads_first(app):
    makers = _makers(app)
    assert len(makers) > 25
    wrong = {name for name, view in makers.items() if not getattr(view, "reads_first", False)}
    assert wrong == WRITES_FIRST


@pytest.fixture
def written(app, monkeypatch):
    """Names of the files made; as each stands ready, another connection has written."""
    if not is_sqlite():
        pytest.skip("PostgreSQL has no one write lock")
    made, whole = [], downloads.attachment

    def attachment(content, name, media_type):
        with sqlite3.connect(db.engine.url.database, timeout=0.2) as other:
            other.execute("UPDATE units SET path = path")
        other.close()
        made.append(name)
        return whole(content, name, media_type)

    for view in app.view_functions.values():
        names = inspect.unwrap(view).__globals__
        if names.get("attachment") is whole:
            monkeypatch.setitem(names, "attachment", attachment)
    return made


def _verbs() -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(AuditEntry.verb).order_by(AuditEntry.id.desc()).limit(3)))


def test_others_write_while_a_file_is_made(make, visit, written):
    user, event = make.user(), make.event(days=2)
    person = make.person("王毅")
    directory.choose(person, choices={PRINTED: ["mobile"]}, via="纸质", by=user)
    make.registration(event)
    browser, reason = visit(user), {"reason": "存档"}
    for address, sent, verb in (
        ("/people/export", reason, "directory.export_people"),
        (f"/events/{event.id}/guests/export", reason, "registrations.export_guests"),
        (f"/events/{event.id}/summary.docx", {}, "desk.export_summary"),
        (
            f"/events/{event.id}/papers",
            {**reason, "paper": "roster", "which": "all"},
            "reception.print_paper",
        ),
        (
            f"/events/{event.id}/papers",
            {**reason, "paper": "badges", "which": "all"},
            "reception.number_badges",
        ),
        (
            "/printed",
            {"unit_id": person.unit_id, "recipient": "存档", "order": "strokes"},
            "directory.print_directory",
        ),
    ):
        before = len(written)
        answer = browser.post(address, sent)
        assert answer.status_code == 200, (address, answer.text[:500])
        assert len(written) == before + 1, address
        assert verb in _verbs(), address


def test_a_file_that_cannot_be_made_leaves_no_trace(app, make, visit, written, monkeypatch):
    user = make.user()
    browser = visit(user)
    names = inspect.unwrap(app.view_functions["directory.export_people"]).__globals__

    def broken(*_sent, **_named):
        raise ValueError("no sheet")

    monkeypatch.setitem(names, "write", broken)
    with pytest.raises(ValueError, match="no sheet"):
        browser.post("/people/export", {"reason": "存档"})
    assert "directory.export_people" not in _verbs()
