"""Erasing a guest who is on no card."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.core import masking
from outreach.core.access import requires
from outreach.core.i18n import _
from outreach.core.web import page
from outreach.directory import erasure_queries as people
from outreach.directory.erasure_forms import EraseForm
from outreach.permissions import Permission
from outreach.registrations import erasure_queries, held_exports, operations
from outreach.registrations.announcements import guests_held
from outreach.registrations.models import Registration
from outreach.registrations.views.guests import bp, registration_within

MAY = Permission.DIRECTORY_ERASE


def _page(row: Registration, form: EraseForm, *, status: int = 200):
    rows = erasure_queries.same_guest(row, current_user)
    ids = [one.id for one in rows]
    later = [section for answer in guests_held(ids) for section in answer]
    traces = people.with_shared(erasure_queries.traces_of(rows), registrations=ids, by=current_user)
    return page(
        "registrations/erase.html",
        name=masking.name(row.name),
        sections=[section for section in (*held_exports.of_guests(rows), *later) if section.entries],
        shared=sorted(traces.shared),
        going=people.by_unit(rows),
        elsewhere=people.by_unit(erasure_queries.elsewhere(traces, current_user)),
        form=form,
        back=url_for(".guest", registration_id=row.id),
        action=url_for(".erase_guest", registration_id=row.id),
        status=status,
    )


@bp.get("/registrations/<int:registration_id>/erase")
@requires(MAY)
def erase_form(registration_id: int):
    row = registration_within(registration_id, MAY)
    if row.person_id is not None:
        return redirect(url_for("directory.erase_form", person_id=row.person_id))
    return _page(row, EraseForm(formdata=None))


@bp.post("/registrations/<int:registration_id>/erase")
@requires(MAY)
def erase_guest(registration_id: int):
    row, form = registration_within(registration_id, MAY), EraseForm()
    if not form.validate_on_submit():
        return _page(row, form, status=422)
    event_id = row.event_id
    operations.erase_guest(row, why=form.why.data, note=form.note.data or "", by=current_user)
    flash(_("Erased. The place and the arrival stay as facts without a name."))
    return redirect(url_for(".index", event_id=event_id), 303)
