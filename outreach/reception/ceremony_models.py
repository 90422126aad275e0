"""The order of a signing ceremony: who signs with whom, and who stands behind them."""

from decimal import Decimal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit
from outreach.core.db import Base, Key, Wan
from outreach.events.models import Event


class SigningLine(Base):
    """签约仪式次序: one signature as it is planned.

    It is no agreement and counts as nothing until one is entered.
    """

    __tablename__ = "signing_lines"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    place: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(120))
    company: Mapped[str] = mapped_column(String(120))
    intended_wan: Mapped[Decimal | None] = mapped_column(Wan)
    signer: Mapped[str] = mapped_column(String(60), default="")  # for the county: post and name
    counterpart: Mapped[str] = mapped_column(String(60), default="")  # for the company: post and name
    witness: Mapped[str] = mapped_column(String(120), default="")

    event: Mapped[Event] = relationship()
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
