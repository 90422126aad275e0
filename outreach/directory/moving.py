"""Rows that point at a person change hands when cards are merged, and go back when the merge is undone.

A *record* says what moved: ``{"table", "moved": [ids], "dropped": [rows]}``. Dropped are rows the kept card
had already (both were invited to one event); they are kept whole in the record and come back with an undo.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, delete, insert, select, update

from outreach.core.db import Base, Moment, Wan, db


def frozen(row) -> dict:
    """A table row as JSON can hold it."""
    return {name: _plain(value) for name, value in row._mapping.items()}


def _plain(value):
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def thawed(table, values: dict) -> dict:
    """The same with its moments and amounts again."""
    restored = {}
    for name, value in values.items():
        kind = table.c[name].type
        if value is not None and isinstance(kind, Moment):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(kind, Date):
            value = date.fromisoformat(value)
        elif value is not None and isinstance(kind, Wan):
            value = Decimal(value)
        restored[name] = value
    return restored


def move(model, kept_id: int, gone_id: int, *, unique: tuple[str, ...] = ()) -> dict:
    """Give the rows of ``model`` that point at ``gone_id`` to ``kept_id``;
    what would break ``unique`` is dropped.
    """
    table = model.__table__
    have = (
        {
            tuple(row)
            for row in db.session.execute(
                select(*(table.c[name] for name in unique)).where(table.c.person_id == kept_id)
            )
        }
        if unique
        else set()
    )
    rows = db.session.execute(select(table).where(table.c.person_id == gone_id).order_by(table.c.id)).all()
    dropped = [row for row in rows if unique and tuple(row._mapping[name] for name in unique) in have]
    moved = [row.id for row in rows if row not in dropped]
    db.session.execute(delete(table).where(table.c.id.in_([row.id for row in dropped])))
    db.session.execute(update(table).where(table.c.id.in_(moved)).values(person_id=kept_id))
    return {"table": table.name, "moved": moved, "dropped": [frozen(row) for row in dropped]}


def give_back(record: dict, kept_id: int, back_id: int) -> None:
    """Undo one record, as far as its rows still belong to the kept card:
    they go to the card that came back as ``back_id``.
    """
    table = Base.metadata.tables[record["table"]]
    moved = update(table).where(table.c.id.in_(record["moved"]), table.c.person_id == kept_id)
    db.session.execute(moved.values(person_id=back_id))
    for values in record["dropped"]:  # with fresh numbers: the old ones may have been given away
        row = {
            **thawed(table, {name: value for name, value in values.items() if name != "id"}),
            "person_id": back_id,
        }
        db.session.execute(insert(table).values(row))
