"""Proposals to change an organisation: what somebody who may not change it wants changed,
and what came of it.
"""

import hashlib
import json
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.moves import Moves
from outreach.directory.models import Organisation

#: what a form of an organisation holds, in its order
FIELDS = ("kind", "name", "credit_code", "province", "city", "industry", "term_ends_on", "note")


def as_text(value) -> str:
    """A value as a proposal keeps it: a day as 2024-06-20, nothing as an empty text,
    one kind of line break.
    """
    return "" if value is None else str(value).replace("\r\n", "\n")


def stated(organisation: Organisation) -> dict[str, str]:
    """Field -> what is known of it today, as a proposal keeps it."""
    return {name: as_text(getattr(organisation, name)) for name in FIELDS}


def as_stored(values: dict[str, str]) -> dict:
    """The same as an organisation holds it."""
    ends = values["term_ends_on"]
    return {**values, "term_ends_on": date.fromisoformat(ends) if ends else None}


class OrganisationProposal(Moves, Base):
    """A clerk proposes a change (``before`` and ``values``: field -> text);
    who may change the organisation accepts or declines it.

    ``partly``: only the fields in ``taken`` were accepted. ``grounds`` are the proposer's, ``reason`` is the
    decider's.
    """

    __tablename__ = "organisation_proposals"
    __table_args__ = (Index("ix_organisation_proposals_state_organisation", "state", "organisation_id"),)
    MOVES: ClassVar = {
        "open": ("accepted", "partly", "declined", "withdrawn"),
        "accepted": (),
        "partly": (),
        "declined": (),
        "withdrawn": (),
    }

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)  # where the proposer works
    state: Mapped[str] = mapped_column(String(10), default="open")
    before: Mapped[dict] = mapped_column(JSON, default=dict)
    values: Mapped[dict] = mapped_column(JSON, default=dict)
    taken: Mapped[list] = mapped_column(JSON, default=list)
    grounds: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship()
    unit: Mapped[Unit] = relationship()
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def fields(self) -> list[str]:
        """The fields it wants changed, in the order of the form."""
        return [name for name in FIELDS if name in self.values]

    @property
    def now(self) -> dict[str, str]:
        """Field -> what stands there today, of the fields it wants changed."""
        present = stated(self.organisation)
        return {name: present[name] for name in self.fields}

    @property
    def overtaken(self) -> list[str]:
        """Fields that were changed since, to something else than what is proposed."""
        return [
            name for name, value in self.now.items() if value not in (self.before[name], self.values[name])
        ]

    @property
    def seen(self) -> str:
        """A mark of what somebody who looks at it sees; another one as soon as the proposal or the
        organisation changes.
        """
        whole = json.dumps([self.values, self.now, self.grounds], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()[:16]
