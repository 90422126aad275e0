"""From SQLite to an empty PostgreSQL: every table, every number, compared row by row count.

The source is only read. All is made ready in a schema beside and takes its place in one step, so that an
interrupted move has done nothing and is run again.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import JSON, URL, Boolean, Connection, DateTime, String, Table, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from outreach.core import clock, files, kept_json, private, versions
from outreach.core.audit import AuditEntry
from outreach.core.db import Base, db, is_sqlite, without_rows
from outreach.ops.recovery import Failed, archives, staging

SCHEMA = "yangui_moving"
VERB = "ops.move_to"
#: a worker beats every five seconds
_SILENT_FOR = timedelta(seconds=60)


@dataclass(frozen=True)
class Moved:
    """``counts``: table -> rows there and here; ``files``: whole ones in the folder in use;
    ``damaged``: names of others.
    """

    counts: dict[str, tuple[int, int]]
    files: int
    damaged: list[str]


def target_url(address: str) -> URL:
    """The address of the target as the settings would read it."""
    for head in ("postgres://", "postgresql://"):
        if address.startswith(head):
            address = "postgresql+psycopg://" + address.removeprefix(head)
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise Failed("the address of the target is not understood") from error
    if url.get_backend_name() != "postgresql":
        raise Failed("the target is no PostgreSQL: its address begins with postgresql://")
    return url


def move(address: str, folder: Path | None = None) -> Moved:
    """Copy everything into the PostgreSQL at this address,
    and the files into ``folder`` where one is named.
    """
    url = target_url(address)
    if not is_sqlite():
        raise Failed("this instance is on PostgreSQL already: backup and restore move it to another server")
    target = staging.engine_for(url, SCHEMA)
    try:
        with closing(_opened(db.engine.url.database)) as source:
            before = _version(source)
            source.execute("BEGIN")
            _check_source(source)
            _check_target(url)
            counted = _copy_all(source, target)
            source.rollback()
            whole, damaged = _files(folder)
            if _version(source) != before:
                raise Failed("somebody wrote meanwhile: stop web server and worker, then run this again")
        staging.take_over_schema(staging.engine_for(url), SCHEMA)
        _analyse(url)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        said = without_rows(getattr(error, "orig", None) or error)
        raise Failed(str(said).strip().splitlines()[0]) from error
    finally:
        target.dispose()
    return Moved(counted, whole, damaged)


def _opened(path: str) -> sqlite3.Connection:
    """The source, opened so that nothing can be written."""
    source = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True, timeout=20)
    source.isolation_level = None
    return source


def _version(source: sqlite3.Connection) -> int:
    """Another number when somebody else has written since."""
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return source.execute("PRAGMA data_version").fetchone()[0]


def _check_source(source: sqlite3.Connection) -> None:
    version = source.execute("SELECT version_num FROM alembic_version").fetchone()
    if version is None or version[0] != versions.of_code():
        raise Failed("the database is not of this version: run flask set-up first")
    since = (clock.now() - _SILENT_FOR).replace(tzinfo=None).isoformat(" ")
    if source.execute("SELECT 1 FROM workers WHERE beat_at > ?", (since,)).fetchone():
        raise Failed("a worker is at work: stop web server and worker first")
    if broken := source.execute("PRAGMA foreign_key_check").fetchall():
        raise Failed(f"rows point at nothing, in: {', '.join(sorted({row[0] for row in broken}))}")
    for table in Base.metadata.sorted_tables:
        _check_texts(source, table)


def _check_texts(source: sqlite3.Connection, table: Table) -> None:
    """SQLite keeps texts that are longer than their column, and signs that PostgreSQL knows none of."""
    checks = {}
    for column in table.columns:
        if isinstance(_plain(column), String):
            checks[f"{column.name} holds the sign 0"] = f'instr("{column.name}", char(0))'
            if length := getattr(_plain(column), "length", None):
                checks[f"{column.name} is longer than {length}"] = f'length("{column.name}") > {length}'
    if not checks:
        return
    sums = ", ".join(f"coalesce(sum({check}), 0)" for check in checks.values())
    found = source.execute(f"SELECT {sums} FROM {_quoted(table.name)}").fetchone()  # noqa: S608 - our own names
    wrong = [words for words, count in zip(checks, found, strict=True) if count]
    if wrong:
        raise Failed(f"PostgreSQL would not take rows of {table.name}: {'; '.join(wrong)}")


def _plain(column):
    """The type as it lies in the database."""
    return getattr(column.type, "impl", column.type)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _check_target(url: URL) -> None:
    engine = staging.engine_for(url)
    try:
        with engine.connect() as connection:
            if connection.scalar(text("SHOW server_encoding")) != "UTF8":
                raise Failed("the target is not encoded as UTF8: CREATE DATABASE ... ENCODING 'UTF8'")
            if tables := inspect(connection).get_table_names():
                raise Failed(f"the target is not empty: it holds {len(tables)} tables ({tables[0]} ...)")
    finally:
        engine.dispose()


def _copy_all(source: sqlite3.Connection, target) -> dict[str, tuple[int, int]]:
    """Every table into the schema beside, in one transaction; table -> rows in both."""
    staging.drop_schema(target, SCHEMA)
    with target.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    staging.migrate(target)
    with target.begin() as connection:
        tables = Base.metadata.sorted_tables
        keys = list(_take_keys_off(connection))
        connection.execute(text("TRUNCATE " + ", ".join(_quoted(table.name) for table in tables)))
        for table in tables:
            _copy(source, connection, table)
        for key in keys:
            connection.execute(text(key))
        counted = {table.name: _both(source, connection, table.name) for table in tables}
        if wrong := [name for name, (there, here) in counted.items() if there != here]:
            raise Failed(f"rows are missing or too many in: {', '.join(wrong)}")
        for table in tables:
            _count_on(source, connection, table)
        entry = {
            "at": clock.now(),
            "verb": VERB,
            "object_kind": "",
            "reason": "",
            "detail": {"tables": len(tables)},
        }
        connection.execute(AuditEntry.__table__.insert().values(entry))
    return counted


def _take_keys_off(connection: Connection) -> Iterator[str]:
    """Foreign keys go while tables are copied; the statements that put them back, which look at every row."""
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), "
            "pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
        )
    ).all()
    for table, name, definition in found:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"


def _copy(source: sqlite3.Connection, connection: Connection, table: Table) -> None:
    names = ", ".join(_quoted(column.name) for column in table.columns)
    writers = [(place, write) for place, column in enumerate(table.columns) if (write := _writer(column))]
    rows = source.execute(f"SELECT {names} FROM {_quoted(table.name)}")  # noqa: S608 - our own names
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {_quoted(table.name)} ({names}) FROM STDIN") as copy:
        for row in rows:
            values = list(row)
            for place, write in writers:
                if values[place] is not None:
                    values[place] = write(values[place])
            copy.write_row(values)


def _writer(column) -> Callable | None:
    """How a value that lies in SQLite is written to PostgreSQL; None: as it is."""
    kind = _plain(column)
    if isinstance(kind, Boolean):
        return bool
    if isinstance(kind, DateTime):
        return lambda value: datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(kind, JSON):
        return _json
    return None


def _json(value) -> str:
    """JSON as text. SQLite keeps a bare number as a number, and what older versions wrote may hold NaN."""
    if not isinstance(value, str):
        return kept_json.write(value)
    try:
        orjson.loads(value)
    except orjson.JSONDecodeError:
        return kept_json.write(kept_json.read(value))
    return value


def _both(source: sqlite3.Connection, connection: Connection, name: str) -> tuple[int, int]:
    counted = f"SELECT count(*) FROM {_quoted(name)}"  # noqa: S608 - our own names
    return source.execute(counted).fetchone()[0], connection.scalar(text(counted))


def _count_on(source: sqlite3.Connection, connection: Connection, table: Table) -> None:
    """The next row gets a number that no row ever had."""
    if "id" not in table.columns:
        return
    sequence = connection.scalar(
        text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": _quoted(table.name)}
    )
    last = source.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).fetchone()
    largest = source.execute(f"SELECT max(id) FROM {_quoted(table.name)}").fetchone()  # noqa: S608 - our own names
    number = max((last or (0,))[0] or 0, (largest or (0,))[0] or 0) if sequence else 0
    if number:
        connection.execute(
            text("SELECT setval(:sequence, :number)"), {"sequence": sequence, "number": number}
        )


def _files(folder: Path | None) -> tuple[int, list[str]]:
    """Copy the files into ``folder`` (its own folder ``files``), or leave them;
    every one is compared with its digest.
    """
    there = files.folder()
    here = folder / "files" if folder else there
    names = [path.name for path in archives.stored(there)]
    if here != there:
        for name in names:
            _copy_file(there / name[:2] / name, here / name[:2] / name)
    damaged = [name for name in names if not archives.is_whole(here / name[:2] / name)]
    return len(names) - len(damaged), damaged


def _copy_file(there: Path, here: Path) -> None:
    if here.exists() and archives.is_whole(here):
        return  # of a move before
    here.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = here.with_suffix(".moved")
    with there.open("rb") as source, private.written(draft) as target:
        shutil.copyfileobj(source, target)
    draft.replace(here)


def _analyse(url: URL) -> None:
    engine = staging.engine_for(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
