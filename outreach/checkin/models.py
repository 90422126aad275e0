"""Gates and scans. A scan is a fact: it is added, never changed; an undo is a scan of its own kind."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import User
from outreach.checkin.device_models import Device, Gate
from outreach.core import clock
from outreach.core.db import Base, Key, only_where
from outreach.registrations.models import Registration

__all__ = ["Decision", "Device", "DoorProblem", "Gate", "Scan"]

#: verdicts of ``rules.judge``, and ``other_event`` that only the house can tell. ``admitted`` lets somebody
#: in, ``left`` lets out again, ``undone`` takes an admission back; all others are refusals.
ADMITTED, LEFT, UNDONE, ALREADY = "admitted", "left", "undone", "already"
CANCELLED, WAITING, APPROVAL, REPLACED, STALE = "cancelled", "waiting", "approval", "replaced", "stale"
EARLY, LATE, WRONG_GATE, ELSEWHERE, OTHER_EVENT, UNKNOWN, FORGED = (
    "early",
    "late",
    "wrong_gate",
    "elsewhere",
    "other_event",
    "unknown",
    "forged",
)
VERDICTS = (
    ADMITTED,
    LEFT,
    UNDONE,
    ALREADY,
    CANCELLED,
    WAITING,
    APPROVAL,
    REPLACED,
    STALE,
    EARLY,
    LATE,
    WRONG_GATE,
    ELSEWHERE,
    OTHER_EVENT,
    UNKNOWN,
    FORGED,
)
#: how somebody was recognised
WAYS = ("code", "photo", "gun", "name", "walk_in", "paper", "poster", "phone")

#: what a person decided about a double entry: 误扫, 票外传, 时钟错误, 无碍
DECISIONS = ("mis_scan", "passed_on", "wrong_clock", "fine")


class Scan(Base):
    """One scan, also a refused one. ``key`` is the name the device gave it: the same key is the same scan.

    ``verdict`` is what the person at the door was told. What it should have been follows from all scans
    (``merging``) and is never stored. Two things are filled in later and nothing else: whose it was, when a
    pass is scanned before its guest is heard of, and ``answers``.
    """

    __tablename__ = "scans"
    __table_args__ = (
        Index("ix_scans_event_id_verdict", "event_id", "verdict"),
        Index("ix_scans_registration_id_verdict", "registration_id", "verdict"),
        Index("ix_scans_door_id", "door_id", **only_where("registration_id IS NULL")),
        Index("ix_scans_device_id", "device_id", **only_where("device_id IS NOT NULL")),
        Index("ix_scans_device_id_number", "device_id", "number", **only_where("number IS NOT NULL")),
        Index("ix_scans_earlier_id", "earlier_id", **only_where("earlier_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    gate_id: Mapped[int | None] = mapped_column(ForeignKey("gates.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("gate_devices.id"))
    number: Mapped[int | None]  # the device counts its scans: what is missing between two is known
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    door_id: Mapped[str] = mapped_column(String(16), default="")  # the ticket as the gate knew it
    # the gate's purpose, with the day where it counts each day
    scope: Mapped[str] = mapped_column(String(24), default="arrival")
    verdict: Mapped[str] = mapped_column(String(12))
    way: Mapped[str] = mapped_column(String(8), default="code")
    # unseen: signed, but registered after the gate's last contact; override; clock
    note: Mapped[str] = mapped_column(String(12), default="")
    # already: the admission; undone: what it undoes
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("scans.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    answers: Mapped[dict] = mapped_column(JSON, default=dict)  # question of the gate -> yes or no
    device_at: Mapped[datetime | None]  # the device's own clock
    # what the device had measured against ours, to be added
    offset_ms: Mapped[int] = mapped_column(default=0)
    # when it happened: the device's time corrected, else ours
    at: Mapped[datetime] = mapped_column(default=clock.now)
    received_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    scanned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    gate: Mapped[Gate | None] = relationship()
    device: Mapped[Device | None] = relationship()
    registration: Mapped[Registration | None] = relationship()
    earlier: Mapped["Scan | None"] = relationship(remote_side=[id])
    scanned_by: Mapped[User | None] = relationship()


class Decision(Base):
    """What somebody decided about a double entry. The last one of a scan holds."""

    __tablename__ = "scan_decisions"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scans.id"), index=True)  # the second entry
    kind: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    scan: Mapped[Scan] = relationship()
    decided_by: Mapped[User | None] = relationship()


class DoorProblem(Base):
    """Something a gate sent that could not be taken as it was.

    It stays in sight until somebody has dealt with it.
    """

    __tablename__ = "door_problems"
    __table_args__ = (UniqueConstraint("device_id", "key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("gate_devices.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    number: Mapped[int | None]  # of a scan that could not be read: it arrived all the same
    reason: Mapped[str] = mapped_column(String(20))  # unreadable, nobody, refused, pass_twice
    content: Mapped[str] = mapped_column(String(500), default="")
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    device: Mapped[Device] = relationship()
