"""Scans that gates made and that did not arrive: which device, how many, what to do;
a person settles them.
"""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.checkin import device_queries, missing_queries, operations
from outreach.checkin.device_models import Gate, GateLoss
from outreach.checkin.forms import MissingForm
from outreach.checkin.views.shared import bp, event_within
from outreach.core.access import found, requires
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.web import page
from outreach.events.models import Event
from outreach.permissions import Permission

_P = Permission


def _missing(event: Event, *, form: MissingForm | None = None, status: int = 200):
    return page(
        "checkin/missing.html",
        event=event,
        missing=missing_queries.missing(event),
        losses=page_of(missing_queries.select_losses(event)),
        form=form or MissingForm(formdata=None),
        status=status,
    )


@bp.get("/events/<int:event_id>/missing")
@requires(_P.CHECKIN_SCAN)
def missing(event_id: int):
    return _missing(event_within(event_id))


@bp.post("/events/<int:event_id>/devices/<int:device_id>/missing")
@requires(_P.CHECKIN_UNDO)
def settle_missing(event_id: int, device_id: int):
    event, form = event_within(event_id, _P.CHECKIN_UNDO), MissingForm()
    chosen = device_queries.select_devices(current_user, _P.CHECKIN_UNDO).where(Gate.event_id == event.id)
    device = found(chosen, device_id)
    if not form.validate_on_submit():
        return _missing(event, form=form, status=422)
    operations.settle_missing(device, by=current_user, **form.values())
    flash(_("Settled. The note stays on record."))
    return redirect(url_for(".missing", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/losses/<int:loss_id>/reopen")
@requires(_P.CHECKIN_UNDO)
def reopen_missing(event_id: int, loss_id: int):
    event = event_within(event_id, _P.CHECKIN_UNDO)
    loss: GateLoss = found(missing_queries.select_losses(event), loss_id)
    operations.reopen_missing(loss, by=current_user)
    flash(_("Opened again. What has not arrived stands in the list."))
    return redirect(url_for(".missing", event_id=event.id), 303)
