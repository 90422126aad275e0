"""Saved views of lists."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key

PEOPLE, PROJECTS = "people", "projects"


class SavedView(Base):
    """A name for one set of filters and its order (``query``, as the address bar has it).

    ``shared``: the whole unit sees it.
    """

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    room: Mapped[str] = mapped_column(String(10), default=PEOPLE)  # which list it is of
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)

    unit: Mapped[Unit] = relationship()
    created_by: Mapped[User | None] = relationship()
