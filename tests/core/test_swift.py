"""Statements run by the driver itself give, keep and refuse what SQLAlchemy gives, keeps and refuses."""

import contextlib

import pytest
from sqlalchemy import bindparam, event, exists, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from outreach.accounts import operations as roles
from outreach.accounts import queries as accounts
from outreach.accounts.models import User
from outreach.checkin.models import Scan
from outreach.core import audit, clock, tokens
from outreach.core.db import db, is_sqlite
from outreach.core.refusals import Refused
from outreach.core.swift import Swift, at_hand, guarded, insert_now
from outreach.events.models import Event, GuestType
from outreach.permissions import Permission, Role
from outreach.registrations.models import ACTIVE, CONFIRMED, Registration


def _guest(event, **values) -> Registration:
    plain = {
        "event_id": event.id,
        "request_key": tokens.code(),
        "code": tokens.code(),
        "state": CONFIRMED,
        "name": "李丽",
        "company": "甲",
    }
    return Registration(**{**plain, "mobile": "13812340000", **values})


def test_values_come_out_by_the_types_of_their_columns(make):
    """Moments, truths, bytes, texts, and states that the statement itself lists."""
    event = make.event()
    insert_now(_guest(event))
    statement = (
        select(
            Event.starts_at,
            Event.ticket_seed,
            GuestType.public,
            Event.capacity,
            Registration.registered_at,
            Registration.state,
        )
        .join(GuestType, GuestType.event_id == Event.id)
        .join(Registration, Registration.event_id == Event.id)
        .where(
            Event.slug == bindparam("slug"),
            Registration.state.in_(ACTIVE),
            Registration.registered_at <= bindparam("until"),
        )
    )
    values = {"slug": event.slug, "until": clock.now()}
    found = Swift(statement).rows(values)
    assert [tuple(row) for row in found] == [tuple(row) for row in db.session.execute(statement, values)]
    assert len(found) == 1
    assert found[0].starts_at.tzinfo is not None
    assert found[0].public is True
    assert Swift(statement).first({**values, "slug": "nothing"}) is None


def test_a_value_that_was_forgotten_is_an_error_and_never_empty(make):
    with pytest.raises((KeyError, DBAPIError)):
        Swift(select(Event.id).where(Event.slug == bindparam("slug"))).rows({})


def test_a_row_written_at_once_is_the_row_a_flush_writes(make):
    event = make.event()
    flushed, swift = _guest(event), _guest(event)
    db.session.add(flushed)
    db.session.flush()
    insert_now(swift)
    db.session.expire_all()
    differ = {"id", "code", "page_token", "door_id", "request_key", "registered_at"}
    columns = [column.key for column in Registration.__table__.columns if column.key not in differ]
    assert {name: getattr(swift, name) for name in columns} == {
        name: getattr(flushed, name) for name in columns
    }
    assert swift.registered_at
    assert swift.event is event


def test_defaults_of_one_row_are_not_shared_with_the_next(make):
    event = make.event()
    first, second = (Scan(key=tokens.code(), event_id=event.id, verdict="unknown") for _scan in range(2))
    insert_now(first)
    insert_now(second)
    db.session.refresh(first)
    first.answers["question"] = True
    db.session.refresh(second)
    assert second.answers == {}


def test_the_trace_keeps_counts_and_words(make):
    user = make.user()
    audit.record(user, "core.test", user, reason="理由", count=3, names=["甲"])
    entry = db.session.scalar(select(audit.AuditEntry).where(audit.AuditEntry.verb == "core.test"))
    assert (entry.user_id, entry.object_kind, entry.reason, entry.detail) == (
        user.id,
        "users",
        "理由",
        {"count": 3, "names": ["甲"]},
    )


def test_a_deed_and_its_trace_are_written_both_or_neither(make):
    user = make.user()
    unknown = ~exists(select(Scan.id).where(Scan.key == bindparam("key")))
    deed = audit.Deed(Scan, guarded(Scan, unknown))
    values = {"key": tokens.code(), "event_id": make.event().id, "verdict": "unknown"}
    written = audit.record_deed(user, "core.test", deed, values, reason="理由", count=3)
    assert audit.record_deed(user, "core.test", deed, values) is None
    [entry] = db.session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.verb == "core.test"))
    assert (entry.user_id, entry.object_kind, entry.object_id, entry.reason, entry.detail) == (
        user.id,
        "scans",
        written.id,
        "理由",
        {"count": 3},
    )
    assert entry.at is not None
    assert db.session.get_one(Scan, written.id).answers == {}


