"""numbers of rows never come again on SQLite

Tables made before counted by the largest number there is: the number of a removed row went to the next one,
whose audit and merge records then seemed to be about it. Every numbered table is made anew, its rows and
numbers kept, and counts on from the largest number that a row, an audit entry, a merge or a line of a roster
names. PostgreSQL has counted by sequences from the start.
"""

import json
import re

import sqlalchemy as sa
from alembic import op

from outreach.core import numbering

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

#: what details of audit entries name -> its table
NAMED = {
    "gone": "people",
    "back": "people",
    "person": "people",
    "registration": "registrations",
    "guest": "registrations",
    "event": "events",
    "project": "projects",
    "agreement": "agreements",
    "pickup": "pickups",
    "room": "rooms",
    "file": "stored_files",
}


def upgrade():
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    tables = connection.execute(
        sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%AUTOINCREMENT%'")
    ).all()
    floors = _named(connection)
    for name, sql in tables:
        counting = _counting(name, sql)
        if counting is not None:
            _make_anew(connection, name, counting)
            numbering.raise_to(connection, name, floors.get(name, 0))
    for name, number in floors.items():  # also of tables that count already
        if connection.scalar(sa.text("SELECT 1 FROM sqlite_sequence WHERE name = :name"), {"name": name}):
            numbering.raise_to(connection, name, number)


def _counting(name: str, sql: str) -> str | None:
    """How the draft of this table is made so that it counts on; None for a table without a number."""
    key = re.search(rf",\s*(CONSTRAINT \"?pk_{name}\"? )?PRIMARY KEY \(\"?id\"?\)", sql)
    if key is None:
        return None
    sql = sql[: key.start()] + sql[key.end() :]
    sql, ids = re.subn(
        r"(\(\s*\"?id\"? INTEGER)( NOT NULL)?(?=,)", r"\1 NOT NULL PRIMARY KEY AUTOINCREMENT", sql, count=1
    )
    sql, names = re.subn(rf"^CREATE TABLE \"?{name}\"?", f'CREATE TABLE "{numbering.DRAFT}{name}"', sql)
    if (ids, names) != (1, 1):
        raise RuntimeError(f"the table {name} is not made as this system makes tables")
    return sql


def _make_anew(connection, name: str, counting: str) -> None:
    draft = numbering.DRAFT + name
    indexes = connection.scalars(
        sa.text(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"
        ),
        {"name": name},
    ).all()
    before = connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"'))
    connection.exec_driver_sql(counting)
    connection.exec_driver_sql(f'INSERT INTO "{draft}" SELECT * FROM "{name}" ORDER BY id')
    after = connection.scalar(sa.text(f'SELECT count(*) FROM "{draft}"'))
    if before != after:
        raise RuntimeError(f"{name}: {before} rows, {after} copied")
    connection.exec_driver_sql(f'DROP TABLE "{name}"')
    connection.exec_driver_sql(f'ALTER TABLE "{draft}" RENAME TO "{name}"')
    for sql in indexes:
        connection.exec_driver_sql(sql)


def _named(connection) -> dict[str, int]:
    """Table -> the largest number that something names which outlives the row."""
    found: dict[str, int] = {}

    def note(table, number):
        if table and isinstance(number, int) and not isinstance(number, bool):
            found[table] = max(found.get(table, 0), number)

    def rows(sql):
        return connection.execute(sa.text(sql)).all()

    for kind, number in rows("SELECT object_kind, max(object_id) FROM audit_entries GROUP BY object_kind"):
        note(kind, number)
    for (detail,) in rows("SELECT detail FROM audit_entries"):
        values = json.loads(detail or "{}")
        for name, number in values.items() if isinstance(values, dict) else ():
            note(NAMED.get(name), number)
    for number, origin in rows("SELECT max(gone_id), max(gone_origin_id) FROM merges"):
        note("people", number), note("batch_rows", origin)
    for (moved,) in rows("SELECT moved FROM merges"):
        for record in json.loads(moved or "[]"):
            dropped = [row.get("id") for row in record.get("dropped", [])]
            for number in [*record.get("moved", []), *dropped]:
                note(record.get("table"), number)
    for person, origin in rows(
        "SELECT (SELECT max(person_id) FROM batch_rows), (SELECT max(origin_id) FROM people)"
    ):
        note("people", person), note("batch_rows", origin)
    for (added,) in rows("SELECT added FROM batch_rows WHERE added NOT IN ('{}', 'null')"):
        values = json.loads(added)
        for name, table in (("phones", "person_phones"), ("posts", "posts")):
            for number in values.get(name) or ():
                note(table, number)
    return found


def downgrade():
    pass  # a table that counts on serves what was before just as well
