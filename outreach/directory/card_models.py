"""What the person on the card says: the link to their own page, what they agreed to,
what they want corrected.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.moves import Moves
from outreach.directory.models import Person

#: what a field may be used for, beyond the task force that keeps the card (PIPL 14, 23, 25: separate consent)
GUESTS, PRINTED, PUBLIC, GREETINGS = "guests", "printed", "public", "greetings"
PURPOSES = (GUESTS, PRINTED, PUBLIC, GREETINGS)
#: the fields a person chooses about; the name goes with any of them
FIELDS = ("company", "mobile", "wechat", "email", "city", "home")
#: the text somebody agreed to; a new text gets a new number
CARD_NOTICE = "2026-1"

CONFIRM, CORRECT, REFUSE = "confirm", "correct", "refuse"


class CardLink(Base):
    """A link that opens one card without an account.

    Only its hash is kept: it is shown once, when it is made.
    """

    __tablename__ = "card_links"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ends_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    made_by: Mapped[User | None] = relationship()


class Consent(Base):
    """What a person agreed to on one day: purpose -> fields.

    Only ever added to; the last one counts, an empty one withdraws.
    """

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    choices: Mapped[dict] = mapped_column(JSON, default=dict)
    notice_version: Mapped[str] = mapped_column(String(20), default=CARD_NOTICE)
    via: Mapped[str] = mapped_column(String(120))  # their own page, or the paper and the clerk who holds it
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    recorded_by: Mapped[User | None] = relationship()


class CardAnswer(Moves, Base):
    """What the person sent from their page: all right, a correction (field -> value), or "take me off"."""

    __tablename__ = "card_answers"
    __table_args__ = (Index("ix_card_answers_state_person", "state", "person_id"),)
    MOVES: ClassVar = {"open": ("accepted", "declined"), "accepted": (), "declined": (), "noted": ()}

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="open")
    values: Mapped[dict] = mapped_column(JSON, default=dict)
    answered_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship()
    decided_by: Mapped[User | None] = relationship()


class PrintRun(Base):
    """One numbered copy of the printed directory: for whom, in what order,
    and who stood in it with which fields.
    """

    __tablename__ = "print_runs"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    copy: Mapped[int]  # counted per unit
    recipient: Mapped[str] = mapped_column(String(60))
    order: Mapped[str] = mapped_column(String(10))
    people: Mapped[dict] = mapped_column(JSON, default=dict)  # person id -> fields that were printed
    printed_at: Mapped[datetime] = mapped_column(default=clock.now)
    printed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    printed_by: Mapped[User | None] = relationship()
