"""The guest's own page of how to come, where to sleep and where to sit."""

from flask import Blueprint, abort, flash, redirect, url_for

from outreach.core import clock
from outreach.core.access import open_to_all
from outreach.core.i18n import _
from outreach.core.web import limiter, page
from outreach.reception import operations, queries, travel_queries
from outreach.reception.forms import TravelForm
from outreach.reception.travel_models import ARRIVE, LEAVE
from outreach.registrations import queries as registrations
from outreach.registrations.models import ACTIVE, Registration

bp = Blueprint("public_reception", __name__)


def _registration(code: str) -> Registration:
    row = registrations.by_code(code.upper())
    return row if row is not None and row.state in ACTIVE else abort(404)


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
    values: dict = {}
    for direction, way in travel_queries.journeys_of(row).items():
        values |= {
            f"{direction}_{name}": getattr(way, name) for name in ("vehicle", "number", "station", "wanted")
        }
        values[f"{direction}_at"] = clock.in_zone(way.at, row.event.zone).replace(tzinfo=None)
    if stay := travel_queries.stay_of(row):
        values |= {"from_on": stay.from_on, "until_on": stay.until_on, "shares_with": stay.shares_with}
    return _page(row, TravelForm(formdata=None, data=values))


@bp.post("/t/<string:code>/stay")
@open_to_all
@limiter.limit("30 per minute")
def save_own(code: str):
    row, form = _registration(code), TravelForm()
    if not form.validate_on_submit():
        return _page(row, form, status=422)
    if row.event.asks_travel:
        for direction in (ARRIVE, LEAVE):
            typed = form[f"{direction}_at"].data
            operations.state_journey(
                row,
                direction,
                at=clock.local(typed, row.event.zone) if typed else None,
                by=None,
                **form.journey(direction),
            )
    if row.event.asks_room:
        operations.state_stay(
            row,
            from_on=form.from_on.data,
            until_on=form.until_on.data,
            shares_with=form.shares_with.data or "",
            by=None,
        )
    flash(_("Thank you, that is noted."))
    return redirect(url_for(".own", code=row.code), 303)
