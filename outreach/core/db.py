"""The database: one request, one transaction; exact money; moments in UTC;
the same code on SQLite and PostgreSQL.
"""

from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import Pool
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from outreach.core import numbering, phones, private
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.turn import take_turn


class Moment(TypeDecorator):
    """An aware ``datetime``, stored in UTC. A naive one is an error, never a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


#: a column that is annotated as a ``datetime`` holds a moment
Base.registry.update_type_annotation_map({datetime: Moment})


def only_where(condition: str) -> dict:
    """What an Index is told that holds only these rows:
    those it is asked for, where most rows are never asked for by it.
    """
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


db = SQLAlchemy(model_class=Base)

#: True while the current thread may write. On SQLite it decides between BEGIN IMMEDIATE and BEGIN: a
#: transaction that starts reading and later writes would fail at once with "database is locked" when another
#: wrote meanwhile.
writing: ContextVar[bool] = ContextVar("writing", default=True)


def is_sqlite() -> bool:
    """True on SQLite, False on PostgreSQL."""
    return db.engine.dialect.name == "sqlite"


#: compiling a statement takes 100 ms, which none of ours runs for; what is read lies in memory or on a disk
#: without a head
_PLANNING = ("jit = off", "random_page_cost = 1.1")


@event.listens_for(Engine, "connect")
def _prepare(connection, record):
    if type(connection).__module__ != "sqlite3":
        _prepare_on_postgresql(connection, record)
        return
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for _number, _name, path in connection.execute("PRAGMA database_list"):
        private.keep(path)  # before the journal is made, which takes the same mode
    for pragma in (
        "busy_timeout=20000",
        "journal_mode=WAL",
        "synchronous=FULL",  # acknowledged means on disk
        "foreign_keys=ON",
        "cache_size=-32000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_on_postgresql(connection, record) -> None:
    """A server's own connection is set up once. Behind PgBouncer each transaction may run on another one:
    there nothing of ours may outlast a transaction, neither settings nor prepared statements, and ``_begin``
    sets up each. It is known by the number of the process that answers, which is not the one that the pool
    named.
    """
    answers = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
    if answers == connection.info.backend_pid:
        connection.execute("; ".join(f"SET {setting}" for setting in _PLANNING))
    else:
        record.info["pooled"] = True
        connection.prepare_threshold = None
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin(connection):
    if connection.dialect.name == "sqlite":
        _begin_on_sqlite(connection)
    elif connection.info.get("pooled"):
        connection.exec_driver_sql("; ".join(f"SET LOCAL {setting}" for setting in _PLANNING))


@event.listens_for(Engine, "handle_error")
def _refused(context):
    """Before anybody writes down what the database refused."""
    without_rows(context.original_exception)
    if context.sqlalchemy_exception is not None:
        without_rows(context.sqlalchemy_exception)


def without_rows(error: BaseException) -> BaseException:
    """The error with its first line only: below it PostgreSQL quotes the row it refuses,
    a person's name and number among it.
    """
    error.args = tuple(said.partition("\n")[0] if isinstance(said, str) else said for said in error.args)
    return error


@event.listens_for(Pool, "checkin")
def _give_turn_back(_connection, record):
    """The transaction is over: the connection returns to its pool."""
    if turn := record.info.pop("turn", None):
        turn.give_back()


def _begin_on_sqlite(connection) -> None:
    if not writing.get():
        connection.exec_driver_sql("BEGIN")
        return
    if "turn" not in connection.info:
        connection.info["turn"] = take_turn(connection.engine.url.database)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def begin_writing() -> None:
    """From here on this transaction writes.

    On SQLite a request that began by reading (``web.reads_first``) now takes the one write lock there is;
    what it read before may have changed, so rows that matter are read anew by :func:`lock`. Elsewhere nothing
    happens.
    """
    if is_sqlite() and not writing.get():
        if not db.session().in_transaction():
            writing.set(True)  # nothing was read yet: the transaction begins as one that writes
            return
        connection = db.session.connection()
        connection.exec_driver_sql("ROLLBACK")
        writing.set(True)
        _begin_on_sqlite(connection)


def end_writing() -> None:
    """Commit what this transaction wrote; what follows only reads. For a deed that makes a file of what it
    noted: on SQLite others write meanwhile. What was read stays as it was read.
    """
    session = db.session()
    kept, session.expire_on_commit = session.expire_on_commit, False
    try:
        session.commit()
    finally:
        session.expire_on_commit = kept
    writing.set(False)


def lock(*rows, to_delete: bool = False) -> None:
    """Hold these rows until the transaction ends and read them anew;
    :class:`Refused` when one is gone meanwhile.

    Always in the same order (event, then registration) so that two requests cannot wait for each other. On
    SQLite the writing transaction already holds the whole database. ``to_delete``: no row comes to point at
    them either.
    """
    if is_sqlite():
        if not writing.get():
            begin_writing()
            for row in rows:
                _read_anew(row)
        return
    db.session.flush()  # reading anew would throw away what was set but not yet written
    for row in rows:  # unless it is to go, rows that only point here do not wait
        _read_anew(row, with_for_update={"of": type(row), "key_share": not to_delete})


def _read_anew(row, **how) -> None:
    try:
        db.session.refresh(row, **how)
    except InvalidRequestError as error:
        raise Refused(_("Somebody has removed this in the meantime.")) from error


def hold(model, condition) -> list[int]:
    """The ids of the rows of ``model`` that fit, held until the transaction ends:
    nobody changes them, and no row comes to point at them.

    For whoever deletes many rows that nobody works with: what is read after this holds until they are gone.
    In the order of ids, so that two cannot wait for each other. On SQLite the writing transaction holds
    everything.
    """
    begin_writing()
    held = select(model.id).where(condition).order_by(model.id)
    return list(db.session.scalars(held if is_sqlite() else held.with_for_update(of=model)))


CENTS_PER_WAN = Decimal(1_000_000)  # 1 万元 = 10,000 元 = 1,000,000 分


class Wan(TypeDecorator):
    """An exact amount in 万元 (``Decimal``), stored as whole 分. Sums stay exact on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        cents = Decimal(value) * CENTS_PER_WAN
        if cents != cents.to_integral_value():
            raise ValueError("an amount has at most 6 decimals in 万元")
        return int(cents)

    def process_result_value(self, value, dialect):
        return None if value is None else Decimal(value) / CENTS_PER_WAN


