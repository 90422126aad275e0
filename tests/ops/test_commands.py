"""Commands: set-up, administrator, worker, backup and restore."""

import stat
import tarfile

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from outreach.accounts.queries import user_by_login
from outreach.core import files, sheets
from outreach.core.db import Base, db
from outreach.core.settings import ROOT
from outreach.directory.models import Person

FOLDER = str(ROOT / "migrations")


def _run(app, *arguments):
    db.session.commit()
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 0, result.output
    db.session.expire_all()
    return result.output


def test_set_up_twice_changes_nothing(app):
    _run(app, "set-up")
    _run(app, "set-up")


def test_the_first_administrator(app, visit):
    output = _run(app, "add-administrator", "boss", "韩立新")
    first = output.strip().rsplit(" ", 1)[-1]
    browser = visit()
    assert browser.post("/sign-in", {"login": "boss", "password": first}).status_code == 303
    assert browser.get("/users").headers["Location"] == "/password"
    assert user_by_login("boss").must_change_password


def test_the_demo_is_refused_in_production(app, monkeypatch):
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    assert app.test_cli_runner().invoke(args=["demo"]).exit_code == 1


def test_a_backup_brings_back_database_and_files(app, make, tmp_path):
    make.person("王建国")
    stored = files.keep("slip.pdf", b"%PDF-1.4", "application/pdf", by=None)
    archive = tmp_path / "backup.tar.gz"
    archive.touch(0o644)
    _run(app, "backup", str(archive))
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    path = stored.path
    db.session.delete(db.session.scalar(select(Person)))
    path.unlink()
    db.session.commit()
    db.session.remove()
    _run(app, "restore", "--yes", str(archive))
    db.session.remove()
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
    assert path.read_bytes() == b"%PDF-1.4"


def test_an_archive_of_an_older_version_is_brought_to_this_one(app, make, tmp_path):
    make.person("王建国")
    db.session.commit()
    db.session.remove()
    downgrade(directory=FOLDER, revision="0046")
    archive = tmp_path / "old.tar.gz"
    _run(app, "backup", str(archive))
    db.session.remove()
    upgrade(directory=FOLDER)
    _run(app, "restore", "--yes", str(archive))
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


def test_an_archive_that_cannot_be_restored_leaves_all_as_it_was(app, make, tmp_path):
    make.person("王建国")
    db.session.commit()
    db.session.remove()
    archive = tmp_path / "broken.tar.gz"
    (tmp_path / "database").write_bytes(b"no database")
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(tmp_path / "database", "database")
    assert app.test_cli_runner().invoke(args=["restore", "--yes", str(archive)]).exit_code == 1
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
    assert make.person().id > 1


def test_the_sample_roster_is_a_workbook(app, tmp_path):
    path = tmp_path / "samples" / "roster.xlsx"
    _run(app, "sample-roster", str(path))
    assert [sheet.name for sheet in sheets.read(path, path.name)] == ["马庄桥镇", "瓦屋头镇"]
