"""What stays of an erased person: digests by which a list that brings them back is recognised,
and nothing else.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import clock
from outreach.core.db import Base, Key

#: why somebody is erased
ASKED, WITHDREW, NO_GROUND, WRONG, DIED = "asked", "withdrew", "no_ground", "wrong", "died"


class Tombstone(Base):
    """One mark of an erased person (``tombstones.marks``) as a digest under the key of the house:
    nobody reads name or number from it.
    """

    __tablename__ = "tombstones"
    __table_args__ = (UniqueConstraint("digest", "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime] = mapped_column(default=clock.now)
