"""A guest of a roomy house is written by one statement, one of a small house from an object:
nobody can tell which it was.
"""

import pytest
from sqlalchemy import select

from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.registrations import operations, queries
from outreach.registrations.models import Registration
from outreach.registrations.operations import registering

#: what differs between any two guests
OWN = {
    "id",
    "event_id",
    "type_id",
    "code",
    "page_token",
    "door_id",
    "request_key",
    "consented_at",
    "registered_at",
    "guest_book_at",
    "photos_at",
}


def _registered(make, capacity: int, monkeypatch, *, approval: bool, **values) -> tuple:
    """(columns, moments, trace, subject of the letter) of the same guest at an event of its own."""
    event = make.event(capacity=capacity)
    event.types[0].approval = approval
    db.session.flush()
    at_once = []
    place_at_once = registering._place_at_once
    monkeypatch.setattr(
        registering, "_place_at_once", lambda *a, **k: at_once.append(place_at_once(*a, **k)) or at_once[-1]
    )
    guest = {
        "name": "王建国",
        "company": "甲",
        "post": "经理",
        "mobile": "15412345678",
        "email": "",
        "locale": "en",
        **values,
    }
    row = queries.by_page_key(operations.register(event.slug, request_key=f"form-of-{event.slug}", **guest))
    assert any(at_once) == (capacity == 5000)
    db.session.refresh(row)
    trace = db.session.execute(
        select(AuditEntry.verb, AuditEntry.user_id, AuditEntry.object_kind, AuditEntry.detail).where(
            AuditEntry.object_id == row.id, AuditEntry.object_kind == "registrations"
        )
    ).all()
    letters = [
        letter.subject.replace(event.title, "")
        for letter in db.session.scalars(
            select(Mail).where(Mail.recipient == guest["email"], guest["email"] != "")
        )
    ]
    moments = {name for name in ("consented_at", "guest_book_at", "photos_at") if getattr(row, name)}
    columns = {
        column.key: getattr(row, column.key)
        for column in Registration.__table__.columns
        if column.key not in OWN
    }
    assert (row.event_id, row.type_id) == (event.id, event.types[0].id)
    return columns, moments, [tuple(entry) for entry in trace], letters[-1:]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"approval": True},
        {"guest_book": True},
        {"photos": True, "email": "wang@example.org"},
        {"approval": True, "email": "wang@example.org"},
    ],
)
def test_the_row_the_trace_and_the_letter_are_the_same(make, monkeypatch, values):
    person = make.person("王建国", mobiles=["15412345678"])
    values = {"approval": False, **values}
    one, other = (_registered(make, capacity, monkeypatch, **values) for capacity in (5000, 50))
    assert one == other
    columns, moments, trace, letters = one
    assert columns["person_id"] == person.id
    assert columns["state"] == ("pending" if values["approval"] else "confirmed")
    assert moments == {"consented_at"} | {
        f"{name}_at" for name in ("guest_book", "photos") if values.get(name)
    }
    assert [entry[0] for entry in trace] == ["registrations.register"]
    assert len(letters) == ("email" in values)
