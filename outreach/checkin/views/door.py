"""The door for staff: the scanner page, finding by name, undo, who is here."""

import re
from datetime import datetime

from flask import abort, flash, redirect, request, session, url_for
from flask_login import current_user

from outreach.accounts.queries import counties
from outreach.checkin import attendance_queries, hours, operations, queries
from outreach.checkin.device_models import Gate
from outreach.checkin.forms import VERDICT_NAMES, ArrivalFilters, LookupForm, UndoForm
from outreach.checkin.views.handles import handle, shown_guest
from outreach.checkin.views.shared import bp, event_within, tally
from outreach.core import masking
from outreach.core.access import found, requires
from outreach.core.downloads import attachment
from outreach.core.forms import whole_number
from outreach.core.i18n import _, hour
from outreach.core.lists import page_of
from outreach.core.refusals import Refused
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import limiter, page, reads_first
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.registrations import queries as registrations
from outreach.registrations import tickets

_KEY = re.compile(r"[A-Za-z0-9-]{16,40}")


def _gate(event: Event, typed) -> Gate | None:
    """A gate of this event; None when none was named, 404 for another's and for what is no number,
    :class:`Refused` where it is closed for good.
    """
    if not typed:
        return None
    key = whole_number(typed)
    row = (queries.gate_of(event, key) if key else None) or abort(404)
    if row.ended_at is not None:
        raise Refused(_("This gate is closed for good."))
    return row


@bp.get("/events/<int:event_id>/gates/<int:gate_id>")
@requires(Permission.CHECKIN_SCAN)
def gate(event_id: int, gate_id: int):
    event = event_within(event_id)
    row = found(queries.select_gates(event), gate_id)
    if row.ended_at is not None:
        flash(_("This gate is closed for good."))
        return redirect(url_for(".door", event_id=event.id), 303)
    return page(
        "checkin/gate.html",
        part="checkin/_last_scans.html",
        event=event,
        gate=row,
        scans=queries.latest_scans(event),
        verdict_names=VERDICT_NAMES,
        rest=lambda: {"lookup": LookupForm(), **tally(event)},
    )


def _words(row: queries.Said, event: Event | queries.Site) -> str:
    """One line that says what happened and what to do."""
    if row.verdict == "already" and row.earlier:
        gate = row.earlier.gate.name if row.earlier.gate else _("desk")
        return _("Already here since %(time)s, %(gate)s", time=hour(row.earlier.at, event.zone), gate=gate)
    return str(VERDICT_NAMES[row.verdict])


def _answer(row: queries.Said, event: Event | queries.Site) -> dict:
    guest = row.guest
    return {
        "key": row.key,
        "verdict": row.verdict,
        "words": _words(row, event),
        "name": guest.name if guest else "",
        "company": guest.company if guest else "",
        "post": guest.post if guest else "",
        "time": hour(row.received_at, event.zone),
    }


def _device_time(text) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo and 2000 <= moment.year < 2100 else None


@bp.post("/events/<int:event_id>/scans")
@requires(Permission.CHECKIN_SCAN)
@reads_first
def scan(event_id: int):
    """One scan from a device, as JSON: ``key`` (the device's name for it), ``code``, ``gate``, ``at``.

    Answers ``verdict``, ``words`` and who it is. The same ``key`` always gets the same answer.
    """
    body = request.get_json(silent=True)
    named = whole_number(body.get("gate")) if isinstance(body, dict) else None
    ticket = tickets.read(str(body.get("code", ""))[:300]) if isinstance(body, dict) else None
    event, gate, holder = queries.site(event_id, named, ticket.code if ticket else None)
    if event is None or not current_user.reaches(Permission.CHECKIN_SCAN, event):
        abort(404)
    if named and gate is None:  # of another event, or closed for good
        queries.gate_of(event, named) or abort(404)
        return {"words": _("This gate is closed for good.")}, 409
    if not isinstance(body, dict) or not isinstance(body.get("key"), str) or not _KEY.fullmatch(body["key"]):
        return {"error": _("That request was not understood")}, 422
    known = {
        "key": body["key"],
        "gate": gate,
        "device_at": _device_time(body.get("at")),
        "by": current_user,
        "out": body.get("out") is True,
    }
    row = operations.scan(event, ticket, holder, **known)
    return _answer(row, event)


@bp.get("/events/<int:event_id>/find")
@requires(Permission.CHECKIN_SCAN)
@limiter.limit("60 per minute")
def find(event_id: int):
    """Guests by surname and last four digits, nothing without both;
    or whose ticket a scan gun typed into the field.
    """
    event, form = event_within(event_id), LookupForm(request.args)
    typed = tickets.code_in(request.args.get("surname", ""))
    good = typed is not None or form.validate()
    if typed is not None:
        form.process(formdata=None)
        holder = registrations.by_code(typed)
        # a moving code is only good where its picture is looked at: at the gate
        hers = holder is not None and holder.event_id == event.id and not (holder.type and holder.type.moving)
        rows = [holder] if hers else []
    else:
        rows = registrations.by_surname_and_tail(event.id, form.surname.data, form.tail.data) if good else []
    here = {row.id: queries.standing_admission(row.id) for row in rows}
    return page(
        "checkin/find.html",
        part="checkin/_found.html",
        event=event,
        rows=rows,
        handles={row.id: handle(row) for row in rows},
        here=here,
        form=form,
        gate_id=request.args.get("gate", ""),
        status=200 if good else 422,
    )


