"""Which rows an erasure may look for a name in: what hangs on a person, and what belongs to units."""

from collections import defaultdict

from sqlalchemy import func, or_, select

from outreach.core.db import Base, db
from outreach.core.held_data import TABLES

_PORTION = 500
#: what a row belongs to when it points at several others
_FIRST = ("event_id", "project_id", "agreement_id", "meeting_id", "contact_id", "registration_id")
#: rows that many people hang on
_SHARED = frozenset({"people", "users", "units", "stored_files", "mails", "sms"})


def tied(start: dict[str, set[int]]) -> dict[str, set[int]]:
    """Table -> ids of ``start`` and of all rows that point at them, directly or by the way of others,
    with the files and letters of these.
    """
    found: dict[str, set[int]] = defaultdict(set)
    waiting = {name: set(ids) for name, ids in start.items() if ids}
    while waiting:
        name, ids = waiting.popitem()
        ids = ids - found[name]
        found[name] |= ids
        for column in _pointing(name) if ids else ():
            if column.table.name not in _SHARED:
                waiting.setdefault(column.table.name, set()).update(_ids(column, ids))
    for name in ("stored_files", "mails", "sms"):
        for column in _pointing(name):
            if ids := found.get(column.table.name):
                found[name] |= _values(column, ids)
    return {name: ids for name, ids in found.items() if ids}


def _pointing(name: str) -> list:
    """Columns of tables with one number as key that point at ``name``."""
    return [
        key.parent
        for table in Base.metadata.tables.values()
        if "id" in table.c and table.name in TABLES
        for key in table.foreign_keys
        if key.column.table.name == name
    ]


def _ids(column, ids: set[int]) -> set[int]:
    return _portions(lambda some: select(column.table.c.id).where(column.in_(some)), ids)


def _values(column, ids: set[int]) -> set[int]:
    return _portions(lambda some: select(column).where(column.table.c.id.in_(some), column.is_not(None)), ids)


def _portions(chosen, ids: set[int]) -> set[int]:
    ordered = sorted(ids)
    return {
        key
        for at in range(0, len(ordered), _PORTION)
        for key in db.session.scalars(chosen(ordered[at : at + _PORTION]))
    }


def rows_of(units) -> dict:
    """Table -> condition: rows that belong to ``units`` (a select of ids). A table whose rows belong to no
    unit is left out.
    """
    found = {}
    for name, held in TABLES.items():
        if held.swept and (condition := _belonging(Base.metadata.tables[name], units)) is not None:
            found[name] = condition
    return found


def _belonging(table, units):
    own = _owned(table, units, frozenset())
    if own is not None:
        return own
    ways = [
        table.c.id.in_(select(column).where(condition, column.is_not(None)))
        for column in _pointing(table.name)
        if (condition := _owned(column.table, units, frozenset({table.name}))) is not None
    ]
    if table.name == "mails":
        ways.append(func.lower(table.c.recipient).in_(_staff(units)))
    return or_(*ways) if ways else None


def _owned(table, units, seen: frozenset[str]):
    """The condition by the row's own unit, or by that of what it belongs to."""
    if "unit_id" in table.c:
        return table.c.unit_id.in_(units)
    keys = sorted(table.foreign_keys, key=lambda key: _rank(key.parent))
    for key in keys:
        other = key.column.table
        if key.parent.nullable or other.name in seen | {"users", "units", "places"} | {table.name}:
            continue
        condition = _owned(other, units, seen | {table.name})
        if condition is not None:
            return key.parent.in_(select(key.column).where(condition))
    return None


def _rank(column) -> tuple:
    return (_FIRST.index(column.name) if column.name in _FIRST else len(_FIRST), column.name)


def _staff(units):
    """Addresses of who works at ``units``."""
    users, grants = Base.metadata.tables["users"], Base.metadata.tables["grants"]
    own = select(grants.c.user_id).where(grants.c.unit_id.in_(units))
    return select(func.lower(users.c.email)).where(users.c.id.in_(own), users.c.email != "")
