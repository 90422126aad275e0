"""A row's number never comes again, on SQLite either:
audit entries, merges and links outlive the rows they name.

PostgreSQL counts by sequences. SQLite gives the largest number that is there plus one, unless the table
counts by ``AUTOINCREMENT``; then ``sqlite_sequence`` holds the largest number that ever was.
"""

from sqlalchemy import Connection, Integer, Table, bindparam, event, text

#: how Alembic calls the table that takes the place of another one
DRAFT = "_alembic_tmp_"


def counts(table: Table) -> bool:
    """Whether rows of this table are numbered: one whole number is the key, and it is no other row's."""
    keys = list(table.primary_key.columns)
    return len(keys) == 1 and isinstance(keys[0].type, Integer) and not keys[0].foreign_keys


@event.listens_for(Table, "before_create")
def _count_on(table: Table, connection: Connection, **_how) -> None:
    """The one rule for every table, whether a model or a migration makes it."""
    if connection.dialect.name == "sqlite" and counts(table):
        table.dialect_options["sqlite"]["autoincrement"] = True


@event.listens_for(Table, "after_create")
def _count_from_there(table: Table, connection: Connection, **_how) -> None:
    """A table that takes the place of another one (a migration in batch mode) goes on from its last
    number.
    """
    if connection.dialect.name == "sqlite" and table.name.startswith(DRAFT) and counts(table):
        raise_to(connection, table.name, last(connection, table.name.removeprefix(DRAFT)))


def last(connection: Connection, name: str) -> int:
    """The largest number that a row of this table ever had. SQLite only."""
    if not connection.scalar(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")):
        return 0  # no table counts yet
    return connection.scalar(_LAST, {"name": name}) or 0


def raise_to(connection: Connection, name: str, number: int) -> None:
    """The next row of this table gets a larger number than this one. SQLite only."""
    if number <= last(connection, name):
        return
    connection.execute(_FORGET, {"name": name})
    connection.execute(_KEEP, {"name": name, "number": number})


_LAST = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_FORGET = text("DELETE FROM sqlite_sequence WHERE name = :name")
_KEEP = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)").bindparams(
    bindparam("number", type_=Integer)
)
