"""Gates and scans. A scan is a fact: it is added, never changed; an undo is a scan of its own kind."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.db import Base, Key, Moment
from outreach.events.models import Event
from outreach.registrations.models import Registration

#: verdicts. Only ``admitted`` lets somebody in; ``undone`` takes the last admission back.
ADMITTED, ALREADY, CANCELLED, WAITING, OTHER_EVENT, UNKNOWN, UNDONE = (
    "admitted", "already", "cancelled", "waiting", "other_event", "unknown", "undone",
)  # fmt: skip


class Gate(Base):
    """签到点: a place where guests are scanned."""

    __tablename__ = "gates"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))

    event: Mapped[Event] = relationship()


class Scan(Base):
    """One scan, also a refused one. ``key`` is the name the device gave it: the same key is the same scan."""

    __tablename__ = "scans"
    __table_args__ = (
        Index("ix_scans_event_id_verdict", "event_id", "verdict"),
        Index("ix_scans_registration_id_verdict", "registration_id", "verdict"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    gate_id: Mapped[int | None] = mapped_column(ForeignKey("gates.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    verdict: Mapped[str] = mapped_column(String(12))
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("scans.id"), index=True)  # already: the admission; undone: what it undoes
    reason: Mapped[str] = mapped_column(String(200), default="")
    device_at: Mapped[object | None] = mapped_column(Moment)  # the device's own clock
    received_at: Mapped[object] = mapped_column(Moment, default=clock.now)
    scanned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    gate: Mapped[Gate | None] = relationship()
    registration: Mapped[Registration | None] = relationship()
    earlier: Mapped["Scan | None"] = relationship(remote_side=[id])
    scanned_by: Mapped[User | None] = relationship()
