"""Agreements: what was signed, what it counts as, its parties, promises and scans."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key, Wan
from outreach.core.files import StoredFile
from outreach.core.taken_back import Reopenable, Withdrawable
from outreach.directory.models import Organisation, Person
from outreach.events.models import Event

#: 意向书, 框架协议, 战略合作协议, 劳务合作框架协议, 投资合同, 补充协议. Only a contract (or its supplement)
#: binds to an amount.
LETTER, FRAMEWORK, STRATEGIC, LABOUR, CONTRACT, SUPPLEMENT = (
    "letter",
    "framework",
    "strategic",
    "labour",
    "contract",
    "supplement",
)
AGREEMENT_KINDS = (LETTER, FRAMEWORK, STRATEGIC, LABOUR, CONTRACT, SUPPLEMENT)
BINDING, AGREEING = (CONTRACT, SUPPLEMENT), (FRAMEWORK, STRATEGIC)
#: the milestone that the signature itself is
FIRST_MILESTONE = {
    LETTER: "intention",
    FRAMEWORK: "framework",
    STRATEGIC: "framework",
    LABOUR: "framework",
    CONTRACT: "contract",
    SUPPLEMENT: "contract",
}
#: what a signature counts as: a project counts at its first signing; 升格 adds no amount, 增资 only the
#: difference, 更换业主 and 仪式性重签 nothing (明政办〔2006〕95号)
FIRST, UPGRADE, INCREASE, INVESTOR, CEREMONIAL = "first", "upgrade", "increase", "investor", "ceremonial"
COUNTS = (FIRST, UPGRADE, INCREASE, INVESTOR, CEREMONIAL)
#: signed so many days after a summit, a paper is still of that summit without a word
WEEK = 7
#: 公平竞争审查条例: a contract signed from this day on counts only with a passed review
REVIEW_FROM = date(2024, 8, 1)


def may_count(row) -> bool:
    """Whether a paper counts at all: not once it is void,
    nor before the fair-competition review that the law asks for was passed.
    """
    if row.voided_at is not None:
        return False
    return row.kind not in BINDING or row.signed_on < REVIEW_FROM or row.review_passed


class Agreement(Base):
    """One signed paper between a company and a county."""

    __tablename__ = "agreements"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(160))
    signed_on: Mapped[date] = mapped_column(index=True)
    contract_by: Mapped[date | None]  # 约定签订正式合同期限
    # the signing this one belongs to; empty: it is one
    first_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    counts_as: Mapped[str] = mapped_column(String(10), default=FIRST)
    binding: Mapped[bool] = mapped_column(default=False)
    # of the paper; amounts are 万元 at the rate of the day, ``stated`` keeps its words
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    intended_wan: Mapped[Decimal | None] = mapped_column(Wan)  # 拟投资额: what a letter or framework says
    # 协议投资额: what a framework or strategic agreement fixes
    agreed_wan: Mapped[Decimal | None] = mapped_column(Wan)
    contracted_wan: Mapped[Decimal | None] = mapped_column(Wan)  # 合同额: only a contract has one
    stated: Mapped[str] = mapped_column(String(60), default="")
    witnesses: Mapped[str] = mapped_column(String(200), default="")
    review_number: Mapped[str] = mapped_column(String(60), default="")  # 公平竞争审查: number, day, result
    review_on: Mapped[date | None]
    review_passed: Mapped[bool] = mapped_column(default=False)
    voided_at: Mapped[datetime | None]  # 作废: stays on record, counts nowhere
    void_reason: Mapped[str] = mapped_column(String(200), default="")
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    event: Mapped[Event | None] = relationship(lazy="joined")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person | None] = relationship()
    first: Mapped["Agreement | None"] = relationship(remote_side=[id])
    parties: Mapped[list["Party"]] = relationship(order_by="Party.id", cascade="all")
    clauses: Mapped[list["Clause"]] = relationship(
        back_populates="agreement", order_by="Clause.id", cascade="all"
    )
    papers: Mapped[list["Paper"]] = relationship(order_by="Paper.id", cascade="all")
    corrections: Mapped[list["AgreementCorrection"]] = relationship(
        order_by="AgreementCorrection.id.desc()", cascade="all"
    )
    voided_by: Mapped[User | None] = relationship(foreign_keys=[voided_by_id])

    @property
    def days_apart(self) -> int:
        """Days between the summit it is counted for and the signature:
        below zero before it began, 0 while it went on or the week after.
        """
        if self.event is None:
            return 0
        after = (self.signed_on - self.event.last_day).days
        return min(0, (self.signed_on - self.event.first_day).days) or (after if after > WEEK else 0)

    @property
    def counts(self) -> bool:
        """Whether it counts (:func:`may_count`)."""
        return may_count(self)

    @property
    def scan(self) -> StoredFile | None:
        """The newest scan that was not withdrawn."""
        return next((row.file for row in reversed(self.papers) if row.withdrawn_at is None), None)


class AgreementCorrection(Base):
    """更正: one field of a paper that was entered wrongly, as it stood and as it stands, in words."""

    __tablename__ = "agreement_corrections"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(String(200))
    after: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    corrected_at: Mapped[datetime] = mapped_column(default=clock.now)
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    corrected_by: Mapped[User | None] = relationship()


class Party(Withdrawable, Base):
    """协议各方: further investors, counties, a labour partner with head counts."""

    __tablename__ = "agreement_parties"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(10))  # investor, county, labour
    name: Mapped[str] = mapped_column(String(120))
    heads: Mapped[int | None]  # 劳务人数


class Clause(Reopenable, Withdrawable, Base):
    """承诺条款: what one side promised in the paper, by when; kept when an outcome says so."""

    __tablename__ = "clauses"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id", ondelete="CASCADE"), index=True)
    side: Mapped[str] = mapped_column(String(8))  # county or company
    text: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[date | None] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(300), default="")

    agreement: Mapped[Agreement] = relationship(back_populates="clauses")


class Paper(Withdrawable, Base):
    """A scan of an agreement; its bytes are known by their SHA-256."""

    __tablename__ = "agreement_papers"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