class Area(TypeDecorator):
    """An exact area (``Decimal``, at most two decimals) in the unit its column names: 亩 or ㎡.

    Stored as whole hundredths.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        hundredths = Decimal(value) * 100
        if hundredths != hundredths.to_integral_value():
            raise ValueError("an area has at most two decimals")
        return int(hundredths)

    def process_result_value(self, value, dialect):
        return None if value is None else Decimal(value) / 100


class Phone(TypeDecorator):
    """A telephone number: E.164 in the database, the form that people read in Python (``core.phones``).

    Blank stays blank. Only equality compares whole numbers; patterns and ranges are compared with the stored
    text.
    """

    impl = String
    cache_ok = True

    def __init__(self):
        super().__init__(32)

    def process_bind_param(self, value, dialect):
        return phones.stored(value) if value else value

    def process_result_value(self, value, dialect):
        return phones.shown(value) if value else value

    def coerce_compared_value(self, op, value):
        return self if op in _WHOLE else String()


#: comparisons of whole values
_WHOLE = (operators.eq, operators.ne, operators.in_op, operators.not_in_op)


#: Primary keys: BIGINT on PostgreSQL, INTEGER on SQLite, where only that one counts up by itself.
Key = BigInteger().with_variant(Integer, "sqlite")


def ordered(length: int) -> String:
    """Text that compares by code point on both databases, for range scans over search terms."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def plan_for_these_values() -> None:
    """The next statement of this transaction is planned for its own values: one that finds nothing or half of
    the table, as the word is, must not share a plan. PostgreSQL only; there it costs a millisecond, which
    statements of the queue at the door do not have.
    """
    if not is_sqlite():
        db.session.connection().exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")


def lock_name(name: str) -> None:
    """Hold a name until the transaction ends, where there is no row to hold.

    On SQLite the writing transaction already holds everything.
    """
    if not is_sqlite():
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def fetch(statement, values: dict):
    """The rows of ``statement`` as plain tuples, past the session's objects:
    for lists of which each asks something else.
    """
    session = db.session()
    session.flush()
    return connection_of(session).execute(statement, values)


def connection_of(session) -> Connection:
    """The connection of the session's transaction.

    Asking the session for it each time costs as much as a small statement.
    """
    within, connection = session.info.get("connection", (None, None))
    now = session.get_nested_transaction() or session.get_transaction()
    if within is None or within is not now:
        connection = session.connection()  # which also sets the savepoint that has been asked for
        session.info["connection"] = session.get_nested_transaction() or session.get_transaction(), connection
    return connection


def insert_new(model, rows: list[dict]) -> None:
    """Write rows in one statement; those whose unique name is known already are left as they are."""
    if rows:
        insert = (sqlite if is_sqlite() else postgresql).insert
        db.session.connection().execute(insert(model.__table__).on_conflict_do_nothing(), rows)


def reserve(model, count: int) -> list[int]:
    """``count`` fresh primary keys of ``model``, so that many rows can be poured in with their children."""
    table = model.__table__
    if is_sqlite():  # the writing transaction holds the whole database: nobody else takes the same numbers
        connection = db.session.connection()
        last = numbering.last(connection, table.name)
        numbering.raise_to(connection, table.name, last + count)
        return list(range(last + 1, last + count + 1))
    sequence = func.pg_get_serial_sequence(table.name, "id")
    return list(
        db.session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, count)))
    )


def pour(model, columns: tuple[str, ...], rows: list[tuple]) -> None:
    """Insert many plain tuples in one go, ten times as fast as one object each.

    Values are as the columns take them.
    """
    if not rows:
        return
    table, connection = model.__table__, db.session.connection()
    dialect = connection.dialect
    writers = [
        (place, table.c[name].type.dialect_impl(dialect).bind_processor(dialect))
        for place, name in enumerate(columns)
    ]
    writers = [(place, _remembering(write)) for place, write in writers if write is not None]
    if writers:
        rows = [_written(row, writers) for row in rows]
    names = ", ".join(columns)
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608 - our own names
        return
    try:
        with connection.connection.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except dialect.loaded_dbapi.Error as error:
        raise without_rows(error)  # noqa: B904 - it is the same error


def _remembering(write):
    """The same object as in the row before (a moment, an empty list) is written the same way."""
    last: list = [None, None]

    def remembered(value):
        if value is not last[0]:
            last[:] = value, write(value)
        return last[1]

    return remembered


def _written(row: tuple, writers) -> tuple:
    values = list(row)
    for place, write in writers:
        values[place] = write(values[place])
    return tuple(values)
