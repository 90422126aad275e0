"""Every write at the door."""

from sqlalchemy.orm.attributes import set_committed_value

from outreach.accounts.models import User
from outreach.checkin import queries
from outreach.checkin.announcements import guest_arrived
from outreach.checkin.models import ADMITTED, ALREADY, CANCELLED, OTHER_EVENT, UNDONE, UNKNOWN, WAITING, Gate, Scan
from outreach.core import audit, clock
from outreach.core.db import begin_writing, db, insert_now, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.registrations import models as guests
from outreach.registrations import queries as registrations
from outreach.registrations import tickets

#: who has no place (yet) is not admitted; DECLINED and OFFERED ones are told as those who wait or gave back
_REFUSALS = {
    guests.CANCELLED: CANCELLED, guests.DECLINED: CANCELLED, guests.WAITING: WAITING, guests.OFFERED: WAITING, guests.PENDING: WAITING,
}  # fmt: skip


def add_gate(event: Event, *, name: str, by: User | None) -> Gate:
    """One more gate."""
    if any(gate.name == name for gate in queries.gates(event)):
        raise Refused(_("A gate of this name exists already."))
    gate = Gate(event=event, name=name)
    db.session.add(gate)
    audit.record(by, "checkin.add_gate", gate, event=event.id)
    return gate


def scan(event: Event, *, key: str, scanned: str, gate_id: int | None, device_at, by: User) -> Scan:
    """Judge and keep one scan. The same ``key`` again is the same scan with the same answer, never a second one."""
    code = tickets.code_in(scanned)
    registration = registrations.held(code) if code else None
    if registration is not None and registration.event_id == event.id:
        return _judge(event, registration, key=key, gate_id=gate_id, device_at=device_at, by=by)
    begin_writing()
    if earlier := _same_scan(queries.scans_at_hand(key, None), key, event, None):
        return earlier
    return _keep(event, key, UNKNOWN if registration is None else OTHER_EVENT, None, gate_id, device_at, by)


def admit(event: Event, registration, *, key: str, gate_id: int | None, device_at, by: User) -> Scan:
    """Judge one guest who was found by name, behind the lock of the registration."""
    lock(registration)
    return _judge(event, registration, key=key, gate_id=gate_id, device_at=device_at, by=by)


def _judge(event: Event, registration, *, key: str, gate_id: int | None, device_at, by: User) -> Scan:
    at_hand = queries.scans_at_hand(key, registration.id)
    if earlier := _same_scan(at_hand, key, event, registration):
        return earlier
    refusal = _REFUSALS.get(registration.state)
    if event.state == "cancelled":
        refusal = CANCELLED
    if refusal:
        return _keep(event, key, refusal, registration, gate_id, device_at, by)
    if at_hand:  # an admission nobody has undone
        return _keep(event, key, ALREADY, registration, gate_id, device_at, by, earlier=at_hand[0])
    row = _keep(event, key, ADMITTED, registration, gate_id, device_at, by)
    guest_arrived(registration, row)
    return row


def undo(event: Event, registration, *, reason: str, by: User) -> Scan:
    """Take an admission back, with a reason: a new row, not a deletion. Its key is one that no device can send."""
    lock(registration)
    standing = queries.standing_admission(registration.id)
    if standing is None:
        raise Refused(_("This guest is not marked as arrived."))
    row = _keep(event, f"undo:{standing.id}", UNDONE, registration, standing.gate_id, None, by, earlier=standing, reason=reason)
    audit.record(by, "checkin.undo", registration, reason=reason)
    return row


def _same_scan(at_hand: list[Scan], key: str, event: Event, registration) -> Scan | None:
    """What this very scan made before; the same name for another scan is refused."""
    earlier = next((row for row in at_hand if row.key == key), None)
    if earlier is not None and (earlier.event_id, earlier.registration_id) != (event.id, getattr(registration, "id", None)):
        raise Refused(_("This scan carries the name of another one. Scan again."))
    return earlier


def _keep(event, key, verdict, registration, gate_id, device_at, by, *, earlier=None, reason="") -> Scan:
    row = Scan(
        key=key, event_id=event.id, gate_id=gate_id, registration_id=getattr(registration, "id", None), verdict=verdict, device_at=device_at,
        received_at=clock.now(), scanned_by_id=by.id, earlier_id=getattr(earlier, "id", None), reason=reason,
    )  # fmt: skip
    insert_now(row)
    set_committed_value(row, "registration", registration)
    return row


def export_attendance(event: Event, *, count: int, by: User) -> None:
    """Leave the trace of the figures taken out of the house."""
    audit.record(by, "checkin.export_attendance", event, count=count)
