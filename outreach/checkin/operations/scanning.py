"""Scans judged by the house: the staff's page, WeChat's own scanner, somebody found by name, the poster,
the paper list; and undo.
"""

from outreach.accounts.models import User
from outreach.checkin import device_queries, hours, merging, queries, rules
from outreach.checkin.announcements import guests_arrived
from outreach.checkin.device_models import ARRIVAL, DEPARTURE, IN_OUT, Gate
from outreach.checkin.models import ADMITTED, ALREADY, LEFT, OTHER_EVENT, UNDONE, UNKNOWN, Scan
from outreach.checkin.operations.briefing import brief, forget_briefs
from outreach.checkin.operations.noting import spend_passes
from outreach.checkin.queries import AtHand, GateAt, Said, Site
from outreach.core import audit, clock, tokens
from outreach.core.db import begin_writing, db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.swift import completed, write_now
from outreach.events.models import Event
from outreach.registrations import queries as registrations
from outreach.registrations import tickets
from outreach.registrations.models import Registration
from outreach.registrations.queries import AtDoor


def scan(
    event: Event | Site,
    ticket: tickets.Scanned | None,
    guest: AtDoor | None,
    *,
    key: str,
    gate: Gate | GateAt | None,
    device_at,
    by: User | None,
    out: bool = False,
) -> Said:
    """Judge and keep one scan.

    The same ``key`` again is the same scan with the same answer, never a second one. ``ticket``: what was
    scanned, None when it is none. ``guest``: who has it, held (``queries.site``).
    """
    replaced = registrations.is_replaced(ticket.code) if ticket and guest is None else None
    if ticket and guest is None and replaced is None:
        guest = _holder(ticket.code)
    if guest is not None and guest.event_id == event.id:
        return _judge(event, guest, ticket, key=key, gate=gate, device_at=device_at, by=by, out=out)
    begin_writing()
    if earlier := _same_scan(queries.scans_at_hand(key, None), key, event, None):
        return earlier
    if replaced:
        return _keep(event, key, "replaced", None, gate, device_at, by)
    if guest is not None:
        return _keep(event, key, OTHER_EVENT, None, gate, device_at, by)
    return _keep_unseen(event, ticket, key=key, gate=gate, device_at=device_at, by=by)


def _keep_unseen(
    event: Event | Site, ticket, *, key: str, gate: Gate | GateAt | None, device_at, by: User | None
) -> Said:
    """Nobody has this ticket, or nobody yet: a pass that a gate handed out without network is good,
    and its guest will be heard of.
    """
    lent = ticket is not None and device_queries.is_lent(event.id, ticket.code)
    signed = lent and (_seen(event, ticket) or {}).get("signed") is not False
    verdict, note, door_id = (ADMITTED, "unseen", tokens.alias(ticket.code)) if signed else (UNKNOWN, "", "")
    scope = gate.scope(clock.now()) if gate else queries.desk_scope(event)
    said = _keep(event, key, verdict, None, gate, device_at, by, scope=scope, note=note, door_id=door_id)
    if door_id:
        spend_passes([door_id])
    return said


def _holder(code: str) -> AtDoor | None:
    """Who was given this pass at a gate, if they had a ticket of their own already."""
    own = device_queries.pass_holder(code)
    return registrations.held(own) if own else None


def admit(
    event: Event | Site,
    registration: Registration,
    *,
    key: str,
    gate: Gate | GateAt | None,
    device_at,
    by: User | None,
    way: str = "name",
    out: bool = False,
    at=None,
) -> Said:
    """Judge one guest who was found by name, on the poster or on paper, behind the lock of the registration.

    What stands on paper happened, at ``at`` or now: the gate's hours do not matter, and who had no place is
    let in and listed.
    """
    lock(registration)
    guest = AtDoor.of(registration)
    return _judge(event, guest, None, key=key, gate=gate, device_at=device_at, by=by, way=way, out=out, at=at)


def _judge(
    event: Event | Site,
    guest: AtDoor,
    ticket,
    *,
    key: str,
    gate,
    device_at,
    by,
    way: str = "code",
    out: bool = False,
    at=None,
) -> Said:
    moment = at or clock.now()
    scope = gate.scope(moment) if gate else queries.desk_scope(event)

    def judged(at_hand: list[AtHand]) -> dict:
        """The scan as it stands beside those of before."""
        inside = merging.merge(queries.facts(at_hand)).inside.get(("", scope)) if at_hand else None
        verdict = rules.judge(
            guest={"state": guest.state, "type": guest.type_id, "moving": guest.moving, "letter": ""},
            gate=_rules_of(event, gate, timed=way != "paper"),
            ticket=_seen(event, ticket),
            inside=inside is not None,
            now=int(1000 * moment.timestamp()),
            out=out and gate is not None and gate.rule == IN_OUT,
        )
        if (
            way == "paper"
        ):  # the tick says that they came in; the list of what is to be decided shows who had no place
            verdict = ALREADY if inside and _ticked_before(at_hand, scope, gate) else ADMITTED
        standing = next((row for row in at_hand if inside == str(row.id)), None)
        earlier = standing if verdict in (ALREADY, LEFT) else None
        return _values(
            event, key, verdict, guest, gate, device_at, by, way=way, scope=scope, earlier=earlier, at=at
        )

    # nearly every scan is the first of its guest: looking for others and writing are then one statement
    row = judged([])
    written = queries.FIRST_SCAN.first({**completed(Scan, row), "registration": guest.id})
    if written is None:
        at_hand = queries.scans_at_hand(key, guest.id)
        if same := _same_scan(at_hand, key, event, guest):
            return same
        row = judged(at_hand)
        written = write_now(Scan, row)
    if row["verdict"] == ADMITTED and not scope.startswith(DEPARTURE):
        guests_arrived({guest.id: row["at"]})
        if guest.person_id:
            brief({guest.id: row["at"]})
    return _said(written.id, row, guest)


