"""A drill: an archive becomes a house beside ours, is looked at, and goes again. Ours is not touched."""

import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from outreach.accounts.models import User
from outreach.core import audit_chain, versions
from outreach.core.db import db
from outreach.ops.recovery import Failed, archives, sealing, staging
from outreach.ops.recovery.restoring import compare
from outreach.ops.recovery.workplace import Workplace
from outreach.permissions import Permission

SCHEMA, PLACE = "yangui_drill", "drilling"
#: what anybody may open, and what an administrator may
_OPEN = ("/sign-in", "/privacy")
_STAFF = ("/home", "/people", "/organisations", "/events", "/projects", "/audit")


@dataclass(frozen=True)
class Drilled:
    """What a drill found: lines for a reader, and how long it took."""

    lines: list[str]
    seconds: float


def drill(path: Path, ask: Callable[[], str], make_app: Callable) -> Drilled:
    """Restore the archive beside, migrate, compare, look, remove everything.

    :class:`Failed` names what is not as it should be. ``make_app`` makes an application from settings that
    differ from ours.
    """
    began = time.monotonic()
    with Workplace(PLACE) as folder:
        try:
            lines = _drill(path, folder, ask, make_app)
        except (OSError, SQLAlchemyError) as error:
            raise Failed(f"{getattr(error, 'orig', None) or error}".strip().splitlines()[0]) from error
    return Drilled(lines, time.monotonic() - began)


def _drill(path: Path, folder: Path, ask: Callable[[], str], make_app: Callable) -> list[str]:
    unpacked = folder / "archive"
    unpacked.mkdir(mode=0o700)
    with path.open("rb") as source:
        manifest = archives.unpack(sealing.opened(source, ask), unpacked)
    stage = staging.stage(unpacked / archives.DATABASE, folder, SCHEMA)
    try:
        stage.fill(unpacked / archives.DATABASE)
        counted = stage.counts()
        compare(counted, manifest)
        with stage.engine.connect() as connection:
            revision = versions.of_database(connection)
        stage.migrate()
        stage.engine.dispose()
        house = make_app(
            {
                "TESTING": True,  # what fails is told to us, not written on a page
                "PRODUCTION": False,
                "SQLALCHEMY_DATABASE_URI": stage.address(),
                "INSTANCE": str(unpacked),
                "SESSION_COOKIE_SECURE": False,
                "RATELIMIT_ENABLED": False,
                "RATELIMIT_STORAGE_URI": "memory://",
            }
        )
        looked = copy_context().run(_look_at, house)
    finally:
        stage.drop()
    files = sum(1 for _path in archives.stored(unpacked / archives.FILES))
    so = "counted as at the backup" if manifest else "not compared: the archive is of before counts"
    return [
        f"made: {manifest.made_at if manifest else '-'}",
        f"rows: {sum(counted.values())} in {len(counted)} tables, {so}",
        f"files: {files}" + (", compared with their digests" if manifest else ""),
        f"version: {revision or '-'}, brought to {versions.of_code()}",
        *looked,
    ]


def _look_at(house) -> list[str]:
    """The chain of the audit and a handful of pages, as lines."""
    with house.app_context():
        try:
            chain = audit_chain.verify()
            if chain.fault is not None:
                raise Failed(
                    f"the chain of the audit is broken at link {chain.fault.link}: {chain.fault.why}"
                )
            users = db.session.scalars(select(User).where(User.active.is_(True)).order_by(User.id))
            able = (
                user
                for user in users
                if user.holds_at_top(Permission.SYSTEM_MANAGE) and not user.must_change_password
            )
            session = next(((user.id, user.epoch) for user in able), None)
        finally:
            db.session.remove()
    pages = [_opened(house, page, None) for page in _OPEN]  # each in a context of its own, as a request has
    pages += [_opened(house, page, session) for page in _STAFF] if session else []
    _check_health(house)
    with house.app_context():
        db.engine.dispose()
    staff = "" if session else "; no administrator of the prefecture to look as"
    return [
        f"audit: {chain.entries} links hold, {chain.waiting} entries not linked yet",
        f"pages: {' '.join(pages)}{staff}; the database takes a write",
    ]


def _opened(house, page: str, session: tuple[int, int] | None) -> str:
    browser = house.test_client()
    if session is not None:
        with browser.session_transaction() as cookie:
            moment = int(time.time())
            cookie.update(_user_id=str(session[0]), epoch=session[1], began=moment, seen=moment, key="drill")
    try:
        status = browser.get(page).status_code
    except Exception as error:
        raise Failed(f"the page {page} fails: {type(error).__name__}") from error
    if status != 200:
        raise Failed(f"the page {page} answers {status}")
    return page


def _check_health(house) -> None:
    """No worker beats in a drill; the database must be well."""
    said = house.test_client().get("/healthz").json["checks"]
    if said.get("database") != "ok":
        raise Failed("the restored database takes no write")
