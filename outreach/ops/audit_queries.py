"""Reads of the audit: which entries a manager sees, narrowed by who, whom, what and when."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, func, or_, select

from outreach.accounts import queries as accounts
from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.ops.audit_names import GROUPS, verbs_of
from outreach.permissions import Permission


def is_top(manager) -> bool:
    """Whether the whole house is within reach: who sees what guests and the worker did."""
    return any(path.count("/") == 2 for path in manager.paths(Permission.ACCOUNTS_MANAGE))


def users_for_choice(manager) -> list[tuple[int, str]]:
    """(id, name) of the users whose deeds ``manager`` sees."""
    rows = db.session.scalars(accounts.select_users(manager).order_by(User.name, User.id)).unique()
    return [(row.id, f"{row.name} ({row.login})") for row in rows]


def select_entries(
    manager,
    *,
    group: str = "",
    user: int = 0,
    object_kind: str = "",
    object_id: int = 0,
    verb: str = "",
    first: date | None = None,
    last: date | None = None,
    address: str = "",
) -> Select:
    """Entries of users within ``manager``'s reach, latest first;
    of guests and the worker for the top alone.
    """
    own = accounts.select_users(manager).with_only_columns(User.id)
    chosen = select(AuditEntry)
    within = AuditEntry.user_id.in_(own)
    chosen = chosen.where(or_(within, AuditEntry.user_id.is_(None)) if is_top(manager) else within)
    if group in GROUPS:
        chosen = chosen.where(AuditEntry.verb.in_(verbs_of(group)))
    elif group:
        chosen = chosen.where(AuditEntry.verb.startswith(f"{group}.", autoescape=True))
    for column, value in (
        (AuditEntry.user_id, user),
        (AuditEntry.object_kind, object_kind),
        (AuditEntry.object_id, object_id),
        (AuditEntry.verb, verb),
        (AuditEntry.address, address.strip()),
    ):
        if value:
            chosen = chosen.where(column == value)
    if first:
        chosen = chosen.where(AuditEntry.at >= _start(first))
    if last:
        chosen = chosen.where(AuditEntry.at < _start(last + timedelta(days=1)))
    return chosen.order_by(AuditEntry.id.desc())


def _start(day: date) -> datetime:
    return clock.local(datetime.combine(day, time()), "Asia/Shanghai")


def users_of(rows) -> dict[int, User]:
    """Id -> user of these entries."""
    ids = {row.user_id for row in rows if row.user_id}
    return {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(ids))).unique()}


def entry_count() -> int:
    """All entries there are."""
    return db.session.scalar(select(func.count(AuditEntry.id))) or 0
