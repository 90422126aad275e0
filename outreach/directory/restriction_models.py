"""限制处理: since when, by whom and why a person's card is only kept, and when that ended."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.directory.models import Person


class Restriction(Base):
    """One time for which a person is only kept. Rows stay after it ended; ``Person.restricted_at`` follows
    the open one.
    """

    __tablename__ = "restrictions"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    since_at: Mapped[datetime] = mapped_column(default=clock.now)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # in which part ``by`` did it, and of which unit
    role: Mapped[str] = mapped_column(String(20), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_why: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit | None] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    lifted_by: Mapped[User | None] = relationship(foreign_keys=[lifted_by_id])
