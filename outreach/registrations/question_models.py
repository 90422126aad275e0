"""What an organiser asks beyond the four base fields, and what guests answered."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.i18n import _
from outreach.events.models import Event
from outreach.registrations.models import Registration

#: the answers to a yes/no question; nothing: not answered
YES, NO = "yes", "no"
TEXT, LONG, NUMBER, DAY, YES_NO, CHOICE, MANY = "text", "long", "number", "day", "yes_no", "choice", "many"
#: asked when somebody registers, or when the event is over
BEFORE, AFTER = "before", "after"
KINDS = (TEXT, LONG, NUMBER, DAY, YES_NO, CHOICE, MANY)


class Question(Base):
    """One question of an event's form.

    One that has answers is never rewritten: a changed one takes its place and it is retired.
    """

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_event_id_place", "event_id", "place"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(120))
    label_en: Mapped[str] = mapped_column(String(200), default="")
    hint: Mapped[str] = mapped_column(String(200), default="")
    choices: Mapped[list] = mapped_column(JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)
    place: Mapped[int] = mapped_column(default=100)
    types: Mapped[list] = mapped_column(JSON, default=list)  # guest type ids it is asked of; empty: everybody
    # asked only when that question ...
    when_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    when_value: Mapped[str] = mapped_column(String(60), default="")  # ... has this answer
    # answers go so many days after the event; 0: with the registration
    keep_days: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(String(8), default=BEFORE)
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    event: Mapped[Event] = relationship()


class Answer(Base):
    """What one guest answered to one question, as the question stood then."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("registration_id", "question_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), index=True)
    value: Mapped[object] = mapped_column(JSON)
    answered_at: Mapped[datetime] = mapped_column(default=clock.now)

    registration: Mapped[Registration] = relationship()
    question: Mapped[Question] = relationship(lazy="joined", innerjoin=True)


def words(value, kind: str) -> str:
    """An answer to a question of this ``kind`` as lists show it, in the language of the page."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "；".join(value)
    if kind == YES_NO:
        return {YES: _("Yes"), NO: _("No")}.get(value, str(value))
    return str(value)
