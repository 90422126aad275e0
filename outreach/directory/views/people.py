"""People: the list, the card, tiers, showing what is masked, exports; organisations."""

from itertools import chain
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.accounts.models import Unit
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.forms import whole_number
from outreach.core.i18n import _
from outreach.core.lists import ordered_by, page_of_lines
from outreach.core.sheets import XLSX, write
from outreach.core.web import again, keep_writes, limiter, page, reads_first
from outreach.directory import (
    erasure_queries,
    exports,
    line_queries,
    operations,
    queries,
    restricting,
    view_queries,
)
from outreach.directory.announcements import leaders_of
from outreach.directory.forms import (
    KIND_NAMES,
    TIER_NAMES,
    ExportForm,
    PeopleFilters,
    PersonForm,
    ReasonForm,
    RemoveForm,
    TagForm,
    TierForm,
    ViewForm,
)
from outreach.directory.held_exports import role_words
from outreach.directory.models import INDUSTRIES, Person
from outreach.permissions import Permission

bp = Blueprint("directory", __name__)
_SORTS = {
    "name": Person.pinyin,
    "surname_strokes": Person.stroke_surname,
    "name_strokes": Person.stroke_name,
    "tier": Person.tier,
    "updated": Person.updated_at,
    "city": Person.city,
}
MOST_EXPORTED = 50_000


def _chosen(filters: PeopleFilters, permission=Permission.DIRECTORY_VIEW, *, cut: bool = False):
    """What is asked for, as a statement and the values of its words."""
    values = filters.chosen()
    text, sort = values.pop("text", ""), request.args.get("sort", "")
    visible = queries.select_visible(current_user, permission)
    if not text or sort:
        return ordered_by(queries.filtered(visible, text=text, cut=cut, **values), sort, _SORTS, "name"), {}
    if cut:
        return queries.by_closeness(queries.filtered(visible, text=text, cut=True, **values), text), {}
    return queries.closest(queries.filtered(visible, **values), text)


def names_of_card() -> dict:
    """The names a card's codes go by, for the templates."""
    return {"tier_names": TIER_NAMES, "industries": INDUSTRIES, "kind_names": KIND_NAMES}


def _list(*, status: int = 200, export: ExportForm | None = None):
    filters = PeopleFilters(request.args)
    cut = bool(filters.text.data) and queries.is_large()
    chosen, words = _chosen(filters, cut=cut)
    listing = page_of_lines(chosen, line_queries.lines, counted=bool(filters.text.data), values=words)

    def around():
        filters.offer(
            homes=queries.homes(current_user),
            provinces=accounts.provinces(),
            leaders=chain(*leaders_of(current_user)),
        )
        return {
            "filters": filters,
            "export": export or ExportForm(formdata=None),
            "views": view_queries.views(current_user),
            "view_form": ViewForm(formdata=None),
        }

    return page(
        "directory/people.html",
        part="directory/_people.html",
        status=status,
        rest=around,
        listing=listing,
        cut=cut and listing.total >= queries.MOST_FOUND,
        tier_names=TIER_NAMES,
    )


@bp.get("/people")
@requires(Permission.DIRECTORY_VIEW)
def people():
    return _list()


