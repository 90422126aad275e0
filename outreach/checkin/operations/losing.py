"""Scans that did not arrive: a person finds out what became of them and says so."""

from outreach.accounts.models import User
from outreach.checkin import missing_queries
from outreach.checkin.device_models import Device, GateLoss
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused


def settle_missing(device: Device, *, note: str, by: User) -> GateLoss:
    """Somebody has dealt with the scans of this device that did not arrive.

    Scans that are missing later stand in the list again.
    """
    lock(device)
    found = missing_queries.missing_of(device.gate.event, device)
    if found is None:
        raise Refused(
            _("Nothing of this device is missing any more: it arrived, or somebody has settled it.")
        )
    row = GateLoss(
        device_id=device.id,
        count=found.count,
        numbered=device.numbered,
        since=device.last_contact_at,
        note=note,
        settled_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(by, "checkin.settle_missing", row, device=device.id, count=found.count, reason=note)
    return row


def reopen_missing(loss: GateLoss, *, by: User) -> None:
    """Settled by mistake: what has still not arrived stands in the list again."""
    lock(loss)
    if loss.reopened_at is None:
        loss.reopened_at = clock.now()
        audit.record(by, "checkin.reopen_missing", loss, device=loss.device_id)
