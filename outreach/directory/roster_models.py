"""A roster on its way into the register: the batch and its rows, kept so that the whole can be taken back."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key, only_where
from outreach.core.files import StoredFile
from outreach.core.moves import Moves

#: verdicts of the dry run
NEW, SAME, SKIPPED = "new", "same", "skipped"
#: fields an existing card gains when it has none
FILLED = (
    "gender",
    "birth",
    "home_code",
    "home_village",
    "province",
    "city",
    "lives_raw",
    "industry",
    "scale_stated",
    "wechat",
    "email",
)
#: with the number of the annual output, which a card holds as an amount
GAINED = (*FILLED, "scale_wan")


class Batch(Moves, Base):
    """One uploaded roster. Rows enter the register in portions; ``cursor`` is the last row done."""

    __tablename__ = "batches"
    MOVES: ClassVar = {
        "reading": ("ready", "failed"),
        "ready": ("reading", "applying", "discarded"),
        "applying": ("applied", "stuck"),
        "applied": ("reverting",),
        "reverting": ("reverted", "stuck"),
        "stuck": ("reverting",),  # a fault stopped it in the middle: what was entered can be taken back
        "failed": ("discarded",),
    }

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    # a roster of its members; empty: what the title names
    chamber: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(10), default="reading")
    mapping: Mapped[dict] = mapped_column(JSON, default=dict)  # heading shape -> [field or "" per column]
    shapes: Mapped[list] = mapped_column(JSON, default=list)  # what the preview shows of each heading shape
    counts: Mapped[dict] = mapped_column(JSON, default=dict)
    kept: Mapped[dict] = mapped_column(JSON, default=dict)  # after a revert: reason -> how many stayed
    cursor: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    applied_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(lazy="joined")
    file: Mapped[StoredFile] = relationship(lazy="joined")
    created_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[created_by_id])
    applied_by: Mapped[User | None] = relationship(foreign_keys=[applied_by_id])

    @property
    def busy(self) -> bool:
        """Whether the worker is at it."""
        return self.state in ("reading", "applying", "reverting")

    @property
    def done_percent(self) -> int:
        """Progress of the present step."""
        return 100 * self.cursor // self.total if self.total else 0


class KnownHeading(Base):
    """What a county's clerk said a heading means: remembered for the next sheet of the same kind."""

    __tablename__ = "known_headings"
    __table_args__ = (UniqueConstraint("county_id", "sha256"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    sha256: Mapped[str] = mapped_column(String(64))  # of the heading's shape, which may be long
    shape: Mapped[str] = mapped_column(Text)
    fields: Mapped[list] = mapped_column(JSON)


class BatchRow(Base):
    """One row of the sheet: what stood there (without ID numbers), what it means, what is doubtful,
    what it became.
    """

    __tablename__ = "batch_rows"
    __table_args__ = (
        Index("ix_batch_rows_batch_id_number", "batch_id", "number", unique=True),
        Index("ix_batch_rows_batch_id_doubtful", "batch_id", "doubtful"),
        Index("ix_batch_rows_said", "said", **only_where("said IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"))
    number: Mapped[int]  # in the batch, from 1
    sheet: Mapped[str] = mapped_column(String(40))
    line: Mapped[int]  # in the sheet, from 1, as Excel shows it
    raw: Mapped[list] = mapped_column(JSON)
    card: Mapped[dict] = mapped_column(JSON)  # what the row means
    doubts: Mapped[list] = mapped_column(JSON)  # [[field, code, as stated], ...]
    doubtful: Mapped[bool] = mapped_column(default=False)
    verdict: Mapped[str] = mapped_column(String(8))
    same_as_row: Mapped[int | None]  # an earlier row of this batch
    # the known card it joined; the row outlives it
    person_id: Mapped[int | None] = mapped_column(Key, index=True)
    # of a line without a number: ``entering.said``, to know it when it comes again
    said: Mapped[str | None] = mapped_column(String(64))
    added: Mapped[dict] = mapped_column(JSON, default=dict)  # what an existing card gained, for the revert
