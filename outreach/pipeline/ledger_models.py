"""The investment office's own ledger, brought in once: looked at first, entered, taken back."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.files import StoredFile

#: looked at; entered; taken back
READ, ENTERED, REVERTED = "read", "entered", "reverted"
#: what a line is beside what is stored
SAME, CHANGED, DIFFERS, NEW, UNCLEAR = "same", "changed", "differs", "new", "unclear"


class LedgerBatch(Base):
    """One uploaded ledger. ``rows``: what was read, line by line.

    ``made``: what entering it created and changed, to take it back.
    """

    __tablename__ = "ledger_batches"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    state: Mapped[str] = mapped_column(String(10), default=READ)
    rows: Mapped[list] = mapped_column(JSON, default=list)
    # of each heading: what its columns were taken for
    shapes: Mapped[list] = mapped_column(JSON, default=list)
    made: Mapped[dict] = mapped_column(JSON, default=dict)
    uploaded_at: Mapped[datetime] = mapped_column(default=clock.now)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
    uploaded_by: Mapped[User | None] = relationship()


class LedgerHeading(Base):
    """What a unit said the columns of a heading are; used for its next ledger with the same heading."""

    __tablename__ = "ledger_headings"
    __table_args__ = (UniqueConstraint("unit_id", "sha256"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    sha256: Mapped[str] = mapped_column(String(64))  # of the shape, which may be long
    shape: Mapped[str] = mapped_column(Text)
    fields: Mapped[list] = mapped_column(JSON)
