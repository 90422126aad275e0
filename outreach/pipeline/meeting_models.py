"""联席会议: meetings that take the open matters as their agenda and give them back decided."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.taken_back import Reopenable
from outreach.pipeline.follow_models import Concern
from outreach.pipeline.models import NextStep


class Meeting(Reopenable, Base):
    """One joint meeting of a unit.

    Closed, it stays as it was until it is opened again; its minutes can be taken out.
    """

    __tablename__ = "meetings"
    CLOSED = "closed_at"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    held_on: Mapped[date] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(String(80), default="")
    chair: Mapped[str] = mapped_column(String(60), default="")
    present: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    planned_at: Mapped[datetime] = mapped_column(default=clock.now)
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    items: Mapped[list["MeetingItem"]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="MeetingItem.id"
    )


class MeetingItem(Base):
    """议题: a matter of a project, or a topic of its own; what was decided, who does it by when.

    Without a decision it waits for the next meeting.
    """

    __tablename__ = "meeting_items"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    concern_id: Mapped[int | None] = mapped_column(ForeignKey("concerns.id"), index=True)
    topic: Mapped[str] = mapped_column(String(300))
    decision: Mapped[str] = mapped_column(String(500), default="")
    owner: Mapped[str] = mapped_column(String(60), default="")
    due_on: Mapped[date | None]
    settled: Mapped[bool] = mapped_column(default=False)
    # when it was closed, the decision went to its matter
    applied: Mapped[bool] = mapped_column(default=False)
    was_owner: Mapped[str] = mapped_column(String(60), default="")  # of the matter before, and its day
    was_due_on: Mapped[date | None]
    step_id: Mapped[int | None] = mapped_column(ForeignKey("next_steps.id"))  # what it became in the project

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    concern: Mapped[Concern | None] = relationship(lazy="joined")
    step: Mapped[NextStep | None] = relationship()
