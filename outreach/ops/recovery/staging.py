"""A whole database beside ours: filled and migrated there, and taken over in one step, or dropped.

On SQLite it is a file, on PostgreSQL a schema of the same database. Until it is taken over nobody sees
anything of it.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from outreach.core import private, versions
from outreach.core.db import db, is_sqlite
from outreach.core.settings import ENGINE_OPTIONS, ROOT
from outreach.ops.recovery import Failed

#: schema in which ours stands while a dump, which names ``public``, is read; within one transaction only
_ASIDE = "yangui_aside"
#: seconds that taking over waits for somebody who still uses the database
_PATIENCE = 20
_SQLITE, _POSTGRESQL = b"SQLite format 3\0", b"PGDMP"


def counts(connection: Connection) -> dict[str, int]:
    """Table -> number of rows, of every table."""
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.scalar(text(f"SELECT count(*) FROM {quote(name)}"))  # noqa: S608 - names of tables that are there
        for name in sorted(inspect(connection).get_table_names())
    }


def engine_for(url: URL, schema: str = "") -> Engine:
    """An engine as ours, on another database or schema."""
    return create_engine(_within(url, schema), **ENGINE_OPTIONS)


def _within(url: URL, schema: str) -> URL:
    """The address of a schema of this database: tables are looked for there."""
    if not schema:
        return url
    before = url.query.get("options", "")
    return url.update_query_dict({"options": f"{before} -c search_path={schema}".strip()})


def migrate(engine: Engine) -> None:
    """Bring this database to the version of the code."""
    from alembic import command  # noqa: PLC0415 - 8 MB that web processes do without
    from alembic.config import Config  # noqa: PLC0415

    config = Config(ROOT / "migrations" / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")


def server_command(name: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Command line and environment of a program of the PostgreSQL client;
    the password is in the environment, never in the command.
    """
    if shutil.which(name) is None:
        raise Failed(f"{name} is not installed; it comes with the PostgreSQL client")
    url = db.engine.url
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {
        **os.environ,
        "PGPASSWORD": url.password or "",
        "PGOPTIONS": "-c client_min_messages=error",
    }
    return [name, *arguments, f"--dbname={address}"], environment


def first_error(said: str) -> str:
    """The line that names the fault; what follows may quote a row."""
    lines = said.strip().splitlines()
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")


class Stage:
    """A database beside ours, in ``folder`` (SQLite) or in the schema ``name`` (PostgreSQL)."""

    engine: Engine

    def address(self) -> str:
        """What ``DATABASE_URL`` would be for it, with its password."""
        return self.engine.url.render_as_string(hide_password=False)

    def fill(self, dump: Path) -> None:
        """Put the dump of an archive in."""
        raise NotImplementedError

    def take_over(self) -> None:
        """It becomes ours, and ours is gone: wholly or not at all,
        whenever the process or the machine ends.
        """
        raise NotImplementedError

    def drop(self) -> None:
        """Nothing of it stays."""
        raise NotImplementedError

    def migrate(self) -> None:
        """Bring it to the version of the code; :class:`Failed` for one that is newer."""
        with self.engine.connect() as connection:
            found = versions.of_database(connection)
        if found and found not in versions.known():
            raise Failed(
                f"the archive is of a newer version ({found}) than this program ({versions.of_code()}): "
                f"update first"
            )
        migrate(self.engine)

    def counts(self) -> dict[str, int]:
        """Its rows, table by table."""
        with self.engine.connect() as connection:
            return counts(connection)


class _File(Stage):
    def __init__(self, folder: Path, _name: str):
        self._path = folder / "staged.db"
        self.engine = engine_for(URL.create("sqlite", database=str(self._path)))

    def fill(self, dump: Path) -> None:
        copy(str(dump), str(self._path))

    def take_over(self) -> None:
        self.engine.dispose()
        copy(str(self._path), db.engine.url.database)

    def drop(self) -> None:
        self.engine.dispose()
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink()


