"""The guest list for staff, and one guest's page."""

import secrets

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user

from outreach.core import masking
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.forms import whole_number
from outreach.core.i18n import _, moment
from outreach.core.lists import ordered_by, page_of
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import done, limiter, page, reads_first
from outreach.directory.forms import ExportForm, ReasonForm
from outreach.directory.restricting import is_free, restricted_among
from outreach.events import queries as events
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.registrations import (
    message_queries,
    operations,
    queries,
    question_queries,
    room_queries,
)
from outreach.registrations.forms import DETAIL_NAMES, STATE_NAMES, DeskForm, GuestFilters, SortForm
from outreach.registrations.message_forms import STATE_NAMES as MESSAGE_STATES
from outreach.registrations.message_texts import CHANNEL_NAMES, KIND_NAMES
from outreach.registrations.models import PENDING, Registration
from outreach.registrations.question_models import words

bp = Blueprint("registrations", __name__)
_SORTS = {
    "registered": Registration.registered_at,
    "name": Registration.name,
    "company": Registration.company,
}


def event_within(event_id: int, permission=Permission.REGISTRATIONS_VIEW) -> Event:
    """An event within reach, else 404."""
    return found(events.select_visible(current_user, permission), event_id)


def registration_within(registration_id: int, permission=Permission.REGISTRATIONS_EDIT) -> Registration:
    """A guest of an event within reach, else 404."""
    return found(queries.select_visible(current_user, permission), registration_id)


def _chosen(event: Event, filters: GuestFilters, permission=Permission.REGISTRATIONS_VIEW):
    chosen = queries.select_visible(current_user, permission).where(Registration.event_id == event.id)
    return ordered_by(
        queries.filtered(chosen, **filters.chosen()), request.args.get("sort", ""), _SORTS, "-registered"
    )


def _list(event: Event, *, status: int = 200, **context):
    filters = GuestFilters(request.args, types=event.types)
    context.setdefault("export", ExportForm(formdata=None))
    listing = page_of(_chosen(event, filters))
    return page(
        "registrations/index.html",
        part="registrations/_guests.html",
        event=event,
        filters=filters,
        listing=listing,
        restricted=restricted_among(row.person_id for row in listing.rows),
        counts=queries.counts(event.id),
        prospects=queries.prospect_count(event.id),
        places=room_queries.places(event),
        sort_form=SortForm(formdata=None, types=event.types),
        state_names=STATE_NAMES,
        status=status,
        **context,
    )


@bp.get("/events/<int:event_id>/guests")
@requires(Permission.REGISTRATIONS_VIEW)
def index(event_id: int):
    return _list(event_within(event_id))


def guest_columns(full: bool) -> list[Column]:
    """Who a guest is, on every list of guests that leaves the house: masked unless ``full``."""
    name, phone = (str, str) if full else (masking.name, masking.phone)
    return [
        Column(_("Name"), lambda row: name(row.name), 12),
        Column(_("Company or organisation"), lambda row: row.company, 32),
        Column(_("Post"), lambda row: row.post, 14),
        Column(_("Mobile"), lambda row: phone(row.mobile), 15),
        Column(_("Guest type"), lambda row: row.type.shown if row.type else "", 12),
    ]


def signature_column() -> Column:
    """Room to sign on the printed list."""
    return Column(_("Signature"), lambda _row: "", 18)


