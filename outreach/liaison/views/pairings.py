"""Leaders' posts and pairings: load, hand-over, who has not been contacted for how long."""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core import masking
from outreach.core.access import chosen_key, found, requires
from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _, day
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import again, limiter, page, reads_first
from outreach.directory import queries as directory
from outreach.directory.forms import ExportForm, ReasonForm
from outreach.directory.models import Organisation
from outreach.liaison import operations, queries
from outreach.liaison.forms import HandOverForm, PairForm, PairingFilters, PostForm
from outreach.liaison.models import LeaderPost, Pairing
from outreach.liaison.views.shared import bp, person_within, user_of
from outreach.permissions import Permission

PAIR = Permission.LIAISON_PAIR


def _users():
    unit = current_user.grants[0].unit
    return queries.colleagues(unit)


def _post(post_id: int) -> LeaderPost:
    return found(queries.select_posts(current_user, PAIR), post_id)


def _filters() -> PairingFilters:
    return PairingFilters(request.args, posts=queries.open_posts(current_user))


def _list(*, export: ExportForm | None = None, status: int = 200):
    filters = _filters()
    chosen = queries.select_pairings(current_user, **filters.chosen())
    return page(
        "liaison/pairings.html",
        part="liaison/_pairings.html",
        filters=filters,
        listing=page_of(chosen, rows_of=lambda rows: rows.unique().all()),
        today=today(),
        export=export or ExportForm(formdata=None),
        status=status,
    )


@bp.get("/liaison/pairings")
@requires(Permission.LIAISON_VIEW)
def pairings():
    return _list()


@bp.post("/liaison/pairings/export")
@requires(Permission.LIAISON_PAIR)
@limiter.limit("10 per minute")
@reads_first
def export_pairings():
    form = ExportForm()
    if not form.validate_on_submit():
        return _list(export=form, status=422)
    full = bool(form.full.data) and current_user.holds(Permission.DIRECTORY_UNMASK)
    rows = (
        db.session.execute(queries.select_pairings(current_user, full=full, free=True, **_filters().chosen()))
        .unique()
        .all()
    )
    operations.export_pairings(count=len(rows), full=full, reason=form.reason.data, by=current_user)
    name = str if full else masking.name
    columns = [
        Column(_("Leader’s post"), lambda row: row[0].post.title, 18),
        Column(_("Held by"), lambda row: row[0].post.holder, 12),
        Column(
            _("Name"), lambda row: name(row[0].person.name) if row[0].person else row[0].organisation.name, 24
        ),
        Column(
            _("Lives in"),
            lambda row: (seat := row[0].person or row[0].organisation).city or seat.province,
            14,
        ),
        Column(_("At least every (days)"), lambda row: row[0].rhythm_days, 12, "number"),
        Column(_("Last contact"), lambda row: day(row[1]), 16),
        Column(_("Who arranges it"), lambda row: row[0].clerk.name if row[0].clerk else "", 12),
        Column(_("Since"), lambda row: day(row[0].since_on), 16),
    ]
    title = _("Pairings")
    return attachment(write(title, columns, rows), f"{title}.xlsx", XLSX)


@bp.get("/people/<int:person_id>/pair")
@requires(PAIR)
def new_pairing(person_id: int):
    person = person_within(person_id, PAIR)
    return page(
        "liaison/pair.html",
        person=person,
        form=PairForm(formdata=None, posts=queries.open_posts(current_user, PAIR), users=_users()),
    )


@bp.post("/people/<int:person_id>/pair")
@requires(PAIR)
def pair(person_id: int):
    person, form = (
        person_within(person_id, PAIR),
        PairForm(posts=queries.open_posts(current_user, PAIR), users=_users()),
    )
    if not form.validate_on_submit():
        return page("liaison/pair.html", person=person, form=form, status=422)
    operations.pair(
        _post(form.post_id.data),
        person,
        rhythm_days=form.rhythm_days.data,
        clerk=user_of(form.clerk_id.data),
        by=current_user,
    )
    flash(_("Paired."))
    return redirect(url_for("directory.person", person_id=person.id), 303)


