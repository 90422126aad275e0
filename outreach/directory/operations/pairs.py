"""Pairs of cards that may be one person: proposing them, telling people apart."""

from sqlalchemy import insert, select

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import duplicate_queries, duplicates
from outreach.directory.duplicate_models import DIFFERENT, OPEN, DuplicatePair
from outreach.directory.models import Person


def find_duplicates(ids: list[int], *, by: User | None) -> int:
    """Propose every pair that one of the cards ``ids`` makes with any other; how many are new.

    Decided pairs stay as they are.
    """
    judged = duplicates.pairs(duplicate_queries.faces(ids), set(ids)) if ids else []
    known = _known({pair.low for pair in judged})
    _weigh_again([pair for pair in judged if (pair.low, pair.high) in known], known)
    rows = [
        {
            "low_id": pair.low,
            "high_id": pair.high,
            "points": pair.points,
            "reasons": list(pair.reasons),
            "state": OPEN,
        }
        for pair in judged
        if (pair.low, pair.high) not in known
    ]
    if rows:
        db.session.execute(insert(DuplicatePair), rows)
        audit.record(by, "directory.find_duplicates", count=len(rows))
    return len(rows)


def _known(lows: set[int]) -> dict[tuple[int, int], DuplicatePair]:
    rows = db.session.scalars(select(DuplicatePair).where(DuplicatePair.low_id.in_(lows)))
    return {(row.low_id, row.high_id): row for row in rows}


def _weigh_again(judged: list[duplicates.Judged], known: dict) -> None:
    """What was found out since speaks for or against a pair that still waits;
    what was decided stays as it was.
    """
    for pair in judged:
        row = known[pair.low, pair.high]
        if row.state == OPEN and (row.points, row.reasons) != (pair.points, list(pair.reasons)):
            row.points, row.reasons = pair.points, list(pair.reasons)


def suspect(one: Person, other: Person, *, by: User) -> DuplicatePair:
    """A clerk puts two cards side by side that the rules did not pair."""
    if one.id == other.id:
        raise Refused(_("That is the same card."))
    pair = duplicate_queries.pair_between(one.id, other.id)
    if pair is None:
        faces = {face.id: face for face in duplicate_queries.faces([one.id, other.id])}
        judged = duplicates.judge(faces[one.id], faces[other.id])
        pair = DuplicatePair(
            low_id=judged.low, high_id=judged.high, points=judged.points, reasons=list(judged.reasons)
        )
        db.session.add(pair)
    pair.state, pair.decided_at, pair.decided_by_id = OPEN, None, None
    audit.record(by, "directory.suspect", pair)
    return pair


def tell_apart(pair: DuplicatePair, *, by: User) -> None:
    """These are two people. Remembered: they are not proposed again."""
    lock(pair)
    if pair.state != OPEN:
        raise Refused(_("Somebody has decided on this pair already."))
    pair.state, pair.decided_at, pair.decided_by_id = DIFFERENT, clock.now(), by.id
    audit.record(by, "directory.tell_apart", pair)
