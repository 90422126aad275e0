"""An event that fills up within a minute, faster than the database's statistics learn of it."""

import pytest
from sqlalchemy import insert, text

from outreach.core import audit, clock, tokens
from outreach.core.db import db, is_sqlite
from outreach.core.swift import Swift, cursor_of
from outreach.registrations import queries, room_queries
from outreach.registrations.models import CONFIRMED, WAITING, Registration

GUESTS = 2000


def _guests(event, count: int, **values) -> list[dict]:
    codes = [tokens.code() for _guest in range(count)]
    return [
        {
            "event_id": event.id,
            "type_id": event.types[0].id,
            "code": code,
            "door_id": tokens.alias(code),
            "request_key": f"key-{code}",
            "state": CONFIRMED,
            "name": "李丽",
            "company": "甲",
            "mobile": f"139{number:08d}",
            "registered_at": clock.now(),
            **values,
        }
        for number, code in enumerate(codes)
    ]


@pytest.fixture
def full(make):
    """An event with many guests, of whom the planner knows none."""
    event, other = make.event(capacity=20_000), make.event()
    db.session.execute(insert(Registration), _guests(other, 300, state=WAITING))
    db.session.flush()
    if not is_sqlite():
        db.session.execute(text("ANALYZE"))
    db.session.execute(insert(Registration), _guests(event, GUESTS))
    db.session.flush()
    return event


def _enters(event, mobile: str) -> bool:
    """Whether one more guest gets a place by the one statement that looks and writes."""
    row, seen = _guests(event, 1, mobile=mobile)[0], room_queries.opened(event.slug, None)
    room = room_queries.unhindered(event.slug, None, seen, row["name"], room=seen.capacity)
    return (
        audit.record_deed(None, "registrations.register", room_queries.UNHINDERED, {**row, **room})
        is not None
    )


def _plan(event, mobile: str, monkeypatch):
    """How that statement is carried out: lines on SQLite, on PostgreSQL the plan with what it read."""
    told, first = [], Swift.first

    def tell(statement, values):
        words = statement.words(db.engine.dialect)
        if statement in (room_queries.UNHINDERED.alone, room_queries.UNHINDERED.traced):
            told.append((words.text, words.written(values)))
            return None
        return first(statement, values)

    with monkeypatch.context() as patch:
        patch.setattr(Swift, "first", tell)
        assert not _enters(event, mobile)
    statement, values = told[0]
    cursor = cursor_of(db.session.connection())
    if is_sqlite():
        return [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    return cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values).fetchone()[0][0][
        "Plan"
    ]


def test_what_is_asked_for_every_guest_never_reads_the_whole_event(full, monkeypatch):
    plan = _plan(full, "13700001234", monkeypatch)
    if is_sqlite():
        assert not any(
            "SCAN registrations" in line and "INDEX ix_registrations_event_id_id" not in line for line in plan
        ), plan
        assert any("ix_registrations_mobile_event_id (mobile=?)" in line for line in plan), plan
    else:
        assert plan["Actual Rows"] == 1
        assert plan["Shared Hit Blocks"] < 150, plan  # reading every guest would be about 2,000


def test_nobody_passes_those_who_wait_and_another_events_are_not_in_the_way(full):
    assert _enters(full, "13700000001")
    db.session.execute(insert(Registration), _guests(full, 1, state=WAITING, mobile="13700000000"))
    assert not _enters(full, "13700000002")


def test_the_same_number_is_seen_among_many(full):
    assert not _enters(full, "13900001234")
    assert queries.by_mobile(full.id, "13900001234")


def test_guests_without_a_number_are_not_read_for_one_more(full, make, monkeypatch):
    db.session.execute(insert(Registration), _guests(make.event(), GUESTS, mobile=""))
    plan = _plan(full, "", monkeypatch)
    if is_sqlite():
        # equal to nothing: no row
        assert any("ix_registrations_mobile_event_id (mobile=?)" in line for line in plan), plan
    else:
        assert plan["Shared Hit Blocks"] < 150, plan
    assert _enters(full, "")
