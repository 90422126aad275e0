"""Companies, chambers, associations: the list with its map, the page, editing, verifying, ended posts."""

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _, day
from outreach.core.lists import page_of
from outreach.core.refusals import Refused
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import limiter, page, reads_first
from outreach.directory import joining_queries, operations, organisation_queries, queries, tiles
from outreach.directory.forms import KIND_NAMES, ReasonForm
from outreach.directory.models import INDUSTRIES, Organisation, Post
from outreach.directory.organisation_forms import (
    FIELD_NAMES,
    JOINING_STATES,
    PROPOSAL_STATES,
    EndPostForm,
    OrganisationFilters,
    OrganisationForm,
)
from outreach.directory.views.people import bp, names_of_card
from outreach.permissions import Permission

EDIT = Permission.DIRECTORY_EDIT


def _chosen(filters: OrganisationFilters):
    return queries.select_organisations(**filters.chosen()).order_by(
        Organisation.kind, Organisation.province, Organisation.name
    )


def _list(*, status: int = 200, **forms):
    filters = OrganisationFilters(request.args)
    chambers, regions = queries.chamber_regions()
    forms.setdefault("export", ReasonForm(formdata=None))
    counts = dict.fromkeys(accounts.provinces(), 0) | queries.chambers_by_province()
    return page(
        "directory/organisations.html",
        part="directory/_organisations.html",
        filters=filters,
        listing=page_of(_chosen(filters)),
        chambers=chambers,
        regions=regions,
        tiles=tiles.tiles(counts),
        status=status,
        **forms,
        **names_of_card(),
    )


@bp.get("/organisations")
@requires(Permission.DIRECTORY_VIEW)
def organisations():
    return _list()


@bp.post("/organisations/export")
@requires(Permission.DIRECTORY_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def export_organisations():
    form = ReasonForm()
    if not form.validate_on_submit():
        return _list(export=form, status=422)
    rows = db.session.scalars(_chosen(OrganisationFilters(request.args)).limit(50_000)).all()
    operations.export_organisations(count=len(rows), reason=form.reason.data, by=current_user)
    columns = [
        Column(_("Full name"), lambda row: row.name, 36),
        Column(_("Kind"), lambda row: str(KIND_NAMES[row.kind]), 12),
        Column(_("Credit code"), lambda row: row.credit_code or "", 22),
        Column(_("Province"), lambda row: row.province, 12),
        Column(_("City"), lambda row: row.city, 12),
        Column(_("Industry"), lambda row: INDUSTRIES.get(row.industry, ""), 16),
        Column(_("Last verified"), lambda row: day(row.verified_at), 16),
    ]
    return attachment(write(_("Organisations"), columns, rows), f"{_('Organisations')}.xlsx", XLSX)


def _organisation(organisation_id: int) -> Organisation:
    return found(queries.select_organisations(), organisation_id)


def _own_organisation(organisation_id: int) -> Organisation:
    """An organisation this user may change, else :class:`Refused`."""
    row = _organisation(organisation_id)
    if not organisation_queries.may_edit_organisation(row, current_user):
        raise Refused(_("Other units keep the people of this organisation. Propose the change to them."))
    return row


def _joinings(row: Organisation) -> list[tuple]:
    """(merge, the other organisation or None, its name, whether this user decides), latest first."""
    found_rows = []
    for merge in joining_queries.of_organisation(row):
        key = merge.gone_id if merge.kept_id == row.id else merge.kept_id
        other = db.session.get(Organisation, key)
        if merge.state == "merged":
            decides = organisation_queries.may_edit_organisation(row, current_user)
        else:
            decides = other is not None and joining_queries.may_join(row, other, current_user)
        name = other.name if other else merge.gone.get("name", "")
        found_rows.append((merge, other, name, decides))
    return found_rows


def _page(row: Organisation, *, status: int = 200, end_form: EndPostForm | None = None, **forms):
    forms.setdefault("reason_form", ReasonForm(formdata=None))
    return page(
        "directory/organisation.html",
        organisation=row,
        officers=queries.officers(row, current_user),
        listing=page_of(queries.select_members(row, current_user)),
        end_form=end_form or EndPostForm(formdata=None),
        edits=organisation_queries.may_edit_organisation(row, current_user),
        proposals=organisation_queries.proposals_of_organisation(row, current_user),
        proposal_states=PROPOSAL_STATES,
        joinings=_joinings(row),
        joining_states=JOINING_STATES,
        field_names=FIELD_NAMES,
        status=status,
        **forms,
        **names_of_card(),
    )


@bp.get("/organisations/<int:organisation_id>")
@requires(Permission.DIRECTORY_VIEW)
def organisation(organisation_id: int):
    if (joined := joining_queries.successor(organisation_id)) is not None:
        return redirect(url_for(".organisation", organisation_id=joined.id))
    return _page(_organisation(organisation_id))


@bp.get("/organisations/new")
@requires(EDIT)
def new_organisation():
    return page(
        "directory/edit_organisation.html",
        form=OrganisationForm(
            formdata=None, provinces=accounts.provinces(), kind=request.args.get("kind", "company")
        ),
        organisation=None,
    )


@bp.post("/organisations/new")
@requires(EDIT)
def add_organisation():
    form = OrganisationForm(provinces=accounts.provinces())
    if not form.validate_on_submit():
        return page("directory/edit_organisation.html", form=form, organisation=None, status=422)
    row = operations.add_organisation(by=current_user, **form.values())
    return redirect(url_for(".organisation", organisation_id=row.id), 303)


@bp.get("/organisations/<int:organisation_id>/edit")
@requires(EDIT)
def edit_organisation_form(organisation_id: int):
    row = _own_organisation(organisation_id)
    return page(
        "directory/edit_organisation.html",
        form=OrganisationForm(formdata=None, obj=row, provinces=accounts.provinces()),
        organisation=row,
    )


@bp.post("/organisations/<int:organisation_id>/edit")
@requires(EDIT)
def edit_organisation(organisation_id: int):
    row, form = _own_organisation(organisation_id), OrganisationForm(provinces=accounts.provinces())
    if not form.validate_on_submit():
        return page("directory/edit_organisation.html", form=form, organisation=row, status=422)
    operations.edit_organisation(row, by=current_user, **form.values())
    return redirect(url_for(".organisation", organisation_id=row.id), 303)


@bp.post("/organisations/<int:organisation_id>/verify")
@requires(EDIT)
def verify_organisation(organisation_id: int):
    operations.verify_organisation(_own_organisation(organisation_id), by=current_user)
    flash(_("Verified today."))
    return redirect(url_for(".organisation", organisation_id=organisation_id), 303)


@bp.post("/organisations/<int:organisation_id>/remove")
@requires(EDIT)
def remove_organisation(organisation_id: int):
    row, form = _own_organisation(organisation_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(row, reason_form=form, status=422)
    operations.remove_organisation(row, reason=form.reason.data, by=current_user)
    flash(_("The organisation has been removed."))
    return redirect(url_for(".organisations"), 303)


@bp.post("/organisations/<int:organisation_id>/posts/<int:held_id>/end")
@requires(EDIT)
def end_post(organisation_id: int, held_id: int):
    row = _organisation(organisation_id)
    held = db.session.get(Post, held_id)
    if held is None or held.organisation_id != row.id:
        abort(404)
    found(queries.select_visible(current_user, EDIT), held.person_id)
    form = EndPostForm()
    if not form.validate_on_submit():
        return _page(row, end_form=form, status=422)
    operations.end_post(held, until_on=form.until_on.data, by=current_user)
    return redirect(url_for(".organisation", organisation_id=row.id), 303)
