"""Halls and banquet rooms with their seats, and the numbers of badges."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.events.models import Event
from outreach.registrations.models import Registration

#: 会场 with rows and a platform; 宴会厅 with round tables
ROWS, TABLES = "rows", "tables"
#: 偶数时二号位: A on the left hand of No. 1, B the mirror of it (sources contradict, so it is a setting)
EVEN_RULES = ("A", "B")


class Hall(Base):
    """A hall (``rows`` of ``seats``, ``platform`` seats in front of them) or a banquet (``rows`` tables of
    ``seats``).
    """

    __tablename__ = "halls"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(8), default=ROWS)
    rows: Mapped[int]
    seats: Mapped[int]
    platform: Mapped[int] = mapped_column(default=0)
    even_rule: Mapped[str] = mapped_column(String(1), default="A")

    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)
    places: Mapped[list["Seat"]] = relationship(
        back_populates="hall", cascade="all, delete-orphan", order_by="Seat.row, Seat.number"
    )


class Seat(Base):
    """One seat. Row 0 is the platform; numbers run from the audience's left.

    A closed one stays free: an aisle, or for who comes late.
    """

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("hall_id", "row", "number"),
        UniqueConstraint("hall_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    hall_id: Mapped[int] = mapped_column(ForeignKey("halls.id", ondelete="CASCADE"))
    row: Mapped[int]
    number: Mapped[int]
    closed: Mapped[bool] = mapped_column(default=False)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registrations.id", ondelete="SET NULL"), index=True
    )

    hall: Mapped[Hall] = relationship(back_populates="places")
    registration: Mapped[Registration | None] = relationship()


class Badge(Base):
    """The number of a guest's badge: kept when it is printed again."""

    __tablename__ = "badges"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), unique=True)
    number: Mapped[int]
    times: Mapped[int] = mapped_column(default=0)  # how often it was printed
    printed_at: Mapped[datetime] = mapped_column(default=clock.now)

    registration: Mapped[Registration] = relationship()
