"""Erasing a person: what will go, why, and whether it is meant."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.core import masking
from outreach.core.access import found, requires
from outreach.core.i18n import _
from outreach.core.web import page
from outreach.directory import erasure_queries, held_exports, operations, queries
from outreach.directory.announcements import people_found
from outreach.directory.erasure_forms import EraseForm
from outreach.directory.models import Person
from outreach.directory.views.people import bp
from outreach.permissions import Permission

MAY = Permission.DIRECTORY_ERASE


def _page(person: Person, form: EraseForm, *, status: int = 200):
    traces = erasure_queries.traces_of(person, current_user)
    found_rows = people_found(person.id, traces, by=current_user)
    return page(
        "directory/erase.html",
        name=masking.name(person.name),
        sections=held_exports.of_person(person),
        shared=sorted(traces.shared),
        going=erasure_queries.by_unit(row for going, _others in found_rows for row in going),
        elsewhere=erasure_queries.by_unit(row for _going, others in found_rows for row in others),
        form=form,
        back=url_for(".person", person_id=person.id),
        action=url_for(".erase_person", person_id=person.id),
        status=status,
    )


@bp.get("/people/<int:person_id>/erase")
@requires(MAY)
def erase_form(person_id: int):
    return _page(found(queries.select_visible(current_user, MAY), person_id), EraseForm(formdata=None))


@bp.post("/people/<int:person_id>/erase")
@requires(MAY)
def erase_person(person_id: int):
    person, form = found(queries.select_visible(current_user, MAY), person_id), EraseForm()
    if not form.validate_on_submit():
        return _page(person, form, status=422)
    operations.erase_person(person, why=form.why.data, note=form.note.data or "", by=current_user)
    flash(
        _(
            "Erased. What remains are facts without a name; a roster that names the person leaves that "
            "row out."
        )
    )
    return redirect(url_for(".people"), 303)
