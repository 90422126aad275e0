"""个人信息权利请求登记: what people ask about their data (PIPL 44-50), by when it is answered,
and how it was.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.moves import Moves
from outreach.directory.models import Person
from outreach.registrations.models import Registration

#: 15 working days: 《App违法违规收集使用个人信息行为认定方法》 6 takes that for the longest answer that is
#: promised
WORKING_DAYS = 15


class Kind(StrEnum):
    """What is asked for."""

    ACCESS = "access"  # 查阅、复制 (45)
    CORRECT = "correct"  # 更正、补充 (46)
    DELETE = "delete"  # 删除 (47)
    RESTRICT = "restrict"  # 限制或者拒绝 (44)
    WITHDRAW = "withdraw"  # 撤回同意 (15)
    EXPLAIN = "explain"  # 解释说明 (48)


class Channel(StrEnum):
    """How it came."""

    PAGE = "page"  # their own page
    PHONE = "phone"
    LETTER = "letter"
    IN_PERSON = "in_person"
    UNIT = "unit"  # another unit was asked


RECEIVED, CHECKED, DONE, REFUSED, WITHDRAWN = "received", "checked", "done", "refused", "withdrawn"
#: states in which the person waits for an answer
WAITING = (RECEIVED, CHECKED)
#: states in which nothing is owed any more
CLOSED = (DONE, REFUSED, WITHDRAWN)


class RightsRequest(Moves, Base):
    """One request of one person: on a card, a guest on none, or only a ``name`` and how to ``reach`` them.

    ``changes``: what was corrected or opened again, as [moment, name, reason, {column: value before}], the
    last one last. An erasure takes what tells of the person; kind, days and outcome stay.
    """

    __tablename__ = "rights_requests"
    __table_args__ = (Index("ix_rights_requests_unit_id_state", "unit_id", "state", "due_on"),)
    MOVES: ClassVar = {
        RECEIVED: (CHECKED, REFUSED, WITHDRAWN),
        CHECKED: (DONE, REFUSED, WITHDRAWN),
        DONE: (CHECKED,),
        REFUSED: (RECEIVED, CHECKED),
        WITHDRAWN: (RECEIVED, CHECKED),
    }

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # who answers
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"), index=True)
    name: Mapped[str] = mapped_column(String(40), default="")
    reach: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    said: Mapped[str] = mapped_column(Text, default="")
    received_on: Mapped[date] = mapped_column(default=clock.today)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default=RECEIVED)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_how: Mapped[str] = mapped_column(String(200), default="")
    # what was answered; why it was refused or withdrawn
    answer: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # empty: the person
    changes: Mapped[list] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    # empty: the person, on their page
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    erased_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person | None] = relationship()
    registration: Mapped[Registration | None] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    checked_by: Mapped[User | None] = relationship(foreign_keys=[checked_by_id])
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])

    @property
    def who(self) -> str:
        """The name of who asks; empty when they were erased."""
        if self.erased_at is not None:
            return ""
        if self.person is not None:
            return self.person.name
        return self.registration.name if self.registration is not None else self.name

    @property
    def is_overdue(self) -> bool:
        """Whether the day is over and no answer was given."""
        return self.state in WAITING and self.due_on < clock.today()