@bp.post("/events/<int:event_id>/guests/export")
@requires(Permission.REGISTRATIONS_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def export_guests(event_id: int):
    event, form = event_within(event_id, Permission.REGISTRATIONS_EXPORT), ExportForm()
    if not form.validate_on_submit():
        return _list(event, export=form, status=422)
    rows = (
        db.session.scalars(
            _chosen(
                event, GuestFilters(request.args, types=event.types), Permission.REGISTRATIONS_EXPORT
            ).where(is_free(Registration.person_id))
        )
        .unique()
        .all()
    )
    full = bool(form.full.data) and current_user.holds(Permission.DIRECTORY_UNMASK)
    operations.export_guests(event, count=len(rows), full=full, reason=form.reason.data, by=current_user)
    columns = [
        *guest_columns(full),
        Column(_("State"), lambda row: str(STATE_NAMES[row.state]), 12),
        Column(
            _("In place of"), lambda row: row.stands_in_for if full else masking.name(row.stands_in_for), 12
        ),
        Column(_("Book of the event"), lambda row: _("consented") if row.guest_book_at else "", 10),
        Column(_("Photographs"), lambda row: _("consented") if row.photos_at else _("no"), 10),
        Column(_("Registered at"), lambda row: moment(row.registered_at, event.zone), 20),
        signature_column(),
    ]
    if full:  # what guests answered may say more of them than a masked list should
        given = question_queries.answers_by_guest(event)
        columns[-1:-1] = [
            Column(
                row.label, lambda guest, item=row: words(given.get(guest.id, {}).get(item.id), item.kind), 18
            )
            for row in question_queries.answered(event)
        ]
    return attachment(
        write(_("Guest list"), columns, rows, subtitle=event.title),
        f"{event.title} {_('Guest list')}.xlsx",
        XLSX,
    )


@bp.get("/events/<int:event_id>/guests/new")
@requires(Permission.REGISTRATIONS_EDIT)
def new_guest(event_id: int):
    event = event_within(event_id, Permission.REGISTRATIONS_EDIT)
    return page(
        "registrations/new_guest.html",
        event=event,
        form=DeskForm(
            request_key=secrets.token_hex(16), types=event.types, type_id=events.first_type(event.slug)
        ),
    )


@bp.post("/events/<int:event_id>/guests/new")
@requires(Permission.REGISTRATIONS_EDIT)
def register_by_hand(event_id: int):
    event = event_within(event_id, Permission.REGISTRATIONS_EDIT)
    form = DeskForm(types=event.types)
    if not form.validate_on_submit():
        return page("registrations/new_guest.html", event=event, form=form, status=422)
    kind = next(row for row in event.types if row.id == form.type_id.data)
    row = operations.register_by_hand(event, by=current_user, type=kind, **form.guest())
    flash(_("%(name)s: %(state)s", name=row.name, state=STATE_NAMES[row.state]))
    return redirect(url_for(".index", event_id=event.id), 303)


def _row(registration: Registration):
    return done(
        "registrations/_row.html",
        url_for(".index", event_id=registration.event_id),
        row=registration,
        restricted=restricted_among([registration.person_id]),
        state_names=STATE_NAMES,
    )


@bp.post("/registrations/<int:registration_id>/confirm")
@requires(Permission.REGISTRATIONS_EDIT)
def confirm(registration_id: int):
    registration = registration_within(registration_id)
    operations.confirm(registration, by=current_user)
    return _row(registration)


@bp.post("/registrations/<int:registration_id>/approve")
@requires(Permission.REGISTRATIONS_EDIT)
def approve(registration_id: int):
    registration = registration_within(registration_id)
    operations.approve(registration, by=current_user)
    return _row(registration)


@bp.post("/registrations/<int:registration_id>/decline")
@requires(Permission.REGISTRATIONS_EDIT)
def decline(registration_id: int):
    registration, form = registration_within(registration_id), ReasonForm()
    if not form.validate_on_submit():
        return _guest(registration, decline_form=form, status=422)
    operations.decline(registration, reason=form.reason.data, by=current_user)
    flash(_("Declined; the guest has been told."))
    return redirect(url_for(".index", event_id=registration.event_id, state="pending"), 303)


def _ticked(event: Event) -> list[Registration]:
    """The guests ticked on the page, or all that the filters find."""
    chosen = queries.select_visible(current_user, Permission.REGISTRATIONS_EDIT).where(
        Registration.event_id == event.id
    )
    if "all" in request.form:
        chosen = queries.filtered(chosen, **GuestFilters(request.args, types=event.types).chosen())
    else:
        keys = [key for key in map(whole_number, request.form.getlist("guest")) if key]
        chosen = chosen.where(Registration.id.in_(keys))
    return list(db.session.scalars(chosen.order_by(Registration.id)))


@bp.post("/events/<int:event_id>/guests/<any(approve,sort):verb>")
@requires(Permission.REGISTRATIONS_EDIT)
def decide_many(event_id: int, verb: str):
    event = event_within(event_id, Permission.REGISTRATIONS_EDIT)
    rows = _ticked(event)
    if verb == "approve":
        waiting = [row for row in rows if row.state == PENDING]
        for row in waiting:
            operations.approve(row, by=current_user)
        flash(_("%(num)d guests approved.", num=len(waiting)))
    else:
        form = SortForm(types=event.types)
        if not form.validate_on_submit():
            return _list(event, status=422)
        kind = next(row for row in event.types if row.id == form.type_id.data)
        flash(_("%(num)d guests changed.", num=operations.sort_guests(rows, kind, by=current_user)))
    return redirect(f"{url_for('.index', event_id=event.id)}?{request.query_string.decode()}", 303)


@bp.post("/registrations/<int:registration_id>/cancel")
@requires(Permission.REGISTRATIONS_EDIT)
def cancel(registration_id: int):
    registration = registration_within(registration_id)
    operations.cancel(registration, by=current_user)
    return _row(registration)


@bp.post("/registrations/<int:registration_id>/add-to-directory")
@requires(Permission.DIRECTORY_EDIT)
def add_to_directory(registration_id: int):
    registration = registration_within(registration_id, Permission.DIRECTORY_EDIT)
    operations.add_to_directory(registration, by=current_user)
    return _row(registration)


@bp.get("/registrations/<int:registration_id>")
@requires(Permission.REGISTRATIONS_VIEW)
def guest(registration_id: int):
    return _guest(registration_within(registration_id, Permission.REGISTRATIONS_VIEW))


def _guest(row: Registration, *, status: int = 200, **context):
    context.setdefault("form", ReasonForm(formdata=None))
    context.setdefault("decline_form", ReasonForm(formdata=None))
    context.setdefault("ticket_form", ReasonForm(formdata=None))
    context.setdefault("shown", False)
    answers = [
        (item.question.label, words(item.value, item.question.kind))
        for item in question_queries.answers_of(row.id)
    ]
    return page(
        "registrations/guest.html",
        row=row,
        answers=answers,
        changes=queries.changes_of(row),
        questions={item.id: item.label for item in question_queries.answered(row.event)},
        detail_names=DETAIL_NAMES,
        told=message_queries.of_guest(row.id),
        kind_names=KIND_NAMES,
        channel_names=CHANNEL_NAMES,
        message_states=MESSAGE_STATES,
        state_names=STATE_NAMES,
        status=status,
        **context,
    )


@bp.post("/registrations/<int:registration_id>/unmask")
@requires(Permission.DIRECTORY_UNMASK)
@limiter.limit("60 per minute")
def unmask(registration_id: int):
    row, form = (registration_within(registration_id, Permission.DIRECTORY_UNMASK), ReasonForm())
    if not form.validate_on_submit():
        return _guest(row, form=form, status=422)
    operations.unmask(row, reason=form.reason.data, by=current_user)
    return _guest(row, shown=True)


@bp.post("/registrations/<int:registration_id>/replace-ticket")
@requires(Permission.REGISTRATIONS_EDIT)
def replace_ticket(registration_id: int):
    row, form = registration_within(registration_id), ReasonForm()
    if not form.validate_on_submit():
        return _guest(row, ticket_form=form, status=422)
    operations.replace_ticket(row, reason=form.reason.data, by=current_user)
    flash(_("The guest has a new ticket. The old code is refused at the door."))
    return redirect(url_for(".guest", registration_id=row.id), 303)


@bp.get("/people/<int:person_id>/registrations")
@requires(Permission.REGISTRATIONS_VIEW)
def of_person(person_id: int):
    """The fragment that a person's card asks for."""
    chosen = (
        queries.select_visible(current_user)
        .where(Registration.person_id == person_id)
        .order_by(Registration.id.desc())
    )
    rows = db.session.scalars(chosen.limit(20)).unique().all()
    return page("registrations/_of_person.html", rows=rows, state_names=STATE_NAMES)
