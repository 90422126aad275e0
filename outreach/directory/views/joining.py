"""Two organisations that are one: who may be the same, side by side, deciding what was proposed, undoing."""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.web import again, page
from outreach.directory import joining_queries, operations, organisation_queries, queries
from outreach.directory.forms import ReasonForm
from outreach.directory.joining_models import OrganisationMerge
from outreach.directory.models import Organisation
from outreach.directory.organisation_forms import FIELD_NAMES, AlikeFilters, JoinForm
from outreach.directory.organisation_models import stated
from outreach.directory.views.organisation_proposals import shown
from outreach.directory.views.people import bp, names_of_card
from outreach.permissions import Permission

EDIT = Permission.DIRECTORY_EDIT


def _organisation(organisation_id: int) -> Organisation:
    return found(queries.select_organisations(), organisation_id)


@bp.get("/organisations/<int:organisation_id>/alike")
@requires(EDIT)
def alike(organisation_id: int):
    """Which organisations may be the same; one more is found by its name or credit code."""
    row, filters = _organisation(organisation_id), AlikeFilters(request.args)
    text = (filters.text.data or "").strip() if filters.validate() else ""
    return page(
        "directory/alike.html",
        organisation=row,
        filters=filters,
        rows=joining_queries.alike(row, text),
        **names_of_card(),
    )


def _compared(kept: Organisation, gone: Organisation, form: JoinForm, *, status: int = 200):
    return page(
        "directory/join_organisations.html",
        kept=kept,
        gone=gone,
        of_kept=stated(kept),
        of_gone=stated(gone),
        joins=joining_queries.may_join(kept, gone, current_user),
        shown=shown,
        field_names=FIELD_NAMES,
        form=form,
        status=status,
    )


@bp.get("/organisations/<int:organisation_id>/join/<int:other_id>")
@requires(EDIT)
def compare_organisations(organisation_id: int, other_id: int):
    return _compared(_organisation(organisation_id), _organisation(other_id), JoinForm(formdata=None))


@bp.post("/organisations/<int:organisation_id>/join/<int:other_id>")
@requires(EDIT)
def join_organisations(organisation_id: int, other_id: int):
    """Who may change both joins them; others propose it."""
    kept, gone, form = _organisation(organisation_id), _organisation(other_id), JoinForm()
    if not form.validate_on_submit():
        return _compared(kept, gone, form, status=422)
    unit = db.session.scalars(accounts.select_units(current_user, EDIT)).first()
    values = {"take": form.take.data or [], "reason": form.reason.data, "by": current_user}
    if joining_queries.may_join(kept, gone, current_user):
        operations.join_organisations(kept, gone, unit, **values)
        flash(_("The two are one organisation now. It can be undone here."))
    else:
        operations.propose_joining(kept, gone, unit, **values)
        flash(_("The change has been proposed; it waits for a decision."))
    return redirect(url_for(".organisation", organisation_id=organisation_id), 303)


def _joining(joining_id: int) -> OrganisationMerge:
    return found(db.select(OrganisationMerge), joining_id)


def _decided(joining_id: int) -> OrganisationMerge:
    """A proposal this user may decide on, else :class:`Refused`."""
    row = _joining(joining_id)
    both = [db.session.get(Organisation, key) for key in (row.kept_id, row.gone_id)]
    if None in both:
        raise Refused(_("One of the two is no longer there."))
    if not joining_queries.may_join(*both, current_user):
        raise Refused(_("Other units keep the people of this organisation. Propose the change to them."))
    return row


@bp.post("/organisations/joining/<int:joining_id>/accept")
@requires(EDIT)
def accept_joining(joining_id: int):
    row = _decided(joining_id)
    operations.accept_joining(row, by=current_user)
    flash(_("The two are one organisation now. It can be undone here."))
    return redirect(url_for(".organisation", organisation_id=row.kept_id), 303)


@bp.post("/organisations/joining/<int:joining_id>/decline")
@requires(EDIT)
def decline_joining(joining_id: int):
    row, form = _decided(joining_id), ReasonForm()
    back = url_for(".organisation", organisation_id=row.kept_id)
    if not form.validate_on_submit():
        return again(form, _("These are two organisations"), back)
    operations.decline_joining(row, reason=form.reason.data, by=current_user)
    flash(_("Declined; the proposer reads the reason."))
    return redirect(back, 303)


@bp.post("/organisations/joining/<int:joining_id>/withdraw")
@requires(EDIT)
def withdraw_joining(joining_id: int):
    row = _joining(joining_id)
    operations.withdraw_joining(row, by=current_user)
    flash(_("Taken back."))
    return redirect(url_for(".organisation", organisation_id=row.kept_id), 303)


@bp.post("/organisations/joining/<int:joining_id>/undo")
@requires(EDIT)
def undo_joining(joining_id: int):
    row, form = _joining(joining_id), ReasonForm()
    kept = db.session.get(Organisation, row.kept_id)
    if kept is not None and not organisation_queries.may_edit_organisation(kept, current_user):
        raise Refused(_("Other units keep the people of this organisation. Propose the change to them."))
    if not form.validate_on_submit():
        back = url_for(".organisation", organisation_id=row.kept_id)
        return again(form, _("Two organisations again"), back)
    back_row = operations.undo_joining(row, reason=form.reason.data, by=current_user)
    flash(_("Two organisations again; each has its own entries."))
    return redirect(url_for(".organisation", organisation_id=back_row.id), 303)