def _ticked_before(at_hand: list[AtHand], scope: str, gate: Gate | GateAt | None) -> bool:
    """Whether a tick on paper says again what is known: it was typed in before,
    or this very gate had let the guest in. At another gate it is a second entry, which a person decides upon.
    """
    here = getattr(gate, "id", None)
    return any(
        row.verdict == ADMITTED and row.scope == scope and (row.way == "paper" or row.gate_id == here)
        for row in at_hand
    )


def _rules_of(event: Event | Site, gate: Gate | GateAt | None, *, timed: bool) -> dict:
    """What ``rules.judge`` asks of a gate, or of the desk (None), which takes every type and letter."""
    opening = hours.of_gate(event, gate) if timed else None
    return {
        "types": gate.types if gate else [],
        "letters": gate.letters if gate else "",
        "opens": int(1000 * opening.opens.timestamp()) if opening else None,
        "closes": int(1000 * opening.closes.timestamp()) if opening else None,
        "off": event.state == "cancelled",
    }


def _seen(event: Event | Site, ticket: tickets.Scanned | None) -> dict | None:
    if ticket is None:
        return None
    signed = tickets.genuine(ticket, tickets.public_key(event.ticket_seed)) if ticket.signature else None
    return {"signed": signed, "made_at": ticket.made_at}


def undo(event: Event, registration: Registration, *, reason: str, by: User) -> None:
    """Take every admission of a guest back, with a reason: new rows, no deletion.

    Their keys are such that no device can send.
    """
    lock(registration)
    standing = queries.standing_admissions(registration.id)
    if not standing:
        raise Refused(_("This guest is not marked as arrived."))
    for row in standing:
        undone = _values(
            event,
            f"undo:{row.id}",
            UNDONE,
            registration,
            row.gate,
            None,
            by,
            scope=row.scope,
            earlier=row,
            reason=reason,
        )
        write_now(Scan, undone)
    forget_briefs(registration)  # who comes again later is announced again
    audit.record(by, "checkin.undo", registration, reason=reason, admissions=len(standing))


def _same_scan(at_hand: list[AtHand], key: str, event: Event | Site, guest: AtDoor | None) -> Said | None:
    """What this very scan made before; the same name for another scan is refused."""
    earlier = next((row for row in at_hand if row.key == key), None)
    if earlier is not None and (earlier.event_id, earlier.registration_id) != (
        event.id,
        getattr(guest, "id", None),
    ):
        raise Refused(_("This scan carries the name of another one. Scan again."))
    return None if earlier is None else Said.of(db.session.get_one(Scan, earlier.id))


def _keep(event, key, verdict, guest, gate, device_at, by, **more) -> Said:
    row = _values(event, key, verdict, guest, gate, device_at, by, **more)
    return _said(write_now(Scan, row).id, row, guest)


def _values(
    event,
    key,
    verdict,
    guest,
    gate,
    device_at,
    by,
    *,
    way="code",
    scope=ARRIVAL,
    earlier=None,
    reason="",
    at=None,
    **more,
) -> dict:
    """Those of a scan that is not written yet."""
    moment = clock.now()
    return {
        "key": key,
        "event_id": event.id,
        "gate_id": getattr(gate, "id", None),
        "registration_id": getattr(guest, "id", None),
        "verdict": verdict,
        "way": way,
        "scope": scope,
        "device_at": device_at,
        "at": at or moment,
        "received_at": moment,
        "scanned_by_id": getattr(by, "id", None),
        "earlier_id": getattr(earlier, "id", None),
        "reason": reason,
        **more,
    }


def _said(row_id: int, row: dict, guest: AtDoor | Registration | None) -> Said:
    earlier = db.session.get_one(Scan, row["earlier_id"]) if row["verdict"] == ALREADY else None
    return Said(row_id, row["key"], row["verdict"], row["gate_id"], row["received_at"], guest, earlier)


def export_attendance(event: Event, *, count: int, by: User) -> None:
    """Leave the trace of the figures taken out of the house."""
    audit.record(by, "checkin.export_attendance", event, count=count)
