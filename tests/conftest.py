"""One application per test process; a fresh copy of a migrated, populated database for every test.

``YANGUI_TEST_DATABASE=postgresql`` runs the same tests on a real PostgreSQL.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from tests import throwaway

_FOLDER = throwaway.folder("test")
os.environ.update(
    YANGUI_INSTANCE=str(_FOLDER), YANGUI_ENV="development", SMTP_HOST="", PUBLIC_URL="http://127.0.0.1:8000"
)
os.environ.pop("DATABASE_URL", None)

import pytest  # noqa: E402
from flask_migrate import upgrade  # noqa: E402
from hypothesis import settings  # noqa: E402

from outreach import create_app  # noqa: E402
from outreach.core import web  # noqa: E402
from outreach.core.db import db, writing  # noqa: E402
from outreach.core.settings import ROOT  # noqa: E402
from outreach.ops.commands import load_gazetteer  # noqa: E402
from tests import make as making  # noqa: E402
from tests import offline, postgres, visitor  # noqa: E402

# a busy machine is no fault of a property: speed is measured by the benchmarks
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

offline.stay()

POSTGRESQL = os.environ.get("YANGUI_TEST_DATABASE") == "postgresql"


def settled(database: Path) -> Path:
    """The same SQLite file with its journal written into it, so that it can be copied alone."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database


@pytest.fixture(scope="session")
def _house():
    """(application, a function that puts a fresh database under it)."""
    server = postgres.start() if POSTGRESQL else ""
    name = f"test_{os.getpid()}"
    if POSTGRESQL:
        postgres.run(server, f"CREATE DATABASE template_{name}")
        url = server.format(name=f"template_{name}")
    else:
        url = f"sqlite:///{_FOLDER / 'template.db'}"
    base = {"TESTING": True, "WTF_CSRF_ENABLED": True}
    template = create_app({**base, "SQLALCHEMY_DATABASE_URI": url})
    with template.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        load_gazetteer()
        db.session.remove()
        db.engine.dispose()
    if not POSTGRESQL:
        settled(_FOLDER / "template.db")
    here = server.format(name=name) if POSTGRESQL else f"sqlite:///{_FOLDER / 'test.db'}"
    app = create_app({**base, "SQLALCHEMY_DATABASE_URI": here})
    numbers = count(1)

    web.limiter.enabled = False  # one test switches it on

    def fresh(template=_FOLDER / "template.db"):
        """An empty populated database, or on SQLite a copy of the file ``template``."""
        if POSTGRESQL:
            postgres.run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            postgres.run(server, f"CREATE DATABASE {name} TEMPLATE template_{name}")
        else:
            # a file of its own for every test, and test.db points at it: a connection that the test before
            # forgot closes whenever it likes, and takes no journal with it but its own
            for old in (_FOLDER / "test.db", *_FOLDER.glob("test-*.db*")):
                old.unlink(missing_ok=True)
            own = _FOLDER / f"test-{next(numbers)}.db"
            shutil.copy(template, own)
            (_FOLDER / "test.db").symlink_to(own)

    return app, fresh


@pytest.fixture(scope="session")
def starting_point():
    """The file a test's database is copied from (SQLite); a module overrides it to begin with more."""
    return _FOLDER / "template.db"


@pytest.fixture
def app(_house, starting_point):
    """The application over a fresh database, inside an application context."""
    application, fresh = _house
    web.limiter.enabled = False  # another application made meanwhile may have switched it on
    writing.set(True)  # a request of the test before may have been one that reads
    fresh(starting_point)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def make(app):
    """``make.person()``, ``make.event(capacity=1)``: rows with plain defaults."""
    return making.Maker()


@pytest.fixture
def visit(app):
    """``visit(user)`` is a browser that checks every page it gets; ``visit()`` is a guest's."""

    def open_browser(user=None):
        browser = visitor.Visitor(app)
        if user is not None:
            db.session.commit()
            browser.sign_in(user)
        return browser

    return open_browser
