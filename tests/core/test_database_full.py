"""The database takes no write: at the statement and at the commit,
a page in the guest's language that keeps what was typed.
"""

import logging

import pytest
from flask import has_request_context
from sqlalchemy import func, select

from outreach.core.db import db
from outreach.registrations.models import Registration


@pytest.fixture
def no_commit(app, monkeypatch):
    """From here on every commit of a request fails as on a full disk."""
    dialect = db.engine.dialect
    fault = dialect.loaded_dbapi.OperationalError

    whole = dialect.do_commit

    def fail(connection):
        if has_request_context():
            raise fault("database or disk is full")
        whole(connection)

    def begin():
        monkeypatch.setattr(dialect, "do_commit", fail)

    yield begin
    monkeypatch.undo()


def _form(event) -> dict:
    return {
        "type": str(event.types[0].id),
        "name": "李丽",
        "company": "某公司",
        "mobile": "15411112222",
        "consent": "y",
        "request_key": "k" * 32,
    }


def test_a_commit_that_fails_is_said_and_the_form_is_kept(make, visit, no_commit, caplog):
    event = make.event()
    db.session.commit()
    guest = visit()
    no_commit()
    with caplog.at_level(logging.ERROR):
        answer = guest.post(f"/e/{event.slug}/register", _form(event))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "没有保存" in answer.text
    assert 'value="李丽"' in answer.text
    faults = [row for row in caplog.records if row.name == "yangui"]
    assert len(faults) == 1
    assert "\n" not in faults[0].getMessage()
    assert faults[0].exc_info is None


def test_sent_once_more_it_is_taken(make, visit, no_commit, monkeypatch):
    event = make.event()
    db.session.commit()
    guest = visit()
    no_commit()
    guest.post(f"/e/{event.slug}/register", _form(event))
    monkeypatch.undo()
    answer = guest.post(f"/e/{event.slug}/register", _form(event))
    assert answer.status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1


def test_a_machine_and_a_fragment_are_told_too(make, visit, no_commit):
    event = make.event()
    db.session.commit()
    guest = visit()
    no_commit()
    path = f"/e/{event.slug}/register"
    assert guest.post(path, _form(event), headers={"Accept": "application/json"}).status_code == 503
    assert "没有保存" in guest.post(path, _form(event), headers={"HX-Request": "true"}).text


def test_a_password_is_not_kept(make, visit, no_commit):
    make.user(login="boss")
    db.session.commit()
    guest = visit()
    no_commit()
    answer = guest.post("/sign-in", {"login": "boss", "password": "Wild-Goose-7"})
    assert "Wild-Goose-7" not in answer.text
