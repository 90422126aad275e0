"""What the door shows to guests: the page behind a scanned ticket, and checking in alone by the poster."""

from flask import Blueprint, abort, request, session
from flask_login import current_user

from outreach.checkin import device_queries, hallcodes, operations, queries
from outreach.checkin.forms import PosterForm
from outreach.checkin.models import ADMITTED, ALREADY
from outreach.checkin.views.handles import handle
from outreach.core import clock, tokens
from outreach.core.access import open_to_all
from outreach.core.i18n import _
from outreach.core.web import limiter, page
from outreach.events import queries as events
from outreach.permissions import Permission
from outreach.registrations import queries as registrations
from outreach.registrations import tickets
from outreach.registrations.models import ACTIVE

bp = Blueprint("public_checkin", __name__)


@bp.get("/T/<string:code>", strict_slashes=False)
@open_to_all
@limiter.limit("120 per minute")
def scanned(code: str):
    """What any scanner opens, also WeChat's own: staff of the event get one button,
    everybody else is asked to show it to the staff.
    """
    ticket = tickets.read(code)
    row = _guest(ticket) if ticket else None
    event = row.event if row else None
    if event is None or not (
        current_user.is_authenticated and current_user.reaches(Permission.CHECKIN_SCAN, event.unit)
    ):
        return page("checkin/show_to_staff.html", event=event)
    genuine = not ticket.signature or tickets.genuine(ticket, tickets.public_key(event.ticket_seed))
    old = row.type is not None and row.type.moving and not _fresh(ticket)
    return page(
        "checkin/scanned.html",
        event=event,
        row=row,
        genuine=genuine and not old,
        old=old,
        gone=registrations.is_replaced(ticket.code),
        gates=queries.open_gates(event),
        at=session.get("gate"),
        standing=queries.standing_admission(row.id),
        handle=handle(row),
    )


def _guest(ticket: tickets.Scanned):
    """Whose ticket it is: their own, a pass they were handed,
    or one that was replaced since (which opens nothing).
    """
    if row := registrations.by_code(ticket.code):
        return row
    if own := device_queries.pass_holder(ticket.code):
        return registrations.by_code(own)
    gone = registrations.is_replaced(ticket.code)
    return gone.registration if gone else None


def _fresh(ticket: tickets.Scanned) -> bool:
    return ticket.made_at is not None and abs(clock.now().timestamp() - ticket.made_at) <= 60


def _poster(slug: str):
    event = events.public_event(slug) or abort(404)
    gate = next((row for row in queries.open_gates(event) if row.poster), None) or abort(404)
    return event, gate


@bp.get("/e/<string:slug>/here")
@open_to_all
def poster(slug: str):
    event, _gate = _poster(slug)
    return page("checkin/poster.html", event=event, form=PosterForm(formdata=None), arrived=False)


@bp.post("/e/<string:slug>/here")
@open_to_all
@limiter.limit("20 per minute; 300 per hour")  # a hall full of guests shares one address
def check_in(slug: str):
    """Surname, last four digits and the code in the hall.

    Whatever is wrong, the answer is the same: nobody learns who is registered.
    """
    event, gate = _poster(slug)
    form = PosterForm()
    if not form.validate_on_submit():
        return page("checkin/poster.html", event=event, form=form, arrived=False, status=422)
    good = hallcodes.is_good(event.ticket_seed, clock.now().timestamp(), form.shown.data)
    found = registrations.by_surname_and_tail(event.id, form.surname.data, form.tail.data) if good else []
    rows = [row for row in found if row.state in ACTIVE]
    if len(rows) == 1:
        # this form, this guest: pressed twice is once
        key = f"poster-{tokens.digest(request.form.get('key', '') + rows[0].door_id)[:32]}"
        scan = operations.admit(event, rows[0], key=key, gate=gate, device_at=None, by=None, way="poster")
        if scan.verdict in (ADMITTED, ALREADY):
            return page("checkin/poster.html", event=event, form=form, arrived=True)
    refusal = _("That did not work. Look at the code on the screen, or go to the desk.")
    return page("checkin/poster.html", event=event, form=form, arrived=False, refusal=refusal, status=409)
