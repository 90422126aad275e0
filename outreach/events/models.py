"""Events, their programme and whom they invite."""

from typing import ClassVar

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key, Moment
from outreach.core.moves import Moves
from outreach.directory.models import Person


class Event(Moves, Base):
    """One event, hosted by a unit. Times are moments; the wall clock shown is that of ``zone``."""

    __tablename__ = "events"
    MOVES: ClassVar = {"draft": ("published", "cancelled"), "published": ("draft", "held", "cancelled"), "held": (), "cancelled": ()}

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    summary_en: Mapped[str] = mapped_column(Text, default="")
    city: Mapped[str] = mapped_column(String(40))
    venue: Mapped[str] = mapped_column(String(120))
    venue_en: Mapped[str] = mapped_column(String(160), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    starts_at: Mapped[object] = mapped_column(Moment, index=True)
    ends_at: Mapped[object] = mapped_column(Moment)
    opens_at: Mapped[object | None] = mapped_column(Moment)  # registration; empty: when published
    closes_at: Mapped[object | None] = mapped_column(Moment)  # registration; empty: when it starts
    capacity: Mapped[int] = mapped_column(default=200)
    contact: Mapped[str] = mapped_column(String(120), default="")
    sequence: Mapped[int] = mapped_column(default=0)  # iCalendar SEQUENCE: grows when time or place changes
    created_at: Mapped[object] = mapped_column(Moment, default=clock.now)
    updated_at: Mapped[object] = mapped_column(Moment, default=clock.now)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    programme: Mapped[list["ProgrammeItem"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="ProgrammeItem.starts_at, ProgrammeItem.id"
    )

    def registration_state(self) -> str:
        """not_open, open or closed."""
        return registration_state(self)


def registration_state(event) -> str:
    """not_open, open or closed, of an event or of a row with its ``state``, ``starts_at``, ``opens_at`` and ``closes_at``."""
    moment = clock.now()
    if event.state != "published" or moment >= (event.closes_at or event.starts_at):
        return "closed"
    return "not_open" if event.opens_at and moment < event.opens_at else "open"


class ProgrammeItem(Base):
    """议程环节: one item of the programme."""

    __tablename__ = "programme_items"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[object] = mapped_column(Moment)
    minutes: Mapped[int] = mapped_column(default=15)
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    speaker: Mapped[str] = mapped_column(String(120), default="")

    event: Mapped[Event] = relationship(back_populates="programme")


class Invitation(Base):
    """Somebody of the directory who is invited."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("event_id", "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    invited_at: Mapped[object] = mapped_column(Moment, default=clock.now)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()
    invited_by: Mapped[User | None] = relationship()
