"""Gates and the browsers that serve them: open a gate, show the one-time QR, see how they are,
withdraw one.
"""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.checkin import device_queries, missing_queries, operations, queries
from outreach.checkin.device_models import Device, Gate
from outreach.checkin.forms import PURPOSE_NAMES, RULE_NAMES, DeviceForm, GateForm, LookupForm
from outreach.checkin.views.shared import bp, event_within, open_questions, tally
from outreach.core import clock, qr
from outreach.core.access import found, requires
from outreach.core.i18n import _
from outreach.core.links import public_url
from outreach.core.web import page
from outreach.directory.forms import ReasonForm
from outreach.events.models import Event
from outreach.permissions import Permission

_NAMES = {"purpose_names": PURPOSE_NAMES, "rule_names": RULE_NAMES}


def _door(
    event: Event,
    *,
    form: GateForm | None = None,
    device_form: DeviceForm | None = None,
    reason_form: ReasonForm | None = None,
    status: int = 200,
    **context,
):
    form = form or GateForm(formdata=None, types=event.types)
    gates = queries.gates(event)
    context.setdefault("invitation", None)
    context.setdefault("wrong_gate", None)
    return page(
        "checkin/door.html",
        event=event,
        gates=[gate for gate in gates if gate.ended_at is None],
        ended=[gate for gate in gates if gate.ended_at is not None],
        used=queries.used_gates(event),
        reason_form=reason_form or ReasonForm(formdata=None),
        devices=device_queries.devices(event),
        missing=missing_queries.missing(event),
        form=form,
        device_form=device_form,
        blank_device_form=DeviceForm(formdata=None),
        lookup=LookupForm(),
        rehearsal=device_queries.open_rehearsal(event.id),
        problems=open_questions(event),
        moment=clock.now(),
        status=status,
        **tally(event),
        **_NAMES,
        **context,
    )


def _gate(event: Event, gate_id: int) -> Gate:
    return found(queries.select_gates(event), gate_id)


@bp.get("/events/<int:event_id>/door")
@requires(Permission.CHECKIN_SCAN)
def door(event_id: int):
    return _door(event_within(event_id))


@bp.get("/events/<int:event_id>/devices")
@requires(Permission.CHECKIN_SCAN)
def devices(event_id: int):
    """The devices alone, asked for every few seconds."""
    event = event_within(event_id)
    return page(
        "checkin/_devices.html",
        event=event,
        devices=device_queries.devices(event),
        missing=missing_queries.missing(event),
        moment=clock.now(),
    )


@bp.post("/events/<int:event_id>/gates")
@requires(Permission.CHECKIN_GATES)
def add_gate(event_id: int):
    event = event_within(event_id, Permission.CHECKIN_GATES)
    form = GateForm(types=event.types)
    if not form.validate_on_submit():
        return _door(event, form=form, status=422)
    operations.add_gate(event, by=current_user, **form.gate(event.zone))
    return redirect(url_for(".door", event_id=event.id), 303)


def _edit(event: Event, gate: Gate, form: GateForm, status: int = 200):
    return page("checkin/edit_gate.html", event=event, gate=gate, form=form, status=status)


@bp.get("/events/<int:event_id>/gates/<int:gate_id>/edit")
@requires(Permission.CHECKIN_GATES)
def edit_gate_form(event_id: int, gate_id: int):
    event = event_within(event_id, Permission.CHECKIN_GATES)
    gate = _gate(event, gate_id)
    return _edit(event, gate, GateForm.of(gate, types=event.types))


@bp.post("/events/<int:event_id>/gates/<int:gate_id>/edit")
@requires(Permission.CHECKIN_GATES)
def edit_gate(event_id: int, gate_id: int):
    event = event_within(event_id, Permission.CHECKIN_GATES)
    gate, form = _gate(event, gate_id), GateForm(types=event.types)
    if not form.validate_on_submit():
        return _edit(event, gate, form, 422)
    operations.edit_gate(gate, by=current_user, **form.gate(event.zone))
    flash(_("Saved. Its devices hear of it at their next contact."))
    return redirect(url_for(".door", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/gates/<int:gate_id>/remove")
@requires(Permission.CHECKIN_GATES)
def remove_gate(event_id: int, gate_id: int):
    event = event_within(event_id, Permission.CHECKIN_GATES)
    operations.remove_gate(_gate(event, gate_id), by=current_user)
    flash(_("The gate has been removed."))
    return redirect(url_for(".door", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/gates/<int:gate_id>/close")
@requires(Permission.CHECKIN_GATES)
def close_gate(event_id: int, gate_id: int):
    event = event_within(event_id, Permission.CHECKIN_GATES)
    gate, form = _gate(event, gate_id), ReasonForm()
    if not form.validate_on_submit():
        return _door(event, reason_form=form, status=422)
    operations.close_gate(gate, by=current_user, **form.values())
    flash(_("The gate is closed for good. Its scans stay and count."))
    return redirect(url_for(".door", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/gates/<int:gate_id>/devices")
@requires(Permission.CHECKIN_GATES)
def invite_device(event_id: int, gate_id: int):
    """The one-time QR. It is shown once: only its hash is kept."""
    event = event_within(event_id, Permission.CHECKIN_GATES)
    gate, form = _gate(event, gate_id), DeviceForm()
    if not form.validate_on_submit():
        return _door(event, device_form=form, wrong_gate=gate.id, status=422)
    device, token = operations.invite_device(gate, name=form.device.data, by=current_user)
    address = f"{public_url()}/door/#{token}"
    return page(
        "checkin/invite_device.html",
        event=event,
        gate=gate,
        device=device,
        address=address,
        drawing=qr.svg(address),
    )


@bp.post("/events/<int:event_id>/devices/<int:device_id>/revoke")
@requires(Permission.CHECKIN_GATES)
def revoke_device(event_id: int, device_id: int):
    event = event_within(event_id, Permission.CHECKIN_GATES)
    chosen = device_queries.select_devices(current_user).where(Gate.event_id == event.id)
    device: Device = found(chosen, device_id)
    operations.revoke_device(device, by=current_user)
    flash(
        _(
            "Withdrawn. Nothing is given to it any more and its blank tickets count for nothing. At its "
            "next contact it sends what waits, then it wipes what it holds."
        )
    )
    return redirect(url_for(".door", event_id=event.id), 303)
