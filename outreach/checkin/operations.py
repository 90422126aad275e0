"""Every write at the door."""

from outreach.accounts.models import User
from outreach.checkin import queries
from outreach.checkin.announcements import guest_arrived
from outreach.checkin.models import ADMITTED, ALREADY, CANCELLED, OTHER_EVENT, UNDONE, UNKNOWN, WAITING, Gate, Scan
from outreach.core import audit, clock
from outreach.core.db import begin_writing, db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.registrations import models as guests
from outreach.registrations import queries as registrations
from outreach.registrations import tickets


def add_gate(event: Event, *, name: str, by: User | None) -> Gate:
    """One more gate."""
    if any(gate.name == name for gate in queries.gates(event)):
        raise Refused(_("A gate of this name exists already."))
    gate = Gate(event=event, name=name)
    db.session.add(gate)
    audit.record(by, "checkin.add_gate", gate, event=event.id)
    return gate


def scan(event: Event, *, key: str, scanned: str, gate: Gate | None, device_at, by: User) -> Scan:
    """Judge and keep one scan. The same ``key`` again is the same scan with the same answer, never a second one."""
    begin_writing()
    code = tickets.code_in(scanned)
    registration = registrations.by_code(code) if code else None
    if registration is not None and registration.event_id == event.id:
        return admit(event, registration, key=key, gate=gate, device_at=device_at, by=by)
    if earlier := _same_scan(event, None, key):
        return earlier
    return _keep(event, key, UNKNOWN if registration is None else OTHER_EVENT, None, gate, device_at, by)


def admit(event: Event, registration, *, key: str, gate: Gate | None, device_at, by: User) -> Scan:
    """Judge one guest, found by ticket or by name, behind the lock of the registration."""
    lock(registration)
    if earlier := _same_scan(event, registration, key):
        return earlier
    refusal = {guests.CANCELLED: CANCELLED, guests.WAITING: WAITING}.get(registration.state)
    if event.state == "cancelled":
        refusal = CANCELLED
    if refusal:
        return _keep(event, key, refusal, registration, gate, device_at, by)
    standing = queries.standing_admission(registration.id)
    if standing:
        return _keep(event, key, ALREADY, registration, gate, device_at, by, earlier=standing)
    row = _keep(event, key, ADMITTED, registration, gate, device_at, by)
    guest_arrived(registration, row)
    return row


def undo(event: Event, registration, *, reason: str, by: User) -> Scan:
    """Take an admission back, with a reason: a new row, not a deletion. Its key is one that no device can send."""
    lock(registration)
    standing = queries.standing_admission(registration.id)
    if standing is None:
        raise Refused(_("This guest is not marked as arrived."))
    row = _keep(event, f"undo:{standing.id}", UNDONE, registration, standing.gate, None, by, earlier=standing, reason=reason)
    audit.record(by, "checkin.undo", registration, reason=reason)
    return row


def _same_scan(event: Event, registration, key: str) -> Scan | None:
    """What this very scan made before; the same name for another scan is refused."""
    earlier = queries.scan_by_key(key)
    if earlier is not None and (earlier.event_id, earlier.registration_id) != (event.id, getattr(registration, "id", None)):
        raise Refused(_("This scan carries the name of another one. Scan again."))
    return earlier


def _keep(event, key, verdict, registration, gate, device_at, by, *, earlier=None, reason="") -> Scan:
    row = Scan(
        key=key, event_id=event.id, gate=gate, registration=registration, verdict=verdict, device_at=device_at,
        received_at=clock.now(), scanned_by_id=by.id, earlier=earlier, reason=reason,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
