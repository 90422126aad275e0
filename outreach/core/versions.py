"""Which version of the schema the code is made for, and which the database has:
one that is behind or ahead is not worked with.
"""

import logging
import re
import time
from enum import StrEnum
from functools import lru_cache

from flask import current_app
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from outreach.core.db import db, is_sqlite
from outreach.core.settings import ROOT

log = logging.getLogger("yangui")

_REVISION = re.compile(r"^revision = ['\"](\w+)['\"]", re.MULTILINE)


@lru_cache
def known() -> tuple[str, ...]:
    """Every version that this code has a migration for, the oldest first.

    The files are named by their numbers.
    """
    files = sorted((ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    found = (_REVISION.search(path.read_text(encoding="utf-8")) for path in files)
    return tuple(match[1] for match in found if match)


def of_code() -> str:
    """The version that this code works with."""
    return known()[-1]


def of_database(connection: Connection) -> str:
    """The version of this database; empty when it was never set up."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


class Standing(StrEnum):
    """How the database stands to the code."""

    FITS = "fits"
    ABSENT = "absent"  # never set up
    BEHIND = "behind"
    AHEAD = "ahead"


#: for who runs the system; logs and machines read English
WAYS_OUT = {
    Standing.ABSENT: "the database was never set up: run flask set-up",
    Standing.BEHIND: "the database is behind this program: run flask set-up, "
    "then start web server and worker anew",
    Standing.AHEAD: "the database is ahead of this program: start the newer version of the program",
}
#: seconds until a database that fitted, and one that did not, is asked again
_AGAIN = {True: 10.0, False: 1.0}
_STATE = "standing"


def standing() -> Standing:
    """How our database stands, asked every ten seconds.

    One that does not answer stands as before; others say that it is away.
    """
    due, known = current_app.extensions.get(_STATE, (0.0, Standing.FITS))
    if time.monotonic() < due:
        return known
    try:
        found = judged(_asked())
    except (SQLAlchemyError, db.engine.dialect.loaded_dbapi.Error):
        return known
    if found is not known:
        log.error(WAYS_OUT.get(found, "the database fits this program again"))
    current_app.extensions[_STATE] = time.monotonic() + _AGAIN[found is Standing.FITS], found
    return found


def judged(version: str) -> Standing:
    """How a database of this version stands; empty: it has none."""
    if not version:
        return Standing.ABSENT
    if version == of_code():
        return Standing.FITS
    return Standing.BEHIND if version in known() else Standing.AHEAD


def _asked() -> str:
    """The version, past the session and without a transaction that writes: nobody waits for this."""
    there = (
        "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
        if is_sqlite()
        else "SELECT count(to_regclass('alembic_version'))"
    )
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        if not cursor.execute(there).fetchone()[0]:
            return ""
        row = cursor.execute("SELECT version_num FROM alembic_version").fetchone()
        return row[0] if row else ""
    finally:
        connection.close()
