"""Reads of the browsers that serve gates, of the passes lent to them,
of rehearsals and of what they could not deliver.
"""

import hmac
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from outreach.accounts.queries import reach
from outreach.checkin.device_models import Device, Gate, Pass, Rehearsal, RehearsalReport, scope_of
from outreach.checkin.models import DoorProblem, Scan
from outreach.checkin.queries import STANDING
from outreach.core import tokens
from outreach.core.db import begin_writing, db, fetch
from outreach.core.swift import Swift
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.registrations.models import Registration, ReplacedTicket

# every contact of a gate begins with this one: plain values, for a queue waits behind it
_BY_KEY = (
    select(
        Device.id,
        Device.gate_id,
        Gate.event_id,
        Gate.purpose,
        Gate.rule,
        Event.zone,
        Device.revoked_at,
        Device.last_contact_at,
        Device.queue,
        Device.version,
        Event.ends_at,
        Device.numbered,
        Device.wiped_at,
    )
    .join(Gate, Gate.id == Device.gate_id)
    .join(Event, Event.id == Gate.event_id)
    .where(
        Device.id == bindparam("id"), Device.secret_sha256 == bindparam("sha256"), Device.secret_sha256 != ""
    )
)
_HELD_BY_KEY = Swift(_BY_KEY.with_for_update(of=Device, key_share=True))
_SEEN_BY_KEY = Swift(_BY_KEY)
_IN_SERVICE = Swift(
    select(Device.revoked_at).where(Device.id == bindparam("id")).with_for_update(key_share=True)
)
_HERE = (
    select(Scan.id).where(Scan.registration_id == Registration.id, *STANDING).correlate(Registration).exists()
)
_BY_TICKET = select(Registration.door_id, Registration.id, Registration.person_id, _HERE).where(
    Registration.event_id == bindparam("event"), Registration.door_id.in_(bindparam("ids", expanding=True))
)
_ADMITTED = select(Scan.registration_id).where(
    Scan.registration_id.in_(bindparam("ids", expanding=True)), *STANDING
)


class Line(NamedTuple):
    """A device at the other end of the line, and its gate, as plain values."""

    id: int
    gate_id: int
    event_id: int
    purpose: str
    rule: str
    zone: str
    revoked_at: datetime | None
    last_contact_at: datetime | None
    queue: int
    version: str
    ends_at: datetime
    numbered: int
    wiped_at: datetime | None

    def scope(self, moment) -> str:
        """What an admission at this gate counts together with."""
        return scope_of(self.purpose, self.rule, self.zone, moment)


def line_of(key: int, secret: str, *, held: bool = False) -> Line | None:
    """The device whose credential this is, also a withdrawn one.

    ``held``: for a request that writes; nobody withdraws it until the end.
    """
    if held:
        begin_writing()
    row = (_HELD_BY_KEY if held else _SEEN_BY_KEY).first({"id": key, "sha256": tokens.digest(secret)})
    return Line(*row) if row else None


def leashed(key: int, leash: str) -> Device | None:
    """The device with this leash.

    The leash follows from the secret's hash and says no more than that it is this device.
    """
    row = db.session.scalar(select(Device).where(Device.id == key, Device.secret_sha256 != ""))
    known = row is not None and hmac.compare_digest(
        tokens.digest(f"leash{row.secret_sha256}").encode(), leash.encode()
    )
    return row if known else None


def invited_device(token: str) -> Device | None:
    """The device a one-time invitation was made for."""
    return db.session.scalar(select(Device).where(Device.invitation_sha256 == tokens.digest(token)))


def select_devices(user, permission: Permission = Permission.CHECKIN_GATES) -> Select:
    """The devices of events within reach."""
    return (
        select(Device)
        .join(Gate, Gate.id == Device.gate_id)
        .join(Event, Event.id == Gate.event_id)
        .where(Event.unit_id.in_(reach(user, permission)))
    )


def devices(event: Event) -> list[Device]:
    """Every device that joined, those that are withdrawn last."""
    chosen = select(Device).join(Device.gate).where(Gate.event_id == event.id, Device.joined_at.is_not(None))
    return list(
        db.session.scalars(chosen.order_by(Device.revoked_at.is_not(None), Device.gate_id, Device.id))
    )


def serving(gate: Gate) -> list[Device]:
    """The devices of a gate that were not withdrawn, also those that have not joined yet."""
    chosen = select(Device).where(Device.gate_id == gate.id, Device.revoked_at.is_(None))
    return list(db.session.scalars(chosen.order_by(Device.id)))


class Guest(NamedTuple):
    """What a scan needs to know of a guest."""

    id: int
    person_id: int | None
    here: bool  # has arrived


def guests_of_tickets(event_id: int, ids: set[str]) -> dict[str, Guest]:
    """How gates know a ticket -> its guest: by today's code, by one that was replaced,
    by a pass handed out at a gate.
    """
    if not ids:
        return {}
    found = {
        door_id: Guest(key, person, here)
        for door_id, key, person, here in fetch(_BY_TICKET, {"event": event_id, "ids": list(ids)})
    }
    if missing := ids - set(found):
        for model in (ReplacedTicket, Pass):
            rows = db.session.execute(
                select(model.door_id, Registration.id, Registration.person_id, _HERE)
                .join(Registration, Registration.id == model.registration_id)
                .where(model.door_id.in_(missing), Registration.event_id == event_id)
            )
            found.update({door_id: Guest(key, person, here) for door_id, key, person, here in rows})
    return found


