"""Two organisations that are one: proposed by anybody who edits, done by who may change both, undone."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.moves import Moves


class OrganisationMerge(Moves, Base):
    """``gone`` went, or is proposed to go, into ``kept``.

    ``take``: the fields whose value comes from ``gone``. ``gone`` is the row as it was, ``before`` and
    ``after`` the changed fields of the kept one, ``moved`` the rows that changed hands. ``lost_key``: the key
    of the name that is no organisation any more; whoever writes it means the kept one.
    """

    __tablename__ = "organisation_merges"
    MOVES: ClassVar = {
        "open": ("merged", "declined", "withdrawn"),
        "merged": ("undone",),
        "declined": (),
        "withdrawn": (),
        "undone": (),
    }

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # numbers, not pointers: one of them goes, the other may be merged on
    kept_id: Mapped[int] = mapped_column(Key, index=True)
    gone_id: Mapped[int] = mapped_column(Key, index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)  # where the proposer works
    state: Mapped[str] = mapped_column(String(10), default="open")
    take: Mapped[list] = mapped_column(JSON, default=list)
    gone: Mapped[dict] = mapped_column(JSON, default=dict)
    before: Mapped[dict] = mapped_column(JSON, default=dict)
    after: Mapped[dict] = mapped_column(JSON, default=dict)
    moved: Mapped[list] = mapped_column(JSON, default=list)
    lost_key: Mapped[str] = mapped_column(String(120), default="", index=True)
    reason: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision: Mapped[str] = mapped_column(Text, default="")  # why it was declined or undone

    unit: Mapped[Unit] = relationship()
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
