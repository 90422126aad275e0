"""Who signed up for which item of the programme."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.sheets import XLSX, write
from outreach.core.web import limiter, page, reads_first
from outreach.directory.forms import ExportForm
from outreach.events.models import Event, ProgrammeItem
from outreach.permissions import Permission
from outreach.registrations import operations, queries, sign_up_queries
from outreach.registrations.models import Registration
from outreach.registrations.views.guests import bp, event_within, guest_columns, signature_column


def _item(event: Event, item_id: int) -> ProgrammeItem:
    return found(db.select(ProgrammeItem).where(ProgrammeItem.event_id == event.id), item_id)


def _page(event: Event, item: ProgrammeItem, export: ExportForm | None = None, *, status: int = 200):
    rows = sign_up_queries.guests_of(item.id)
    return page(
        "registrations/sign_ups.html",
        event=event,
        item=item,
        rows=rows,
        export=export or ExportForm(formdata=None),
        status=status,
    )


@bp.get("/events/<int:event_id>/items/<int:item_id>/guests")
@requires(Permission.REGISTRATIONS_VIEW)
def sign_ups(event_id: int, item_id: int):
    event = event_within(event_id)
    return _page(event, _item(event, item_id))


@bp.post("/events/<int:event_id>/items/<int:item_id>/guests/<int:registration_id>/remove")
@requires(Permission.REGISTRATIONS_EDIT)
def take_off(event_id: int, item_id: int, registration_id: int):
    event = event_within(event_id, Permission.REGISTRATIONS_EDIT)
    chosen = queries.select_visible(current_user, Permission.REGISTRATIONS_EDIT).where(
        Registration.event_id == event.id
    )
    operations.give_up(found(chosen, registration_id), _item(event, item_id), by=current_user)
    flash(_("Taken off. Please tell the guest."))
    return redirect(url_for(".sign_ups", event_id=event.id, item_id=item_id), 303)


@bp.post("/events/<int:event_id>/items/<int:item_id>/guests/export")
@requires(Permission.REGISTRATIONS_EXPORT)
@limiter.limit("20 per minute")
@reads_first
def export_sign_ups(event_id: int, item_id: int):
    event, form = event_within(event_id, Permission.REGISTRATIONS_EXPORT), ExportForm()
    item = _item(event, item_id)
    if not form.validate_on_submit():
        return _page(event, item, form, status=422)
    rows, full = (
        sign_up_queries.guests_of(item.id, free=True),
        bool(form.full.data) and current_user.holds(Permission.DIRECTORY_UNMASK),
    )
    operations.export_guests(event, count=len(rows), full=full, reason=form.reason.data, by=current_user)
    columns = [*guest_columns(full), signature_column()]
    return attachment(write(item.title, columns, rows, subtitle=event.title), f"{item.title}.xlsx", XLSX)
