"""Taking a backup while the house runs: one moment of the database, and the files that lie there."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from outreach.core import clock, files, private, versions
from outreach.core.db import db, is_sqlite
from outreach.ops.recovery import Failed, archives, sealing, staging
from outreach.ops.recovery.workplace import Workplace


def take(path: Path, passphrase: str = "") -> archives.Manifest:
    """Write an archive to ``path``, encrypted where there is a passphrase; what was there stays until the new one is whole."""
    with Workplace("backing-up") as folder:
        dump = folder / "database"
        counted, revision = _dump_sqlite(dump) if is_sqlite() else _dump_postgresql(dump)
        draft = path.with_name(f"{path.name}.part")
        try:
            with private.written(draft) as file:
                target = sealing.Sealing(file, passphrase) if passphrase else file
                manifest = archives.write(
                    target, dump, files.folder(), clock.now().isoformat(), revision, counted
                )
                if passphrase:
                    target.close()
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            raise Failed(f"the archive cannot be written: {error.strerror or error}") from error
        finally:
            draft.unlink(missing_ok=True)
    return manifest


def _dump_sqlite(dump: Path) -> tuple[dict[str, int], str]:
    try:
        with (
            closing(sqlite3.connect(db.engine.url.database)) as source,
            closing(sqlite3.connect(dump)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise Failed(f"the database cannot be copied: {error}") from error
    engine = staging.engine_for(URL.create("sqlite", database=str(dump)))
    try:
        with engine.connect() as connection:
            found = staging.counts(connection), versions.of_database(connection)
            connection.rollback()
            connection.connection.dbapi_connection.execute("PRAGMA journal_mode = DELETE")  # one file again
            return found
    finally:
        engine.dispose()


def _dump_postgresql(dump: Path) -> tuple[dict[str, int], str]:
    """Rows are counted in the very moment that ``pg_dump`` writes down."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
        counted, revision = staging.counts(connection), versions.of_database(connection)
        line, environment = staging.server_command(
            "pg_dump", "--format=custom", "--schema=public", f"--snapshot={moment}", f"--file={dump}"
        )
        answer = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise Failed(f"pg_dump: {staging.first_error(answer.stderr)}")
    return counted, revision
