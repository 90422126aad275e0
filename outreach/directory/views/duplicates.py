"""Cards that may be one person: the review list, two cards side by side, merging and its undo."""

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.forms import whole_number
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.web import limiter, page
from outreach.directory import duplicate_queries, operations, queries
from outreach.directory.announcements import places_shared
from outreach.directory.duplicate_forms import MERGED_NAMES, REASON_NAMES, MergeForm, PairFilters, SameForm
from outreach.directory.duplicate_models import DuplicatePair, Merge
from outreach.directory.forms import ReasonForm
from outreach.directory.models import INDUSTRIES, Person
from outreach.directory.views.people import bp, names_of_card
from outreach.permissions import Permission

MAY = Permission.DIRECTORY_EDIT


def _pair(pair_id: int) -> DuplicatePair:
    return found(duplicate_queries.select_pairs(current_user), pair_id)


def _person(person_id: int) -> Person:
    return found(queries.select_visible(current_user, MAY), person_id)


@bp.get("/duplicates")
@requires(MAY)
def duplicates():
    filters = PairFilters(request.args)
    chosen = duplicate_queries.select_pairs(current_user, **{"state": "likely", **filters.chosen()})
    return page(
        "directory/duplicates.html",
        part="directory/_duplicates.html",
        filters=filters,
        listing=page_of(chosen),
        reason_names=REASON_NAMES,
        **names_of_card(),
    )


def _side_by_side(pair: DuplicatePair, *, shown: bool, status: int = 200, **forms):
    first, second = sorted((pair.low, pair.high), key=lambda person: (-person.tier, person.id))
    if request.values.get("keep") == str(second.id):
        first, second = second, first
    forms.setdefault("merge_form", MergeForm(formdata=None, keep=first.id, reason=_("The same person")))
    forms.setdefault("reason_form", ReasonForm(formdata=None))
    return page(
        "directory/duplicate.html",
        pair=pair,
        kept=first,
        gone=second,
        shown=shown,
        shared=[place for answer in places_shared(first.id, second.id) for place in answer],
        reason_names=REASON_NAMES,
        field_names=MERGED_NAMES,
        status=status,
        **forms,
        **names_of_card(),
    )


@bp.get("/duplicates/<int:pair_id>")
@requires(MAY)
def duplicate(pair_id: int):
    return _side_by_side(_pair(pair_id), shown=False)


@bp.post("/duplicates/<int:pair_id>/unmask")
@requires(Permission.DIRECTORY_UNMASK)
@limiter.limit("60 per minute")
def unmask_pair(pair_id: int):
    pair, form = _pair(pair_id), ReasonForm()
    if not form.validate_on_submit():
        return _side_by_side(pair, shown=False, reason_form=form, status=422)
    operations.unmask([pair.low, pair.high], reason=form.reason.data, by=current_user)
    return _side_by_side(pair, shown=True)


@bp.post("/duplicates/<int:pair_id>/different")
@requires(MAY)
def tell_apart(pair_id: int):
    operations.tell_apart(_pair(pair_id), by=current_user)
    flash(_("Remembered: these are two people."))
    return redirect(url_for(".duplicates"), 303)


@bp.post("/duplicates/<int:pair_id>/merge")
@requires(MAY)
def merge_people(pair_id: int):
    pair, form = _pair(pair_id), MergeForm()
    if not form.validate_on_submit():
        return _side_by_side(pair, shown=False, merge_form=form, status=422)
    cards = {pair.low_id: pair.low, pair.high_id: pair.high}
    kept = cards.pop(form.keep.data, None) or abort(404)
    gone = next(iter(cards.values()))
    chosen = {whole_number(value) for name, value in request.form.items() if name.startswith("place-")}
    operations.merge_people(
        kept,
        gone,
        take=form.taken(),
        reason=form.reason.data,
        places=frozenset(key for key in chosen if key),
        by=current_user,
    )
    flash(_("One card now. The merge can be undone on the card."))
    return redirect(url_for(".person", person_id=kept.id), 303)


@bp.post("/people/<int:person_id>/merges/<int:merge_id>/undo")
@requires(MAY)
def undo_merge(person_id: int, merge_id: int):
    person, merge = _person(person_id), db.session.get(Merge, merge_id)
    if merge is None or merge.kept_id != person.id:
        abort(404)
    found(accounts.select_units(current_user, MAY), merge.gone["unit_id"])
    back = operations.undo_merge(merge, reason=_("undone on the card"), by=current_user)
    flash(_("Two cards again. This is the one that came back."))
    return redirect(url_for(".person", person_id=back.id), 303)


@bp.get("/people/<int:person_id>/same")
@requires(MAY)
def same(person_id: int):
    """Look for the card that is the same person, to put it beside this one."""
    person, form = _person(person_id), SameForm(request.args)
    text = form.text.data or person.name
    chosen = queries.filtered(queries.select_visible(current_user, MAY), text=text).where(
        Person.id != person.id
    )
    return page(
        "directory/same.html",
        part="directory/_same.html",
        person=person,
        form=form,
        listing=page_of(queries.by_closeness(chosen, text), 20),
        industries=INDUSTRIES,
    )


@bp.post("/people/<int:person_id>/same/<int:other_id>")
@requires(MAY)
def suspect(person_id: int, other_id: int):
    pair = operations.suspect(_person(person_id), _person(other_id), by=current_user)
    return redirect(url_for(".duplicate", pair_id=pair.id), 303)


@bp.get("/people/<int:person_id>/duplicates")
@requires(MAY)
def of_person(person_id: int):
    """The fragment of a card: open pairs, and cards that went into it."""
    person = _person(person_id)
    return page(
        "directory/_of_person.html",
        person=person,
        pairs=duplicate_queries.pairs_of(person, current_user),
        merges=duplicate_queries.merges_into(person),
        reason_names=REASON_NAMES,
    )
