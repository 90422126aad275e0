"""What guests do: register, look at their ticket, change it, cancel."""

import secrets

from flask import Blueprint, abort, make_response, redirect, url_for

from outreach.core.access import open_to_all
from outreach.core.i18n import choose_locale
from outreach.core.links import public_url
from outreach.core.refusals import Refused
from outreach.core.web import limiter, page, reads_first
from outreach.events import calendars
from outreach.events import queries as events
from outreach.registrations import operations, queries, tickets
from outreach.registrations.forms import ChangeForm, RegistrationForm
from outreach.registrations.models import NOTICE_VERSION, Registration

bp = Blueprint("public_registrations", __name__)


def _open_event(slug: str):
    return events.public_event(slug) or abort(404)


def _registration(code: str) -> Registration:
    return queries.by_code(code.upper()) or abort(404)


@bp.get("/e/<string:slug>/register")
@open_to_all
def form(slug: str):
    event = _open_event(slug)
    return page("registrations/register.html", event=event, form=RegistrationForm(request_key=secrets.token_urlsafe(18).replace("_", "-")))


@bp.post("/e/<string:slug>/register")
@open_to_all
@limiter.limit("30 per minute; 300 per hour")
@reads_first
def register(slug: str):
    entered = RegistrationForm()  # the event itself is read where it is held: once
    if not entered.validate_on_submit():
        return page("registrations/register.html", event=_open_event(slug), form=entered, status=422)
    try:
        registration = operations.register(slug, locale=choose_locale(), **entered.guest())
    except Refused as refusal:
        return page("registrations/register.html", event=_open_event(slug), form=entered, refusal=str(refusal), status=409)
    return redirect(url_for(".ticket", code=registration.code), 303)


@bp.get("/privacy")
@open_to_all
def notice():
    return page("registrations/notice.html", version=NOTICE_VERSION)


@bp.get("/t/<string:code>")
@bp.get("/T/<string:code>", endpoint="ticket_scanned")
@open_to_all
def ticket(code: str):
    registration = _registration(code)
    position = queries.waiting_position(registration) if registration.state == "waiting" else None
    return page("registrations/ticket.html", registration=registration, event=registration.event, position=position)


@bp.get("/t/<string:code>/qr.png")
@open_to_all
def picture(code: str):
    registration = _registration(code)
    response = make_response(tickets.png(tickets.address(public_url(), registration.code)))
    response.headers["Content-Type"] = "image/png"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@bp.get("/t/<string:code>/event.ics")
@open_to_all
def calendar(code: str):
    registration = _registration(code)
    response = make_response(calendars.of_event(registration.event, public_url(), link=f"{public_url()}/t/{registration.code}"))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return response


@bp.get("/t/<string:code>/change")
@open_to_all
def change_form(code: str):
    registration = _registration(code)
    return page("registrations/change.html", registration=registration, event=registration.event, form=ChangeForm(obj=registration))


@bp.post("/t/<string:code>/change")
@open_to_all
@limiter.limit("30 per minute")
def change(code: str):
    registration, entered = _registration(code), ChangeForm()
    if not entered.validate_on_submit():
        return page("registrations/change.html", registration=registration, event=registration.event, form=entered, status=422)
    operations.change(registration, by=None, **entered.values())
    return redirect(url_for(".ticket", code=registration.code), 303)


@bp.get("/t/<string:code>/cancel")
@open_to_all
def cancel_form(code: str):
    registration = _registration(code)
    return page("registrations/cancel.html", registration=registration, event=registration.event)


@bp.post("/t/<string:code>/cancel")
@open_to_all
@limiter.limit("30 per minute")
def cancel(code: str):
    registration = _registration(code)
    operations.cancel(registration, by=None)
    return redirect(url_for(".ticket", code=registration.code), 303)
