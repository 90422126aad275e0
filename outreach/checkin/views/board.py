"""While it runs: the live board for organisers, the big screen in the hall,
and a badge for who has just come.
"""

import base64
import re
import time

from flask import abort, render_template, request
from flask_login import current_user

from outreach.checkin import (
    board_queries,
    device_queries,
    hallcodes,
    hours,
    missing_queries,
    operations,
    queries,
)
from outreach.checkin.forms import VERDICT_NAMES, WalkInForm
from outreach.checkin.views.shared import bp, event_within, tally
from outreach.core import clock
from outreach.core.access import found, requires
from outreach.core.forms import whole_number
from outreach.core.i18n import _, locale_code
from outreach.core.web import page, wants_fragment
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.reception import operations as reception
from outreach.registrations import links, tickets
from outreach.registrations import operations as registrations
from outreach.registrations import queries as guests
from outreach.registrations.models import Registration

#: boards that are looked at in the same half second are counted and written once: fifty screens cost little
#: more than one. Together with the pages' 1.5 seconds nobody sees what is older than two.
_LASTS = 0.5
_kept: dict[tuple, tuple[float, object]] = {}


def _once_for_all(event: Event, name: str, make):
    """What ``make()`` gave within the last half second, in this language;
    nothing in it depends on who looks.
    """
    key = event.ticket_seed, name, locale_code()
    kept = _kept.get(key)
    if kept and time.monotonic() - kept[0] < _LASTS:
        return kept[1]
    if len(_kept) > 100:
        _kept.clear()
    made = make()
    _kept[key] = time.monotonic(), made
    return made


def _board(event: Event) -> board_queries.Board:
    return _once_for_all(event, "counts", lambda: board_queries.board(event))


@bp.get("/events/<int:event_id>/board")
@requires(Permission.REGISTRATIONS_VIEW)
def board(event_id: int):
    event = event_within(event_id, Permission.REGISTRATIONS_VIEW)

    def shown() -> dict:
        return {
            "event": event,
            "board": _board(event),
            "moment": clock.now(),
            "devices": device_queries.devices(event),
            "missing": missing_queries.missing(event),
            "people": board_queries.key_people(event),
        }

    if wants_fragment():
        return _once_for_all(event, "board", lambda: render_template("checkin/_board.html", **shown()))
    return page("checkin/board.html", **shown())


def _shown(event: Event) -> str:
    poster = any(gate.poster for gate in queries.open_gates(event))
    return hallcodes.current(event.ticket_seed, clock.now().timestamp()) if poster else ""


@bp.get("/events/<int:event_id>/screen")
@requires(Permission.CHECKIN_SCAN)
def screen(event_id: int):
    """For the projector: figures without a name, and the code for those who check themselves in."""
    event = event_within(event_id)
    if wants_fragment():
        part = "checkin/_screen.html"
        return _once_for_all(
            event,
            "screen",
            lambda: render_template(part, event=event, board=_board(event), shown=_shown(event)),
        )
    return page("checkin/screen.html", event=event, board=_board(event), shown=_shown(event))


@bp.get("/events/<int:event_id>/walk-in")
@requires(Permission.CHECKIN_SCAN)
def walk_in_form(event_id: int):
    event = event_within(event_id)
    return page(
        "checkin/walk_in.html",
        event=event,
        form=WalkInForm(formdata=None),
        gate_id=request.args.get("gate", ""),
        guest=None,
    )


@bp.post("/events/<int:event_id>/walk-in")
@requires(Permission.CHECKIN_SCAN)
def walk_in(event_id: int):
    """Entered and admitted in one step; the ticket stands on the page."""
    event, form = event_within(event_id), WalkInForm()
    gate_id, key = request.form.get("gate", ""), request.form.get("key", "")
    if not re.fullmatch(r"[A-Za-z0-9-]{16,32}", key):
        abort(400)
    if not form.validate_on_submit():
        return page("checkin/walk_in.html", event=event, form=form, gate_id=gate_id, guest=None, status=422)
    gate = found(queries.select_gates(event), whole_number(gate_id)) if gate_id else None
    hours.check_day(event, gate)
    guest = registrations.register_walk_in(
        event,
        request_key=f"walk-{key}",
        name=form.name.data,
        mobile=form.mobile.data,
        company=form.company.data or "",
        by=current_user,
    )
    row = operations.admit(
        event, guest, key=f"walk-{key}", gate=gate, device_at=None, by=current_user, way="walk_in"
    )
    return page(
        "checkin/walk_in.html",
        event=event,
        form=form,
        gate_id=gate_id,
        guest=guest,
        drawing=_drawing(guest),
        scan=row,
        words=VERDICT_NAMES[row.verdict],
        **tally(event),
    )


def _drawing(row: Registration) -> str:
    """The QR of a ticket within the page: no address that opens the guest's own page."""
    return "data:image/png;base64," + base64.b64encode(tickets.png(links.door_address(row))).decode()


@bp.post("/registrations/<int:registration_id>/label")
@requires(Permission.CHECKIN_GATES)
def label(registration_id: int):
    """A badge for the label printer, through the browser's own print dialogue.

    That it was printed says nothing of who arrived.
    """
    row: Registration = found(guests.select_visible(current_user, Permission.CHECKIN_GATES), registration_id)
    [badge] = reception.number_badges(row.event, [row], by=current_user)
    return page(
        "checkin/label.html",
        row=row,
        drawing=_drawing(row),
        badge=badge,
        event=row.event,
        title=_("Badge %(num)s", num=f"{badge.number:04d}"),
    )
