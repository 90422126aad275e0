"""断网演练: a rehearsal with generated guests.

It touches no registration and no scan; the devices' reports are all that stays.
"""

from outreach.accounts.models import User
from outreach.checkin import device_queries as queries
from outreach.checkin.device_models import Device, Rehearsal, RehearsalReport
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.registrations import tickets


def start_rehearsal(event: Event, *, guests: int, by: User) -> Rehearsal:
    """Gates of the event offer to rehearse from their next contact on."""
    lock(event)
    if queries.open_rehearsal(event.id):
        raise Refused(_("A rehearsal is going on already."))
    row = Rehearsal(event_id=event.id, guests=guests, seed=tickets.new_seed(), started_by_id=by.id)
    db.session.add(row)
    audit.record(by, "checkin.start_rehearsal", event, guests=guests)
    return row


def end_rehearsal(rehearsal: Rehearsal, *, by: User) -> None:
    """Gates go back to the real guests."""
    lock(rehearsal)
    if rehearsal.ended_at is None:
        rehearsal.ended_at = clock.now()
        audit.record(by, "checkin.end_rehearsal", rehearsal)


def report_rehearsal(rehearsal: Rehearsal, device: Device, **values) -> RehearsalReport:
    """What a device found out about itself; its last word holds."""
    row = queries.report_of(rehearsal, device) or RehearsalReport(
        rehearsal_id=rehearsal.id, device_id=device.id
    )
    for name, value in values.items():
        setattr(row, name, value)
    row.reported_at = clock.now()
    db.session.add(row)
    audit.record(None, "checkin.report_rehearsal", rehearsal, device=device.id)
    return row
