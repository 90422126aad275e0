"""People, their numbers and posts, organisations, tier decisions, search terms."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Place, Unit, User
from outreach.core import clock
from outreach.core.db import Base, Key, Phone, Wan, only_where, ordered
from outreach.core.i18n import lazy

#: 登记造册 / 乡贤企业家 / 重点人才库
REGISTERED, SCREENED, KEY = 1, 2, 3
TIERS = (REGISTERED, SCREENED, KEY)

#: GB/T 4754-2017, sections
INDUSTRIES = {
    "A": lazy("Farming, forestry, fishing"),
    "B": lazy("Mining"),
    "C": lazy("Manufacturing"),
    "D": lazy("Power, heat, gas and water"),
    "E": lazy("Construction industry"),
    "F": lazy("Wholesale and retail"),
    "G": lazy("Transport, storage and post"),
    "H": lazy("Hotels and catering"),
    "I": lazy("Information and software"),
    "J": lazy("Finance"),
    "K": lazy("Real estate"),
    "L": lazy("Leasing and business services"),
    "M": lazy("Research and technical services"),
    "N": lazy("Water, environment, public facilities"),
    "O": lazy("Household services and repair"),
    "P": lazy("Education"),
    "Q": lazy("Health and social work"),
    "R": lazy("Culture, sport, entertainment"),
    "S": lazy("Public administration, social bodies"),
    "T": lazy("International organisations"),
}
COMPANY, CHAMBER, ASSOCIATION, ALLIANCE, STATION, OTHER = (
    "company",
    "chamber",
    "association",
    "alliance",
    "station",
    "other",
)
#: what a chamber says of itself is asked again after so many days
STALE_AFTER = timedelta(days=365)


class Organisation(Base):
    """A company, a chamber of commerce or another body. Names are public knowledge, so no unit owns it."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), index=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120), unique=True)
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    province: Mapped[str] = mapped_column(String(20), default="", index=True)
    city: Mapped[str] = mapped_column(String(20), default="")
    industry: Mapped[str] = mapped_column(String(1), default="")
    term_ends_on: Mapped[date | None]  # 换届日期
    note: Mapped[str] = mapped_column(Text, default="")
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def stale(self) -> bool:
        """Whether what is known of a chamber or the like has not been verified for a year."""
        return self.kind not in (COMPANY, OTHER) and (
            self.verified_at is None or self.verified_at < clock.now() - STALE_AFTER
        )


class Person(Base):
    """One human being, one row, whatever sheet they came from.

    ``unit`` is the township or county that keeps the card. An erased card tells nothing of anybody. It has no
    unit, so no list of a unit finds it; facts go on pointing at it and count as before.
    """

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_unit_tier", "unit_id", "tier"),
        Index("ix_people_restricted", "id", **only_where("restricted_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), nullable=True)  # empty: erased
    name: Mapped[str] = mapped_column(String(40))
    name_key: Mapped[str] = mapped_column(String(40), index=True)
    pinyin: Mapped[str] = mapped_column(ordered(120), index=True)
    stroke_surname: Mapped[str] = mapped_column(ordered(120), default="", index=True)  # 姓氏笔画
    stroke_name: Mapped[str] = mapped_column(ordered(120), default="")  # 姓名笔画
    gender: Mapped[str] = mapped_column(String(1), default="")
    birth: Mapped[str] = mapped_column(String(7), default="")  # YYYY or YYYY-MM
    home_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"), index=True)
    home_village: Mapped[str] = mapped_column(String(40), default="")
    province: Mapped[str] = mapped_column(String(20), default="", index=True)
    city: Mapped[str] = mapped_column(String(20), default="", index=True)
    lives_raw: Mapped[str] = mapped_column(String(60), default="")
    industry: Mapped[str] = mapped_column(String(1), default="", index=True)
    scale_wan: Mapped[Decimal | None] = mapped_column(Wan)
    scale_stated: Mapped[str] = mapped_column(String(40), default="")
    wechat: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    tier: Mapped[int] = mapped_column(default=REGISTERED, index=True)  # follows the last TierDecision
    tags: Mapped[list] = mapped_column(JSON, default=list)
    source: Mapped[str] = mapped_column(String(120), default="")
    consents: Mapped[dict] = mapped_column(JSON, default=dict)  # purpose -> fields; follows the last Consent
    may_print: Mapped[bool] = mapped_column(default=False, index=True)  # any field may be printed
    origin_id: Mapped[int | None] = mapped_column(Key, index=True)  # the row of a roster that made the card
    # when the person was told of being on the register
    notice_at: Mapped[datetime | None]
    # 限制处理 since; follows the open Restriction
    restricted_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    erased_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))  # who kept the card until then
    version: Mapped[int] = mapped_column(default=1)  # counts edits by hand
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)

    unit: Mapped[Unit] = relationship(lazy="joined", foreign_keys=[unit_id])
    home: Mapped[Place | None] = relationship(lazy="joined")
    phones: Mapped[list["PersonPhone"]] = relationship(
        back_populates="person", lazy="selectin", cascade="all, delete-orphan", order_by="PersonPhone.id"
    )
    posts: Mapped[list["Post"]] = relationship(
        back_populates="person", lazy="selectin", cascade="all, delete-orphan", order_by="Post.id"
    )

    @property
    def comes_from(self) -> str:
        """The home place, else the unit that keeps the card, in the language of the page."""
        return self.home.shown if self.home else self.unit.shown if self.unit else ""

    @property
    def mobile(self) -> str:
        """The first mobile number, or nothing."""
        return next((phone.number for phone in self.phones if phone.kind == "mobile"), "")

    @property
    def company(self) -> "Post | None":
        """The post shown in lists: the first at a company, else the first of all."""
        present = [post for post in self.posts if post.until_on is None]
        return next(
            (post for post in present if post.organisation.kind == COMPANY), next(iter(present), None)
        )


class PersonPhone(Base):
    """One number of a person and where it came from."""

    __tablename__ = "person_phones"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(Phone, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(120), default="")
    added_at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[Person] = relationship(back_populates="phones")


class Post(Base):
    """A person's post at an organisation."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id", "title"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    title: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(120), default="")
    since_on: Mapped[date | None]
    until_on: Mapped[date | None]  # empty: held today

    person: Mapped[Person] = relationship(back_populates="posts")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class TierDecision(Base):
    """Why somebody is on a list: who decided, when, on what grounds. Only ever added to."""

    __tablename__ = "tier_decisions"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    tier: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    decided_by: Mapped[User | None] = relationship()


class PersonTerm(Base):
    """What a person is found by: every ending of name, pinyin and initials;
    numbers forwards, and backwards after ``~``.
    """

    __tablename__ = "person_terms"
    # with the term: whether somebody has one is asked of the index alone
    __table_args__ = (Index("ix_person_terms_person_id", "person_id", "term"), {"sqlite_with_rowid": False})

    term: Mapped[str] = mapped_column(ordered(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        Key, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class OrganisationTerm(Base):
    """What an organisation is found by: every ending of its name."""

    __tablename__ = "organisation_terms"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: Mapped[str] = mapped_column(ordered(64), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        Key,
        ForeignKey("organisations.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        autoincrement=False,
    )
