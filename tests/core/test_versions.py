"""A database that is behind or ahead of the code:
said in words with the way out, by pages, health and worker, and not worked with.
"""

import logging
import os

import pytest
from flask_migrate import downgrade, upgrade

from outreach.core import jobs, versions, worker
from outreach.core.db import db, is_sqlite
from outreach.core.settings import ROOT
from outreach.ops import safety, supervising
from outreach.permissions import Role
from outreach.registrations.models import Registration

FOLDER = str(ROOT / "migrations")


@pytest.fixture
def asked_anew(app):
    """Calling it makes the next request look at the database again."""

    def forget():
        app.extensions.pop("standing", None)

    forget()
    yield forget
    forget()


@pytest.fixture
def stamp(app, asked_anew):
    """Give the database this version, rows and columns apart."""

    def put(version: str) -> None:
        db.session.execute(db.text("UPDATE alembic_version SET version_num = :to"), {"to": version})
        db.session.commit()
        asked_anew()

    return put


def test_the_version_of_the_code_is_that_of_its_last_migration(app):
    with db.engine.connect() as connection:
        assert versions.of_database(connection) == versions.of_code()
    assert versions.known()[0] == "0001"
    assert len(versions.known()) == len(set(versions.known())) > 50


def test_behind_every_page_says_so_and_names_the_way_out(app, make, visit, asked_anew):
    event = make.event()
    browser, guest = visit(make.user(Role.ADMINISTRATOR, unit=make.city)), visit()
    slug, kind = event.slug, event.types[0].id
    db.session.commit()
    db.session.remove()
    downgrade(directory=FOLDER, revision="0046")  # columns that every page reads are gone
    db.session.remove()
    asked_anew()
    for who, path in ((browser, "/home"), (browser, "/system"), (guest, "/"), (guest, f"/e/{slug}")):
        answer = who.get(path)
        assert answer.status_code == 503, path
        assert "flask set-up" in answer.text
        assert "系统正在升级" in answer.text
        assert answer.headers["Retry-After"] == "60"
    form = {"type": str(kind), "name": "李丽", "company": "某公司", "mobile": "15411112222", "consent": "y"}
    answer = guest.post(f"/e/{slug}/register", form)
    assert answer.status_code == 503
    assert 'value="李丽"' in answer.text
    answer = guest.get("/healthz")
    assert (answer.status_code, answer.json["checks"]["version"]) == (503, "failing")
    assert "behind this program: run flask set-up" in answer.json["reason"]
    assert guest.get("/static/dist/manifest.json").status_code == 200
    safety.check_accounts(app)  # set-up itself must start, in production too
    db.session.remove()
    upgrade(directory=FOLDER)
    db.session.remove()
    asked_anew()
    assert browser.get("/home").status_code == 200
    assert guest.post(f"/e/{slug}/register", {**form, "request_key": "k" * 32}).status_code == 303
    assert db.session.scalar(db.select(db.func.count()).select_from(Registration)) == 1


def test_ahead_the_program_is_too_old(stamp, visit, caplog):
    with caplog.at_level(logging.ERROR, "yangui"):
        stamp("9999")
        guest = visit()
        answer = guest.get("/sign-in?lang=en")
        assert answer.status_code == 503
        assert "start the newer version" in answer.text
        assert "ahead of this program" in guest.get("/healthz").json["reason"]
        assert guest.get("/sign-in", headers={"Accept": "application/json"}).json["error"]
    assert [row.getMessage() for row in caplog.records].count(versions.WAYS_OUT[versions.Standing.AHEAD]) == 1


def test_a_database_that_was_never_set_up(app, asked_anew, visit):
    db.session.execute(db.text("DROP TABLE alembic_version"))
    db.session.commit()
    asked_anew()
    assert "never set up: run flask set-up" in visit().get("/healthz").json["reason"]


def test_one_that_is_away_is_no_other_version(app, asked_anew, monkeypatch):
    def away():
        raise db.engine.dialect.loaded_dbapi.OperationalError("gone")

    monkeypatch.setattr(versions, "_asked", away)
    assert versions.standing() is versions.Standing.FITS


def test_who_writes_holds_nobody_up(app, asked_anew):
    if not is_sqlite():
        pytest.skip("one writer on SQLite")
    with db.engine.begin() as connection:
        connection.execute(db.text("UPDATE alembic_version SET version_num = version_num"))
        assert versions.standing() is versions.Standing.FITS


def test_the_worker_waits_and_says_for_what(stamp, monkeypatch, caplog):
    stamp("0046")
    naps = []

    def nap(seconds):
        naps.append(seconds)
        if len(naps) == 3:
            stamp(versions.of_code())

    monkeypatch.setattr(supervising.time, "sleep", nap)
    with caplog.at_level(logging.WARNING, "yangui.worker"):
        db.session.remove()
        supervising.wait_for_database(os.getppid())
    said = [row.getMessage() for row in caplog.records if row.name == "yangui.worker"]
    assert len(naps) == 3
    assert len(said) == 2
    assert "behind this program: run flask set-up" in said[0]


def test_a_worker_at_work_does_nothing_once_the_database_is_ahead(app, stamp, monkeypatch):
    jobs.enqueue("ops.send_waiting")
    stamp("9999")
    mine, turns = worker.Worker(), []

    class Stopped(worker.threading.Event):
        def wait(self, seconds=None):
            turns.append(seconds)
            if len(turns) == 2:
                self.set()
            return super().wait(0)

    monkeypatch.setattr(worker.threading, "Event", Stopped)
    monkeypatch.setattr(
        worker.threading, "Thread", lambda **_how: type("T", (), {"start": lambda self: None})()
    )
    monkeypatch.setattr(worker.signal, "signal", lambda *_given: None)
    worker.watch(app.app_context, mine, parent=os.getppid())
    assert turns == [2, 2]
    assert not mine.is_idle()