@bp.post("/liaison/pairings/<int:pairing_id>/end")
@requires(PAIR)
def end_pairing(pairing_id: int):
    row: Pairing = found(queries.find_pairing(current_user, PAIR), pairing_id)
    form = ReasonForm()
    back = (
        url_for("directory.organisation", organisation_id=row.organisation_id)
        if row.person_id is None
        else url_for("directory.person", person_id=row.person_id)
    )
    if not form.validate_on_submit():
        return again(form, _("Say why the pairing ends."), back)
    operations.end_pairing(row, reason=form.reason.data, by=current_user)
    flash(_("The pairing has ended and stays on record."))
    return redirect(back, 303)


@bp.get("/organisations/<int:organisation_id>/pairings")
@requires(Permission.LIAISON_VIEW)
def of_organisation(organisation_id: int):
    """The fragment of a company's page: who looks after it."""
    row = found(directory.select_organisations(), organisation_id)
    return _of_organisation(
        row, PairForm(formdata=None, posts=queries.open_posts(current_user, PAIR), users=_users())
    )


def _of_organisation(row: Organisation, form: PairForm, *, status: int = 200):
    rows = queries.pairings_of_organisation(row, current_user)
    return page(
        "liaison/officer.html",
        part="liaison/_officer.html",
        organisation=row,
        pairings=rows,
        form=form,
        status=status,
    )


@bp.post("/organisations/<int:organisation_id>/pairings")
@requires(PAIR)
def pair_organisation(organisation_id: int):
    row = found(directory.select_organisations(), organisation_id)
    form = PairForm(posts=queries.open_posts(current_user, PAIR), users=_users())
    if not form.validate_on_submit():
        return _of_organisation(row, form, status=422)
    operations.pair_organisation(
        _post(form.post_id.data),
        row,
        rhythm_days=form.rhythm_days.data,
        clerk=user_of(form.clerk_id.data),
        by=current_user,
    )
    return redirect(url_for("directory.organisation", organisation_id=row.id), 303)


def _posts(form: PostForm, *, status: int = 200):
    rows = queries.open_posts(current_user)
    return page(
        "liaison/posts.html",
        posts=rows,
        loads=queries.loads(rows),
        form=form,
        hand_over=HandOverForm(formdata=None, users=_users(), from_on=today()),
        status=status,
    )


def _post_form(**options) -> PostForm:
    return PostForm(units=accounts.units_for_choice(current_user, PAIR), users=_users(), **options)


@bp.get("/liaison/posts")
@requires(Permission.LIAISON_VIEW)
def posts():
    return _posts(_post_form(formdata=None, from_on=today(), rank=100))


@bp.post("/liaison/posts")
@requires(PAIR)
def add_post():
    form = _post_form()
    if not form.validate_on_submit():
        return _posts(form, status=422)
    values = form.values()
    unit = found(accounts.select_units(current_user, PAIR), values.pop("unit_id"))
    operations.add_post(unit, user=user_of(values.pop("user_id")), by=current_user, **values)
    flash(_("The post has been added."))
    return redirect(url_for(".posts"), 303)


@bp.post("/liaison/posts/<int:post_id>/hand-over")
@requires(PAIR)
def hand_over(post_id: int):
    post, form = _post(post_id), HandOverForm(users=_users())
    if not form.validate_on_submit():
        return again(form, _("Hand over"), url_for(".posts"))
    operations.hand_over(
        post,
        holder=form.holder.data,
        from_on=form.from_on.data,
        user=user_of(form.user_id.data),
        by=current_user,
    )
    flash(_("Handed over; the pairings stay with the post."))
    return redirect(url_for(".posts"), 303)


@bp.post("/liaison/posts/<int:post_id>/close")
@requires(PAIR)
def close_post(post_id: int):
    post = _post(post_id)
    heir_id = chosen_key("heir_id")
    heir = _post(heir_id) if heir_id else None
    count = operations.close_post(post, heir=heir, by=current_user)
    flash(_("Closed; %(num)d pairings were taken over or ended.", num=count))
    return redirect(url_for(".posts"), 303)
