"""No number of a row comes again: every numbered table counts on, on both databases, whoever made it."""

import sqlite3

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from outreach.core import audit, clock, numbering
from outreach.core.db import Base, db, is_sqlite, reserve
from outreach.core.settings import ROOT
from outreach.directory import operations
from outreach.directory.models import Organisation, Person

FOLDER = str(ROOT / "migrations")
NUMBERED = [table.name for table in Base.metadata.sorted_tables if numbering.counts(table)]


def _not_counting() -> list[str]:
    made = text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
    return sorted(set(NUMBERED) - set(db.session.scalars(made)))


def _only_sqlite() -> None:
    if not is_sqlite():
        pytest.skip("PostgreSQL counts by sequences")


def test_every_numbered_table_counts_on(app):
    _only_sqlite()
    assert len(NUMBERED) > 80
    assert _not_counting() == []


def test_the_number_of_a_removed_card_is_not_given_again(app, make):
    user, person = make.user(), make.person()
    gone = person.id
    operations.remove_person(person, version=1, reason="重复", by=user)
    db.session.commit()
    assert make.person().id > gone


def test_reserved_numbers_are_new_ones_too(app, make):
    user, person = make.user(), make.person(company="甲公司", title="经理")
    gone = person.id
    operations.remove_person(person, version=1, reason="重复", by=user)
    db.session.commit()
    first, second = reserve(Person, 3), reserve(Person, 2)
    assert min(first) > gone
    assert not set(first) & set(second)
    assert make.person().id > max(second)
    assert reserve(Organisation, 1)[0] > 1


def _as_before() -> None:
    """The tables as they were made before they counted on; rows stay."""
    db.session.remove()
    db.engine.dispose()
    with sqlite3.connect(db.engine.url.database, isolation_level=None) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        for name, sql in made:
            if name in NUMBERED:
                sql = sql.replace(" PRIMARY KEY AUTOINCREMENT", "").rstrip()[:-1]
                sql += f", CONSTRAINT pk_{name} PRIMARY KEY (id))"
                connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))
        connection.execute("DELETE FROM sqlite_sequence")
    connection.close()


def _everything() -> dict[str, list]:
    tables = Base.metadata.sorted_tables
    return {table.name: db.session.execute(table.select()).all() for table in tables}


def test_old_tables_count_on_from_whatever_names_a_row(app, make):
    _only_sqlite()
    user = make.user()
    kept, gone = make.person("王毅", company="甲公司", title="经理"), make.person("王毅")
    operations.merge_people(kept, gone, take=set(), reason="同一人", by=user)
    audit.record(user, "directory.show", reason="x", room=77)
    db.session.execute(
        db.insert(audit.AuditEntry).values(
            at=clock.now(), verb="directory.remove_person", object_kind="people", object_id=9000, detail={}
        )
    )
    db.session.commit()
    before = _everything()
    db.session.remove()
    downgrade(directory=FOLDER, revision="0049")
    _as_before()
    assert _not_counting() == sorted(NUMBERED)
    db.session.remove()
    upgrade(directory=FOLDER)
    assert _not_counting() == []
    assert _everything() == before
    connection = db.session.connection()
    assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    assert numbering.last(connection, "rooms") == 77
    assert numbering.last(connection, "posts") == 1
    assert make.person().id == 9001
    later = text("SELECT name FROM sqlite_sequence GROUP BY name HAVING count(*) > 1")
    assert list(db.session.scalars(later)) == []


def test_a_table_made_anew_by_a_migration_goes_on_from_its_last_number(app, make):
    _only_sqlite()
    user, person = make.user(), make.person()
    gone = person.id
    operations.remove_person(person, version=1, reason="重复", by=user)
    db.session.commit()
    context = MigrationContext.configure(db.session.connection())
    with Operations(context).batch_alter_table("people", recreate="always"):
        pass
    db.session.commit()
    assert _not_counting() == []
    assert make.person().id > gone
