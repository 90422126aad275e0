"""Staff pages of halls, seats and papers."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user

from outreach.core.access import chosen_key, found, requires
from outreach.core.db import db, end_writing
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.pdf import PDF, undrawn
from outreach.core.sheets import XLSX
from outreach.core.web import limiter, page, reads_first
from outreach.directory.forms import ReasonForm
from outreach.directory.restricting import restricted_among
from outreach.events import queries as events
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.reception import ceremony_queries, operations, papers, queries, travel_queries
from outreach.reception.forms import (
    BLOCK_NAMES,
    DRAWN,
    KIND_NAMES,
    PAPER_NAMES,
    HallForm,
    PaperForm,
    ProposeForm,
)
from outreach.reception.models import Hall, Seat
from outreach.registrations import queries as registrations
from outreach.registrations.models import TAKEN, Registration

bp = Blueprint("reception", __name__)
EDIT = Permission.REGISTRATIONS_EDIT


def event_within(event_id: int, permission: Permission) -> Event:
    """An event within reach, else 404."""
    return found(events.select_visible(current_user, permission), event_id)


def _hall(hall_id: int, permission: Permission = EDIT) -> Hall:
    return found(queries.select_halls(current_user, permission), hall_id)


def _halls(event: Event, *, status: int = 200, **forms):
    forms.setdefault("form", HallForm(formdata=None))
    forms.setdefault("paper_form", PaperForm(formdata=None))
    rows = [(hall, queries.seated_count(hall)) for hall in queries.halls(event)]
    guests = queries.guests(event)
    return page(
        "reception/index.html",
        event=event,
        halls=rows,
        guests=len(guests),
        undrawn=undrawn(row.name for row in guests),
        undrawn_companies=undrawn(row.company for row in guests),
        badges=len(queries.badges(event)),
        kind_names=KIND_NAMES,
        paper_names=PAPER_NAMES,
        status=status,
        **forms,
    )


@bp.get("/events/<int:event_id>/reception")
@requires(EDIT)
def index(event_id: int):
    return _halls(event_within(event_id, EDIT))


@bp.post("/events/<int:event_id>/halls")
@requires(EDIT)
def add_hall(event_id: int):
    event, form = event_within(event_id, EDIT), HallForm()
    if not form.validate_on_submit():
        return _halls(event, form=form, status=422)
    values = form.values()
    hall = operations.add_hall(event, by=current_user, **{**values, "platform": values["platform"] or 0})
    return redirect(url_for(".hall", hall_id=hall.id), 303)


def _plan(hall: Hall, *, status: int = 200, **context):
    seats = queries.seats(hall)
    rows: dict[int, list[Seat]] = {}
    for seat in seats:
        rows.setdefault(seat.row, []).append(seat)
    context.setdefault("shown", False)
    context.setdefault("names_form", ReasonForm(formdata=None))
    context.setdefault("form", ProposeForm(formdata=None, types=hall.event.types))
    context.setdefault("print_form", ReasonForm(formdata=None))
    return page(
        "reception/hall.html",
        part="reception/_plan.html",
        hall=hall,
        event=hall.event,
        rows=rows,
        unseated=queries.unseated(hall),
        behind=request.args.get("from") == "platform",
        block_names=BLOCK_NAMES,
        status=status,
        **context,
    )


@bp.get("/halls/<int:hall_id>")
@requires(EDIT)
def hall(hall_id: int):
    return _plan(_hall(hall_id))


@bp.post("/halls/<int:hall_id>/names")
@requires(Permission.DIRECTORY_UNMASK)
@limiter.limit("60 per minute")
def show_names(hall_id: int):
    """The plan with names in full, to work on: a POST that leaves a trace."""
    row, form = _hall(hall_id, Permission.DIRECTORY_UNMASK), ReasonForm()
    if not form.validate_on_submit():
        return _plan(row, names_form=form, status=422)
    operations.show_names(row, reason=form.reason.data, by=current_user)
    return _plan(row, shown=True)


@bp.post("/halls/<int:hall_id>/propose")
@requires(EDIT)
def propose(hall_id: int):
    row = _hall(hall_id)
    form = ProposeForm(types=row.event.types)
    if not form.validate_on_submit():
        return _plan(row, form=form, status=422)
    count = operations.propose(
        row,
        platform_type=form.platform_type.data,
        block=form.block.data,
        keep_rows=form.keep_rows.data or 0,
        by=current_user,
    )
    flash(_("%(num)d guests have a seat.", num=count))
    return redirect(url_for(".hall", hall_id=row.id), 303)


@bp.post("/halls/<int:hall_id>/clear")
@requires(EDIT)
def clear(hall_id: int):
    row = _hall(hall_id)
    operations.clear(row, by=current_user)
    return redirect(url_for(".hall", hall_id=row.id), 303)


@bp.post("/halls/<int:hall_id>/remove")
@requires(EDIT)
def remove_hall(hall_id: int):
    row = _hall(hall_id)
    event_id = row.event_id
    operations.remove_hall(row, by=current_user)
    return redirect(url_for(".index", event_id=event_id), 303)


def _seat(hall: Hall, seat_id: int | None) -> Seat | None:
    return found(db.select(Seat).where(Seat.hall_id == hall.id), seat_id) if seat_id else None


@bp.post("/halls/<int:hall_id>/seat")
@requires(EDIT)
def seat_guest(hall_id: int):
    """Drag and drop, or two taps: ``guest`` sits on ``seat``; without a seat the guest stands up."""
    row = _hall(hall_id)
    guest = found(
        registrations.select_visible(current_user, EDIT).where(Registration.event_id == row.event_id),
        chosen_key("guest"),
    )
    operations.seat_guest(row, guest, _seat(row, chosen_key("seat")), by=current_user)
    return _plan(row, shown=current_user.holds(Permission.DIRECTORY_UNMASK))


@bp.post("/halls/<int:hall_id>/seats/<int:seat_id>/close")
@requires(EDIT)
def close_seat(hall_id: int, seat_id: int):
    row = _hall(hall_id)
    operations.close_seat(_seat(row, seat_id), by=current_user)
    return _plan(row, shown=current_user.holds(Permission.DIRECTORY_UNMASK))


@bp.post("/halls/<int:hall_id>/plan")
@requires(Permission.REGISTRATIONS_EXPORT)
@limiter.limit("20 per minute")
@reads_first
def print_plan(hall_id: int):
    row, form = _hall(hall_id, Permission.REGISTRATIONS_EXPORT), ReasonForm()
    if not form.validate_on_submit():
        return _plan(row, print_form=form, status=422)
    seats = queries.seats(row)
    operations.print_paper(
        row.event, paper="plan", count=len(seats), reason=form.reason.data, by=current_user
    )
    return attachment(papers.plan(row, seats), f"{row.event.title} {row.name}.pdf", PDF)


@bp.post("/events/<int:event_id>/papers")
@requires(Permission.REGISTRATIONS_EXPORT)
@limiter.limit("30 per minute")
@reads_first
def print_paper(event_id: int):
    """Names stand in full on paper: a POST with a reason, which leaves a trace."""
    event, form = event_within(event_id, Permission.REGISTRATIONS_EXPORT), PaperForm()
    if not form.validate_on_submit():
        return _halls(event, paper_form=form, status=422)
    paper, rows, places = form.paper.data, queries.guests(event), queries.seat_words(event)
    if paper == "badges" and form.which.data == "new":
        printed = queries.badges(event)
        rows = [row for row in rows if row.id not in printed]
    if (
        paper == "roster"
    ):  # what a guest needs at the event (badge, seat, room) is still printed for who is restricted
        restricted = restricted_among(row.person_id for row in rows)
        rows = [row for row in rows if row.person_id not in restricted]
    lines = ceremony_queries.lines(event) if paper == "ceremony" else rows
    if not lines:
        form.paper.errors = [_("There is nobody to print for.")]
        return _halls(event, paper_form=form, status=422)
    operations.print_paper(event, paper=paper, count=len(lines), reason=form.reason.data, by=current_user)
    name = f"{event.title} {PAPER_NAMES[paper]}"
    if paper in DRAWN:
        return attachment(_drawn(event, paper, rows, places), f"{name}.pdf", PDF)
    one = _listing(event, paper, lines, places)
    if form.format.data == "sheet":
        return attachment(papers.as_sheet(event, one), f"{name}.xlsx", XLSX)
    return attachment(papers.as_pdf(event, one), f"{name}.pdf", PDF)


def _drawn(event: Event, paper: str, rows: list, places: dict) -> bytes:
    if paper == "badges":
        return papers.badges(event, _numbered(event, rows), places)
    return (
        papers.tents(event, rows)
        if paper == "tents"
        else papers.book(event, rows, places, frozenset(restricted_among(row.person_id for row in rows)))
    )


def _numbered(event: Event, rows: list) -> list:
    """The badges of these guests; their numbers are given for good before anything is drawn."""
    badges = operations.number_badges(event, rows, by=current_user)
    end_writing()
    return badges


def _listing(event: Event, paper: str, rows: list, places: dict) -> papers.Listing:
    if paper == "pickups":
        return papers.pickups(
            event, [*travel_queries.pickups(event, "arrive"), *travel_queries.pickups(event, "leave")]
        )
    if paper == "rooms":
        return papers.rooms(travel_queries.stays(event))
    simple = {"roster": papers.roster, "ceremony": papers.ceremony}
    return (
        simple[paper](rows)
        if paper in simple
        else {"sign_in": papers.sign_in, "seats": papers.seat_list}[paper](rows, places)
    )


@bp.post("/registrations/<int:registration_id>/badge")
@requires(Permission.REGISTRATIONS_EXPORT)
@limiter.limit("60 per minute")
@reads_first
def print_badge(registration_id: int):
    """One badge again, with the number it had."""
    chosen = registrations.select_visible(current_user, Permission.REGISTRATIONS_EXPORT)
    row = found(chosen.where(Registration.state.in_(TAKEN)), registration_id)
    return attachment(
        papers.badges(row.event, _numbered(row.event, [row]), queries.seat_words(row.event)),
        f"{_('Badges')}.pdf",
        PDF,
    )
