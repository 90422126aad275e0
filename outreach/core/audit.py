"""操作留痕: who did what to which row, and why. Rows of the same transaction as the deed; never changed."""

from sqlalchemy import JSON, ForeignKey, Index, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import clock
from outreach.core.db import Base, Key, Moment, db
from outreach.core.swift import guarded


class AuditEntry(Base):
    """One deed. ``object_kind``/``object_id`` name the row, ``detail`` holds counts and codes, never personal data."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_object", "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[object] = mapped_column(Moment, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    verb: Mapped[str] = mapped_column(String(60), index=True)
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[dict] = mapped_column(JSON, default=dict)


_INSERT = guarded(AuditEntry, true())


def record(by, verb: str, row=None, *, reason: str = "", **detail) -> None:
    """Write an entry for ``verb`` (``domain.operation``) done by ``by`` (a user, or None for a guest or the system)."""
    if row is not None and getattr(row, "id", None) is None:
        db.session.flush()
    entry = {
        "at": clock.now(), "user_id": getattr(by, "id", None), "verb": verb, "object_kind": "" if row is None else row.__tablename__,
        "object_id": None if row is None else row.id, "reason": reason, "detail": detail,
    }  # fmt: skip
    _INSERT.rows(entry)
