"""Reads of units, places and users."""

from functools import lru_cache

from sqlalchemy import Select, bindparam, exists, false, func, or_, select

from outreach.accounts.models import EndedSession, Grant, Place, Unit, User
from outreach.core.db import db
from outreach.core.swift import Swift, at_hand
from outreach.permissions import Permission


def reach(user, permission: Permission) -> Select:
    """The ids of the units where ``user`` holds ``permission``, as a sub-select for ``column.in_()``."""
    return _below(tuple(user.paths(permission)))


@lru_cache(maxsize=1024)
def _below(paths: tuple[str, ...]) -> Select:
    """Built once for each set of units: every list of the house begins with it."""
    below = [Unit.path.startswith(path, autoescape=True) for path in paths]
    return select(Unit.id).where(or_(*below) if below else false())


def below(unit: Unit) -> Select:
    """The ids of ``unit`` and of those under it, in the same way."""
    return _below((unit.path,))


def select_units(user, permission: Permission, *levels: str) -> Select:
    """Units within reach, from the top down; only of ``levels`` when given."""
    chosen = select(Unit).where(Unit.id.in_(reach(user, permission)))
    if levels:
        chosen = chosen.where(Unit.level.in_(levels))
    return chosen.order_by(Unit.level.desc(), Unit.place_code)


def units_for_choice(user, permission: Permission, *levels: str) -> list[tuple[int, str]]:
    """(id, name) of the units within reach, for a select field; townships behind their county's name."""
    rows = db.session.scalars(select_units(user, permission, *levels)).all()
    order = {"city": 0, "county": 1, "township": 2}
    names = {unit.id: unit.shown for unit in rows}
    rows = sorted(rows, key=lambda unit: (order[unit.level], unit.place_code or ""))
    return [
        (
            unit.id,
            f"{names[unit.parent_id]} {unit.shown}"
            if unit.level == "township" and unit.parent_id in names
            else unit.shown,
        )
        for unit in rows
    ]


def hosts_for_choice() -> list[tuple[int, str]]:
    """(id, name) of the city and every county of the house, whoever asks: that they exist is no secret."""
    rows = db.session.scalars(
        select(Unit).where(Unit.level.in_(("city", "county"))).order_by(Unit.place_code, Unit.id)
    )
    return [(unit.id, unit.shown) for unit in rows]


def county_ids() -> dict[int, int | None]:
    """Unit -> the county it is or lies in."""
    return {unit.id: unit.county_id for unit in db.session.scalars(select(Unit))}


def unit_by_place(code: str) -> Unit | None:
    """The unit of a division code."""
    return db.session.scalar(select(Unit).where(Unit.place_code == code))


def counties() -> list[Unit]:
    """Every county-level unit, by division code."""
    return list(db.session.scalars(select(Unit).where(Unit.level == "county").order_by(Unit.place_code)))


#: a user without the password's hash, once for each of their roles
_USER = (User.id, User.login, User.name, User.post, User.must_change_password, User.active, User.epoch)
_SIGNED_IN = Swift(
    select(*_USER, Grant.role, Unit.path)
    .outerjoin(Grant, Grant.user_id == User.id)
    .outerjoin(Unit, Unit.id == Grant.unit_id)
    .where(User.id == bindparam("id"), ~exists().where(EndedSession.key == bindparam("session")))
    .order_by(Grant.id)
)


def signed_in(user_id: int, session: str = "") -> User | None:
    """A user with roles and units, in one query: asked for by every request of staff.

    None when the ``session`` was signed out of.
    """
    rows = _SIGNED_IN.rows({"id": user_id, "session": session})
    if not rows:
        return None
    user = at_hand(User, dict(zip((column.key for column in _USER), rows[0], strict=False)))
    user.__dict__["_held"] = [(row.role, row.path) for row in rows if row.role]
    return user


def user_by_login(login: str) -> User | None:
    """The user with this sign-in name, in any case of letters."""
    return db.session.scalar(select(User).where(User.login == login.strip().lower()))


def select_users(manager) -> Select:
    """The users all of whose roles lie within ``manager``'s reach,
    and those without a role whom only the top sees.
    """
    within = reach(manager, Permission.ACCOUNTS_MANAGE)
    outside = select(Grant.user_id).where(Grant.unit_id.not_in(within))
    chosen = select(User).where(User.id.not_in(outside))
    if not any(path.count("/") == 2 for path in manager.paths(Permission.ACCOUNTS_MANAGE)):
        chosen = chosen.where(User.id.in_(select(Grant.user_id).where(Grant.unit_id.in_(within))))
    return chosen


def searched_users(chosen: Select, text: str = "", role: str = "", active: str = "") -> Select:
    """Narrow a select of users by part of a name, role and state."""
    if text:
        chosen = chosen.where(
            or_(
                User.name.icontains(text.strip(), autoescape=True),
                User.login.icontains(text.strip(), autoescape=True),
                User.post.icontains(text.strip(), autoescape=True),
            )
        )
    if role:
        chosen = chosen.where(User.id.in_(select(Grant.user_id).where(Grant.role == role)))
    if active:
        chosen = chosen.where(User.active.is_(active == "yes"))
    return chosen


_PROVINCES = select(Place.name).where(func.length(Place.code) == 2).order_by(Place.code)


def provinces() -> list[str]:
    """The name of every province, by code."""
    return list(db.session.scalars(_PROVINCES))


def demo_users() -> list[User]:
    """The demo's accounts, which production refuses."""
    return list(db.session.scalars(select(User).where(User.demo.is_(True))))


def demo_logins() -> list[str]:
    """The same by name, read from a database of whatever version."""
    return list(db.session.scalars(select(User.login).where(User.demo.is_(True))))


def colleagues(user, permission: Permission) -> list[User]:
    """Active users who hold ``permission`` at a unit within ``user``'s own reach of it, by name."""
    within = reach(user, permission)
    rows = db.session.scalars(
        select(User).where(
            User.active.is_(True), User.id.in_(select(Grant.user_id).where(Grant.unit_id.in_(within)))
        )
    ).all()
    return sorted((row for row in rows if row.holds(permission)), key=lambda row: row.name)
