"""操作留痕: who did what to which row, and why. Rows of the same transaction as the deed; never changed."""

from datetime import datetime

from flask import has_request_context, request
from sqlalchemy import JSON, ForeignKey, Index, Insert, String, Text, bindparam, event, select, true
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import clock
from outreach.core.db import Base, Key, begin_writing, db, is_sqlite, only_where, writing
from outreach.core.swift import Swift, completed, guarded


class AuditEntry(Base):
    """One deed.

    ``object_kind``/``object_id`` name the row, ``detail`` holds counts and codes, never personal data.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_object", "object_kind", "object_id"),
        Index("ix_audit_entries_link", "link", unique=True),
        Index("ix_audit_entries_unlinked", "id", **only_where("link IS NULL")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    verb: Mapped[str] = mapped_column(String(60), index=True)
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[dict] = mapped_column(JSON, default=dict)
    # where the request came from; empty: the worker
    address: Mapped[str] = mapped_column(String(45), default="")
    link: Mapped[int | None] = mapped_column(Key)  # the place in the chain (``audit_chain``)
    digest: Mapped[str] = mapped_column(String(64), default="")  # of this entry and the one before it
    # of the reason before an erasure changed it
    reason_digest: Mapped[str] = mapped_column(String(64), default="")


_COLUMNS = [column for column in AuditEntry.__table__.columns if not column.primary_key]
_INSERT = Swift(guarded(AuditEntry, true()))


class Deed:
    """A :func:`guarded` INSERT that leaves its trace:
    on PostgreSQL both are one statement, for a statement costs more than a row does.
    """

    def __init__(self, model, insert: Insert):
        self.model, self.alone = model, Swift(insert)
        written = insert.cte("written")
        entry = [
            written.c.id if column.key == "object_id" else bindparam(f"trace_{column.key}", type_=column.type)
            for column in _COLUMNS
        ]
        trace = AuditEntry.__table__.insert().from_select(
            [column.key for column in _COLUMNS], select(*entry).select_from(written)
        )
        self.traced = Swift(select(written).add_cte(trace.cte("trace")))


def record_deed(by, verb: str, deed: Deed, values: dict, /, *, reason: str = "", **detail):
    """Write the row of ``values`` and the entry that it was written;
    the id and what the database looked up, or None and neither of both.
    """
    kind = deed.model.__tablename__
    if is_sqlite():
        written = deed.alone.first(completed(deed.model, values))
        if written is not None:
            _INSERT.rows(_entry(by, verb, kind, written.id, reason, detail))
        return written
    entry = {f"trace_{name}": value for name, value in _entry(by, verb, kind, None, reason, detail).items()}
    return deed.traced.first({**completed(deed.model, values), **entry})


def record(by, verb: str, row=None, *, reason: str = "", **detail) -> None:
    """Write an entry for ``verb`` (``domain.operation``) done by ``by`` (a user,
    or None for a guest or the system).
    """
    if row is not None and getattr(row, "id", None) is None:
        db.session.flush()
    kind, row_id = ("", None) if row is None else (row.__tablename__, row.id)
    entry = _entry(by, verb, kind, row_id, reason, detail)
    if is_sqlite() and not writing.get():
        db.session().info.setdefault(_LATER, []).append(entry)
    else:
        _INSERT.rows(entry)


#: entries of a transaction that only read so far, in the session's ``info``
_LATER = "entries"


@event.listens_for(db.session, "before_commit")
def _write_later_ones(session) -> None:
    """A deed that only reads (an export, a print) takes SQLite's one write lock for its trace alone,
    when all is read and made.
    """
    if session.in_nested_transaction() or not (entries := session.info.pop(_LATER, None)):
        return
    begin_writing()
    for entry in entries:
        _INSERT.rows(entry)


@event.listens_for(db.session, "after_rollback")
def _forget_later_ones(session) -> None:
    session.info.pop(_LATER, None)


def _entry(by, verb: str, kind: str, row_id: int | None, reason: str, detail: dict) -> dict:
    return {
        "at": clock.now(),
        "user_id": getattr(by, "id", None),
        "verb": verb,
        "object_kind": kind,
        "object_id": row_id,
        "reason": reason,
        "detail": detail,
        "address": (request.remote_addr or "")[:45] if has_request_context() else "",
        "link": None,
        "digest": "",
        "reason_digest": "",
    }
