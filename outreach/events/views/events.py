"""Staff pages of events: list, editing, copies, guest types, programme, preview, publishing."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from markupsafe import Markup

from outreach.accounts import queries as accounts
from outreach.accounts.models import Unit
from outreach.core import clock
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.lists import ordered_by, page_of
from outreach.core.web import page
from outreach.events import operations, queries
from outreach.events.announcements import Told, places_of
from outreach.events.forms import (
    COLOUR_NAMES,
    KIND_NAMES,
    STATE_NAMES,
    CancelForm,
    CloneForm,
    EventFilters,
    EventForm,
    ItemForm,
    TypeForm,
)
from outreach.events.models import Event, GuestType, ProgrammeItem
from outreach.permissions import Permission

bp = Blueprint("events", __name__)
NAMES = {"state_names": STATE_NAMES, "kind_names": KIND_NAMES, "colour_names": COLOUR_NAMES}
_MOMENTS = ("starts_at", "ends_at", "opens_at", "closes_at", "reply_by")


def event_within(event_id: int, permission=Permission.EVENTS_VIEW) -> Event:
    """An event within reach, or one that is co-hosted there and only looked at or invited to; else 404."""
    shared = permission in (Permission.EVENTS_VIEW, Permission.EVENTS_INVITE)
    return found(
        (queries.select_shared if shared else queries.select_visible)(current_user, permission), event_id
    )


@bp.get("/events")
@requires(Permission.EVENTS_VIEW)
def index():
    filters = EventFilters(request.args)
    chosen = queries.filtered(queries.select_shared(current_user), **filters.chosen())
    chosen = ordered_by(
        chosen, request.args.get("sort", ""), {"start": Event.starts_at, "title": Event.title}, "-start"
    )
    return page(
        "events/index.html", part="events/_events.html", filters=filters, listing=page_of(chosen), **NAMES
    )


def _form(**options) -> EventForm:
    units = accounts.units_for_choice(current_user, Permission.EVENTS_EDIT, "city", "county")
    # the only possible host is no co-host of its own
    others = [host for host in accounts.hosts_for_choice() if [host] != units]
    return EventForm(units=units, others=others, **options)


def _checked(form: EventForm) -> dict:
    values = form.values()
    zone = values["zone"]
    for name in _MOMENTS:
        values[name] = clock.local(values[name], zone) if values[name] else None
    values["offer_hours"], values["most_companions"] = (
        values["offer_hours"] or 0,
        values["most_companions"] or 0,
    )
    values["unit"] = found(accounts.select_units(current_user, Permission.EVENTS_EDIT), values.pop("unit_id"))
    chosen = [key for key in values.pop("co_host_ids") if key != values["unit"].id]
    values["co_hosts"] = list(
        db.session.scalars(db.select(Unit).where(Unit.id.in_(chosen)).order_by(Unit.id))
    )
    return values


@bp.get("/events/new")
@requires(Permission.EVENTS_EDIT)
def new_event():
    return page("events/edit.html", form=_form(capacity=200, zone="Asia/Shanghai"), event=None)


@bp.post("/events/new")
@requires(Permission.EVENTS_EDIT)
def add_event():
    form = _form()
    if not form.validate_on_submit():
        return page("events/edit.html", form=form, event=None, status=422)
    values = _checked(form)
    del values["above"], values["same_venue_en"]
    event = operations.add_event(values.pop("unit"), by=current_user, **values)
    return redirect(url_for(".event", event_id=event.id), 303)


def _page(event: Event, *, status: int = 200, **context):
    context.setdefault("item_form", ItemForm(formdata=None, starts_at=_next_free(event), minutes=15))
    context.setdefault("cancel_form", CancelForm(formdata=None))
    context.setdefault("type_form", TypeForm(formdata=None))
    context.setdefault("clone_form", CloneForm(formdata=None, title=event.title))
    return page("events/event.html", event=event, places=_places(event), status=status, **NAMES, **context)


def _places(event: Event):
    """Places taken and kept, by guest type."""
    return next(iter(places_of(event)))


def _next_free(event: Event):
    last = event.programme[-1] if event.programme else None
    moment = last.ends_at if last else event.starts_at
    return clock.in_zone(moment, event.zone).replace(tzinfo=None)


@bp.get("/events/<int:event_id>")
@requires(Permission.EVENTS_VIEW)
def event(event_id: int):
    return _page(event_within(event_id))


@bp.get("/events/<int:event_id>/edit")
@requires(Permission.EVENTS_EDIT)
def edit(event_id: int):
    row = event_within(event_id, Permission.EVENTS_EDIT)
    wall = {
        name: clock.in_zone(getattr(row, name), row.zone).replace(tzinfo=None) if getattr(row, name) else None
        for name in _MOMENTS
    }
    values = {name: getattr(row, name) for name in EventForm.__dict__ if hasattr(Event, name)}
    return page(
        "events/edit.html",
        form=_form(
            data={**values, **wall, "unit_id": row.unit_id, "co_host_ids": [unit.id for unit in row.co_hosts]}
        ),
        event=row,
    )


@bp.post("/events/<int:event_id>/edit")
@requires(Permission.EVENTS_EDIT)
def edit_event(event_id: int):
    row, form = event_within(event_id, Permission.EVENTS_EDIT), _form()
    if not form.validate_on_submit():
        return page("events/edit.html", form=form, event=row, status=422)
    told = operations.edit_event(row, by=current_user, **_checked(form))
    flash(_("The event has been changed."))
    _say_told(row, told)
    return redirect(url_for(".event", event_id=row.id), 303)


def _say_told(event: Event, told: Told | None) -> None:
    """How many guests were written to, by which channel, and how many were not reached,
    with the way to their list.
    """
    if told is None:
        return
    if not told.guests:
        flash(_("No guest had to be told."))
        return
    words = _(
        "%(guests)d guests concerned: %(mail)d mails and %(sms)d text messages written, %(none)d without "
        "any way to reach them.",
        guests=told.guests,
        mail=told.mail,
        sms=told.sms,
        none=told.unreached,
    )
    state = "not_reached" if told.unreached else None
    way = url_for("registrations.messages", event_id=event.id, state=state)
    label = _("Who was not reached") if told.unreached else _("Messages")
    flash(Markup('{} <a href="{}">{}</a>').format(words, way, label))


@bp.get("/events/<int:event_id>/preview")
@requires(Permission.EVENTS_EDIT)
def preview(event_id: int):
    row = event_within(event_id, Permission.EVENTS_EDIT)
    return page("events/public.html", event=row, preview=True, calendar=None, kept=_places(row).kept)


@bp.post("/events/<int:event_id>/<any(publish,withdraw,close,hold,archive):verb>")
@requires(Permission.EVENTS_PUBLISH)
def move(event_id: int, verb: str):
    row = event_within(event_id, Permission.EVENTS_PUBLISH)
    verbs = {
        "publish": operations.publish,
        "withdraw": operations.withdraw,
        "close": operations.close,
        "hold": operations.hold,
        "archive": operations.archive,
    }
    verbs[verb](row, by=current_user)
    return redirect(url_for(".event", event_id=row.id), 303)


@bp.post("/events/<int:event_id>/cancel")
@requires(Permission.EVENTS_PUBLISH)
def cancel(event_id: int):
    row, form = event_within(event_id, Permission.EVENTS_PUBLISH), CancelForm()
    if not form.validate_on_submit():
        return _page(row, cancel_form=form, status=422)
    told = operations.cancel(row, reason=form.reason.data, by=current_user)
    flash(_("The event has been called off."))
    _say_told(row, told)
    return redirect(url_for(".event", event_id=row.id), 303)


@bp.post("/events/<int:event_id>/items")
@requires(Permission.EVENTS_EDIT)
def add_item(event_id: int):
    row, form = event_within(event_id, Permission.EVENTS_EDIT), ItemForm()
    if not form.validate_on_submit():
        return _page(row, item_form=form, status=422)
    values = form.values()
    values["starts_at"] = clock.local(values["starts_at"], row.zone)
    operations.add_item(row, by=current_user, **values)
    flash(_("“%(title)s” stands in the programme.", title=values["title"]))
    return redirect(url_for(".event", event_id=row.id, _anchor="programme"), 303)


def _item(row: Event, item_id: int) -> ProgrammeItem:
    return found(db.select(ProgrammeItem).where(ProgrammeItem.event_id == row.id), item_id)


@bp.get("/events/<int:event_id>/items/<int:item_id>")
@requires(Permission.EVENTS_EDIT)
def item(event_id: int, item_id: int):
    row = event_within(event_id, Permission.EVENTS_EDIT)
    found_item = _item(row, item_id)
    form = ItemForm(obj=found_item)
    form.starts_at.data = clock.in_zone(found_item.starts_at, row.zone).replace(tzinfo=None)
    return page("events/item.html", event=row, item=found_item, form=form)


@bp.post("/events/<int:event_id>/items/<int:item_id>")
@requires(Permission.EVENTS_EDIT)
def edit_item(event_id: int, item_id: int):
    row = event_within(event_id, Permission.EVENTS_EDIT)
    found_item, form = _item(row, item_id), ItemForm()
    if not form.validate_on_submit():
        return page("events/item.html", event=row, item=found_item, form=form, status=422)
    values = form.values()
    values["starts_at"] = clock.local(values["starts_at"], row.zone)
    _say_told(row, operations.edit_item(found_item, by=current_user, **values))
    return redirect(url_for(".event", event_id=row.id, _anchor="programme"), 303)


@bp.post("/events/<int:event_id>/items/<int:item_id>/remove")
@requires(Permission.EVENTS_EDIT)
def remove_item(event_id: int, item_id: int):
    row = event_within(event_id, Permission.EVENTS_EDIT)
    operations.remove_item(_item(row, item_id), by=current_user)
    return redirect(url_for(".event", event_id=row.id, _anchor="programme"), 303)


@bp.post("/events/<int:event_id>/clone")
@requires(Permission.EVENTS_EDIT)
def clone_event(event_id: int):
    row, form = event_within(event_id, Permission.EVENTS_EDIT), CloneForm()
    if not form.validate_on_submit():
        return _page(row, clone_form=form, status=422)
    copy = operations.clone_event(
        row, title=form.title.data, starts_at=clock.local(form.starts_at.data, row.zone), by=current_user
    )
    flash(_("A draft with the same programme, guest types and texts. Nobody is invited yet."))
    return redirect(url_for(".edit", event_id=copy.id), 303)


def _type(row: Event, type_id: int) -> GuestType:
    return found(db.select(GuestType).where(GuestType.event_id == row.id), type_id)


def _type_values(row: Event, form: TypeForm) -> dict:
    values = form.values()
    values["reserved"] = values["reserved"] or 0
    until = values["reserved_until"]
    values["reserved_until"] = clock.local(until, row.zone) if until else None
    return values


@bp.post("/events/<int:event_id>/types")
@requires(Permission.EVENTS_EDIT)
def add_type(event_id: int):
    row, form = event_within(event_id, Permission.EVENTS_EDIT), TypeForm()
    if not form.validate_on_submit():
        return _page(row, type_form=form, status=422)
    operations.save_type(row, None, by=current_user, **_type_values(row, form))
    return redirect(url_for(".event", event_id=row.id, _anchor="types"), 303)


@bp.get("/events/<int:event_id>/types/<int:type_id>")
@requires(Permission.EVENTS_EDIT)
def type_page(event_id: int, type_id: int):
    row = event_within(event_id, Permission.EVENTS_EDIT)
    kind = _type(row, type_id)
    form = TypeForm(formdata=None, obj=kind)
    if kind.reserved_until:
        form.reserved_until.data = clock.in_zone(kind.reserved_until, row.zone).replace(tzinfo=None)
    return page("events/type.html", event=row, type=kind, form=form)


@bp.post("/events/<int:event_id>/types/<int:type_id>")
@requires(Permission.EVENTS_EDIT)
def save_type(event_id: int, type_id: int):
    row, form = event_within(event_id, Permission.EVENTS_EDIT), TypeForm()
    kind = _type(row, type_id)
    if not form.validate_on_submit():
        return page("events/type.html", event=row, type=kind, form=form, status=422)
    operations.save_type(row, kind, by=current_user, **_type_values(row, form))
    return redirect(url_for(".event", event_id=row.id, _anchor="types"), 303)


@bp.post("/events/<int:event_id>/types/<int:type_id>/remove")
@requires(Permission.EVENTS_EDIT)
def remove_type(event_id: int, type_id: int):
    row = event_within(event_id, Permission.EVENTS_EDIT)
    operations.remove_type(_type(row, type_id), by=current_user)
    return redirect(url_for(".event", event_id=row.id, _anchor="types"), 303)
