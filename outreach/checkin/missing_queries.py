"""Scans that gates made and the house does not have:
known from how far each device has counted and from what waited at its last contact.
"""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Select, Subquery, and_, func, select, union_all
from sqlalchemy.orm import joinedload

from outreach.checkin import device_queries
from outreach.checkin.device_models import Device, Gate, GateLoss
from outreach.checkin.models import DoorProblem, Scan
from outreach.core import clock
from outreach.core.db import db
from outreach.events.models import Event

#: so long a withdrawn gate may still send what waits on it
TAKEN_FOR = timedelta(days=7)
#: a device that was not heard of for so long is asked after
SILENT_AFTER = timedelta(minutes=10)

#: how the device stands: not heard of; withdrawn and able to send; withdrawn too long ago; deleted; in
#: contact, with numbers left out
SILENT, WITHDRAWN, OVER, WIPED, GAP = "silent", "withdrawn", "over", "wiped", "gap"


class Missing(NamedTuple):
    """``count`` scans of ``device`` or more did not arrive."""

    device: Device
    count: int
    state: str


def missing(event: Event) -> list[Missing]:
    """The devices of which scans did not arrive and were not settled."""
    counted = [device for device in device_queries.devices(event) if device.numbered or device.queue]
    if not counted:
        return []
    settled, arrived = _settled(event.id), _arrived(event.id)
    found = []
    for device in counted:
        until, settled_at = settled.get(device.id, (0, None))
        absent = max(device.numbered - until, 0) - arrived.get(device.id, 0)
        heard = settled_at is None or (device.last_contact_at and device.last_contact_at > settled_at)
        state = _state(device)
        count = absent - device.queue if state == GAP else max(absent, device.queue if heard else 0)
        if count > 0:
            found.append(Missing(device, count, state))
    return found


def missing_of(event: Event, device: Device) -> Missing | None:
    """The same of one device."""
    return next((row for row in missing(event) if row.device.id == device.id), None)


def _state(device: Device) -> str:
    moment = clock.now()
    if device.wiped_at:
        return WIPED
    if device.revoked_at:
        return WITHDRAWN if device.revoked_at + TAKEN_FOR >= moment else OVER
    silent = device.last_contact_at is None or device.last_contact_at + SILENT_AFTER < moment
    return SILENT if silent else GAP


def _watermarks() -> Subquery:
    return (
        select(
            GateLoss.device_id,
            func.max(GateLoss.numbered).label("until"),
        )
        .where(GateLoss.reopened_at.is_(None))
        .group_by(GateLoss.device_id)
        .subquery()
    )


def _settled(event_id: int) -> dict[int, tuple]:
    """Device -> (scans up to this number are settled, when)."""
    rows = db.session.execute(
        select(GateLoss.device_id, GateLoss.numbered, GateLoss.settled_at)
        .join(Device, Device.id == GateLoss.device_id)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Gate.event_id == event_id, GateLoss.reopened_at.is_(None))
        .order_by(GateLoss.id)
    )
    found: dict[int, tuple] = {}
    for device_id, numbered, at in rows:
        found[device_id] = (max(numbered, found.get(device_id, (0,))[0]), at)
    return found


def _arrived(event_id: int) -> dict[int, int]:
    """Device -> how many of its numbers that are not settled have arrived,
    as scans or as rows that could not be read.
    """
    marks = _watermarks()

    def numbers(model) -> Select:
        after = and_(
            model.device_id == Device.id,
            model.number > func.coalesce(marks.c.until, 0),
            model.number <= Device.numbered,
        )
        return (
            select(Device.id.label("device_id"), model.number.label("number"))
            .join(Gate, Gate.id == Device.gate_id)
            .outerjoin(marks, marks.c.device_id == Device.id)
            .join(model, after)
            .where(Gate.event_id == event_id)
        )

    both = union_all(numbers(Scan), numbers(DoorProblem)).subquery()
    counted = select(both.c.device_id, func.count(both.c.number.distinct())).group_by(both.c.device_id)
    return dict(db.session.execute(counted).tuples().all())


def select_losses(event: Event) -> Select:
    """What people settled, the last first."""
    return (
        select(GateLoss)
        .join(Device, Device.id == GateLoss.device_id)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Gate.event_id == event.id)
        .options(joinedload(GateLoss.device), joinedload(GateLoss.settled_by))
        .order_by(GateLoss.id.desc())
    )
