"""Gates and the browsers that serve them: open, invite, join, withdraw."""

from datetime import timedelta

from outreach.accounts.models import User
from outreach.checkin import device_queries, queries
from outreach.checkin.device_models import ARRIVAL, DAILY, ONCE, Device, Gate
from outreach.core import audit, clock, tokens
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event

#: the one-time QR is good for so long
INVITED_FOR = timedelta(minutes=15)


def add_gate(event: Event, *, name: str, by: User | None, **values) -> Gate:
    """One more gate."""
    if any(gate.name == name for gate in queries.gates(event)):
        raise Refused(_("A gate of this name exists already."), at="name")
    gate = Gate(event=event, name=name, **{"purpose": ARRIVAL, "rule": ONCE, **values})
    _check(gate)
    db.session.add(gate)
    audit.record(by, "checkin.add_gate", gate, event=event.id)
    return gate


def edit_gate(gate: Gate, *, by: User, **values) -> None:
    """Another name, purpose or rule; its devices hear of it at their next contact."""
    _is_open(gate)
    if any(other.name == values["name"] and other is not gate for other in queries.gates(gate.event)):
        raise Refused(_("A gate of this name exists already."), at="name")
    before = gate.rule
    with db.session.no_autoflush:
        for name, value in values.items():
            setattr(gate, name, value)
        _check(gate, before)
    audit.record(by, "checkin.edit_gate", gate)


def _check(gate: Gate, before: str = "") -> None:
    """``before``: how the gate counted until now."""
    daily = gate.rule == DAILY
    if any(
        other.purpose == gate.purpose and (other.rule == DAILY) != daily
        for other in queries.gates(gate.event)
        if other is not gate
    ):
        raise Refused(_("Gates of one purpose count alike: all of them each day, or none."), at="rule")
    if before and (before == DAILY) != daily and queries.has_scans(gate.event, gate.purpose):
        raise Refused(_("Guests were let in here already: how it counts cannot change any more."), at="rule")
    if gate.opens_at and gate.closes_at and gate.closes_at <= gate.opens_at:
        raise Refused(_("The gate must close after it opens."), at="closes_at")


def _is_open(gate: Gate) -> None:
    lock(gate)
    if gate.ended_at is not None:
        raise Refused(_("This gate is closed for good."))


def remove_gate(gate: Gate, *, by: User) -> None:
    """It was added by mistake: nobody was scanned here and no phone has joined."""
    lock(gate)
    if gate.id in queries.used_gates(gate.event):
        raise Refused(
            _("Somebody was scanned here, or a phone has joined. Close the gate for good: its scans stay.")
        )
    audit.record(by, "checkin.remove_gate", gate, event=gate.event_id, name=gate.name)
    db.session.delete(gate)


def close_gate(gate: Gate, *, reason: str, by: User) -> None:
    """For good: its scans stay and count, its devices are withdrawn, nobody scans here again."""
    _is_open(gate)
    serving = device_queries.serving(gate)
    if waiting := sum(device.queue for device in serving):
        raise Refused(
            _(
                "%(num)d scans wait on the devices of this gate. Let them send first, or withdraw the "
                "device.",
                num=waiting,
            )
        )
    gate.ended_at, gate.ended_why = clock.now(), reason
    for device in serving:
        revoke_device(device, by=by)
    audit.record(by, "checkin.close_gate", gate, reason=reason, devices=len(serving))


def invite_device(gate: Gate, *, name: str, by: User) -> tuple[Device, str]:
    """A one-time invitation for one browser, good for a quarter of an hour:
    the device and what its QR carries.
    """
    _is_open(gate)
    token = tokens.code()
    device = Device(
        gate=gate,
        name=name,
        invitation_sha256=tokens.digest(token),
        invited_until=clock.now() + INVITED_FOR,
        invited_by_id=by.id,
    )
    db.session.add(device)
    db.session.flush()
    audit.record(by, "checkin.invite_device", device, gate=gate.id)
    return device, token


def join_device(token: str, *, agent: str) -> tuple[Device, str]:
    """A browser becomes the gate it was invited to be, once: the device and its credential."""
    device = device_queries.invited_device(token)
    if device is None:
        raise Refused(
            _("This invitation was used already or is older than a quarter of an hour. Ask for a new one.")
        )
    lock(device)
    if device.joined_at or device.revoked_at or device.invited_until < clock.now():
        raise Refused(
            _("This invitation was used already or is older than a quarter of an hour. Ask for a new one.")
        )
    secret = tokens.fresh()
    device.secret_sha256, device.joined_at, device.last_contact_at = (
        tokens.digest(secret),
        clock.now(),
        clock.now(),
    )
    device.agent = agent[:200]
    audit.record(None, "checkin.join_device", device, gate=device.gate_id)
    return device, secret


def revoke_device(device: Device, *, by: User) -> None:
    """Lost or no longer needed: nothing is given to it any more.

    At its next contact it sends what waits on it, then it wipes what it holds.
    """
    lock(device)
    if device.revoked_at is None:
        device.revoked_at = clock.now()
        audit.record(by, "checkin.revoke_device", device, waiting=device.queue)


def note_wiped(device: Device, *, thrown_away: int | None, numbered: int) -> None:
    """The device says that it holds nothing any more: it was withdrawn, or whoever holds it gave the gate up.
    ``thrown_away``: scans that it deleted before they were sent; None where it does not say.
    """
    lock(device)
    if device.wiped_at is None:
        device.wiped_at = clock.now()
        device.queue = device.queue if thrown_away is None else thrown_away
        device.numbered = max(device.numbered, numbered)
        if device.revoked_at is None:
            device.revoked_at = device.wiped_at
            audit.record(None, "checkin.give_up_device", device, thrown_away=device.queue)
        audit.record(None, "checkin.note_wiped", device, thrown_away=device.queue)


def print_paper_list(event: Event, *, count: int, by: User) -> None:
    """Leave the trace of a list with names taken out of the house."""
    audit.record(by, "checkin.print_paper_list", event, count=count)
