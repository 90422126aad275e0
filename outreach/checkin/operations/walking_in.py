"""Guests a gate entered itself, each with a pass it had been lent.

Nobody who was told "welcome" is lost, whatever went wrong with the pass.
"""

from sqlalchemy import update

from outreach.checkin import device_queries as queries
from outreach.checkin import protocol
from outreach.checkin.device_models import Pass
from outreach.checkin.models import ADMITTED, DoorProblem, Scan
from outreach.checkin.operations.noting import announce, problem, spend_passes
from outreach.core import clock
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.registrations import operations as registrations
from outreach.registrations.models import Registration


def walk_in(line: queries.Line, raw) -> tuple[str, str]:
    """Register one guest: (the row's name, ``kept`` or ``problem``). The same again changes nothing."""
    sent = protocol.read_walk_in(raw, line.id)
    spend_passes([protocol.pass_of(raw)])
    if isinstance(sent, protocol.Unreadable):
        return sent.key, problem(line, sent.key, "unreadable", raw)
    lent = queries.lent_pass(line.id, sent.door_id)
    if lent is None:
        return sent.key, problem(line, sent.key, "nobody", raw)
    if lent.registration_id is not None and _is_holder(lent, sent):
        return sent.key, "kept"
    said = f"{sent.name} {sent.mobile} {sent.company}".strip()
    taken = lent.registration_id is not None
    try:
        with db.session.begin_nested():
            row = registrations.register_walk_in(
                db.session.get_one(Event, line.event_id),
                code="" if taken else lent.code,
                request_key=sent.key,
                name=sent.name,
                mobile=sent.mobile,
                company=sent.company,
                by=None,
            )
    except Refused as refusal:
        return sent.key, problem(line, sent.key, "refused", f"{refusal} {said}")
    # two people were handed one pass: the second is registered, and somebody has to give them a ticket of
    # their own
    if taken:
        return sent.key, problem(line, sent.key, "pass_twice", said)
    lent.registration_id = row.id
    db.session.flush()
    _own_up(line, sent.door_id, row)
    return sent.key, "kept"


def _is_holder(lent: Pass, sent: protocol.WalkIn) -> bool:
    holder = db.session.get_one(Registration, lent.registration_id)
    return holder.request_key == sent.key or (holder.name, holder.mobile) == (sent.name, sent.mobile)


def _own_up(line: queries.Line, door_id: str, row: Registration) -> None:
    """Other gates scanned the pass before its guest was heard of: from now on those scans are the guest's."""
    scans = queries.scans_of_nobody(line.event_id, door_id)
    if not scans:
        return
    came = [(row.id, scan.at) for scan in scans if scan.verdict == ADMITTED]
    first = bool(queries.not_yet_admitted({row.id}))
    db.session.execute(
        update(Scan).where(Scan.id.in_([scan.id for scan in scans])).values(registration_id=row.id)
    )
    db.session.execute(
        update(DoorProblem)
        .where(
            DoorProblem.event_id == line.event_id,
            DoorProblem.key.in_([scan.key for scan in scans]),
            DoorProblem.settled_at.is_(None),
        )
        .values(settled_at=clock.now(), content="")
    )
    if came and first:
        announce(came, {row.id} if row.person_id else set())
