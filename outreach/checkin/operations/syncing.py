"""What gates send.

Nothing is refused whole for one row, and what cannot be taken becomes a problem that somebody sees.
"""

from datetime import timedelta

from sqlalchemy import update

from outreach.checkin import device_queries as queries
from outreach.checkin import protocol
from outreach.checkin.device_models import DEPARTURE, Device, Pass
from outreach.checkin.models import ADMITTED, Scan
from outreach.checkin.operations.noting import announce, problem, spend_passes
from outreach.checkin.operations.walking_in import walk_in
from outreach.core import clock, tokens
from outreach.core.db import begin_writing, db, insert_new

#: blank tickets on each device, for who comes without registration while there is no network
PASSES = 20
#: a device that said nothing new is noted this often
NOTED_EVERY = timedelta(seconds=5)


class Withdrawn(Exception):
    """The device was withdrawn before what it sent could be kept: nothing of it was."""


def take(line: queries.Line, scans: list, walk_ins: list, answers: list = ()) -> dict[str, str]:
    """Keep what a gate (held, and in service) sends; the name of each scan,
    walk-in or answered scan -> ``kept`` or ``problem``. The same again changes nothing.
    """
    results, good = {}, []
    for raw in walk_ins:
        key, result = walk_in(line, raw)
        results[key] = result
    for raw in scans:
        sent = protocol.read_scan(raw, line.id)
        if isinstance(sent, protocol.Unreadable):
            results[sent.key] = problem(line, sent.key, "unreadable", raw, sent.number)
        else:
            good.append(sent)
    if good:
        results |= _keep(line, good)
    for raw in answers:
        results |= _answered(line, raw)
    return results


def _arrives(row: dict) -> bool:
    return row["verdict"] == ADMITTED and not row["scope"].startswith(DEPARTURE)


def hold(line: queries.Line) -> None:
    """Write from here on, for a device that is still in service; nobody withdraws it in between."""
    begin_writing()
    if not queries.in_service(line.id):
        raise Withdrawn


def _answered(line: queries.Line, raw) -> dict[str, str]:
    """What was asked after an admission of this device;
    an answer that comes before its scan is sent again.
    """
    key, said = (
        protocol.own_key(raw, line.id),
        protocol.said_answers(raw.get("answers")) if isinstance(raw, dict) else None,
    )
    if key is None or said is None:
        return {}
    earlier = queries.answers_of(line.id, key)
    if earlier is None or len(earlier | said) > 20:
        return {}
    db.session.execute(update(Scan).where(Scan.key == key).values(answers=earlier | said))
    return {f"answers {key}": "kept"}


def _keep(line: queries.Line, sent: list[protocol.Sent]) -> dict[str, str]:
    moment = clock.now()
    known = queries.guests_of_tickets(line.event_id, {row.door_id for row in sent if row.door_id})
    results, rows = {}, []
    for row in sorted(
        sent, key=lambda row: row.device_at
    ):  # where clocks were wrong, the order on the device still holds
        at = min(row.at or moment, moment)
        guest = known.get(row.door_id)
        rows.append(
            {
                "key": row.key,
                "number": row.number,
                "event_id": line.event_id,
                "gate_id": line.gate_id,
                "device_id": line.id,
                "registration_id": guest.id if guest else None,
                "door_id": row.door_id,
                "scope": row.scope or line.scope(at),
                "verdict": row.verdict,
                "way": row.way,
                "note": row.note or ("" if row.at else protocol.CLOCK),
                "answers": row.answers,
                "device_at": row.device_at,
                "offset_ms": row.offset_ms,
                "at": at,
                "received_at": moment,
                "reason": "",
            }
        )
        results[row.key] = "kept"
        if guest is None and row.verdict == ADMITTED:
            results[row.key] = problem(line, row.key, "nobody", {"ticket": row.door_id})
    spend_passes(row.door_id for row in sent if row.door_id and row.door_id not in known)
    came = {row["registration_id"] for row in rows if _arrives(row) and row["registration_id"]}
    fresh = came - {guest.id for guest in known.values() if guest.here}
    insert_new(Scan, rows)
    if fresh:
        came_first = [
            (row["registration_id"], row["at"])
            for row in rows
            if row["registration_id"] in fresh and _arrives(row)
        ]
        announce(came_first, {guest.id for guest in known.values() if guest.person_id})
    return results


def lend_passes(line: queries.Line) -> list[str]:
    """The codes of the blank tickets a device holds, filled up to ``PASSES``. Raises :class:`Withdrawn`."""
    hold(line)
    lent = queries.unused_passes(line.id)
    for _place in range(PASSES - len(lent)):
        code = tokens.code()
        db.session.add(Pass(device_id=line.id, code=code, door_id=tokens.alias(code)))
        lent.append(code)
    db.session.flush()
    return lent


def note_contact(
    line: queries.Line, *, queue: int, numbered: int, offset_ms: int, version: str, camera: str
) -> None:
    """A gate was heard of: what waits on it, how far it has counted,
    how its clock stands. Written when something is new, else every few seconds.
    """
    moment, numbered = clock.now(), max(numbered, line.numbered)
    said = {
        "queue": queue,
        "numbered": numbered,
        "offset_ms": offset_ms,
        "version": version,
        "camera": camera,
    }
    if (
        line.last_contact_at
        and moment - line.last_contact_at < NOTED_EVERY
        and line.queue == queue
        and line.numbered == numbered
        and line.version == version
    ):
        return
    begin_writing()
    db.session.execute(update(Device).where(Device.id == line.id).values(last_contact_at=moment, **said))
