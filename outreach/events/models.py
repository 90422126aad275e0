"""Events, their programme and whom they invite."""

import secrets
from datetime import date, datetime, timedelta
from typing import ClassVar

from sqlalchemy import Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.files import StoredFile
from outreach.core.i18n import _, in_language
from outreach.core.mail import Mail
from outreach.core.moves import Moves
from outreach.core.refusals import Refused
from outreach.core.sms import Sms
from outreach.directory.models import Person
from outreach.liaison.models import LeaderPost

#: 恳谈会, 推介会, 培训, 考察, 回乡参访, 联席会, 其他: one model, different defaults
KINDS = ("talk", "promotion", "training", "study", "visit", "joint", "other")
DRAFT, PUBLISHED, CLOSED, HELD, ARCHIVED, CANCELLED = (
    "draft",
    "published",
    "closed",
    "held",
    "archived",
    "cancelled",
)
#: what still takes place: it can be changed, and guests can be added
AHEAD = (DRAFT, PUBLISHED, CLOSED)


#: 协办: further units whose staff see the event and invite their own people to it
event_hosts = Table(
    "event_hosts",
    Base.metadata,
    Column("event_id", ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), primary_key=True, index=True),
)


class Event(Moves, Base):
    """One event, hosted by a unit. Times are moments; the wall clock shown is that of ``zone``."""

    __tablename__ = "events"
    MOVES: ClassVar = {
        DRAFT: (PUBLISHED, CANCELLED),
        PUBLISHED: (DRAFT, CLOSED, HELD, CANCELLED),
        CLOSED: (PUBLISHED, HELD, CANCELLED),
        HELD: (ARCHIVED,),
        ARCHIVED: (),
        CANCELLED: (ARCHIVED,),
    }
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    kind: Mapped[str] = mapped_column(String(12), default="talk")
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    summary_en: Mapped[str] = mapped_column(Text, default="")
    city: Mapped[str] = mapped_column(String(40))
    venue: Mapped[str] = mapped_column(String(120))
    venue_en: Mapped[str] = mapped_column(String(160), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    hosts: Mapped[str] = mapped_column(Text, default="")  # 主办、承办、协办 as the invitation states them
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]  # registration; empty: when published
    closes_at: Mapped[datetime | None]  # registration; empty: when it starts
    capacity: Mapped[int] = mapped_column(default=200)
    contact: Mapped[str] = mapped_column(String(120), default="")
    # who moves up the waiting list has so long to accept; 0: has the place at once
    offer_hours: Mapped[int] = mapped_column(default=0)
    most_companions: Mapped[int] = mapped_column(default=0)
    letter: Mapped[str] = mapped_column(Text, default="")  # the invitation's own words
    # guests say how they come and go, and whether to be fetched
    asks_travel: Mapped[bool] = mapped_column(default=False)
    asks_room: Mapped[bool] = mapped_column(default=False)  # guests say from when to when they need a room
    reminds: Mapped[bool] = mapped_column(default=True)  # guests are reminded the day before
    reply_by: Mapped[datetime | None]
    cloned_from_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    # signs the tickets; a copy has one of its own
    ticket_seed: Mapped[bytes] = mapped_column(default=lambda: secrets.token_bytes(32))
    sequence: Mapped[int] = mapped_column(default=0)  # iCalendar SEQUENCE: grows when time or place changes
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    co_hosts: Mapped[list[Unit]] = relationship(secondary=event_hosts, order_by=Unit.id)
    programme: Mapped[list["ProgrammeItem"]] = relationship(
        back_populates="event",
        cascade="all, delete-orphan",
        order_by="ProgrammeItem.starts_at, ProgrammeItem.id",
    )
    types: Mapped[list["GuestType"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="GuestType.place, GuestType.id"
    )
    materials: Mapped[list["Material"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="Material.id"
    )

    @property
    def shown(self) -> str:
        """The title in the language of the page."""
        return in_language(self.title, self.title_en)

    @property
    def shown_venue(self) -> str:
        """The venue in the language of the page."""
        return in_language(self.venue, self.venue_en)

    @property
    def first_day(self) -> date:
        """The day it begins, where it takes place."""
        return clock.day_of(self.starts_at, self.zone)

    @property
    def last_day(self) -> date:
        """The day it ends, where it takes place."""
        return clock.day_of(self.ends_at, self.zone)

    @property
    def is_over(self) -> bool:
        """Its end has passed."""
        return clock.now() >= self.ends_at

    def check_ahead(self) -> None:
        """:class:`Refused` once it is over or called off."""
        if self.state not in AHEAD:
            raise Refused(_("An event that was held or cancelled stays as it was."))

    def registration_state(self) -> str:
        """not_open, open or closed."""
        return registration_state(self)


def registration_state(event) -> str:
    """not_open, open or closed, of an event or of a row with its ``state``, ``starts_at``,
    ``opens_at`` and ``closes_at``.
    """
    moment = clock.now()
    if event.state != PUBLISHED or moment >= (event.closes_at or event.starts_at):
        return "closed"
    return "not_open" if event.opens_at and moment < event.opens_at else "open"


class ProgrammeItem(Base):
    """议程环节: one item of the programme."""

    __tablename__ = "programme_items"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(default=15)
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    speaker: Mapped[str] = mapped_column(String(120), default="")
    venue: Mapped[str] = mapped_column(String(80), default="")  # empty: where the event is
    sign_up: Mapped[bool] = mapped_column(default=False)  # guests say beforehand that they come to it
    capacity: Mapped[int | None]  # of those who sign up; empty: as many as want to

    event: Mapped[Event] = relationship(back_populates="programme")

    @property
    def shown(self) -> str:
        """The title in the language of the page."""
        return in_language(self.title, self.title_en)

    @property
    def ends_at(self):
        """The moment it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


#: what is put before the guests: one picture at the top of the page, and files to take along
POSTER, DOCUMENT = "poster", "document"


class Material(Base):
    """海报 or 会议资料 of an event, on its public page."""

    __tablename__ = "event_materials"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    purpose: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(120), default="")
    added_at: Mapped[datetime] = mapped_column(default=clock.now)

    event: Mapped[Event] = relationship(back_populates="materials")

    @property
    def shown(self) -> str:
        """The title in the language of the page."""
        return in_language(self.title, self.title_en)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class GuestType(Base):
    """嘉宾类型: 知名人士, 客商, 签约客商, 领导, 媒体, 工作人员; each with a colour,
    and if wanted places and approval of its own.
    """

    __tablename__ = "guest_types"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(20))
    name_en: Mapped[str] = mapped_column(String(40), default="")
    colour: Mapped[str] = mapped_column(String(8), default="grey")
    place: Mapped[int] = mapped_column(default=100)  # the order in lists and on paper
    capacity: Mapped[int | None]  # empty: as many as the event holds
    reserved: Mapped[int] = mapped_column(default=0)  # places that only invited guests of this type get
    reserved_until: Mapped[datetime | None]  # empty: while invited people may answer
    approval: Mapped[bool] = mapped_column(default=False)  # somebody says yes before the place is theirs
    # offered on the public form; others come by invitation or by hand
    public: Mapped[bool] = mapped_column(default=True)
    # the ticket's code changes every few seconds: a forwarded picture is refused
    moving: Mapped[bool] = mapped_column(default=False)

    event: Mapped[Event] = relationship(back_populates="types")

    @property
    def shown(self) -> str:
        """The name in the language of the page."""
        return in_language(self.name, self.name_en)

    @property
    def released_at(self):
        """The moment from which everybody may have its reserved places."""
        return self.reserved_until or self.event.reply_by or self.event.starts_at

    @property
    def reserved_now(self) -> int:
        """Places reserved for invited guests, used or not; 0 once they are released."""
        return self.reserved if clock.now() < self.released_at else 0


#: an invitation's answer; empty: silent
YES, NO, PROXY = "yes", "no", "proxy"


class Invitation(Base):
    """Somebody of the directory who is invited: as what, in whose name, in which wave;
    ``code`` opens their own page.
    """

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("event_id", "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    type_id: Mapped[int | None] = mapped_column(ForeignKey("guest_types.id"), index=True)
    # who invites: the paired leader
    post_id: Mapped[int | None] = mapped_column(ForeignKey("leader_posts.id"))
    wave: Mapped[str] = mapped_column(String(30), default="")
    answer: Mapped[str] = mapped_column(String(8), default="")
    excuse: Mapped[str] = mapped_column(String(200), default="")
    companions: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    invited_at: Mapped[datetime] = mapped_column(default=clock.now)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()
    type: Mapped[GuestType | None] = relationship()
    post: Mapped[LeaderPost | None] = relationship()
    invited_by: Mapped[User | None] = relationship()
    messages: Mapped[list["InvitationMessage"]] = relationship(
        back_populates="invitation",
        cascade="all, delete-orphan",
        order_by="InvitationMessage.id",
        lazy="selectin",
    )


class InvitationMessage(Base):
    """One letter or message to an invited person. ``mail`` and ``sms`` know whether it arrived."""

    __tablename__ = "invitation_messages"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(8))  # invite or remind
    channel: Mapped[str] = mapped_column(String(8))  # mail, sms, copied, paper
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"))
    sms_id: Mapped[int | None] = mapped_column(ForeignKey("sms.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    invitation: Mapped[Invitation] = relationship(back_populates="messages")
    mail: Mapped[Mail | None] = relationship(lazy="joined")
    sms: Mapped[Sms | None] = relationship(lazy="joined")

    @property
    def fate(self) -> str:
        """written, sent, delivered or failed."""
        if self.mail is not None:
            return "failed" if self.mail.refused_at else "sent" if self.mail.sent_at else "written"
        if self.sms is not None:
            return {"handed_over": "sent", "unwanted": "failed"}.get(self.sms.state, self.sms.state)
        return "sent"
