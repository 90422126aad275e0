"""Guests of an event."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from outreach.accounts.models import User
from outreach.core import clock, tokens
from outreach.core.db import Base, Key, Phone, only_where
from outreach.core.moves import Moves
from outreach.directory.models import Person
from outreach.events.models import Event, GuestType, ProgrammeItem

CONFIRMED, WAITING, CANCELLED = "confirmed", "waiting", "cancelled"
#: 待审核, 谢绝, and a place offered to somebody of the waiting list until a moment
PENDING, DECLINED, OFFERED = "pending", "declined", "offered"
#: states that hold a place
TAKEN = (CONFIRMED, OFFERED)
#: states of somebody who still means to come
ACTIVE = (CONFIRMED, OFFERED, WAITING, PENDING)

#: the source of a registration made at the door
WALK_IN = "walk_in"

#: the version of the privacy notice a guest agrees to; a new text gets a new number
NOTICE_VERSION = "2026-3"


def longest_line(capacity: int) -> int:
    """How many may wait: a waiting list longer than the house itself helps nobody."""
    return max(20, 3 * capacity)


class Registration(Moves, Base):
    """One guest. ``code`` is the ticket, shown at the door; ``page_token`` opens the guest's own page. Both
    are 16 random bytes in base 32, and neither follows from the other.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index("ix_registrations_event_id_state", "event_id", "state", "type_id"),
        Index("ix_registrations_mobile_event_id", "mobile", "event_id"),
        Index("ix_registrations_event_id_id", "event_id", "id"),
        Index("ix_registrations_page_token", "page_token", unique=True),
        Index("ix_registrations_invitation_id", "invitation_id", **only_where("invitation_id IS NOT NULL")),
        Index(
            "ix_registrations_companion_of_id", "companion_of_id", **only_where("companion_of_id IS NOT NULL")
        ),
    )
    MOVES: ClassVar = {
        PENDING: (CONFIRMED, WAITING, DECLINED, CANCELLED),
        WAITING: (CONFIRMED, OFFERED, CANCELLED),
        OFFERED: (CONFIRMED, CANCELLED),
        CONFIRMED: (CANCELLED,),
        DECLINED: (),
        CANCELLED: (),
    }
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    # empty: a new prospect
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    type_id: Mapped[int | None] = mapped_column(ForeignKey("guest_types.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id", ondelete="SET NULL"))
    companion_of_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    # 代参会: in whose place this guest comes
    stands_in_for: Mapped[str] = mapped_column(String(40), default="")
    code: Mapped[str] = mapped_column(String(26), unique=True)
    door_id: Mapped[str] = mapped_column(String(16), unique=True)  # how gates know the code; follows from it
    page_token: Mapped[str] = mapped_column(String(26), default=tokens.code)
    #: of guests registered before there was a ``page_token``: the code opens the page until the event is over
    code_opens_page: Mapped[bool] = mapped_column(default=False)
    # names the form that was sent: sent twice is one
    request_key: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(40))
    company: Mapped[str] = mapped_column(String(120))
    post: Mapped[str] = mapped_column(String(40), default="")
    mobile: Mapped[str] = mapped_column(Phone)
    email: Mapped[str] = mapped_column(String(254), default="")
    locale: Mapped[str] = mapped_column(String(12), default="zh_Hans_CN")
    source: Mapped[str] = mapped_column(String(10), default="web")  # web, desk, roster or walk_in
    notice_version: Mapped[str] = mapped_column(String(20), default="")
    consented_at: Mapped[datetime | None]
    registered_at: Mapped[datetime] = mapped_column(default=clock.now)
    waiting_since: Mapped[datetime | None]
    offered_until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")  # why it was declined
    cancelled_at: Mapped[datetime | None]
    # since when they agree to be named to the other guests
    guest_book_at: Mapped[datetime | None]
    photos_at: Mapped[datetime | None]  # since when they agree to be photographed
    thanked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # nothing tells any more who it was
    # the same name and number registered once more: cancelled from the beginning, for the first one stands
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"), index=True)
    appears_as: Mapped[str | None] = mapped_column(String(10))  # the state its page shows, as a new guest's

    event: Mapped[Event] = relationship()
    person: Mapped[Person | None] = relationship()
    type: Mapped[GuestType | None] = relationship()
    companions: Mapped[list["Registration"]] = relationship(
        order_by="Registration.id", viewonly=True, foreign_keys="Registration.companion_of_id"
    )
    repeats: Mapped["Registration | None"] = relationship(
        remote_side="Registration.id", foreign_keys="Registration.repeats_id"
    )

    @property
    def shown_state(self) -> str:
        """The state that the guest's own page shows."""
        return self.appears_as or self.state

    @validates("code")
    def _known_at_the_door(self, _name, code):
        self.door_id = tokens.alias(code)
        return code


class RegistrationChange(Base):
    """One detail of a guest that was changed: by whom, from what, to what. Goes with the registration."""

    __tablename__ = "registration_changes"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # empty: the guest
    detail: Mapped[str] = mapped_column(String(20))  # a column of the registration, or one of ``DETAILS``
    question_id: Mapped[int | None] = mapped_column(
        ForeignKey("questions.id", ondelete="CASCADE"), index=True
    )
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")

    by: Mapped[User | None] = relationship()


#: what a change may concern that is no column of the registration
ANSWER, COMPANIONS, WAY_THERE, WAY_BACK, STAY = "answer", "companions", "arrive", "leave", "stay"
DETAILS = (ANSWER, COMPANIONS, WAY_THERE, WAY_BACK, STAY)


class SignUp(Base):
    """A guest comes to one item of the programme that asks for it. Counts while the guest has a place."""

    __tablename__ = "sign_ups"
    __table_args__ = (UniqueConstraint("item_id", "registration_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("programme_items.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    signed_up_at: Mapped[datetime] = mapped_column(default=clock.now)

    item: Mapped[ProgrammeItem] = relationship()
    registration: Mapped[Registration] = relationship()


class ReplacedTicket(Base):
    """A code that opens nothing any more: the guest has another one.

    Gates carry its ``door_id`` and refuse it.
    """

    __tablename__ = "replaced_tickets"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    door_id: Mapped[str] = mapped_column(String(16), unique=True)
    replaced_at: Mapped[datetime] = mapped_column(default=clock.now)

    registration: Mapped[Registration] = relationship()
