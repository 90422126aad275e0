"""What guests see of an event: its page and its calendar file."""

from flask import Blueprint, abort, make_response, send_file

from outreach.core import downloads
from outreach.core.access import indexed, open_to_all
from outreach.core.links import public_url
from outreach.core.web import limiter, page
from outreach.events import calendars, queries, sharing
from outreach.events.announcements import outlook, places_of
from outreach.events.models import DOCUMENT

bp = Blueprint("public_events", __name__)


@bp.get("/e/<string:slug>")
@open_to_all
@indexed
def event(slug: str):
    row = queries.public_event(slug) or abort(404)
    return page(
        "events/public.html",
        event=row,
        preview=False,
        outlook="".join(outlook(row)) if row.registration_state() == "open" else "",
        kept=sum(answer.kept for answer in places_of(row)) if any(kind.reserved for kind in row.types) else 0,
    )


@bp.get("/e/<string:slug>/files/<int:material_id>")
@open_to_all
@indexed
def material(slug: str, material_id: int):
    """A document as a download; the poster as the picture it is."""
    event = queries.public_event(slug) or abort(404)
    row = next((row for row in event.materials if row.id == material_id), None) or abort(404)
    if row.purpose == DOCUMENT:
        return downloads.stored(row.file)
    response = send_file(row.file.path, mimetype=row.file.media_type)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/e/<string:slug>/share.png")
@open_to_all
@indexed
@limiter.limit("60 per minute")
def share_picture(slug: str):
    """What a chat shows beside the shared link of an event that is public."""
    response = make_response(sharing.picture(queries.public_event(slug) or abort(404)))
    response.headers["Content-Type"] = "image/png"
    response.headers["Cache-Control"] = "public, max-age=600"
    return response


@bp.get("/e/<string:slug>.ics")
@open_to_all
def calendar(slug: str):
    row = queries.public_event(slug) or abort(404)
    response = make_response(calendars.of_event(row, public_url()))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{row.slug}.ics"'
    return response
