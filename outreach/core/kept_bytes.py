"""Bytes of uploads on disk, under their hash: there when the row is committed,
and gone only when no row needs them.

Who keeps or forgets bytes holds their hash until the transaction ends (``lock_name``). Bytes go after the
commit that forgot them, behind the lock of the folder, so that who keeps the same bytes next writes them
again.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import event

from outreach.core import private
from outreach.core.db import begin_writing, db, lock_name

_GONE, _LOCK = "bytes_gone", "bytes_lock"


def hold(digest: str) -> None:
    """Nobody else keeps or forgets these bytes until the transaction ends."""
    begin_writing()
    db.session.connection()  # on SQLite the transaction that writes holds everything, once it has begun
    lock_name(f"file {digest}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def shown(path: Path) -> Path:
    """Where the pictures of these bytes lie that a page shows (``core.previews``); no backup holds them."""
    return path.parents[1] / "shown" / path.name


def write(target: Path, content: bytes, *, beside: Path | None = None) -> None:
    """The bytes are on the disk, name and all, when this returns.

    ``beside``: the file they were made of; when it is gone meanwhile, nothing is written.
    """
    with _alone(target.parents[1]):
        if target.exists() or (beside is not None and not beside.exists()):
            return
        new = not target.parent.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(f".{uuid4().hex}")
        try:
            with private.written(draft) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        _sync(target.parent)
        if new:
            _sync(target.parents[1])


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def drop(target: Path) -> None:
    """The bytes go when this transaction is committed, and stay when it is not."""
    db.session().info.setdefault(_GONE, set()).add(target)


@event.listens_for(db.session, "before_commit")
def _lock_folder(session) -> None:
    if session.in_nested_transaction() or not (gone := session.info.get(_GONE)):
        return
    alone = _alone(next(iter(gone)).parents[1])
    alone.__enter__()
    session.info[_LOCK] = alone


@event.listens_for(db.session, "after_commit")
def _remove(session) -> None:
    if (alone := session.info.pop(_LOCK, None)) is None:
        return
    try:
        for target in session.info.pop(_GONE, ()):
            target.unlink(missing_ok=True)
    finally:
        alone.__exit__(None, None, None)


@event.listens_for(db.session, "after_rollback")
def _let_be(session) -> None:
    session.info.pop(_GONE, None)
    if alone := session.info.pop(_LOCK, None):
        alone.__exit__(None, None, None)
