"""Staff pages of events: list, editing, programme, preview, publishing, invitations."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core import clock
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.forms import whole_number
from outreach.core.i18n import _, ngettext
from outreach.core.lists import ordered_by, page_of
from outreach.core.web import page
from outreach.directory import queries as directory
from outreach.directory.models import Person
from outreach.events import operations, queries
from outreach.events.forms import STATE_NAMES, CancelForm, EventFilters, EventForm, InviteFilters, ItemForm
from outreach.events.models import Event, ProgrammeItem
from outreach.permissions import Permission

bp = Blueprint("events", __name__)
_MOMENTS = ("starts_at", "ends_at", "opens_at", "closes_at")
MOST_INVITED = 20_000


def _event(event_id: int, permission=Permission.EVENTS_VIEW) -> Event:
    return found(queries.select_visible(current_user, permission), event_id)


@bp.get("/events")
@requires(Permission.EVENTS_VIEW)
def index():
    filters = EventFilters(request.args)
    chosen = queries.filtered(queries.select_visible(current_user), **filters.chosen())
    chosen = ordered_by(chosen, request.args.get("sort", ""), {"start": Event.starts_at, "title": Event.title}, "-start")
    return page("events/index.html", part="events/_events.html", filters=filters, listing=page_of(chosen), state_names=STATE_NAMES)


def _form(**options) -> EventForm:
    return EventForm(units=accounts.units_for_choice(current_user, Permission.EVENTS_EDIT, "city", "county"), **options)


def _checked(form: EventForm) -> dict:
    values = form.values()
    zone = values["zone"]
    for name in _MOMENTS:
        values[name] = clock.local(values[name], zone) if values[name] else None
    values["unit"] = found(accounts.select_units(current_user, Permission.EVENTS_EDIT), values.pop("unit_id"))
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
    event = operations.add_event(values.pop("unit"), by=current_user, **values)
    return redirect(url_for(".event", event_id=event.id), 303)


def _page(event: Event, *, status: int = 200, **context):
    context.setdefault("item_form", ItemForm(formdata=None, starts_at=_next_free(event), minutes=15))
    context.setdefault("cancel_form", CancelForm(formdata=None))
    return page("events/event.html", event=event, state_names=STATE_NAMES, status=status, **context)


def _next_free(event: Event):
    last = event.programme[-1] if event.programme else None
    moment = last.starts_at if last else event.starts_at
    return clock.in_zone(moment, event.zone).replace(tzinfo=None)


@bp.get("/events/<int:event_id>")
@requires(Permission.EVENTS_VIEW)
def event(event_id: int):
    return _page(_event(event_id))


@bp.get("/events/<int:event_id>/edit")
@requires(Permission.EVENTS_EDIT)
def edit(event_id: int):
    row = _event(event_id, Permission.EVENTS_EDIT)
    wall = {name: clock.in_zone(getattr(row, name), row.zone).replace(tzinfo=None) if getattr(row, name) else None for name in _MOMENTS}
    values = {name: getattr(row, name) for name in EventForm.__dict__ if hasattr(Event, name)}
    return page("events/edit.html", form=_form(data={**values, **wall, "unit_id": row.unit_id}), event=row)


@bp.post("/events/<int:event_id>/edit")
@requires(Permission.EVENTS_EDIT)
def edit_event(event_id: int):
    row, form = _event(event_id, Permission.EVENTS_EDIT), _form()
    if not form.validate_on_submit():
        return page("events/edit.html", form=form, event=row, status=422)
    operations.edit_event(row, by=current_user, **_checked(form))
    flash(_("The event has been changed."))
    return redirect(url_for(".event", event_id=row.id), 303)


@bp.get("/events/<int:event_id>/preview")
@requires(Permission.EVENTS_EDIT)
def preview(event_id: int):
    row = _event(event_id, Permission.EVENTS_EDIT)
    return page("events/public.html", event=row, preview=True, calendar=None)


@bp.post("/events/<int:event_id>/<any(publish,withdraw,hold):verb>")
@requires(Permission.EVENTS_PUBLISH)
def move(event_id: int, verb: str):
    row = _event(event_id, Permission.EVENTS_PUBLISH)
    {"publish": operations.publish, "withdraw": operations.withdraw, "hold": operations.hold}[verb](row, by=current_user)
    return redirect(url_for(".event", event_id=row.id), 303)


@bp.post("/events/<int:event_id>/cancel")
@requires(Permission.EVENTS_PUBLISH)
def cancel(event_id: int):
    row, form = _event(event_id, Permission.EVENTS_PUBLISH), CancelForm()
    if not form.validate_on_submit():
        return _page(row, cancel_form=form, status=422)
    operations.cancel(row, reason=form.reason.data, by=current_user)
    flash(_("The event has been called off and the guests have been told."))
    return redirect(url_for(".event", event_id=row.id), 303)


@bp.post("/events/<int:event_id>/items")
@requires(Permission.EVENTS_EDIT)
def add_item(event_id: int):
    row, form = _event(event_id, Permission.EVENTS_EDIT), ItemForm()
    if not form.validate_on_submit():
        return _page(row, item_form=form, status=422)
    values = form.values()
    values["starts_at"] = clock.local(values["starts_at"], row.zone)
    operations.add_item(row, by=current_user, **values)
    return redirect(url_for(".event", event_id=row.id, _anchor="programme"), 303)


def _item(row: Event, item_id: int) -> ProgrammeItem:
    return found(db.select(ProgrammeItem).where(ProgrammeItem.event_id == row.id), item_id)


@bp.get("/events/<int:event_id>/items/<int:item_id>")
@requires(Permission.EVENTS_EDIT)
def item(event_id: int, item_id: int):
    row = _event(event_id, Permission.EVENTS_EDIT)
    found_item = _item(row, item_id)
    form = ItemForm(obj=found_item)
    form.starts_at.data = clock.in_zone(found_item.starts_at, row.zone).replace(tzinfo=None)
    return page("events/item.html", event=row, item=found_item, form=form)


@bp.post("/events/<int:event_id>/items/<int:item_id>")
@requires(Permission.EVENTS_EDIT)
def edit_item(event_id: int, item_id: int):
    row = _event(event_id, Permission.EVENTS_EDIT)
    found_item, form = _item(row, item_id), ItemForm()
    if not form.validate_on_submit():
        return page("events/item.html", event=row, item=found_item, form=form, status=422)
    values = form.values()
    values["starts_at"] = clock.local(values["starts_at"], row.zone)
    operations.edit_item(found_item, by=current_user, **values)
    return redirect(url_for(".event", event_id=row.id, _anchor="programme"), 303)


@bp.post("/events/<int:event_id>/items/<int:item_id>/remove")
@requires(Permission.EVENTS_EDIT)
def remove_item(event_id: int, item_id: int):
    row = _event(event_id, Permission.EVENTS_EDIT)
    operations.remove_item(_item(row, item_id), by=current_user)
    return redirect(url_for(".event", event_id=row.id, _anchor="programme"), 303)


def _candidates(row: Event, filters: InviteFilters):
    values = filters.chosen()
    only_invited = values.pop("invited", False)
    chosen = directory.filtered(directory.select_visible(current_user, Permission.DIRECTORY_VIEW), **values)
    if only_invited:
        chosen = chosen.where(Person.id.in_(queries.invited_ids(row)))
    return chosen.order_by(Person.tier.desc(), Person.pinyin, Person.id)


@bp.get("/events/<int:event_id>/invitations")
@requires(Permission.EVENTS_INVITE)
def invitations(event_id: int):
    row, filters = (_event(event_id, Permission.EVENTS_INVITE), InviteFilters(request.args))
    invited = set(db.session.scalars(queries.invited_ids(row)))
    listing = page_of(_candidates(row, filters))
    return page("events/invitations.html", part="events/_invitations.html", event=row, filters=filters, listing=listing, invited=invited)


@bp.post("/events/<int:event_id>/invitations")
@requires(Permission.EVENTS_INVITE)
def invite(event_id: int):
    """Invite the ticked people, or everybody the filters find."""
    row, filters = (_event(event_id, Permission.EVENTS_INVITE), InviteFilters(request.args))
    chosen = _candidates(row, filters)
    if "all" not in request.form:
        keys = [key for key in map(whole_number, request.form.getlist("person")) if key]
        chosen = directory.select_visible(current_user).where(Person.id.in_(keys))
    people = db.session.scalars(chosen.limit(MOST_INVITED)).unique().all()
    count = operations.invite(row, list(people), by=current_user)
    flash(ngettext("%(num)d person invited.", "%(num)d people invited.", count))
    return redirect(url_for(".invitations", event_id=row.id, **filters.chosen()), 303)


@bp.post("/events/<int:event_id>/invitations/<int:person_id>/withdraw")
@requires(Permission.EVENTS_INVITE)
def uninvite(event_id: int, person_id: int):
    row = _event(event_id, Permission.EVENTS_INVITE)
    operations.uninvite(row, person_id, by=current_user)
    return redirect(url_for(".invitations", event_id=row.id, invited="y", at_least=1), 303)
