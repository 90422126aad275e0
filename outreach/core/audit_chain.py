"""The audit as a chain: every entry carries a digest of itself and of the entry before it,
so that a change shows.

Entries are linked a little after they are written, by the worker, a portion at a time: writing one costs
nothing more and nobody waits. ``verify`` names the first entry that does not fit. What was cut off at the end
shows when the last digest was noted elsewhere.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta

from sqlalchemy import func, select, update

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db, lock_name
from outreach.core.masking import ERASED

#: an entry is linked when it is older; by then whatever was written beside it has been committed
SETTLED = timedelta(minutes=2)
PORTION = 2000


@dataclass(frozen=True)
class Fault:
    """The first entry that does not fit, and how."""

    entry_id: int | None
    link: int
    why: str


@dataclass(frozen=True)
class Verdict:
    """What a look at the chain found: how many links, from where to where, the last digest,
    entries not linked yet.
    """

    entries: int
    first: int
    last: int
    digest: str
    waiting: int
    blotted: int
    fault: Fault | None


def _stamp(row: AuditEntry) -> str:
    return row.at.astimezone(UTC).isoformat()


def _hashed(told: str) -> str:
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def of_reason(row: AuditEntry) -> str:
    """The digest that stands for the reason in the chain, also after an erasure took a name out of it."""
    return row.reason_digest or _hashed(f"{row.id}|{_stamp(row)}|{row.reason}")


def of_entry(row: AuditEntry, before: str) -> str:
    """The digest of an entry that follows ``before``."""
    told = [before, row.id, _stamp(row), row.user_id, row.verb, row.object_kind, row.object_id]
    return _hashed(json.dumps([*told, of_reason(row), row.detail, row.address], sort_keys=True))


def _last() -> tuple[int, str]:
    linked = select(AuditEntry.link, AuditEntry.digest).where(AuditEntry.link.is_not(None))
    row = db.session.execute(linked.order_by(AuditEntry.link.desc()).limit(1)).first()
    return (row.link, row.digest) if row else (0, "")


def link(most: int = PORTION) -> int:
    """Add at most so many settled entries to the chain; how many."""
    lock_name("audit chain")
    number, digest = _last()
    settled = select(AuditEntry).where(AuditEntry.link.is_(None), AuditEntry.at < clock.now() - SETTLED)
    rows = db.session.scalars(settled.order_by(AuditEntry.id).limit(most)).all()
    values = []
    for row in rows:
        number, digest = number + 1, of_entry(row, digest)
        values.append({"id": row.id, "link": number, "digest": digest})
    if values:
        db.session.execute(update(AuditEntry), values)
    return len(rows)


def _linked() -> Iterator[AuditEntry]:
    after = -1
    chosen = select(AuditEntry).order_by(AuditEntry.link).limit(PORTION)
    while rows := db.session.scalars(chosen.where(AuditEntry.link > after)).all():
        yield from rows
        after = rows[-1].link
        for row in rows:
            db.session.expunge(row)


def verify(noted: tuple[int, str] | None = None) -> Verdict:
    """Look at every link. ``noted``: a link and its digest as they were noted elsewhere.

    The chain begins where retention has left it: the first entry that is kept is believed, unless it is the
    first of all.
    """
    count = blotted = last = first = 0
    digest, told = "", None
    fault: Fault | None = None
    for row in _linked():
        first = first or row.link
        blotted += bool(row.reason_digest)
        fault = fault or _fault_of(row, count, last, digest)
        if noted and row.link == noted[0]:
            told = row.digest
        count, last, digest = count + 1, row.link, row.digest
    if fault is None and noted and told != noted[1]:
        fault = Fault(
            None, noted[0], "the noted digest is another one" if told else "the noted entry is gone"
        )
    waiting = db.session.scalar(select(func.count()).where(AuditEntry.link.is_(None))) or 0
    return Verdict(count, first, last, digest, waiting, blotted, fault)


def _fault_of(row: AuditEntry, count: int, last: int, digest: str) -> Fault | None:
    if count and row.link != last + 1:
        return Fault(row.id, row.link, f"{row.link - last - 1} entries before it are gone")
    if (count or row.link == 1) and row.digest != of_entry(row, digest):
        return Fault(row.id, row.link, "it was changed, or the one before it")
    if row.reason_digest and ERASED not in row.reason:
        return Fault(row.id, row.link, "its reason was changed")
    return None
