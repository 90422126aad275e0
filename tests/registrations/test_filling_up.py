"""An event that fills up within a minute, faster than the database's statistics learn of it."""

import pytest
from sqlalchemy import event as happening
from sqlalchemy import insert, text

from outreach.core import clock, tokens
from outreach.core.db import db, is_sqlite
from outreach.registrations import queries
from outreach.registrations.models import CONFIRMED, WAITING, Registration

GUESTS = 2000


def _guests(event, count: int, **values) -> list[dict]:
    codes = [tokens.code() for _guest in range(count)]
    return [
        {"event_id": event.id, "type_id": event.types[0].id, "code": code, "door_id": tokens.alias(code), "request_key": f"key-{code}",
         "state": CONFIRMED, "name": "李丽", "company": "甲", "mobile": f"139{number:08d}", "registered_at": clock.now(), **values}
        for number, code in enumerate(codes)
    ]  # fmt: skip


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


def _asked(deed) -> list[tuple[str, object]]:
    """Every statement of ``deed`` with its values."""
    told = []

    def tell(_connection, _cursor, statement, values, _context, _many):
        told.append((statement, values))

    happening.listen(db.engine, "before_cursor_execute", tell)
    try:
        deed()
    finally:
        happening.remove(db.engine, "before_cursor_execute", tell)
    return told


def _standing(event, mobile: str) -> queries.Standing:
    return queries.standing(
        event.id, event.unit.path, type_id=event.types[0].id, request_key="a" * 32, name="李丽", mobile=mobile, roomy=True
    )  # fmt: skip


def _plan(event, mobile: str):
    """How the one statement that is asked for a guest is carried out: lines on SQLite, on PostgreSQL the plan with what it read."""
    asked = _asked(lambda: _standing(event, mobile))
    assert len(asked) == 1
    statement, values = asked[0]
    cursor = db.session.connection().connection.cursor()
    if is_sqlite():
        return [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    return cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values).fetchone()[0][0]["Plan"]


def test_what_is_asked_for_every_guest_never_reads_the_whole_event(full):
    plan = _plan(full, "13900001234")
    if is_sqlite():
        assert not any("SCAN registrations" in line and "INDEX ix_registrations_event_id_id" not in line for line in plan), plan
        assert any("ix_registrations_mobile_event_id (mobile=?)" in line for line in plan), plan
    else:
        assert plan["Shared Hit Blocks"] < 100, plan  # reading every guest would be about 2,000


def test_one_who_waits_is_seen_and_others_events_are_not(full):
    assert _standing(full, "1").waiting == 0
    db.session.execute(insert(Registration), _guests(full, 1, state=WAITING, mobile="13700000000"))
    assert _standing(full, "1").waiting == 1


def test_the_same_number_is_seen_among_many(full):
    found = _standing(full, "13900001234")
    assert db.session.get_one(Registration, found.same_number).mobile == "13900001234"
    assert found.taken >= GUESTS


def test_guests_without_a_number_are_not_read_for_one_more(full, make):
    db.session.execute(insert(Registration), _guests(make.event(), GUESTS, mobile=""))
    plan = _plan(full, "")
    if is_sqlite():
        assert any("ix_registrations_mobile_event_id (mobile=?)" in line for line in plan), plan  # equal to nothing: no row
    else:
        assert plan["Shared Hit Blocks"] < 30, plan
    assert _standing(full, "").same_number is None
