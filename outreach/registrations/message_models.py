"""What guests were told: one row for each thing told to one guest,
and the texts that an event words in its own way.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.mail import Mail
from outreach.core.sms import Sms
from outreach.events.models import Event
from outreach.registrations.models import Registration


class MessageKind(StrEnum):
    """What a message tells a guest."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    PENDING = "pending"
    DECLINED = "declined"
    OFFERED = "offered"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    EVENT_CHANGED = "event_changed"
    EVENT_CANCELLED = "event_cancelled"
    ITEM_MOVED = "item_moved"
    REMINDER = "reminder"
    THANKS = "thanks"
    TICKET_AGAIN = "ticket_again"


class MessageState(StrEnum):
    """What became of a message. ``FAILED`` and ``UNREACHED`` together are the guests who were not reached."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # written, then refused, bounced or given up
    UNREACHED = "unreached"  # not written: there was no way
    TOLD = "told"  # a member of staff told the guest by WeChat or telephone
    WITHDRAWN = "withdrawn"  # not sent because it was no longer true


class Obstacle(StrEnum):
    """Why no text message was written."""

    NO_CONTACT = "no_contact"
    ABROAD = "abroad"  # a landline, or a number that the carrier does not reach
    OPTED_OUT = "opted_out"
    NO_PROVIDER = "no_provider"
    RESTRICTED = "restricted"  # 限制处理: only what the person set off is answered
    TOO_LATE = "too_late"  # quiet hours or the daily limit would bring it after the event has begun


class Channel(StrEnum):
    """Ways by which a text goes out."""

    SMS = "sms"
    MAIL = "mail"


class GuestMessage(Base):
    """One thing told to one guest, by mail, text message or both.

    Its state follows from ``mail``, ``sms`` and ``told_at``. ``details``: values of the placeholders that
    only this message has, in the guest's language.
    """

    __tablename__ = "guest_messages"
    __table_args__ = (
        Index("ix_guest_messages_event_id", "event_id", "id"),
        Index("ix_guest_messages_registration_id", "registration_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    details: Mapped[dict] = mapped_column(JSON, default=dict)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id", ondelete="SET NULL"))
    sms_id: Mapped[int | None] = mapped_column(ForeignKey("sms.id", ondelete="SET NULL"))
    obstacle: Mapped[str] = mapped_column(String(12), default="")
    tries: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    told_by: Mapped[str] = mapped_column(String(8), default="")  # wechat or phone
    told_at: Mapped[datetime | None]
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    event: Mapped[Event] = relationship()
    registration: Mapped[Registration] = relationship()
    mail: Mapped[Mail | None] = relationship(lazy="joined")
    sms: Mapped[Sms | None] = relationship(lazy="joined")
    teller: Mapped[User | None] = relationship(foreign_keys=[told_by_id])


class MessageTemplate(Base):
    """The text that an event uses instead of the usual one, for one kind, channel and language."""

    __tablename__ = "message_templates"
    __table_args__ = (UniqueConstraint("event_id", "kind", "channel", "locale"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(8))
    locale: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(120), default="")
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
