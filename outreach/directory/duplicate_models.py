"""Pairs of cards that may be one person, and merges with all that is needed to undo them."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.directory.models import Person

OPEN, DIFFERENT = "open", "different"
LIKELY = "likely"  # open, and nothing much speaks against it: what the review shows first


class DuplicatePair(Base):
    """Two cards (``low_id`` < ``high_id``) and why they look like one person.

    ``different`` is remembered for ever.
    """

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        Index("ix_duplicate_pairs_state_points", "state", "points"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    low_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    high_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    points: Mapped[int]
    reasons: Mapped[list] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    low: Mapped[Person] = relationship(foreign_keys=[low_id])
    high: Mapped[Person] = relationship(foreign_keys=[high_id])
    decided_by: Mapped[User | None] = relationship()


class Merge(Base):
    """One card went into another. ``gone`` is the card as it was; ``before`` and ``after`` the kept card's
    changed fields; ``moved`` the rows that changed hands. The row goes when the kept card is erased.
    """

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # a number, not a pointer: the kept card may be merged on
    kept_id: Mapped[int] = mapped_column(Key, index=True)
    gone_id: Mapped[int] = mapped_column(Key, index=True)
    gone_origin_id: Mapped[int | None] = mapped_column(Key, index=True)
    gone: Mapped[dict] = mapped_column(JSON)
    before: Mapped[dict] = mapped_column(JSON, default=dict)
    after: Mapped[dict] = mapped_column(JSON, default=dict)
    moved: Mapped[list] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(Text, default="")
    merged_at: Mapped[datetime] = mapped_column(default=clock.now)
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]

    merged_by: Mapped[User | None] = relationship()
