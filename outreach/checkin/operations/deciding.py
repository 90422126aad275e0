"""Afterwards: double entries are decided by a person, problems are settled by one."""

from collections import Counter

from sqlalchemy import update

from outreach.accounts.models import User
from outreach.checkin import conflict_queries as queries
from outreach.checkin.models import Decision, DoorProblem, Scan
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event


def decide(event: Event, scan: Scan, *, kind: str, note: str, by: User) -> Decision:
    """Say what a double entry was.

    Both entries stay on record; a later decision replaces the one before without deleting it.
    """
    lock(event)
    if scan.id not in {pair.second.id for pair in queries.doubles(event)}:
        raise Refused(_("This is not a double entry any more: one of the two was taken back."))
    row = Decision(scan_id=scan.id, kind=kind, note=note, decided_by_id=by.id)
    db.session.add(row)
    audit.record(by, "checkin.decide", scan, kind=kind, reason=note)
    return row


def unmask_problem(problem: DoorProblem, *, by: User) -> str:
    """What a gate sent, with the number in it, to call the guest it speaks of."""
    audit.record(by, "checkin.unmask_problem", problem, why=problem.reason)
    return problem.content


def settle_problem(problem: DoorProblem, *, by: User) -> None:
    """Somebody has dealt with it; what it said is no longer kept."""
    lock(problem)
    if problem.settled_at is None:
        problem.settled_at, problem.settled_by_id, problem.content = clock.now(), by.id, ""
        audit.record(by, "checkin.settle_problem", problem, why=problem.reason)


def forget_words(ids: list[int]) -> Counter:
    """What somebody wrote beside the scans of erased guests; the scans stay."""
    worded = update(Scan).where(Scan.registration_id.in_(ids), Scan.reason != "")
    done = Counter(scans=db.session.execute(worded.values(reason="")).rowcount)
    audit.record(None, "checkin.forget_words", count=done["scans"])
    return done
