"""Agreements and projects. Milestones and instalments are facts: corrected by a counter-entry, never overwritten."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key, Moment, Wan
from outreach.core.files import StoredFile
from outreach.directory.models import Organisation, Person
from outreach.events.models import Event

#: 意向书, 框架协议, 劳务合作框架协议, 投资合同. Only a contract binds to an amount.
LETTER, FRAMEWORK, LABOUR, CONTRACT = "letter", "framework", "labour", "contract"
AGREEMENT_KINDS = (LETTER, FRAMEWORK, LABOUR, CONTRACT)
#: what a signature counts as: a project counts at its first signing; 升格 adds no amount, 增资 only the difference, 更换业主 and 仪式性重签
#: nothing (明政办〔2006〕95号)
FIRST, UPGRADE, INCREASE, INVESTOR, CEREMONIAL = "first", "upgrade", "increase", "investor", "ceremonial"
COUNTS = (FIRST, UPGRADE, INCREASE, INVESTOR, CEREMONIAL)

#: milestones in the order they usually come; the stage of a project is the furthest one that stands
MILESTONES = ("intention", "contract", "registered", "construction", "production", "capacity")
#: 落地建设: a project has landed when construction (or what follows it) stands
LANDED = ("construction", "production", "capacity")


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
    counts_as: Mapped[str] = mapped_column(String(10), default=FIRST)
    first_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), index=True)  # the first signing; empty: this is one
    intended_wan: Mapped[Decimal | None] = mapped_column(Wan)  # 拟投资额: what a letter or framework says
    contracted_wan: Mapped[Decimal | None] = mapped_column(Wan)  # 合同额: only a contract has one
    stated: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[object] = mapped_column(Moment, default=clock.now)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    event: Mapped[Event | None] = relationship(lazy="joined")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person | None] = relationship()
    first: Mapped["Agreement | None"] = relationship(remote_side=[id])


class Project(Base):
    """What an agreement is to become. Its stage is derived from the milestones that stand."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    industry: Mapped[str] = mapped_column(String(1), default="")
    site: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[object] = mapped_column(Moment, default=clock.now)

    agreement: Mapped[Agreement | None] = relationship(lazy="joined")
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    officer: Mapped[User | None] = relationship(lazy="joined")
    milestones: Mapped[list["Milestone"]] = relationship(back_populates="project", lazy="selectin", order_by="Milestone.id")
    instalments: Mapped[list["Instalment"]] = relationship(back_populates="project", lazy="selectin", order_by="Instalment.id")
    steps: Mapped[list["NextStep"]] = relationship(back_populates="project", lazy="selectin", order_by="NextStep.due_on")

    @property
    def standing(self) -> dict[str, "Milestone"]:
        """Kind -> the milestone that stands."""
        withdrawn = {row.corrects_id for row in self.milestones if row.corrects_id}
        return {row.kind: row for row in self.milestones if row.id not in withdrawn and not row.withdrawal}

    @property
    def stage(self) -> str:
        """The furthest milestone that stands; ``intention`` for a project that has none yet."""
        standing = self.standing
        return next((kind for kind in reversed(MILESTONES) if kind in standing), MILESTONES[0])

    @property
    def landed(self) -> bool:
        """Whether construction or anything after it stands."""
        return any(kind in self.standing for kind in LANDED)

    @property
    def paid_in_wan(self) -> Decimal:
        """到位资金: the sum of instalments and their counter-entries."""
        return sum((row.amount_wan for row in self.instalments), Decimal(0))

    @property
    def contracted_wan(self) -> Decimal | None:
        """合同额 of the contract milestone that stands; None when none stands."""
        milestone = self.standing.get("contract")
        return milestone.amount_wan if milestone else None

    @property
    def intended_wan(self) -> Decimal | None:
        """拟投资额 of the agreement."""
        return self.agreement.intended_wan if self.agreement else None

    @property
    def next_step(self) -> "NextStep | None":
        """The open step that is due first."""
        return next((step for step in self.steps if step.done_at is None), None)


class Milestone(Base):
    """A dated fact. ``withdrawal``: a counter-entry to ``corrects``, which then no longer stands."""

    __tablename__ = "milestones"
    __table_args__ = (Index("ix_milestones_project_id_kind", "project_id", "kind"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[str] = mapped_column(String(12))
    happened_on: Mapped[date]
    amount_wan: Mapped[Decimal | None] = mapped_column(Wan)  # contract: the contracted amount
    note: Mapped[str] = mapped_column(Text, default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    withdrawal: Mapped[bool] = mapped_column(default=False)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    entered_at: Mapped[object] = mapped_column(Moment, default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    project: Mapped[Project] = relationship(back_populates="milestones")
    evidence: Mapped[StoredFile | None] = relationship(lazy="joined")
    entered_by: Mapped[User | None] = relationship(lazy="joined")


class Instalment(Base):
    """Money that landed. A correction is an instalment below zero that names what it corrects."""

    __tablename__ = "instalments"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    paid_on: Mapped[date] = mapped_column(index=True)
    amount_wan: Mapped[Decimal] = mapped_column(Wan)
    note: Mapped[str] = mapped_column(Text, default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("instalments.id"), unique=True)
    entered_at: Mapped[object] = mapped_column(Moment, default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    project: Mapped[Project] = relationship(back_populates="instalments")
    evidence: Mapped[StoredFile | None] = relationship(lazy="joined")
    entered_by: Mapped[User | None] = relationship(lazy="joined")


class NextStep(Base):
    """What is to be done next, by when."""

    __tablename__ = "next_steps"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    text: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column(index=True)
    done_at: Mapped[object | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(300), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    project: Mapped[Project] = relationship(back_populates="steps")
