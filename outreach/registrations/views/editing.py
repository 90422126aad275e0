"""A guest corrected by staff: everything the guest can change, and the number."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.core.access import requires
from outreach.core.i18n import _, is_chinese
from outreach.core.web import page
from outreach.permissions import Permission
from outreach.registrations import operations, queries, question_queries
from outreach.registrations.forms import EditForm
from outreach.registrations.models import Registration
from outreach.registrations.question_forms import QuestionsForm, form_of
from outreach.registrations.views.guests import bp, registration_within

_PLAIN = ("name", "company", "post", "mobile", "email")


def _asked(row: Registration, **options) -> QuestionsForm:
    return form_of(
        question_queries.questions(row.event), chinese=is_chinese(), type_id=row.type_id, **options
    )


def _edit(row: Registration, form: EditForm, asked: QuestionsForm, *, status: int = 200):
    present = queries.companions_of(row)
    if row.companion_of_id is None:
        form.offer_companions(max(row.event.most_companions, len(present)), present)
    return page("registrations/edit_guest.html", row=row, form=form, asked=asked, status=status)


@bp.post("/registrations/<int:registration_id>/edit/open")
@requires(Permission.REGISTRATIONS_EDIT)
def open_edit(registration_id: int):
    """Editing shows the guest in full, so it leaves the same trace as unmasking; hence a POST."""
    row = registration_within(registration_id)
    operations.unmask(row, reason=_("to edit the guest"), by=current_user)
    values = {name: getattr(row, name) for name in _PLAIN}
    agreed = {"guest_book": bool(row.guest_book_at), "photos": bool(row.photos_at)}
    known = question_queries.given_by(row.id)
    return _edit(
        row, EditForm(formdata=None, data={**values, **agreed}), _asked(row, answers=known, formdata=None)
    )


@bp.post("/registrations/<int:registration_id>/edit")
@requires(Permission.REGISTRATIONS_EDIT)
def edit_guest(registration_id: int):
    row, form = registration_within(registration_id), EditForm()
    asked = _asked(row)
    good = all([form.validate_on_submit(), asked.validate_on_submit()])
    if good and (row.mobile or row.email):  # who was never reached, as a companion, stays so without a word
        good = form.say_how_reached()
    if not good:
        return _edit(row, form, asked, status=422)
    operations.change(row, by=current_user, **form.guest())
    if row.companion_of_id is None:
        operations.bring(row, form.come_along(), by=current_user)
    operations.keep_answers(row, asked.answers(), corrected=True, by=current_user)
    flash(_("The guest has been changed."))
    return redirect(url_for(".guest", registration_id=row.id), 303)
