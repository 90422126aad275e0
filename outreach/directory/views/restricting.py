"""Restricting the processing of a person on their card, and lifting it."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.i18n import _
from outreach.core.web import limiter
from outreach.directory import operations, queries
from outreach.directory.forms import ReasonForm
from outreach.directory.models import Person
from outreach.directory.views.people import bp, card
from outreach.permissions import Permission

MAY = Permission.DIRECTORY_EDIT


def _person(person_id: int) -> Person:
    return found(queries.select_visible(current_user, MAY), person_id)


@bp.post("/people/<int:person_id>/restrict")
@requires(MAY)
@limiter.limit("60 per minute")
def restrict_person(person_id: int):
    person, form = _person(person_id), ReasonForm()
    if not form.validate_on_submit():
        return card(person, shown=False, restrict_form=form, status=422)
    operations.restrict_person(person, reason=form.reason.data, by=current_user)
    flash(_("Restricted: the card is kept, and the person is in nothing that goes out."))
    return redirect(url_for(".person", person_id=person.id), 303)


@bp.post("/people/<int:person_id>/lift-restriction")
@requires(MAY)
@limiter.limit("60 per minute")
def lift_restriction(person_id: int):
    person, form = _person(person_id), ReasonForm()
    if not form.validate_on_submit():
        return card(person, shown=False, restrict_form=form, status=422)
    operations.lift_restriction(person, reason=form.reason.data, by=current_user)
    flash(_("The restriction is lifted. What was withdrawn meanwhile is not sent by itself."))
    return redirect(url_for(".person", person_id=person.id), 303)
