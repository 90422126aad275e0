"""What gates send. Nothing is refused whole for one row, and what cannot be taken becomes a problem that somebody sees."""

import json
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from outreach.checkin import device_queries as queries
from outreach.checkin import protocol
from outreach.checkin.announcements import guests_arrived
from outreach.checkin.device_models import Device, Pass
from outreach.checkin.models import ADMITTED, DoorProblem, Scan
from outreach.checkin.operations.briefing import brief
from outreach.core import clock, tokens
from outreach.core.db import begin_writing, db, is_sqlite
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.registrations import operations as registrations

#: blank tickets on each device, for who comes without registration while there is no network
PASSES = 20
#: a device that said nothing new is noted this often
NOTED_EVERY = timedelta(seconds=5)


def take(line: queries.Line, scans: list, walk_ins: list) -> dict[str, str]:
    """Keep what a gate sends; the name of each scan or walk-in -> ``kept`` or ``problem``. The same again changes nothing."""
    begin_writing()
    results, good = {}, []
    for raw in walk_ins:
        key, result = _walk_in(line, raw)
        results[key] = result
    for raw in scans:
        sent = protocol.read_scan(raw, line.id)
        if isinstance(sent, protocol.Unreadable):
            results[sent.key] = _problem(line, sent.key, "unreadable", raw)
        else:
            good.append(sent)
    if good:
        results |= _keep(line, good)
    return results


def _keep(line: queries.Line, sent: list[protocol.Sent]) -> dict[str, str]:
    moment = clock.now()
    known = queries.guests_of_tickets(line.event_id, {row.door_id for row in sent if row.door_id})
    results, rows = {}, []
    for row in sent:
        at = min(row.at, moment)
        guest = known.get(row.door_id)
        rows.append({
            "key": row.key, "event_id": line.event_id, "gate_id": line.gate_id, "device_id": line.id, "registration_id": guest.id if guest else None,
            "scope": line.scope(at), "verdict": row.verdict, "way": row.way, "note": row.note, "answers": row.answers, "device_at": row.device_at,
            "offset_ms": row.offset_ms, "at": at, "received_at": moment, "reason": "",
        })  # fmt: skip
        results[row.key] = "kept"
        if guest is None and row.verdict == ADMITTED:
            results[row.key] = _problem(line, row.key, "nobody", {"ticket": row.door_id})
    came = {row["registration_id"] for row in rows if row["verdict"] == ADMITTED and row["registration_id"]}
    fresh = queries.not_yet_admitted(came)
    _insert(Scan, rows)
    if fresh:
        _announce([row for row in rows if row["registration_id"] in fresh and row["verdict"] == ADMITTED], known)
    return results


def _announce(rows: list[dict], known: dict[str, queries.Guest]) -> None:
    """Who came for the first time: later rooms hear of it, and who keeps in touch with them."""
    arrived = {row["registration_id"]: row["at"] for row in sorted(rows, key=lambda row: row["at"], reverse=True)}
    guests_arrived(arrived)
    in_directory = {guest.id for guest in known.values() if guest.person_id} & set(arrived)
    if in_directory:
        brief({key: arrived[key] for key in in_directory})


def _insert(model, rows: list[dict]) -> None:
    """Rows whose name is known already are left as they are: on both databases in one statement."""
    if rows:
        insert = (sqlite if is_sqlite() else postgresql).insert
        db.session.connection().execute(insert(model.__table__).on_conflict_do_nothing(), rows)


def _problem(line: queries.Line, key: str, reason: str, content) -> str:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, default=str)
    row = {"event_id": line.event_id, "device_id": line.id, "key": key[:64], "reason": reason, "content": protocol.storable(text)[:500], "received_at": clock.now()}  # fmt: skip
    _insert(DoorProblem, [row])
    return "problem"


def _walk_in(line: queries.Line, raw) -> tuple[str, str]:
    sent = protocol.read_walk_in(raw, line.id)
    if isinstance(sent, protocol.Unreadable):
        return sent.key, _problem(line, sent.key, "unreadable", raw)
    lent = queries.lent_pass(line.id, sent.door_id)
    if lent is None:
        return sent.key, _problem(line, sent.key, "nobody", raw)
    if lent.registration_id is not None:
        return sent.key, "kept"
    try:
        with db.session.begin_nested():
            row = registrations.register_walk_in(
                db.session.get_one(Event, line.event_id),
                code=lent.code,
                request_key=sent.key,
                name=sent.name,
                mobile=sent.mobile,
                company=sent.company,
                by=None,
            )
    except Refused as refusal:
        return sent.key, _problem(line, sent.key, "refused", f"{refusal} {sent.name} {sent.mobile}")
    lent.registration_id = row.id
    db.session.flush()
    return sent.key, "kept"


def lend_passes(line: queries.Line) -> list[str]:
    """The codes of the blank tickets a device holds, filled up to ``PASSES``."""
    lent = queries.unused_passes(line.id)
    for _place in range(PASSES - len(lent)):
        code = tokens.code()
        db.session.add(Pass(device_id=line.id, code=code, door_id=tokens.alias(code)))
        lent.append(code)
    db.session.flush()
    return lent


def note_contact(line: queries.Line, *, queue: int, offset_ms: int, version: str, camera: str) -> None:
    """A gate was heard of: what waits on it, how its clock stands. Written when something is new, else every few seconds."""
    moment = clock.now()
    said = {"queue": queue, "offset_ms": offset_ms, "version": version, "camera": camera}
    if line.last_contact_at and moment - line.last_contact_at < NOTED_EVERY and line.queue == queue and line.version == version:
        return
    begin_writing()
    db.session.execute(update(Device).where(Device.id == line.id).values(last_contact_at=moment, **said))
