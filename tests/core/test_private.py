"""What holds people's data is readable by the user that runs the system only."""

import stat

import pytest

from outreach.core import files, private
from outreach.core.db import db, is_sqlite


def _mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_database_and_its_journal_are_private(app, tmp_path):
    if not is_sqlite():
        pytest.skip("a file only on SQLite")
    path = tmp_path / "new.db"
    engine = db.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
        connection.commit()
        assert [_mode(tmp_path / f"new.db{part}") for part in ("", "-shm", "-wal")] == [0o600] * 3
    engine.dispose()


def test_a_database_of_before_becomes_private(app, tmp_path):
    if not is_sqlite():
        pytest.skip("a file only on SQLite")
    path = tmp_path / "old.db"
    path.touch(0o644)
    engine = db.create_engine(f"sqlite:///{path}")
    engine.connect().close()
    engine.dispose()
    assert _mode(path) == 0o600


def test_uploaded_files_are_private(app):
    row = files.keep("a.pdf", b"%PDF-1.4 private", "application/pdf", by=None)
    assert _mode(row.path) == 0o600


def test_a_private_file_replaces_what_was_there(tmp_path):
    path = tmp_path / "backup"
    path.write_bytes(b"longer than before")
    with private.written(path) as file:
        assert _mode(path) == 0o600
        file.write(b"new")
    assert path.read_bytes() == b"new"
