"""Entries that were wrong: what was closed by mistake is opened again, what should not be there is withdrawn.

What stood before stays. The operation locks the row first and writes the audit entry after.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from outreach.core import clock
from outreach.core.i18n import _
from outreach.core.refusals import Refused


class Reopening(NamedTuple):
    """One time that a row was opened again: when it had been closed, with what outcome;
    why, when and by whom it was opened.
    """

    closed_at: datetime
    outcome: str
    reason: str
    at: datetime
    by: str


class Reopenable:
    """Mix-in: a row that is closed with an outcome and can be opened again."""

    #: the column that says when it was closed
    CLOSED = "done_at"

    reopened: Mapped[list] = mapped_column(JSON, default=list)  # Reopening as JSON holds it

    @property
    def reopenings(self) -> list[Reopening]:
        """Each time it was opened again, the last one first."""
        rows = [Reopening(*row) for row in self.reopened]
        moment = datetime.fromisoformat
        return [row._replace(closed_at=moment(row.closed_at), at=moment(row.at)) for row in reversed(rows)]


def reopen(row, *, reason: str, by, outcome: str | None = None) -> None:
    """It is open again; the outcome that stood goes into its history.

    ``outcome``: what stood, where the row has no column for it.
    """
    closed_at = getattr(row, row.CLOSED)
    if closed_at is None:
        raise Refused(_("This entry is open already."))
    now = clock.now().isoformat()
    stood = row.outcome if outcome is None else outcome
    row.reopened = [*row.reopened, [closed_at.isoformat(), stood, reason, now, by.name]]
    setattr(row, row.CLOSED, None)
    if outcome is None:
        row.outcome = ""


class Withdrawable:
    """Mix-in: a row that is withdrawn with a reason.

    It stays on record, counts nowhere and can be put back.
    """

    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(String(200), default="")

    @declared_attr
    @classmethod
    def withdrawn_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("users.id"))

    @declared_attr
    @classmethod
    def withdrawn_by(cls) -> Mapped[Any]:
        return relationship("User", foreign_keys=[cls.withdrawn_by_id])


def withdraw(row, *, reason: str, by) -> None:
    """It counts no longer."""
    if row.withdrawn_at is not None:
        raise Refused(_("This entry is withdrawn already."))
    row.withdrawn_at, row.withdrawn_why, row.withdrawn_by_id = clock.now(), reason, by.id


def put_back(row) -> None:
    """It was withdrawn by mistake and counts again."""
    if row.withdrawn_at is None:
        raise Refused(_("This entry is not withdrawn."))
    row.withdrawn_at, row.withdrawn_why, row.withdrawn_by_id = None, "", None
