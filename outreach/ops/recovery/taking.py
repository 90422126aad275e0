"""Taking a backup while the house runs: one moment of the database, and the files that lie there."""

import os
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import URL

from outreach.core import clock, files, private, versions
from outreach.core.db import db, is_sqlite
from outreach.ops.recovery import Failed, archives, sealing, staging
from outreach.ops.recovery.workplace import Workplace

_NAME = re.compile(r"yangui-(\d{8}T\d{6})Z\.tar\.gz(\.sealed)?")
_MOMENT = "%Y%m%dT%H%M%S"


def name(encrypted: bool) -> str:
    """The name of an archive that is taken now."""
    return f"yangui-{clock.now().strftime(_MOMENT)}Z.tar.gz" + (".sealed" if encrypted else "")


def archives_in(folder: Path) -> list[Path]:
    """Archives that were named by :func:`name`, the oldest first."""
    return sorted(path for path in folder.glob("yangui-*") if _NAME.fullmatch(path.name))


def newest(folder: Path) -> Path:
    """The last archive of this folder; :class:`Failed` where there is none."""
    found = archives_in(folder)
    if not found:
        raise Failed(f"there is no backup in {folder}; name one, or take one with flask backup")
    return found[-1]


def room(folder: Path) -> Path:
    """The folder, made where it is missing; nobody else reads it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failed(f"the folder {folder} cannot be made: {error.strerror}") from error
    return folder


def forget_old(folder: Path, days: int) -> int:
    """Delete archives of more than so many days ago, never the newest; how many."""
    before = clock.now() - timedelta(days=days)
    old = [path for path in archives_in(folder)[:-1] if _moment_of(path) < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _moment_of(path: Path) -> datetime:
    return datetime.strptime(_NAME.fullmatch(path.name)[1], _MOMENT).replace(tzinfo=UTC)


def take(path: Path, passphrase: str = "") -> archives.Manifest:
    """Write an archive to ``path``, encrypted where there is a passphrase;
    what was there stays until the new one is whole.
    """
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