class _Schema(Stage):
    def __init__(self, _folder: Path, name: str):
        self._name = name
        self.engine = engine_for(db.engine.url, name)

    def fill(self, dump: Path) -> None:
        """In one transaction: ours aside, the dump in its place, the dump aside and ours back.

        A process that ends in between changes nothing.
        """
        self.drop()
        reads = ["pg_restore", "--no-owner", "--no-privileges", "--schema=public", "--file=-", str(dump)]
        writes, environment = server_command(
            "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"
        )
        if shutil.which("pg_restore") is None:
            raise Failed("pg_restore is not installed; it comes with the PostgreSQL client")
        with tempfile.TemporaryFile("w+") as read_said, tempfile.TemporaryFile("w+") as said:
            reader = subprocess.Popen(reads, stdout=subprocess.PIPE, stderr=read_said)
            writer = subprocess.Popen(
                writes, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=environment
            )
            with suppress(BrokenPipeError):  # it stopped at an error and says which
                self._pass_on(reader, writer)
            with suppress(BrokenPipeError):
                writer.stdin.close()
            reader.stdout.close()
            failed = [process.wait() for process in (reader, writer)] != [0, 0]
            said.seek(0), read_said.seek(0)
            if failed:
                raise Failed(f"the database cannot be read in: {first_error(said.read() + read_said.read())}")

    def _pass_on(self, reader: subprocess.Popen, writer: subprocess.Popen) -> None:
        script = writer.stdin
        script.write(f"BEGIN; ALTER SCHEMA public RENAME TO {_ASIDE}; CREATE SCHEMA public;\n".encode())
        shutil.copyfileobj(reader.stdout, script)
        if reader.wait() == 0:  # else the script ends here, without COMMIT
            script.write(f"\nALTER SCHEMA public RENAME TO {self._name};".encode())
            script.write(f"ALTER SCHEMA {_ASIDE} RENAME TO public; COMMIT;\n".encode())

    def take_over(self) -> None:
        self.engine.dispose()
        take_over_schema(db.engine, self._name)

    def drop(self) -> None:
        self.engine.dispose()
        drop_schema(db.engine, self._name)


def take_over_schema(engine: Engine, name: str) -> None:
    """This schema becomes ``public``, and what ``public`` was is gone."""
    try:
        with engine.begin() as connection:
            for statement in (
                f"SET LOCAL lock_timeout = '{_PATIENCE}s'",
                f"ALTER SCHEMA public RENAME TO {_ASIDE}",
                f"ALTER SCHEMA {name} RENAME TO public",
                f"DROP SCHEMA {_ASIDE} CASCADE",
            ):
                connection.execute(text(statement))
    except SQLAlchemyError as error:
        raise Failed(f"the database cannot be taken over: {getattr(error, 'orig', error)}") from error
    finally:
        engine.dispose()


def drop_schema(engine: Engine, name: str) -> None:
    """Nothing of this schema stays, whether it was there or not."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL client_min_messages = error"))
        connection.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))


def copy(source: str, target: str) -> None:
    """One SQLite database over another, in one transaction of SQLite's."""
    try:
        with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
            private.keep(target)
            here.execute("PRAGMA synchronous = FULL")
            there.backup(here)
    except sqlite3.Error as error:
        raise Failed(f"the database {source} cannot be written to {target}: {error}") from error


def stage(dump: Path, folder: Path, name: str) -> Stage:
    """An empty database beside ours, for a dump of the same kind."""
    with dump.open("rb") as file:
        head = file.read(16)
    kinds = {"SQLite": head.startswith(_SQLITE), "PostgreSQL": head.startswith(_POSTGRESQL)}
    ours = "SQLite" if is_sqlite() else "PostgreSQL"
    if not any(kinds.values()):
        raise Failed("the archive holds no database that is known")
    if not kinds[ours]:
        raise Failed(
            f"the archive is of {next(kind for kind, so in kinds.items() if so)}, "
            f"and the database of this instance is {ours}"
        )
    return _File(folder, name) if is_sqlite() else _Schema(folder, name)
