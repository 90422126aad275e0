"""迎宾卡: the page of whoever keeps in touch with key people, on a phone in the hall."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.checkin import brief_queries, operations
from outreach.checkin.forms import BriefForm
from outreach.checkin.views.shared import bp
from outreach.core.access import requires
from outreach.core.i18n import _
from outreach.core.web import page
from outreach.permissions import Permission
from outreach.reception import queries as reception


def _briefs(*, form: BriefForm | None = None, status: int = 200):
    rows = brief_queries.briefs(current_user)
    people = [row.registration.person_id for row in rows if row.registration.person_id]
    seats: dict[int, str] = {}
    for event in {row.registration.event for row in rows}:
        seats |= reception.seat_words(event)
    form = form or BriefForm(formdata=None, obj=brief_queries.brief_choice(current_user.id))
    return page(
        "checkin/briefs.html",
        part="checkin/_briefs.html",
        briefs=rows,
        seats=seats,
        contacts=brief_queries.last_contacts(people),
        promises=brief_queries.open_promises(people),
        form=form,
        status=status,
    )


@bp.get("/briefs")
@requires(Permission.LIAISON_VIEW)
def briefs():
    return _briefs()


@bp.post("/briefs/seen")
@requires(Permission.LIAISON_VIEW)
def see_briefs():
    operations.see_briefs(current_user)
    return redirect(url_for(".briefs"), 303)


@bp.post("/briefs/way")
@requires(Permission.LIAISON_VIEW)
def choose_brief():
    form = BriefForm()
    if not form.validate_on_submit():
        return _briefs(form=form, status=422)
    operations.choose_brief(current_user, **form.values())
    flash(_("Saved."))
    return redirect(url_for(".briefs"), 303)
