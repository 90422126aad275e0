"""A guest's own page: ticket, QR, calendar, items of the programme."""

from flask import abort, make_response, redirect, url_for

from outreach.core import clock
from outreach.core.access import open_to_all
from outreach.core.links import public_url
from outreach.core.web import limiter, page
from outreach.events import calendars
from outreach.registrations import operations, queries, sign_up_queries, tickets
from outreach.registrations.links import door_address, page_link
from outreach.registrations.models import CONFIRMED, Registration
from outreach.registrations.public.feedback import feedback_open
from outreach.registrations.public.shared import bp, own_registration


@bp.get("/t/<string:code>", strict_slashes=False)
@open_to_all
def ticket(code: str):
    registration = queries.by_page_key(code.upper())
    if registration is None:
        shown = tickets.code_in(code)
        if shown is None or not queries.is_of_door(shown):
            abort(404)
        # whoever photographed a badge is asked to show it to the staff, and learns nothing
        return redirect(url_for("public_checkin.scanned", code=shown))
    position = queries.waiting_position(registration) if registration.shown_state == "waiting" else None
    companions = queries.companions_of(registration)
    here = queries.here([registration, *companions])
    return page(
        "registrations/ticket.html",
        registration=registration,
        event=registration.event,
        position=position,
        companions=companions,
        **_programme(registration),
        feedback_open=feedback_open(registration),
        here=registration.id in here,
        may_cancel=not here,
        stand_in=queries.stand_in(registration),
        follows=queries.follows_an_offer(registration),
    )


def _programme(registration: Registration) -> dict:
    """The items to sign up for, how many places are taken, and the guest's own."""
    items = [item for item in registration.event.programme if item.sign_up]
    if not items:
        return {"items": []}
    mine = {item.id for item in sign_up_queries.items_of(registration.id)}
    return {
        "items": items,
        "taken": sign_up_queries.taken(registration.event_id),
        "mine": mine,
        "now": clock.now(),
    }


def _item(registration: Registration, item_id: int):
    return next((item for item in registration.event.programme if item.id == item_id), None) or abort(404)


@bp.post("/t/<string:code>/items/<int:item_id>")
@open_to_all
@limiter.limit("30 per minute")
def sign_up(code: str, item_id: int):
    registration = own_registration(code)
    operations.sign_up(registration, _item(registration, item_id))
    return redirect(url_for(".ticket", code=registration.page_token, _anchor="programme"), 303)


@bp.post("/t/<string:code>/items/<int:item_id>/give-up")
@open_to_all
@limiter.limit("30 per minute")
def give_up(code: str, item_id: int):
    registration = own_registration(code)
    operations.give_up(registration, _item(registration, item_id), by=None)
    return redirect(url_for(".ticket", code=registration.page_token, _anchor="programme"), 303)


@bp.get("/t/<string:code>/qr.png")
@open_to_all
def picture(code: str):
    """The QR as a picture, for who has a place; of a guest type with a moving code the one of this second."""
    registration = own_registration(code)
    if registration.shown_state != CONFIRMED:
        abort(404)
    moving = registration.type is not None and registration.type.moving
    response = make_response(tickets.png(door_address(registration.repeats or registration)))
    response.headers["Content-Type"] = "image/png"
    response.headers["Cache-Control"] = "no-store" if moving else "private, max-age=86400"
    return response


@bp.get("/t/<string:code>/event.ics")
@open_to_all
def calendar(code: str):
    registration = own_registration(code)
    response = make_response(
        calendars.of_event(registration.event, public_url(), link=page_link(registration))
    )
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return response
