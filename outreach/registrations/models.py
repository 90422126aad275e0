"""Guests of an event."""

from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.core import clock
from outreach.core.db import Base, Key, Moment
from outreach.core.moves import Moves
from outreach.directory.models import Person
from outreach.events.models import Event

CONFIRMED, WAITING, CANCELLED = "confirmed", "waiting", "cancelled"

#: the version of the privacy notice a guest agrees to; a new text gets a new number
NOTICE_VERSION = "2026-1"


class Registration(Moves, Base):
    """One guest. ``code`` is the ticket: 16 random bytes in base 32, and the key to the guest's own page."""

    __tablename__ = "registrations"
    __table_args__ = (
        Index("ix_registrations_event_id_state", "event_id", "state"),
        Index("ix_registrations_event_id_mobile", "event_id", "mobile"),
    )
    MOVES: ClassVar = {CONFIRMED: (CANCELLED,), WAITING: (CONFIRMED, CANCELLED), CANCELLED: ()}

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)  # empty: a new prospect
    code: Mapped[str] = mapped_column(String(26), unique=True)
    request_key: Mapped[str] = mapped_column(String(40), unique=True)  # names the form that was sent: sent twice is one
    state: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(40))
    company: Mapped[str] = mapped_column(String(120))
    post: Mapped[str] = mapped_column(String(40), default="")
    mobile: Mapped[str] = mapped_column(String(11))
    email: Mapped[str] = mapped_column(String(254), default="")
    locale: Mapped[str] = mapped_column(String(12), default="zh_Hans_CN")
    source: Mapped[str] = mapped_column(String(10), default="web")  # web, desk or roster
    notice_version: Mapped[str] = mapped_column(String(20), default="")
    consented_at: Mapped[object | None] = mapped_column(Moment)
    registered_at: Mapped[object] = mapped_column(Moment, default=clock.now)
    waiting_since: Mapped[object | None] = mapped_column(Moment)
    cancelled_at: Mapped[object | None] = mapped_column(Moment)

    event: Mapped[Event] = relationship()
    person: Mapped[Person | None] = relationship()
