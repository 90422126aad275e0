"""“I am in Shenzhen Tuesday and Wednesday”: who lives there, the trip, its sheet and calendar."""

from flask import flash, make_response, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.links import host, public_url
from outreach.core.lists import page_of
from outreach.core.pdf import PDF
from outreach.core.web import limiter, page, reads_first
from outreach.directory import queries as directory
from outreach.directory.forms import TIER_NAMES, ReasonForm
from outreach.liaison import calendars, operations, queries, trip_sheets
from outreach.liaison.forms import ChangeTripForm, NearForm, PlanTripForm
from outreach.liaison.models import Trip
from outreach.liaison.views.shared import NAMES, bp, post_of
from outreach.permissions import Permission

EDIT = Permission.LIAISON_EDIT


@bp.get("/trips")
@requires(Permission.LIAISON_VIEW)
def trips():
    return page("liaison/trips.html", listing=page_of(queries.select_trips(current_user)))


def _near(form: NearForm, trip_form: PlanTripForm, *, status: int = 200):
    listing, warned, chambers, ways_in = None, set(), [], {}
    if request.args and form.validate():
        chosen = queries.select_near(
            current_user,
            province=form.province.data,
            city=form.city.data,
            at_least=form.at_least.data,
            unseen_days=365 if form.unseen.data else 0,
        )
        listing = page_of(chosen, rows_of=lambda rows: rows.unique().all())
        people = [row[0] for row in listing.rows]
        warned, ways_in = queries.collisions(people, form.from_on.data), queries.chambers_of(people)
        chambers = queries.chambers_in(form.province.data)
    return page(
        "liaison/near.html",
        form=form,
        trip_form=trip_form,
        listing=listing,
        warned=warned,
        chambers=chambers,
        ways_in=ways_in,
        tier_names=TIER_NAMES,
        status=status,
    )


def _forms() -> tuple[NearForm, PlanTripForm]:
    return NearForm(request.args, provinces=accounts.provinces(), tiers=TIER_NAMES.items()), PlanTripForm(
        posts=queries.open_posts(current_user)
    )


@bp.get("/trips/new")
@requires(EDIT)
def new_trip():
    return _near(*_forms())


def _ticked(form: PlanTripForm) -> list[directory.Person]:
    """Who was ticked, as far as the user may plan to see them."""
    chosen = directory.select_free(current_user, EDIT).where(directory.Person.id.in_(form.people.data))
    return list(db.session.scalars(chosen).unique())


@bp.post("/trips/new")
@requires(EDIT)
def plan_trip():
    form, trip_form = _forms()
    where, whom = form.validate(), trip_form.validate_on_submit()
    people = _ticked(trip_form) if whom else []
    if whom and not people:
        trip_form.people.errors = [_("Tick whom to see.")]
    if not (where and people):
        return _near(form, trip_form, status=422)
    if add_to := request.args.get("trip", type=int):
        row = _mine(add_to)
        flash(_("%(num)d added to the trip.", num=operations.add_visits(row, people, by=current_user)))
        return redirect(url_for(".trip", trip_id=row.id), 303)
    post = post_of(trip_form.post_id.data)
    trip = operations.plan_trip(
        post.unit if post else current_user.grants[0].unit,
        people,
        province=form.province.data,
        city=form.city.data or "",
        from_on=form.from_on.data,
        until_on=form.until_on.data,
        party=trip_form.party.data,
        post=post,
        by=current_user,
    )
    return redirect(url_for(".trip", trip_id=trip.id), 303)


def _trip(trip_id: int) -> Trip:
    return found(queries.select_trips(current_user), trip_id)


@bp.get("/trips/<int:trip_id>")
@requires(Permission.LIAISON_VIEW)
def trip(trip_id: int):
    return _page(_trip(trip_id))


def _page(row: Trip, *, form: ChangeTripForm | None = None, status: int = 200, **context):
    programme = queries.programme(row, current_user)
    people = [contact.person for contact in programme]
    form = form or ChangeTripForm(
        formdata=None,
        posts=queries.open_posts(current_user),
        from_on=row.from_on,
        until_on=row.until_on,
        party=row.party,
        post_id=row.post_id or 0,
    )
    context.setdefault("reason_form", ReasonForm(formdata=None))
    context.setdefault("print_form", ReasonForm(formdata=None))
    return page(
        "liaison/trip.html",
        trip=row,
        programme=programme,
        warned=queries.collisions(people, row.from_on),
        last=queries.last_words(people),
        form=form,
        tier_names=TIER_NAMES,
        status=status,
        **NAMES,
        **context,
    )


def _mine(trip_id: int) -> Trip:
    return found(queries.select_trips(current_user, EDIT), trip_id)


@bp.post("/trips/<int:trip_id>/change")
@requires(EDIT)
def change_trip(trip_id: int):
    row, form = _mine(trip_id), ChangeTripForm(posts=queries.open_posts(current_user))
    if not form.validate_on_submit():
        return _page(row, form=form, status=422)
    values = form.values()
    moved = operations.change_trip(row, post=post_of(values.pop("post_id")), by=current_user, **values)
    flash(_("Changed; %(num)d visits moved to another day.", num=moved) if moved else _("Changed."))
    return redirect(url_for(".trip", trip_id=row.id), 303)


@bp.post("/trips/<int:trip_id>/call-off")
@requires(EDIT)
def call_off_trip(trip_id: int):
    row, form = _mine(trip_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(row, reason_form=form, status=422)
    operations.call_off_trip(row, reason=form.reason.data, by=current_user)
    flash(_("Called off, with the visits still planned."))
    return redirect(url_for(".trip", trip_id=row.id), 303)


@bp.post("/trips/<int:trip_id>/sheet")
@requires(Permission.DIRECTORY_UNMASK)
@limiter.limit("20 per minute")
@reads_first
def print_trip(trip_id: int):
    """The programme on A4 with names and numbers in full: a print, so a POST that leaves a trace."""
    row, form = _trip(trip_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(row, print_form=form, status=422)
    operations.print_trip(row, reason=form.reason.data, by=current_user)
    programme = queries.programme(row, current_user, Permission.DIRECTORY_UNMASK, to_go_out=True)
    last = queries.last_words([contact.person for contact in programme])
    return attachment(trip_sheets.sheet(row, programme, last), f"{trip_sheets.words(row)}.pdf", PDF)


@bp.get("/trips/<int:trip_id>/trip.ics")
@requires(Permission.LIAISON_VIEW)
def trip_calendar(trip_id: int):
    row = _trip(trip_id)
    address = public_url() + url_for(".trip", trip_id=row.id)
    response = make_response(
        calendars.of_trip(
            row, queries.programme(row, current_user, to_go_out=True), trip_sheets.words(row), address, host()
        )
    )
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="trip.ics"'
    return response
