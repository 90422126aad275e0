"""Putting an archive back: database and files in one step, or nothing at all.

Everything is made ready beside what is there. Files come in under the names of their hashes, where no row of
the present database asks for them, and are written down first; then the database is taken over, which is the
step. The new database carries an audit entry with the key of this restore: it tells afterwards, also after a
kill, whether the step was taken and the files stay.
"""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from outreach.core import clock, files, private, versions
from outreach.core.audit import AuditEntry
from outreach.core.db import db, is_sqlite
from outreach.core.files import StoredFile
from outreach.ops.recovery import Failed, archives, sealing, staging
from outreach.ops.recovery.workplace import Workplace

SCHEMA, PLACE = "yangui_restoring", "restoring"
_KEY, _ADDED = "key", "added"
VERB = "ops.restore"


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    ``manifest`` is None for an archive of before there was one: nothing was compared.
    """

    manifest: archives.Manifest | None
    counts: dict[str, int]
    revision: str
    added: int
    removed: int


def restore(path: Path, ask: Callable[[], str]) -> Restored:
    """Replace the present database by the archive's;
    :class:`Failed` or any fault in between leaves everything as it was.

    ``ask`` gives the passphrase of an archive that is encrypted.
    """
    work = Workplace(PLACE, as_left=True)
    with work as folder:
        db.session.remove()
        db.engine.dispose()
        try:
            _undo_unfinished(folder)
            work.empty()
            try:
                return _restore(path, folder, ask)
            finally:
                work.leave = True  # unless what follows works
                _undo_unfinished(folder)
                work.leave = False
        except (OSError, SQLAlchemyError) as error:
            raise Failed(f"{getattr(error, 'orig', None) or error}".strip().splitlines()[0]) from error


def _restore(path: Path, folder: Path, ask: Callable[[], str]) -> Restored:
    unpacked = folder / "archive"
    unpacked.mkdir(mode=0o700)
    with path.open("rb") as source:
        manifest = archives.unpack(sealing.opened(source, ask), unpacked)
    stage = staging.stage(unpacked / archives.DATABASE, folder, SCHEMA)
    stage.fill(unpacked / archives.DATABASE)
    counted = stage.counts()
    compare(counted, manifest)
    with stage.engine.connect() as connection:
        revision = versions.of_database(connection)
    stage.migrate()
    _sign(stage, folder, path.name)
    added = _add_files(unpacked / archives.FILES, folder)
    stage.take_over()
    db.engine.dispose()
    return Restored(manifest, counted, revision, added, _remove_unknown())


def compare(counted: dict[str, int], manifest: archives.Manifest | None) -> None:
    """:class:`Failed` with the tables whose rows are not those that were counted at the backup."""
    if manifest is None or counted == manifest.counts:
        return
    names = sorted(counted.keys() | manifest.counts.keys())
    wrong = [
        (
            f"{name}: {manifest.counts.get(name, 'no table')} in the archive's "
            f"list, {counted.get(name, 'no table')} read"
        )
        for name in names
        if counted.get(name) != manifest.counts.get(name)
    ]
    raise Failed("rows are missing or too many: " + "; ".join(wrong))


def _sign(stage: staging.Stage, folder: Path, name: str) -> None:
    """The database that is to come knows by which restore it came."""
    key = uuid4().hex
    _noted(folder / _KEY, key)
    with Session(stage.engine) as session:
        entry = AuditEntry(
            at=clock.now(), verb=VERB, object_kind="", reason="", detail={"key": key, "archive": name}
        )
        session.add(entry)
        session.commit()


def _noted(path: Path, said: str) -> None:
    """On the disk when this returns."""
    with private.written(path) as file:
        file.write(said.encode())
        file.flush()
        os.fsync(file.fileno())


def _add_files(unpacked: Path, folder: Path) -> int:
    """Put in the files that are not there yet, written down beforehand; how many."""
    missing = [path for path in archives.stored(unpacked) if not _place_of(path.name).exists()]
    _noted(folder / _ADDED, "\n".join(path.name for path in missing))
    for path in missing:
        target = _place_of(path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".restored")
        shutil.move(path, draft)
        private.keep(draft)
        draft.replace(target)
    os.sync()
    return len(missing)


def _place_of(digest: str) -> Path:
    return files.folder() / digest[:2] / digest


def _remove_unknown() -> int:
    """Files of which the restored database knows nothing: nobody could open, erase or forget them.

    How many.
    """
    known = set(db.session.scalars(select(StoredFile.sha256)))
    db.session.rollback()
    unknown = [path for path in archives.stored(files.folder()) if path.name not in known]
    for path in unknown:
        with suppress(OSError):  # the restore is done all the same
            path.unlink()
    return sum(not path.exists() for path in unknown)


def undo_unfinished() -> bool:
    """Clear away what a killed restore left; whether there was anything. :class:`Failed` while one runs."""
    if not (files.folder().parent / PLACE).exists():
        return False
    with Workplace(PLACE, as_left=True) as folder:
        _undo_unfinished(folder)
    return True


def _undo_unfinished(folder: Path) -> None:
    """What a restore made goes, its files too unless the database was taken over."""
    if not is_sqlite():
        staging.drop_schema(db.engine, SCHEMA)
    if not folder.exists():
        return
    added, key = folder / _ADDED, folder / _KEY
    if not added.exists() or (key.exists() and _is_signed(key.read_text())):
        return
    for digest in added.read_text().split():
        _place_of(digest).unlink(missing_ok=True)
        _place_of(digest).with_suffix(".restored").unlink(missing_ok=True)


def _is_signed(key: str) -> bool:
    """Whether the present database came by the restore with this key."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("audit_entries"):
            return False
        last = text("SELECT detail FROM audit_entries WHERE verb = :verb ORDER BY id DESC LIMIT 1")
        detail = connection.scalar(last, {"verb": VERB})
    found = json.loads(detail) if isinstance(detail, str) else detail or {}
    return found.get("key") == key
