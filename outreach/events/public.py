"""What guests see of an event: its page and its calendar file."""

from flask import Blueprint, abort, make_response

from outreach.core.access import open_to_all
from outreach.core.links import public_url
from outreach.core.web import page
from outreach.events import calendars, queries

bp = Blueprint("public_events", __name__)


@bp.get("/e/<string:slug>")
@open_to_all
def event(slug: str):
    row = queries.public_event(slug) or abort(404)
    return page("events/public.html", event=row, preview=False)


@bp.get("/e/<string:slug>.ics")
@open_to_all
def calendar(slug: str):
    row = queries.public_event(slug) or abort(404)
    response = make_response(calendars.of_event(row, public_url()))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{row.slug}.ics"'
    return response
