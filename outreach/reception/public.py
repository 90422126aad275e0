"""The guest's own page of how to come, where to sleep and where to sit."""

from flask import Blueprint, abort, flash, redirect, url_for

from outreach.core.access import open_to_all
from outreach.core.i18n import _
from outreach.core.web import limiter, page
from outreach.reception import operations, queries, travel_queries
from outreach.reception.forms import TravelForm
from outreach.registrations import queries as registrations
from outreach.registrations.models import ACTIVE, Registration

bp = Blueprint("public_reception", __name__)


def _registration(code: str) -> Registration:
    row = registrations.by_page_key(code.upper())
    return row if row is not None and row.shown_state in ACTIVE else abort(404)


def _page(row: Registration, form: TravelForm, *, status: int = 200):
    return page(
        "reception/own.html",
        registration=row,
        event=row.event,
        form=form,
        journeys=travel_queries.journeys_of(row),
        stay=travel_queries.stay_of(row),
        seat=queries.seat_words(row.event).get(row.id),
        status=status,
    )


@bp.get("/t/<string:code>/stay")
@open_to_all
@limiter.limit("60 per minute")
def own(code: str):
    row = _registration(code)
    form = TravelForm.of(travel_queries.journeys_of(row), travel_queries.stay_of(row), row.event.zone)
    return _page(row, form)


@bp.post("/t/<string:code>/stay")
@open_to_all
@limiter.limit("30 per minute")
def save_own(code: str):
    row, form = _registration(code), TravelForm()
    if not form.validate_on_submit():
        return _page(row, form, status=422)
    operations.state_ways(row, form.ways(row.event.zone), form.stay(), by=None)
    flash(_("Thank you, that is noted."))
    return redirect(url_for(".own", code=row.page_token), 303)
