"""Statements a queue of people waits for: put in words once, then run by the driver itself.

For a small statement SQLAlchemy works longer than the database does: it looks the statement up, arranges the
values, makes a cursor and a result. A :class:`Swift` statement has all that at hand. Values go in and come
out by the types of their columns as ever, within the same transaction. For everything nobody queues for,
``db.session`` is the way.
"""

from collections import namedtuple
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, Dialect, Insert, Select, bindparam, inspect, select, true
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.util import identity_key

from outreach.core.db import Base, connection_of, db, without_rows


class Swift:
    """A statement that gives rows; its parameters are single values, never lists,
    for then its text would change. Rows are named tuples by its columns.
    """

    def __init__(self, statement: Select | Insert):
        self.statement = statement
        self._words: dict[str, _Words] = {}

    def rows(self, values: dict) -> list:
        """Every row. What the database refuses is raised as SQLAlchemy raises it."""
        session = db.session()
        session.flush()
        connection = connection_of(session)
        words = self.words(connection.dialect)
        cursor, written = cursor_of(connection), words.written(values)
        for (
            tell
        ) in connection.engine.dispatch.before_cursor_execute:  # who counts statements counts these too
            tell(connection, cursor, words.text, written, None, False)
        try:
            cursor.execute(words.text, written)
            found = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _said(error, connection, words.text) from error
        return words.read(found)

    def first(self, values: dict):
        """The first row, or None."""
        return next(iter(self.rows(values)), None)

    def words(self, dialect: Dialect) -> "_Words":
        """What the driver of this database is told."""
        name = dialect.name
        if name not in self._words:
            self._words[name] = _Words(self.statement, dialect)
        return self._words[name]


class _Words:
    """A statement in the words of one database, and how values are written and read there."""

    def __init__(self, statement: Select | Insert, dialect: Dialect):
        # PostgreSQL numbers its parameters; said so, the driver needs not look for names in the text each
        # time
        numbered = type(dialect)(paramstyle="numeric_dollar") if dialect.name == "postgresql" else dialect
        compiled = statement.compile(dialect=numbered)
        asked = {name for name, bind in compiled.binds.items() if bind.required}
        # the lists that the statement itself brings are written out
        expanded = compiled.construct_expanded_state(dict.fromkeys(asked))
        self.text, self._order = expanded.statement, expanded.positiontup
        writers = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        self._writers = {name: write for name, write in {**writers, **expanded.processors}.items() if write}
        #: what the statement itself says: a state, a limit
        self._own = self._as_written(
            {name: value for name, value in expanded.parameters.items() if name not in asked}
        )
        columns = list(statement.exported_columns)
        self._row = namedtuple("Row", [column.key for column in columns], rename=True)
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._readers = [(place, read) for place, read in enumerate(readers) if read]

    def _as_written(self, values: dict) -> dict:
        values = values.copy()
        for name, write in self._writers.items():
            if values.get(name) is not None:
                values[name] = write(values[name])
        return values

    def written(self, values: dict) -> list:
        """Every value as the driver takes it, in the order of the marks in the text."""
        every = {**self._own, **self._as_written(values)}
        return [every[name] for name in self._order]

    def read(self, rows: list) -> list:
        """Rows of the driver as ours."""
        make = self._row._make
        if not self._readers:
            return [make(row) for row in rows]
        found = []
        for row in rows:
            values = list(row)
            for place, read in self._readers:
                values[place] = read(values[place])
            found.append(make(values))
        return found


def cursor_of(connection: Connection):
    """The one cursor that a connection keeps for these statements:
    each is read to its end before the next.
    """
    info = connection.info
    if "cursor" not in info:
        driver = connection.connection.driver_connection
        if connection.dialect.name == "postgresql":
            from psycopg import RawCursor  # noqa: PLC0415 - SQLite does without its 7 MB

            info["cursor"] = RawCursor(driver)
        else:
            info["cursor"] = driver.cursor()
    return info["cursor"]


def _said(error: Exception, connection: Connection, sql: str) -> Exception:
    """What SQLAlchemy says of a driver's error; of the values, which tell of people, nothing."""
    lost = connection.dialect.is_disconnect(error, connection.connection.driver_connection, None)
    dialect, error = connection.dialect, without_rows(error)
    said = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    if lost:  # the server went away: no connection that waits in the pool is worth more than this one
        connection.invalidate(error)
        connection.engine.dispose()
    return said


def insert_now(row: Base) -> None:
    """Write one new row at once and keep its object: what a flush does, at a fraction of its cost."""
    row.id = write_now(type(row), row.__dict__).id
    _keep(row)


def write_now(model, values: dict):
    """Write the row of ``values`` without an object; what is not among them is as the columns have it.

    Its ``id``, named so.
    """
    return _always(model).first(completed(model, values))


@lru_cache
def _always(model) -> Swift:
    return Swift(guarded(model, true()))


def completed(model, values: dict) -> dict:
    """``values`` of a new row, and what its other columns hold."""
    return {**{name: default() for name, default in _defaults(model).items() if name not in values}, **values}


def guarded(model, clear: ColumnElement[bool], **found: Select) -> Insert:
    """An INSERT of one row of ``model`` that writes only where it is ``clear``: looking and writing are one
    statement, which gives the id and what was ``found``, or nothing. ``found``: columns whose value the
    database looks up. Their names and those of the columns are parameters, besides the ones of ``clear``;
    :func:`completed` gives those of all columns.
    """
    table = model.__table__
    columns = [column for column in table.columns if not column.primary_key]
    values = [
        found[column.key].scalar_subquery()
        if column.key in found
        else bindparam(column.key, type_=column.type)
        for column in columns
    ]
    chosen = select(*values).where(clear)
    insert = table.insert().from_select([column.key for column in columns], chosen, include_defaults=False)
    return insert.returning(table.c.id, *(table.c[name] for name in found))


def at_hand(model, values: dict):
    """The object of a row that a swift statement has read, ``id`` among its ``values``;
    columns left out are read when somebody asks.
    """
    if (known := db.session.identity_map.get(identity_key(model, values["id"]))) is not None:
        return known
    row = inspect(
        model
    ).class_manager.new_instance()  # as when the session reads it: nothing of it was set by anybody
    row.__dict__.update(values)
    _keep(row)
    return row


def _keep(row: Base) -> None:
    """From here on the session treats the row as one that it has read."""
    make_transient_to_detached(row)
    db.session.add(row)


@lru_cache
def _defaults(model) -> dict:
    """What each column of a table holds where nothing was given."""
    return {column.key: _default(column) for column in model.__table__.columns if not column.primary_key}


def _default(column):
    default = column.default
    if default is None:
        return lambda: None
    return (lambda: default.arg) if default.is_scalar else (lambda: default.arg(None))
