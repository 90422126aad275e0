"""Uploaded files: checked by content, kept under their hash, served only by routes that checked who asks."""

import hashlib
import re
import shlex
import subprocess
import time
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import current_app, g, request, session
from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import audit, clock, kept_bytes, pictures
from outreach.core.db import Base, Key, db
from outreach.core.i18n import _
from outreach.core.refusals import Refused

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

#: what may prove something: beginning of the file -> media type
EVIDENCE = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

#: what may lie beside a note: papers of the office by their ending
OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "wps": "application/vnd.ms-works",
}
#: media type -> endings of its files, the usual one first; sheets have theirs by content
ENDINGS = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    **{media_type: (ending,) for ending, media_type in OFFICE.items() if ending != "xlsx"},
}
_KNOWN = {"pdf", "png", "jpg", "jpeg", "ods", "csv", *OFFICE}
SCAN_SECONDS = 60
#: how scanners end that found something
INFECTED = 1


class StoredFile(Base):
    """One uploaded file.

    Its bytes lie under ``instance/files/`` by hash, so the same bytes lie there once.
    """

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return folder() / self.sha256[:2] / self.sha256


def folder() -> Path:
    """The folder of all uploaded files."""
    return Path(current_app.config["INSTANCE"]) / "files"


def keep(name: str, content: bytes, media_type: str, *, by) -> StoredFile:
    """Write the bytes (to disk first, then the row) and return the row, flushed.

    :class:`Refused` when the scanner objects. A picture is kept as ``core.pictures`` draws it anew, never as
    it came.
    """
    digest = check(content)
    name = fitting(name, media_type, content)
    if pictures.is_picture(media_type):
        drawn = _drawings()[digest] if digest in _drawings() else pictures.draw(content, media_type)
        content = pictures.taken(drawn, media_type)
        digest = hashlib.sha256(content).hexdigest()
    _write(digest, content)
    row = StoredFile(
        sha256=digest,
        name=name,
        media_type=media_type,
        size=len(content),
        uploaded_at=clock.now(),
        uploaded_by_id=getattr(by, "id", None),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _write(digest: str, content: bytes) -> None:
    kept_bytes.hold(digest)
    kept_bytes.write(folder() / digest[:2] / digest, content)


def draw_anew() -> tuple[int, int]:
    """Pictures kept as they came, by older versions:
    each is drawn anew. (how many were, how many cannot be read and stay).
    """
    done = unread = 0
    chosen = select(StoredFile).where(StoredFile.media_type.in_(pictures.KINDS)).order_by(StoredFile.id)
    for row in db.session.scalars(chosen).all():
        if not row.path.exists() or pictures.is_plain(content := row.path.read_bytes(), row.media_type):
            continue
        try:
            content = pictures.drawn_anew(content, row.media_type)
        except Refused:
            unread += 1
            continue
        before = row.sha256
        forget(row)
        row.sha256, row.size = hashlib.sha256(content).hexdigest(), len(content)
        _write(row.sha256, content)
        audit.record(None, "core.draw_anew", row, before=before, after=row.sha256)
        db.session.commit()
        done += 1
    return done, unread


def look_at_uploads() -> None:
    """Ask the scanner about every file of a request of somebody who signed in and draw its pictures anew,
    before the request touches the database: both may take long, and on SQLite a writing request holds up all
    others. :func:`keep` then acts upon the answers.
    """
    if "_user_id" not in session or request.endpoint is None:
        return
    until = time.monotonic() + pictures.REQUEST
    for _name, file in request.files.items(multi=True):
        content = file.read()
        file.seek(0)
        digest, media_type = _look_at(content), _by_content(content)
        if pictures.is_picture(media_type) and not _objections()[digest] and digest not in _drawings():
            _drawings()[digest] = pictures.draw(content, media_type, until=until)


def _drawings() -> dict[str, bytes | pictures.Undrawn]:
    """SHA-256 of an upload of this request -> what was drawn of it."""
    return g.setdefault("drawings", {})


def _objections() -> dict[str, str]:
    """SHA-256 -> what the scanner says against a file of this request; empty: nothing."""
    return g.setdefault("scanned", {})


def _look_at(content: bytes) -> str:
    """Ask the scanner, once a request for the same bytes; their SHA-256."""
    digest, known = hashlib.sha256(content).hexdigest(), _objections()
    if digest not in known:
        known[digest] = _objection(content)
    return digest


def check(content: bytes) -> str:
    """The SHA-256 of these bytes; :class:`Refused` when the scanner objects.

    Also for files that are read and not kept.
    """
    digest = _look_at(content)
    if objection := _objections()[digest]:
        raise Refused(objection, at="file")
    return digest


def _objection(content: bytes) -> str:
    """What the virus scanner of the house (``FILE_SCANNER``) says against these bytes:
    it ends with 0 when they are clean, with 1 when not.
    """
    command = shlex.split(current_app.config["FILE_SCANNER"])
    if not command:
        return ""
    with NamedTemporaryFile() as draft:
        draft.write(content)
        draft.flush()
        try:
            answer = subprocess.run(
                [*command, draft.name], check=False, capture_output=True, timeout=SCAN_SECONDS
            ).returncode
        except (OSError, subprocess.TimeoutExpired):
            answer = None
    if answer not in (0, INFECTED):  # it is not there, was too slow, or could not read the file
        return _("The virus scanner does not answer; files cannot be taken now. Tell the administrator.")
    return _("The virus scanner objects to this file; it was not kept.") if answer else ""


def office_type(name: str, content: bytes) -> str:
    """The media type of what may lie beside a note: what proves something,
    or a paper of the office whose content fits its ending.
    """
    ending = name.rpartition(".")[2].lower()
    if (ending in ("docx", "xlsx", "pptx") and content.startswith(ZIP)) or (
        ending in ("doc", "xls", "ppt", "wps") and content.startswith(OLE)
    ):
        return OFFICE[ending]
    try:
        return evidence_type(content)
    except Refused:
        raise Refused(
            _("Only photographs, PDF, Word, Excel and PowerPoint files are taken."), at="file"
        ) from None


def evidence_type(content: bytes) -> str:
    """The media type by content, or :class:`Refused`: only PDF, PNG and JPEG prove something here."""
    if media_type := _by_content(content):
        return media_type
    raise Refused(_("Only PDF, PNG or JPEG files are taken."), at="file")


def _by_content(content: bytes) -> str:
    """The media type of what may prove something; empty for all else."""
    return next((kind for head, kind in EVIDENCE.items() if content.startswith(head)), "")


def fitting(name: str, media_type: str, head: bytes) -> str:
    """The name to keep: of its last part what is seen, with the ending of what the file is, whatever it came
    with; Windows opens a file by it. ``head``: its first bytes.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(sign for sign in last if sign.isprintable()).rstrip(". ") or "file"
    endings = ENDINGS.get(media_type) or _sheet_endings(head)
    stem, _dot, ending = seen.rpartition(".")
    if stem and ending.lower() in endings:
        ending = f".{ending}"
    else:
        stem = stem if stem and ending.lower() in _KNOWN else seen
        ending = f".{endings[0]}"
    return stem[-(200 - len(ending)) :] + ending


def _sheet_endings(head: bytes) -> tuple[str, ...]:
    """Of a roster or a ledger: a workbook or a text."""
    if head.startswith(ZIP):
        return ("xlsx", "ods")
    return ("xls",) if head.startswith(OLE) else ("csv",)


def forget(row: StoredFile) -> None:
    """Delete the bytes, unless another row has the same;
    the row stays as the record that there was a file.
    """
    kept_bytes.hold(row.sha256)
    others = select(func.count()).where(StoredFile.sha256 == row.sha256, StoredFile.id != row.id)
    if not db.session.scalar(others):
        kept_bytes.drop(row.path)
        kept_bytes.drop(kept_bytes.shown(row.path))
