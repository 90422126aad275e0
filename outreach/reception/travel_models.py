"""How guests come and go, who fetches them, where they sleep. Deleted a month after the event."""

from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.core.db import Base, Key
from outreach.events.models import Event
from outreach.registrations.models import Registration

ARRIVE, LEAVE = "arrive", "leave"
#: 高铁火车, 航班, 汽车, 自行前往
VEHICLES = ("train", "flight", "car", "self")
KEPT = timedelta(days=30)


class Pickup(Base):
    """接站 or 送站: a car at a time and place, with who drives."""

    __tablename__ = "pickups"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    direction: Mapped[str] = mapped_column(String(6))
    at: Mapped[datetime]
    station: Mapped[str] = mapped_column(String(60))
    car: Mapped[str] = mapped_column(String(40), default="")
    driver: Mapped[str] = mapped_column(String(60), default="")

    event: Mapped[Event] = relationship()
    journeys: Mapped[list["Journey"]] = relationship(
        back_populates="pickup", order_by="Journey.at, Journey.id"
    )


class Journey(Base):
    """One guest's way there or back, as the guest or a clerk stated it."""

    __tablename__ = "journeys"
    __table_args__ = (UniqueConstraint("registration_id", "direction"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    direction: Mapped[str] = mapped_column(String(6))
    vehicle: Mapped[str] = mapped_column(String(8), default="train")
    number: Mapped[str] = mapped_column(String(20), default="")
    station: Mapped[str] = mapped_column(String(60), default="")
    at: Mapped[datetime]
    wanted: Mapped[bool] = mapped_column(default=True)  # to be fetched or brought
    pickup_id: Mapped[int | None] = mapped_column(ForeignKey("pickups.id", ondelete="SET NULL"), index=True)

    registration: Mapped[Registration] = relationship()
    pickup: Mapped[Pickup | None] = relationship(back_populates="journeys")


class Room(Base):
    """A room of a hotel held for the event."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("event_id", "hotel", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    hotel: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(12))
    beds: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()
    stays: Mapped[list["Stay"]] = relationship(back_populates="room", order_by="Stay.id")


class Stay(Base):
    """From when to when a guest sleeps there, and in which room."""

    __tablename__ = "stays"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), unique=True
    )
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="SET NULL"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    # with whom the guest would share, or nothing
    shares_with: Mapped[str] = mapped_column(String(40), default="")

    registration: Mapped[Registration] = relationship()
    room: Mapped[Room | None] = relationship(back_populates="stays")
