"""Proposals for a tier: who proposed whom, on what grounds, and what came of it."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.files import StoredFile
from outreach.core.moves import Moves
from outreach.directory.models import Person


class TierProposal(Moves, Base):
    """A township or a clerk proposes a person for a tier;
    somebody who may decide accepts or declines, with a reason.
    """

    __tablename__ = "tier_proposals"
    __table_args__ = (Index("ix_tier_proposals_state_tier", "state", "tier"),)
    MOVES: ClassVar = {
        "open": ("accepted", "declined", "withdrawn"),
        "accepted": (),
        "declined": (),
        "withdrawn": (),
    }

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    tier: Mapped[int]
    grounds: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