@bp.post("/people/export")
@requires(Permission.DIRECTORY_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def export_people():
    form, filters = ExportForm(), PeopleFilters(request.args)
    if not form.validate_on_submit():
        return _list(export=form, status=422)
    full = bool(form.full.data) and current_user.holds(Permission.DIRECTORY_UNMASK)
    chosen, words = _chosen(filters, Permission.DIRECTORY_EXPORT)
    chosen = chosen.where(restricting.FREE)
    if full:  # in full only where this user may also unmask
        chosen = chosen.where(Person.unit_id.in_(accounts.reach(current_user, Permission.DIRECTORY_UNMASK)))
    rows = db.session.scalars(chosen.limit(MOST_EXPORTED), words).unique().all()
    operations.export_people(count=len(rows), full=full, reason=form.reason.data, by=current_user)
    title = _("Hometown directory")
    return attachment(write(title, exports.people(full), rows), f"{title}.xlsx", XLSX)


@bp.post("/people/views")
@requires(Permission.DIRECTORY_VIEW)
def save_view():
    form = ViewForm()
    if not form.validate_on_submit():
        return again(form, _("Save this view"), f"{url_for('.people')}?{request.query_string.decode()}")
    kept = [(key, value) for key, value in request.args.items(multi=True) if value and key != "page"]
    view = operations.save_view(
        current_user.grants[0].unit,
        name=form.name.data,
        query=urlencode(kept),
        shared=form.shared.data,
        by=current_user,
    )
    flash(_("Saved. The view has an address of its own."))
    return redirect(url_for(".view", view_id=view.id), 303)


@bp.get("/people/views/<int:view_id>")
@requires(Permission.DIRECTORY_VIEW)
def view(view_id: int):
    row = found(view_queries.select_views(current_user), view_id)
    return redirect(f"{url_for('.people')}?{row.query}")


@bp.post("/people/views/<int:view_id>/remove")
@requires(Permission.DIRECTORY_VIEW)
def remove_view(view_id: int):
    operations.remove_view(found(view_queries.select_views(current_user), view_id), by=current_user)
    return redirect(url_for(".people"), 303)


@bp.post("/people/<int:person_id>/tags")
@requires(Permission.DIRECTORY_EDIT)
def tag(person_id: int):
    row, form = _person(person_id, Permission.DIRECTORY_EDIT), TagForm()
    if not form.validate_on_submit():
        flash(form.why(_("Please fill this in.")))
    elif form.add.data or form.remove.data:
        operations.tag([row], add=form.add.data or "", remove=form.remove.data or "", by=current_user)
    return redirect(url_for(".person", person_id=row.id), 303)


def _person(person_id: int, permission=Permission.DIRECTORY_VIEW) -> Person:
    return found(queries.select_visible(current_user, permission), person_id)


def card(row: Person, *, status: int = 200, **context):
    """The page of one card."""
    context.setdefault("reason_form", ReasonForm(formdata=None))
    context.setdefault("tier_form", TierForm(formdata=None, tier=row.tier))
    context.setdefault("restrict_form", ReasonForm(formdata=None))
    return page(
        "directory/person.html",
        person=row,
        decisions=queries.decisions(row),
        restrictions=restricting.of_person(row),
        role_words=role_words,
        tag_form=TagForm(formdata=None),
        status=status,
        **context,
        **names_of_card(),
    )


@bp.get("/people/<int:person_id>")
@requires(Permission.DIRECTORY_VIEW)
def person(person_id: int):
    return card(_person(person_id), shown=False)


@bp.post("/people/<int:person_id>/unmask")
@requires(Permission.DIRECTORY_UNMASK)
@limiter.limit("60 per minute")
def unmask(person_id: int):
    row, form = _person(person_id, Permission.DIRECTORY_UNMASK), ReasonForm()
    if not form.validate_on_submit():
        return card(row, shown=False, reason_form=form, status=422)
    operations.unmask([row], reason=form.reason.data, by=current_user)
    return card(row, shown=True)


@bp.post("/people/<int:person_id>/tier")
@requires(Permission.DIRECTORY_DECIDE)
def decide_tier(person_id: int):
    row, form = _person(person_id, Permission.DIRECTORY_DECIDE), TierForm()
    if not form.validate_on_submit():
        return card(row, shown=False, tier_form=form, status=422)
    operations.decide_tier(row, tier=form.tier.data, reason=form.reason.data, by=current_user)
    flash(_("The decision has been recorded."))
    return redirect(url_for(".person", person_id=row.id), 303)


def _form(**options) -> PersonForm:
    units = accounts.units_for_choice(current_user, Permission.DIRECTORY_EDIT, "county", "township")
    return PersonForm(units=units, provinces=accounts.provinces(), **options)


def _unit(unit_id: int) -> Unit:
    return found(accounts.select_units(current_user, Permission.DIRECTORY_EDIT), unit_id)


def _card_typed(form: PersonForm) -> dict:
    """What was typed, the city by its full name: 深圳 is 深圳市 to everybody who looks for it."""
    values = form.card()
    values["province"], values["city"] = queries.official_place(values["province"], values["city"])
    return values


@bp.get("/people/new")
@requires(Permission.DIRECTORY_EDIT)
def new_person():
    return page("directory/edit_person.html", form=_form(), person=None)


@bp.post("/people/new")
@requires(Permission.DIRECTORY_EDIT)
def add_person():
    form = _form()
    if not form.validate_on_submit():
        return page("directory/edit_person.html", form=form, person=None, status=422)
    source, unit, card = (
        _("entered by %(name)s", name=current_user.name),
        _unit(form.unit_id.data),
        _card_typed(form),
    )
    if known := queries.known_person(current_user, card["name"], card["mobiles"]):
        operations.join_card(known, source=source, by=current_user, **card)
        flash(
            _(
                "This person is on the register already, with this number. What you typed was added to "
                "the card where it had nothing."
            )
        )
        return redirect(url_for(".person", person_id=known.id), 303)
    if erasure_queries.erased_here(card["name"], card["mobiles"], unit):
        if not form.again.data:
            form.again.errors = [
                _("This person was erased from the register. Tick this only if they ask for it.")
            ]
            return page("directory/edit_person.html", form=form, person=None, status=422)
        operations.exhume(card["name"], card["mobiles"], unit, by=current_user)
    row = operations.add_person(unit, source=source, by=current_user, **card)
    flash(_("The card has been added."))
    return redirect(url_for(".person", person_id=row.id), 303)


@bp.post("/people/<int:person_id>/edit-form")
@requires(Permission.DIRECTORY_EDIT)
@limiter.limit("60 per minute")
def open_edit(person_id: int):
    """Editing shows the card in full, so it leaves the same trace as unmasking; hence a POST."""
    row = _person(person_id, Permission.DIRECTORY_EDIT)
    operations.unmask([row], reason=_("to edit the card"), by=current_user)
    form = _form(formdata=None, data={**_as_it_stands(row), "unit_id": row.unit_id, "version": row.version})
    return page("directory/edit_person.html", form=form, person=row)


def _as_it_stands(row: Person) -> dict:
    """Field of the form -> what the card holds.

    Not the card itself: its ``company`` is a post, and would be written into the field as one.
    """
    plain = (
        "name",
        "gender",
        "birth",
        "wechat",
        "email",
        "home_village",
        "province",
        "city",
        "industry",
        "scale_wan",
        "note",
    )
    mobiles, post = "，".join(item.number for item in row.phones if item.kind == "mobile"), row.company
    work = {"company": post.organisation.name if post else "", "title": post.title if post else ""}
    return {**{name: getattr(row, name) for name in plain}, "mobiles": mobiles, **work}


@bp.post("/people/<int:person_id>/edit")
@requires(Permission.DIRECTORY_EDIT)
def edit_person(person_id: int):
    row, form = _person(person_id, Permission.DIRECTORY_EDIT), _form()
    if not form.validate_on_submit():
        return page("directory/edit_person.html", form=form, person=row, status=422)
    version = whole_number(form.version.data or "") or 0
    if version != row.version:
        return _changed_meanwhile(row, form)
    operations.edit_person(
        row, version=version, by=current_user, unit=_unit(form.unit_id.data), **_card_typed(form)
    )
    flash(_("The card has been changed."))
    return redirect(url_for(".person", person_id=row.id), 303)


def _changed_meanwhile(row: Person, form: PersonForm):
    """Somebody else saved first: show what stands there now beside what was typed;
    saving again is a choice.
    """
    operations.unmask([row], reason=_("to compare with what somebody else saved"), by=current_user)
    keep_writes()
    changed = [
        (form[name].label.text, value)
        for name, value in _as_it_stands(row).items()
        if (value or "") != (form[name].data or "")
    ]
    form.version.raw_data = None
    form.version.data = row.version
    return page("directory/edit_person.html", form=form, person=row, changed=changed, status=409)


@bp.post("/people/<int:person_id>/remove")
@requires(Permission.DIRECTORY_EDIT)
def remove_person(person_id: int):
    row, form = _person(person_id, Permission.DIRECTORY_EDIT), RemoveForm()
    if not form.validate_on_submit():
        return card(row, shown=False, remove_form=form, status=422)
    version = whole_number(form.version.data or "") or 0
    operations.remove_person(row, version=version, reason=form.reason.data, by=current_user)
    flash(_("The card has been removed."))
    return redirect(url_for(".people"), 303)