def not_yet_admitted(ids: set[int]) -> set[int]:
    """Those of ``ids`` (registrations) who have not arrived so far."""
    return ids - {key for (key,) in fetch(_ADMITTED, {"ids": list(ids)})} if ids else set()


def in_service(device_id: int) -> bool:
    """Whether the device was not withdrawn. On PostgreSQL nobody withdraws it until the transaction ends."""
    row = _IN_SERVICE.first({"id": device_id})
    return row is not None and row[0] is None


def answers_of(device_id: int, key: str) -> dict | None:
    """What was answered after this scan of the device so far; None where it has no such scan."""
    return db.session.scalar(select(Scan.answers).where(Scan.key == key, Scan.device_id == device_id))


def scans_of_nobody(event_id: int, door_id: str) -> list[Scan]:
    """Scans of a ticket whose guest was not known when they came in."""
    chosen = select(Scan).where(
        Scan.registration_id.is_(None), Scan.door_id == door_id, Scan.event_id == event_id
    )
    return list(db.session.scalars(chosen.order_by(Scan.at)))


def pass_holder(code: str) -> str | None:
    """The ticket of the guest who was given the pass with this code."""
    chosen = select(Registration.code).join(Pass, Pass.registration_id == Registration.id)
    return db.session.scalar(chosen.where(Pass.code == code))


def lent_pass(device_id: int, door_id: str) -> Pass | None:
    """The blank ticket of this device."""
    return db.session.scalar(select(Pass).where(Pass.device_id == device_id, Pass.door_id == door_id))


def unused_passes(device_id: int) -> list[str]:
    """The codes of blank tickets nobody was given yet."""
    return list(
        db.session.scalars(
            select(Pass.code)
            .where(Pass.device_id == device_id, Pass.registration_id.is_(None), Pass.spent_at.is_(None))
            .order_by(Pass.id)
        )
    )


def passes_of(registration_id: int) -> set[str]:
    """``door_id`` of the passes this guest was handed."""
    return set(db.session.scalars(select(Pass.door_id).where(Pass.registration_id == registration_id)))


def is_lent(event_id: int, code: str) -> bool:
    """Whether this is a pass of a device of the event that is in service: its guest will be heard of."""
    chosen = select(Pass.id).join(Device, Device.id == Pass.device_id).join(Gate, Gate.id == Device.gate_id)
    return (
        db.session.scalar(
            chosen.where(Pass.code == code, Gate.event_id == event_id, Device.revoked_at.is_(None))
        )
        is not None
    )


def passes_given(event_id: int) -> list[tuple[str, int]]:
    """(code, registration) of passes handed out at gates."""
    chosen = (
        select(Pass.code, Pass.registration_id)
        .join(Registration, Registration.id == Pass.registration_id)
        .where(Registration.event_id == event_id, Registration.code != Pass.code)
    )
    return list(db.session.execute(chosen).tuples())


def tickets_of(event_id: int) -> list[tuple[str, int]]:
    """(``door_id``, registration) of every ticket a guest of the event ever had:
    replaced ones and passes first, today's last.
    """
    found = []
    for model in (ReplacedTicket, Pass):
        chosen = select(model.door_id, Registration.id).join(
            Registration, Registration.id == model.registration_id
        )
        found += db.session.execute(chosen.where(Registration.event_id == event_id)).tuples()
    return [
        *found,
        *db.session.execute(
            select(Registration.door_id, Registration.id).where(Registration.event_id == event_id)
        ).tuples(),
    ]


def passes_lost(event_id: int) -> list[str]:
    """``door_id`` of blank tickets that lie on withdrawn devices."""
    chosen = (
        select(Pass.door_id).join(Device, Device.id == Pass.device_id).join(Gate, Gate.id == Device.gate_id)
    )
    return list(
        db.session.scalars(
            chosen.where(
                Gate.event_id == event_id, Device.revoked_at.is_not(None), Pass.registration_id.is_(None)
            )
        )
    )


def open_rehearsal(event_id: int) -> Rehearsal | None:
    """The rehearsal that is going on."""
    return db.session.scalar(
        select(Rehearsal).where(Rehearsal.event_id == event_id, Rehearsal.ended_at.is_(None)).limit(1)
    )


def rehearsals(event: Event) -> list[Rehearsal]:
    """All rehearsals, the last one first."""
    return list(
        db.session.scalars(
            select(Rehearsal).where(Rehearsal.event_id == event.id).order_by(Rehearsal.id.desc())
        )
    )


def report_of(rehearsal: Rehearsal, device: Device) -> RehearsalReport | None:
    """What this device reported so far."""
    chosen = select(RehearsalReport).where(
        RehearsalReport.rehearsal_id == rehearsal.id, RehearsalReport.device_id == device.id
    )
    return db.session.scalar(chosen)


def select_problems(event: Event) -> Select:
    """What gates sent and could not be taken, what is open first."""
    chosen = (
        select(DoorProblem).where(DoorProblem.event_id == event.id).options(joinedload(DoorProblem.device))
    )
    return chosen.order_by(DoorProblem.settled_at.is_not(None), DoorProblem.id.desc())


def open_problem_count(event: Event) -> int:
    """How many nobody has dealt with."""
    return (
        db.session.scalar(
            select(func.count()).where(DoorProblem.event_id == event.id, DoorProblem.settled_at.is_(None))
        )
        or 0
    )
