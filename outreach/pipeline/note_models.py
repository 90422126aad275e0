"""Notes about a project with their files, and who may see them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.files import StoredFile
from outreach.pipeline.models import Project

#: everybody who sees the project; who may edit it; only who wrote it
ALL, EDITORS, MINE = "all", "editors", "mine"


class ProjectNote(Base):
    """What was seen or said, with photographs and papers.

    ``key`` names the form: sent again after a lost network it is the same note.
    """

    __tablename__ = "project_notes"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    text: Mapped[str] = mapped_column(Text)
    seen_by: Mapped[str] = mapped_column(String(8), default=ALL)
    noted_at: Mapped[datetime]  # when it was written, also without network
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    project: Mapped[Project] = relationship()
    written_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    files: Mapped[list["NoteFile"]] = relationship(lazy="selectin", order_by="NoteFile.id", cascade="all")


class NoteFile(Base):
    """A photograph or paper of a note."""

    __tablename__ = "note_files"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("project_notes.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