@bp.post("/events/<int:event_id>/admit/<string:shown>")
@requires(Permission.CHECKIN_SCAN)
def admit(event_id: int, shown: str):
    """Admit somebody whom this session found by name or by their ticket."""
    event = event_within(event_id)
    guest = shown_guest(event, shown, current_user, Permission.CHECKIN_SCAN)
    key = request.form.get("key", "")
    if not _KEY.fullmatch(key):
        abort(400)
    gate, way = _gate(event, request.form.get("gate")), "phone" if "phone" in request.form else "name"
    hours.check_day(event, gate)
    if gate is not None:
        session["gate"] = gate.id  # the next ticket opened by this phone's own scanner is admitted there too
    row = operations.admit(event, guest, key=key, gate=gate, device_at=None, by=current_user, way=way)
    return page(
        "checkin/verdict.html",
        part="checkin/_verdict.html",
        event=event,
        scan=row,
        answer=_answer(row, event),
    )


@bp.get("/events/<int:event_id>/arrivals")
@requires(Permission.REGISTRATIONS_VIEW)
def arrivals(event_id: int):
    event = event_within(event_id, Permission.REGISTRATIONS_VIEW)
    filters = ArrivalFilters(request.args, types=event.types, homes=counties())
    listing = page_of(queries.select_guests(event, **filters.chosen()))
    return page(
        "checkin/arrivals.html",
        part="checkin/_arrivals.html",
        event=event,
        filters=filters,
        listing=listing,
        here=queries.arrivals_by_registration(event),
        undo_form=UndoForm(formdata=None),
        **tally(event),
    )


@bp.get("/events/<int:event_id>/attendance")
@requires(Permission.REGISTRATIONS_VIEW)
def attendance(event_id: int):
    """Who came of whom was invited."""
    event = event_within(event_id, Permission.REGISTRATIONS_VIEW)
    types, homes = attendance_queries.by_type(event), attendance_queries.by_county(event)
    return page(
        "checkin/attendance.html",
        event=event,
        tables=(("type", types), ("county", homes)),
        whole=attendance_queries.total(types),
    )


@bp.post("/events/<int:event_id>/attendance/export")
@requires(Permission.REGISTRATIONS_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def export_attendance(event_id: int):
    """Figures only, no names."""
    event = event_within(event_id, Permission.REGISTRATIONS_EXPORT)
    types = attendance_queries.by_type(event)
    rows = [*types, *attendance_queries.by_county(event)]
    operations.export_attendance(event, count=len(rows), by=current_user)
    columns = [
        Column(_("Guest type or county"), lambda row: row.name, 20),
        Column(_("Invited"), lambda row: row.invited, 10, "number"),
        Column(_("Said yes"), lambda row: row.answered_yes, 10, "number"),
        Column(_("Had a place"), lambda row: row.placed, 10, "number"),
        Column(_("Arrived"), lambda row: row.arrived, 10, "number"),
    ]
    return attachment(
        write(_("Attendance"), columns, rows, subtitle=event.title),
        f"{event.title} {_('Attendance')}.xlsx",
        XLSX,
    )


@bp.get("/events/<int:event_id>/count")
@requires(Permission.CHECKIN_SCAN)
def count(event_id: int):
    """The live count, asked for every few seconds."""
    event = event_within(event_id)
    return page("checkin/_count.html", event=event, **tally(event))


@bp.get("/registrations/<int:registration_id>/undo")
@requires(Permission.CHECKIN_UNDO)
def undo_form(registration_id: int):
    row = found(registrations.select_visible(current_user, Permission.CHECKIN_UNDO), registration_id)
    return page("checkin/undo.html", row=row, form=UndoForm(), standing=queries.standing_admissions(row.id))


@bp.post("/registrations/<int:registration_id>/undo")
@requires(Permission.CHECKIN_UNDO)
def undo(registration_id: int):
    row, form = (
        found(registrations.select_visible(current_user, Permission.CHECKIN_UNDO), registration_id),
        UndoForm(),
    )
    standing = queries.standing_admissions(row.id)
    if not form.validate_on_submit():
        return page("checkin/undo.html", row=row, form=form, standing=standing, status=422)
    operations.undo(row.event, row, reason=form.reason.data, by=current_user)
    flash(_("The arrival of %(name)s has been taken back.", name=masking.name(row.name)))
    return redirect(url_for(".arrivals", event_id=row.event_id), 303)
