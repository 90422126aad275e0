"""From SQLite to an empty PostgreSQL: every value, the numbers to come, the files;
interrupted, it is run again.
"""

import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select, text

from outreach import create_app
from outreach.core import audit, audit_chain, clock, files, web, worker
from outreach.core.db import Base, db, is_sqlite
from outreach.core.settings import ROOT
from outreach.directory.models import Person
from outreach.ops.recovery import Failed, archives, moving
from outreach.registrations.question_models import Answer, Question
from tests import postgres

#: moves, and kills itself when the tenth table has been copied
DRIVER = """
import os, signal, sys
from outreach import create_app
from outreach.ops.recovery import moving
plain, calls = moving._copy, []
def patched(*given):
    plain(*given)
    calls.append(1)
    if len(calls) == 10:
        os.kill(os.getpid(), signal.SIGKILL)
app = create_app()
moving._copy = patched
with app.app_context():
    moving.move(sys.argv[1])
"""


@pytest.fixture(scope="module")
def _server():
    return postgres.start()


@pytest.fixture
def target(app, _server):
    """The address of an empty database on PostgreSQL."""
    if not is_sqlite():
        pytest.skip("moves from SQLite")
    postgres.run(_server, "DROP DATABASE IF EXISTS moved WITH (FORCE)")
    postgres.run(_server, "CREATE DATABASE moved")
    return _server.format(name="moved")


def _fill(make) -> None:
    """Every kind of column, and what SQLite keeps in its own way."""
    event, user = make.event(), make.user()
    make.person("王建国", mobiles=["+852 5123 4567"])
    row = make.registration(event)
    make.project()
    numbered = Question(event=event, kind="text", label="住宿", label_en="")
    db.session.add(numbered)
    db.session.flush()
    for value in (5, 1.5, "x", None, ["a", {"b": "雁"}], "1e400"):
        other = make.registration(event)
        db.session.add(Answer(registration_id=other.id, question_id=numbered.id, value=value))
    gone = make.person("李丽")
    db.session.flush()
    db.session.delete(gone)
    files.keep("slip.pdf", b"%PDF-1.4", "application/pdf", by=user)
    with clock.at(clock.now() - timedelta(hours=1)):
        audit.record(user, "registrations.change", row, reason="更正", before=date.today().isoformat())
    db.session.commit()
    audit_chain.link()
    db.session.commit()


def _let_go() -> None:
    db.session.remove()
    db.engine.dispose()


def _run(app, *arguments):
    _let_go()
    return app.test_cli_runner().invoke(args=arguments)


def _rows(session) -> dict[str, list]:
    """Every row as the application reads it."""
    return {
        table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def test_every_value_arrives_and_the_house_goes_on(app, make, target, tmp_path):
    _fill(make)
    before = _rows(db.session)
    last = db.session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'people'"))
    path = Path(db.engine.url.database)
    _let_go()
    source = path.read_bytes()
    answer = _run(app, "move-to", target.replace("+psycopg", ""), "--files", str(tmp_path / "new"))
    assert answer.exit_code == 0, answer.output
    assert "DATABASE_URL" in answer.output
    assert path.read_bytes() == source
    there = {found.name: found.read_bytes() for found in archives.stored(files.folder())}
    here = {found.name: found.read_bytes() for found in archives.stored(tmp_path / "new" / "files")}
    assert here == there
    assert b"%PDF-1.4" in here.values()
    assert f"files: {len(there)}, compared" in answer.output
    moved = create_app(
        {"TESTING": True, "SQLALCHEMY_DATABASE_URI": target, "INSTANCE": str(tmp_path / "new")}
    )
    web.limiter.enabled = False
    with moved.app_context():
        after = _rows(db.session)
        (trace,) = [row for row in after["audit_entries"] if moving.VERB in row]
        after["audit_entries"].remove(trace)
        assert after == before
        assert audit_chain.verify().fault is None
        assert last == 2  # of the row that was deleted
        assert db.session.scalar(text("SELECT nextval(pg_get_serial_sequence('people', 'id'))")) == last + 1
        db.session.remove()
        db.engine.dispose()
    for table, rows in before.items():
        assert f"{len(rows):>10}  {len(rows):>10}" in next(
            line for line in answer.output.splitlines() if line.startswith(f"{table} ")
        )


def test_killed_in_the_middle_it_is_run_again(app, make, target):
    _fill(make)
    _let_go()
    answer = subprocess.run(
        [sys.executable, "-c", DRIVER, target],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]},
        check=False,
        capture_output=True,
    )
    assert answer.returncode == -signal.SIGKILL, answer.stderr
    engine = create_engine(target)
    assert inspect(engine).get_table_names() == []
    assert moving.SCHEMA in inspect(engine).get_schema_names()
    answer = _run(app, "move-to", target)
    assert answer.exit_code == 0, answer.output
    assert moving.SCHEMA not in inspect(engine).get_schema_names()
    answer = _run(app, "move-to", target)
    assert answer.exit_code == 1
    assert "not empty" in answer.output
    engine.dispose()


def test_what_postgresql_would_not_take_is_named_before(app, make, target):
    make.person("王建国")
    db.session.execute(db.update(Person).values(name="王" * 300, note="a\0b"))
    db.session.commit()
    answer = _run(app, "move-to", target)
    assert answer.exit_code == 1
    assert "people: name is longer than" in answer.output
    assert "note holds the sign 0" in answer.output
    db.session.execute(db.update(Person).values(name="王", note=""))
    db.session.commit()
    db.session.execute(text("PRAGMA foreign_keys = OFF"))
    _let_go()
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("UPDATE people SET unit_id = 999999")
    answer = _run(app, "move-to", target)
    assert "rows point at nothing, in: people" in answer.output


def test_a_worker_at_work_or_somebody_who_writes_stops_it(app, make, target, monkeypatch):
    worker.beat(worker.Worker(), clock.now())
    db.session.commit()
    assert "a worker is at work" in _run(app, "move-to", target).output
    db.session.execute(db.delete(worker.WorkerProcess))
    db.session.commit()
    _let_go()
    plain = moving._files

    def write_meanwhile(folder):
        make.person("王建国")
        db.session.commit()
        return plain(folder)

    monkeypatch.setattr(moving, "_files", write_meanwhile)
    assert "somebody wrote meanwhile" in _run(app, "move-to", target).output
    monkeypatch.undo()
    assert _run(app, "move-to", target).exit_code == 0


def test_addresses_that_lead_nowhere(app):
    for address, words in {
        "sqlite:///x.db": "no PostgreSQL",
        "x": "not understood",
        "postgresql://nobody@127.0.0.1:1/x": "refused" if is_sqlite() else "on PostgreSQL already",
    }.items():
        with pytest.raises(Failed, match=words):
            moving.move(address)
    db.session.remove()
