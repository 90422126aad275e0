"""Every table and every text of it says what becomes of it when a person is erased."""

from sqlalchemy import JSON, String

from outreach.core.db import Base
from outreach.core.held_data import TABLES, Fate

#: texts shorter than this are codes and states, and hold no sentence
SHORT = 26


def _texts(table) -> set[str]:
    found = set()
    for column in table.columns:
        kind = getattr(column.type, "impl", column.type)
        length = getattr(column.type, "length", None) or getattr(kind, "length", None)
        if isinstance(kind, JSON) or (isinstance(kind, String) and not (length and length <= SHORT)):
            found.add(column.name)
    return found


def test_every_table_says_what_happens_at_erasure(app):
    tables = set(Base.metadata.tables)
    assert not tables - set(TABLES), f"say in core/held_data.py what becomes of {tables - set(TABLES)}"
    assert not set(TABLES) - tables


def test_every_text_is_emptied_swept_or_about_nobody(app):
    wrong = []
    for name, table in Base.metadata.tables.items():
        held = TABLES[name]
        named = held.emptied | held.swept | held.plain
        wrong += [f"{name}.{column}: not said" for column in sorted(_texts(table) - named)]
        wrong += [f"{name}.{column}: no such column" for column in sorted(named - set(table.columns.keys()))]
    assert not wrong, "\n".join(wrong)


def test_what_points_at_a_person_is_never_said_to_hold_nobody(app):
    pointing = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("people", "registrations")
    }
    careless = {name for name in pointing if TABLES[name].fate is Fate.NOBODY}
    assert not careless, f"rows of a person that nothing happens to: {careless}"
