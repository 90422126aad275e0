"""Keeping in touch: leaders' posts and who holds them, pairings, contacts and visits,
what follows from them, trips.
"""

from datetime import date, datetime, time
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock, masking
from outreach.core.db import Base, Key
from outreach.core.files import StoredFile
from outreach.core.moves import Moves
from outreach.core.taken_back import Reopenable
from outreach.directory.models import Organisation, Person

#: 登门, 电话, 微信, 视频, 座谈, 回乡接待
WAYS = ("visit", "call", "wechat", "video", "meeting", "reception")
PLANNED, HELD, CANCELLED, UNREACHED = "planned", "held", "cancelled", "unreached"
#: 诉求 (becomes a case), 线索 (becomes a project), 承诺 (has an owner and a date)
WISH, LEAD, PROMISE = "wish", "lead", "promise"


class LeaderPost(Base):
    """职务: a post, not a person. Pairings hang on it and stay when it changes hands."""

    __tablename__ = "leader_posts"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    rank: Mapped[int] = mapped_column(default=100)
    # whose calendar shows the post's visits
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    closed_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    user: Mapped[User | None] = relationship()
    tenures: Mapped[list["Tenure"]] = relationship(
        back_populates="post", lazy="selectin", order_by="Tenure.id.desc()", cascade="all, delete-orphan"
    )

    @property
    def holder(self) -> str:
        """Who holds the post now; nothing while it is vacant."""
        return next((tenure.name for tenure in self.tenures if tenure.until_on is None), "")


class Tenure(Base):
    """Who held a post from when to when."""

    __tablename__ = "tenures"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("leader_posts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    post: Mapped[LeaderPost] = relationship(back_populates="tenures")


class Pairing(Base):
    """结对联系: a post keeps in touch with a person or a company, at least every ``rhythm_days``.

    Ended, never deleted.
    """

    __tablename__ = "pairings"
    __table_args__ = (Index("ix_pairings_person_id_ended_on", "person_id", "ended_on"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("leader_posts.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    # 联络员: who really arranges it
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    rhythm_days: Mapped[int] = mapped_column(default=90)
    since_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(String(200), default="")

    post: Mapped[LeaderPost] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    clerk: Mapped[User | None] = relationship()

    @property
    def masked(self) -> str:
        """The person's masked name, or the company's."""
        return masking.name(self.person.name) if self.person else self.organisation.name


class Trip(Base):
    """千里访乡贤: a leader is somewhere for some days; the visits planned for it are its programme."""

    __tablename__ = "trips"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("leader_posts.id"), index=True)
    province: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(20), default="")
    from_on: Mapped[date]
    until_on: Mapped[date]
    party: Mapped[str] = mapped_column(String(200), default="")
    called_off: Mapped[str] = mapped_column(String(200), default="")  # why it does not take place
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    unit: Mapped[Unit] = relationship()
    post: Mapped[LeaderPost | None] = relationship()


class Contact(Moves, Base):
    """One contact: planned, then held, or tried and not reached.

    ``wants``, ``leads`` and promises stand as :class:`FollowUp` rows.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_person_id_state", "person_id", "state"),
        Index("ix_contacts_unit_id_state", "unit_id", "state"),
    )
    MOVES: ClassVar = {
        PLANNED: (HELD, CANCELLED, UNREACHED),
        HELD: (CANCELLED,),
        CANCELLED: (),
        UNREACHED: (CANCELLED,),
    }

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trips.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("leader_posts.id"), index=True)  # on whose behalf
    state: Mapped[str] = mapped_column(String(10), default=PLANNED)
    way: Mapped[str] = mapped_column(String(10), default="visit")
    day: Mapped[date] = mapped_column(index=True)  # planned for, then held on
    at: Mapped[time | None]  # the time agreed, by the clock of China
    place: Mapped[str] = mapped_column(String(80), default="")
    party: Mapped[str] = mapped_column(String(200), default="")
    said: Mapped[str] = mapped_column(Text, default="")
    next_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(200), default="")  # why it was cancelled
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))

    person: Mapped[Person] = relationship()
    post: Mapped[LeaderPost | None] = relationship()
    trip: Mapped[Trip | None] = relationship()
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    file: Mapped[StoredFile | None] = relationship()
    follow_ups: Mapped[list["FollowUp"]] = relationship(
        back_populates="contact", lazy="selectin", cascade="all, delete-orphan", order_by="FollowUp.id"
    )

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was recorded, then taken back; a contact that was planned is called off."""
        return self.state == CANCELLED and self.held_by_id is not None


class FollowUp(Reopenable, Base):
    """What a contact left behind: a wish, a lead, a promise.

    Done with an outcome, opened again where that was wrong, never deleted.
    """

    __tablename__ = "follow_ups"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(300))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(300), default="")

    contact: Mapped[Contact] = relationship(back_populates="follow_ups")
    owner: Mapped[User | None] = relationship()


class Feed(Base):
    """A private calendar address of a user; only its hash is kept."""

    __tablename__ = "feeds"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