def test_what_the_database_refuses_is_said_without_the_values(make):
    event = make.event()
    row = _guest(event)
    insert_now(row)
    code = row.code
    with pytest.raises(IntegrityError) as refused:
        insert_now(_guest(event, code=code))
    told = str(refused.value)
    db.session.rollback()
    db.session.add(_guest(make.event(), code=code))
    db.session.add(_guest(make.event(), code=code))
    with pytest.raises(IntegrityError) as refused:
        db.session.flush()
    told += str(refused.value)
    assert "13812340000" not in told
    assert "李丽" not in told
    db.session.rollback()


def test_after_the_server_went_away_the_next_request_has_a_connection(make):
    event = make.event()
    db.session.commit()
    statement = Swift(select(Event.id).where(Event.slug == bindparam("slug")))
    assert statement.first({"slug": event.slug}) == (event.id,)
    if not is_sqlite():
        mine = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        with pytest.raises(OperationalError):
            statement.first({"slug": "x"})
    db.session.rollback()
    assert statement.first({"slug": event.slug}) == (event.id,)


def test_who_is_signed_in_is_read_with_every_role_and_without_the_hash(make):
    key = make.user(Role.VIEWER, make.county).id
    db.session.get_one(User, key).grants.append(accounts.Grant(unit=make.other_county, role=Role.ORGANISER))
    lonely = make.user(None).id
    db.session.commit()
    db.session.expunge_all()
    user = accounts.signed_in(key)
    assert "password_hash" not in user.__dict__
    assert user.holds(Permission.EVENTS_EDIT)
    assert user.reaches(Permission.EVENTS_EDIT, make.other_county)
    assert not user.reaches(Permission.EVENTS_EDIT, make.county)
    assert user.password_hash  # read when asked for
    assert accounts.signed_in(lonely).held == []
    assert accounts.signed_in(10**9) is None


def test_an_object_the_session_has_already_stays_as_it_is(make):
    user = make.user()
    user.name = "改名中"
    assert at_hand(User, {"id": user.id, "name": "旧名"}) is user
    assert user.name == "改名中"


def test_roles_given_and_taken_are_seen_at_once(make):
    key = make.user(None).id
    db.session.commit()
    db.session.expunge_all()
    me = accounts.signed_in(key)
    assert not me.holds(Permission.EVENTS_EDIT)
    roles.grant_role(me, make.county, Role.ORGANISER, by=None)
    assert me.holds(Permission.EVENTS_EDIT)
    db.session.commit()
    db.session.expunge_all()
    me = accounts.signed_in(key)
    assert me.holds(Permission.EVENTS_EDIT)
    db.session.execute(text("DELETE FROM grants"))
    db.session.commit()
    assert not me.holds(Permission.EVENTS_EDIT), "what was read holds no longer than the row"


def test_who_counts_statements_counts_these_too(make):
    told = []

    def tell(_connection, _cursor, statement, *_rest):
        told.append(statement)

    event.listen(db.engine, "before_cursor_execute", tell)
    try:
        for _number in range(5):
            audit.record(None, "core.test")
    finally:
        event.remove(db.engine, "before_cursor_execute", tell)
    assert sum("audit_entries" in statement for statement in told) == 5


def test_a_savepoint_that_is_given_up_takes_the_trace_with_it(make):
    audit.record(None, "core.before")
    with contextlib.suppress(Refused), db.session.begin_nested():
        audit.record(None, "core.within")
        raise Refused("x")
    audit.record(None, "core.after")
    db.session.commit()
    verbs = (
        select(audit.AuditEntry.verb)
        .where(audit.AuditEntry.verb.startswith("core."))
        .order_by(audit.AuditEntry.id)
    )
    assert list(db.session.scalars(verbs)) == ["core.before", "core.after"]
