"""Which version of the schema the code is made for, and which the database has."""

import re
from functools import lru_cache

from sqlalchemy import Connection, inspect, text

from outreach.core.settings import ROOT

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
