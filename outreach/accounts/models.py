"""Places, units, users, grants."""

from datetime import datetime, timedelta

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.core.i18n import is_chinese
from outreach.core.latin import place, spelled
from outreach.permissions import ROLES, Permission, Role

#: so many wrong passwords for one name from one address are free; the next waits, each time twice as long
FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)
#: wrong passwords count together within
TRIES_LAST = timedelta(hours=24)


class Place(Base):
    """One administrative division: 2 digits a province, 4 a city, 6 a county, 9 a township (NBS 2023)."""

    __tablename__ = "places"

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), index=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"), index=True)

    @property
    def shown(self) -> str:
        """The name in the language of the page."""
        return place(self.name)

    @property
    def level(self) -> str:
        """province, city, county or township."""
        return {2: "province", 4: "city", 6: "county", 9: "township"}[len(self.code)]


class Unit(Base):
    """An office: the city, a county or district, a township.

    ``path`` is ``/1/4/17/``: its ancestors and itself.
    """

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    name_en: Mapped[str] = mapped_column(String(80), default="")
    level: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"), unique=True)
    path: Mapped[str] = mapped_column(String(80), index=True)

    parent: Mapped["Unit | None"] = relationship(remote_side=[id])

    @property
    def shown(self) -> str:
        """The name in the language of the page."""
        return self.name if is_chinese() else self.name_en or spelled(self.name)

    @property
    def county_id(self) -> int:
        """The county this unit is or lies in; the city itself for the city."""
        steps = [int(step) for step in self.path.strip("/").split("/")]
        return steps[1] if len(steps) > 1 else steps[0]


class User(UserMixin, Base):
    """A person who signs in. ``epoch`` counts password changes; a session of an older epoch is over."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    post: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    epoch: Mapped[int] = mapped_column(default=0)
    signed_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    grants: Mapped[list["Grant"]] = relationship(
        back_populates="user", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def is_active(self) -> bool:
        """Flask-Login's word for ``active``."""
        return self.active

    @property
    def held(self) -> list[tuple[str, str]]:
        """(role, path of its unit) of every grant; of who is signed in,
        as they were read when the request began.
        """
        read = self.__dict__.get("_held")
        return (
            [(grant.role, grant.unit.path) for grant in self.grants]
            if read is None or "grants" in self.__dict__
            else read
        )

    def holds(self, permission: Permission) -> bool:
        """Whether any of the user's roles includes ``permission``, at whatever unit."""
        return any(permission in ROLES[Role(role)] for role, _path in self.held)

    def paths(self, permission: Permission) -> list[str]:
        """The paths of the units where the user holds ``permission``."""
        return [path for role, path in self.held if permission in ROLES[Role(role)]]

    def holds_at_top(self, permission: Permission) -> bool:
        """Whether the user holds ``permission`` for the whole prefecture."""
        return any(path.count("/") == 2 for path in self.paths(permission))

    def reaches(self, permission: Permission, unit) -> bool:
        """Whether the user holds ``permission`` at ``unit`` (anything with the ``path`` of one) or above
        it.
        """
        return any(unit.path.startswith(path) for path in self.paths(permission))


@event.listens_for(User, "expire")
def _ask_again(user, _names):
    """What was read when the request began holds no longer than the rest of the row."""
    if user is not None:  # nobody holds the object any more
        user.__dict__.pop("_held", None)


class EndedSession(Base):
    """A session somebody signed out of: its cookie may lie somewhere, and opens nothing any more.

    Kept until the cookie expires by itself.
    """

    __tablename__ = "ended_sessions"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(index=True)


class SignInTry(Base):
    """Wrong passwords for one name from one address.

    Both are kept as digests: what is typed as a name may be a password. Counted alike whether there is such a
    user or not, and by address, so that nobody locks out somebody else.
    """

    __tablename__ = "sign_in_tries"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # of name and address
    login: Mapped[str] = mapped_column(String(64), index=True)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime] = mapped_column(index=True)

    def wait(self, moment: datetime) -> timedelta:
        """How long from ``moment`` no further try is looked at."""
        if self.failures < FREE_TRIES or self.failed_at > moment:  # a clock that was wrong keeps nobody out
            return timedelta(0)
        whole = min(FIRST_WAIT * 2 ** min(self.failures - FREE_TRIES, 10), LONGEST_WAIT)
        return max(self.failed_at + whole - moment, timedelta(0))


class Grant(Base):
    """A role held by a user at a unit."""

    __tablename__ = "grants"
    __table_args__ = (UniqueConstraint("user_id", "unit_id", "role"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))

    user: Mapped[User] = relationship(back_populates="grants")
    unit: Mapped[Unit] = relationship(lazy="joined")
