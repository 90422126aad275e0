"""Projects: what an agreement is to become. Milestones and instalments are facts: corrected by a
counter-entry, never overwritten.
"""

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import Area, Base, Key, Wan
from outreach.core.files import StoredFile
from outreach.core.taken_back import Reopenable, Withdrawable
from outreach.directory.models import Organisation, Person
from outreach.liaison.models import LeaderPost
from outreach.pipeline.agreement_models import Agreement

#: 线索: what a project is while it has no milestone
LEAD = "lead"
#: milestones in the order they usually come; the stage of a project is the furthest one that stands. 首笔资金
#: is the first instalment.
MILESTONES = (
    "visited",
    "talks",
    "intention",
    "framework",
    "contract",
    "registered",
    "filed",
    "land",
    "construction",
    "statistics",
    "production",
    "capacity",
)
STAGES = (LEAD, *MILESTONES)
#: 落地建设: a project has landed when construction or production stands; 纳统 alone is no building site
LANDED = ("construction", "production", "capacity")
RUNNING, PAUSED, ENDED = "running", "paused", "ended"
#: 省外, 省内县外, 县内, 境外: where paid-in money came from
ORIGINS = ("outside", "province", "local", "foreign")


class Project(Base):
    """What an agreement is to become. Its stage is derived from the milestones that stand."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    # who brought a lead; of a signed one the paper says it
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    source: Mapped[str] = mapped_column(String(80), default="")  # the visit or summit a lead came from
    name: Mapped[str] = mapped_column(String(160))
    industry: Mapped[str] = mapped_column(String(1), default="")
    site: Mapped[str] = mapped_column(String(120), default="")
    park: Mapped[str] = mapped_column(String(60), default="")
    code: Mapped[str] = mapped_column(String(30), default="")  # 项目代码 of the investment filing
    land_mu: Mapped[Decimal | None] = mapped_column(Area)  # 亩
    plant_m2: Mapped[Decimal | None] = mapped_column(Area)
    jobs_promised: Mapped[int | None]
    output_promised_wan: Mapped[Decimal | None] = mapped_column(Wan)  # 年产值
    tax_promised_wan: Mapped[Decimal | None] = mapped_column(Wan)
    planned_start: Mapped[date | None]
    planned_production: Mapped[date | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("leader_posts.id"), index=True)  # 包联县领导
    # through which chamber it came
    chamber_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    responsible: Mapped[str] = mapped_column(String(80), default="")  # 责任单位
    service_officer: Mapped[str] = mapped_column(String(40), default="")  # 首席服务员
    # RUNNING, PAUSED, ENDED; the reasons stand in ProjectState
    state: Mapped[str] = mapped_column(String(8), default="running")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    agreement: Mapped[Agreement | None] = relationship(lazy="joined")
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(
        lazy="joined", innerjoin=True, foreign_keys=[organisation_id]
    )
    chamber: Mapped[Organisation | None] = relationship(foreign_keys=[chamber_id])
    post: Mapped[LeaderPost | None] = relationship()
    person: Mapped[Person | None] = relationship()
    officer: Mapped[User | None] = relationship(lazy="joined")
    milestones: Mapped[list["Milestone"]] = relationship(
        back_populates="project", lazy="selectin", order_by="Milestone.id"
    )
    instalments: Mapped[list["Instalment"]] = relationship(
        back_populates="project", lazy="selectin", order_by="Instalment.id"
    )
    steps: Mapped[list["NextStep"]] = relationship(
        back_populates="project", lazy="selectin", order_by="NextStep.due_on"
    )

    @property
    def standing(self) -> dict[str, "Milestone"]:
        """Kind -> the milestone that stands."""
        withdrawn = {row.corrects_id for row in self.milestones if row.corrects_id}
        return {row.kind: row for row in self.milestones if row.id not in withdrawn and not row.withdrawal}

    @property
    def stage(self) -> str:
        """The furthest milestone that stands; ``lead`` for a project that has none yet."""
        standing = self.standing
        return next((kind for kind in reversed(MILESTONES) if kind in standing), LEAD)

    @property
    def confirmed(self) -> dict[str, "Milestone"]:
        """Kind -> the milestone that stands and that a second person has confirmed."""
        return {kind: row for kind, row in self.standing.items() if row.confirmed_at}

    @property
    def stage_waits(self) -> bool:
        """Whether the milestone of the present stage is entered and not confirmed."""
        return self.stage != LEAD and self.stage not in self.confirmed

    @property
    def landed(self) -> bool:
        """Whether construction or anything after it is confirmed."""
        return any(kind in self.confirmed for kind in LANDED)

    @property
    def entered_paid_wan(self) -> Decimal:
        """The sum of all instalments and their counter-entries, confirmed or not."""
        return sum((row.amount_wan for row in self.instalments), Decimal(0))

    @property
    def paid_in_wan(self) -> Decimal:
        """到位资金: the sum of confirmed instalments; a counter-entry counts where what it takes back did."""
        counted = {row.id for row in self.instalments if row.confirmed_at}
        rows = (row for row in self.instalments if row.confirmed_at or row.corrects_id in counted)
        return sum((row.amount_wan for row in rows), Decimal(0))

    @property
    def paid_waiting_wan(self) -> Decimal:
        """What was entered as paid in and waits for a second person."""
        return self.entered_paid_wan - self.paid_in_wan

    @property
    def contracted_wan(self) -> Decimal | None:
        """合同额 of the contract milestone that is confirmed; None when none is."""
        milestone = self.confirmed.get("contract")
        return milestone.amount_wan if milestone else None

    @property
    def contracted_waiting_wan(self) -> Decimal | None:
        """合同额 of a contract milestone that was entered and waits for a second person."""
        milestone = self.standing.get("contract")
        return milestone.amount_wan if milestone and not milestone.confirmed_at else None

    @property
    def stage_since(self) -> date | None:
        """The day the present stage began."""
        milestone = self.standing.get(self.stage)
        return milestone.happened_on if milestone else None

    @property
    def disorder(self) -> list[tuple[str, str]]:
        """(earlier kind, later kind) of milestones whose days stand in the wrong order:
        a warning, for real life is not linear.
        """
        days = [(kind, self.standing[kind].happened_on) for kind in MILESTONES if kind in self.standing]
        return [(one, two) for (one, first), (two, second) in pairwise(days) if second < first]

    @property
    def contact(self) -> Person | None:
        """Who brought it: of a signed project the paper says it, of a lead the lead itself."""
        return self.agreement.person if self.agreement and self.agreement.person else self.person

    @property
    def missing_codes(self) -> list[str]:
        """What a milestone that stands should have brought:
        ``credit`` of a registered company, ``project`` of a filed investment.
        """
        standing = self.standing
        missing = ["credit"] if "registered" in standing and not self.organisation.credit_code else []
        return [*missing, "project"] if "filed" in standing and not self.code else missing

    @property
    def intended_wan(self) -> Decimal | None:
        """拟投资额 of the agreement."""
        return self.agreement.intended_wan if self.agreement else None

    @property
    def agreed_wan(self) -> Decimal | None:
        """协议投资额 of the agreement."""
        return self.agreement.agreed_wan if self.agreement else None

    @property
    def next_step(self) -> "NextStep | None":
        """The open step that is due first."""
        return next((step for step in self.steps if step.open), None)


class Milestone(Base):
    """A dated fact. ``withdrawal``: a counter-entry to ``corrects``, which then no longer stands."""

    __tablename__ = "milestones"
    __table_args__ = (
        Index(
            "ix_milestones_facts",
            "project_id",
            "kind",
            "happened_on",
            "withdrawal",
            "amount_wan",
            "confirmed_at",
        ),
        Index("ix_milestones_corrects_id", "corrects_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[str] = mapped_column(String(12))
    happened_on: Mapped[date]
    amount_wan: Mapped[Decimal | None] = mapped_column(Wan)  # contract: the contracted amount
    # contract: number of the passed fair-competition review
    review: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    withdrawal: Mapped[bool] = mapped_column(default=False)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]  # by somebody else than who entered it
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    returned_at: Mapped[datetime | None]  # sent back with a reason, until it is mended
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    returned_why: Mapped[str] = mapped_column(String(300), default="", server_default="")

    project: Mapped[Project] = relationship(back_populates="milestones")
    evidence: Mapped[StoredFile | None] = relationship(lazy="joined")
    entered_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[entered_by_id])
    confirmed_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[confirmed_by_id])
    returned_by: Mapped[User | None] = relationship(foreign_keys=[returned_by_id])


class Instalment(Base):
    """Money that landed. A correction is an instalment below zero that names what it corrects."""

    __tablename__ = "instalments"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    paid_on: Mapped[date] = mapped_column(index=True)
    amount_wan: Mapped[Decimal] = mapped_column(Wan)
    origin: Mapped[str] = mapped_column(String(8), default="outside")
    note: Mapped[str] = mapped_column(Text, default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("instalments.id"), unique=True)
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    returned_at: Mapped[datetime | None]  # sent back with a reason, until it is mended
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    returned_why: Mapped[str] = mapped_column(String(300), default="", server_default="")

    project: Mapped[Project] = relationship(back_populates="instalments")
    evidence: Mapped[StoredFile | None] = relationship(lazy="joined")
    entered_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[entered_by_id])
    confirmed_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[confirmed_by_id])
    returned_by: Mapped[User | None] = relationship(foreign_keys=[returned_by_id])


class NextStep(Reopenable, Withdrawable, Base):
    """What is to be done next, by when."""

    __tablename__ = "next_steps"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    text: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(300), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    project: Mapped[Project] = relationship(back_populates="steps")

    @property
    def open(self) -> bool:
        """Whether it is still to be done: neither done nor withdrawn."""
        return self.done_at is None and self.withdrawn_at is None
