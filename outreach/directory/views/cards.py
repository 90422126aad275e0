"""Links to people's own pages, what they answered, the printed directory."""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db, end_writing
from outreach.core.downloads import attachment
from outreach.core.i18n import _, default_language
from outreach.core.links import public_url
from outreach.core.lists import page_of
from outreach.core.pdf import PDF, undrawn
from outreach.core.sheets import XLSX, write
from outreach.core.web import again, limiter, page, reads_first
from outreach.directory import card_queries, exports, operations, printing, queries
from outreach.directory.card_forms import (
    ANSWER_NAMES,
    ANSWER_STATES,
    CARD_FIELD_NAMES,
    PURPOSE_NAMES,
    AnswerFilters,
    PaperConsentForm,
    PrintForm,
    present_values,
)
from outreach.directory.card_models import CardAnswer, CardLink
from outreach.directory.forms import ReasonForm
from outreach.directory.models import Person
from outreach.directory.views.people import bp
from outreach.permissions import Permission

MAY = Permission.DIRECTORY_EDIT


def _person(person_id: int) -> Person:
    return found(queries.select_visible(current_user, MAY), person_id)


def _own(person: Person, *, status: int = 200, **context):
    context.setdefault("form", PaperConsentForm(formdata=None, data=person.consents))
    return page(
        "directory/own.html",
        part="directory/_own.html",
        person=person,
        links=card_queries.links_of(person),
        consents=card_queries.consents_of(person),
        purpose_names=PURPOSE_NAMES,
        card_fields=CARD_FIELD_NAMES,
        status=status,
        **context,
    )


@bp.get("/people/<int:person_id>/own")
@requires(MAY)
def own(person_id: int):
    return _own(_person(person_id))


@bp.post("/people/<int:person_id>/own/link")
@requires(MAY)
@limiter.limit("60 per minute")
def make_link(person_id: int):
    """The link is shown once, with words to send along:
    with the name in full, in the language of whom they go to.
    """
    person = _person(person_id)
    token = operations.make_link(person, by=current_user)
    address = public_url() + url_for("public_directory.own_card", token=token)
    with default_language():
        words = _(
            "%(name)s: %(unit)s keeps your contact details on its register of hometown people. Please "
            "look at them, correct them, or say what they may be used for; you can also say no: "
            "%(address)s",
            name=person.name,
            unit=person.unit.shown,
            address=address,
        )
    return _own(person, address=address, words=words)


@bp.post("/people/<int:person_id>/own/links/<int:link_id>/revoke")
@requires(MAY)
def revoke_link(person_id: int, link_id: int):
    person = _person(person_id)
    link = found(db.select(CardLink).where(CardLink.person_id == person.id), link_id)
    operations.revoke_link(link, by=current_user)
    return redirect(url_for(".own", person_id=person.id), 303)


@bp.post("/people/<int:person_id>/own/choose")
@requires(MAY)
def choose(person_id: int):
    person, form = _person(person_id), PaperConsentForm()
    if not form.validate_on_submit():
        return _own(person, form=form, status=422)
    operations.choose(person, choices=form.choices(), via=form.via.data, by=current_user)
    flash(_("Recorded."))
    return redirect(url_for(".own", person_id=person.id), 303)


@bp.get("/answers")
@requires(MAY)
def answers():
    filters = AnswerFilters(request.args)
    values = {"state": "" if "state" in request.args else "open", **filters.chosen()}
    return page(
        "directory/answers.html",
        part="directory/_answers.html",
        filters=filters,
        listing=page_of(card_queries.select_answers(current_user, **values)),
        present=present_values,
        answer_names=ANSWER_NAMES,
        answer_states=ANSWER_STATES,
        reason_form=ReasonForm(formdata=None),
    )


def _answer(answer_id: int) -> CardAnswer:
    return found(card_queries.select_answers(current_user, state=""), answer_id)


@bp.post("/answers/<int:answer_id>/accept")
@requires(MAY)
def accept_answer(answer_id: int):
    answer = _answer(answer_id)
    operations.accept_answer(answer, by=current_user)
    flash(_("Accepted."))
    return redirect(
        url_for(".person", person_id=answer.person_id) if answer.kind == "refuse" else url_for(".answers"),
        303,
    )


@bp.post("/answers/<int:answer_id>/decline")
@requires(MAY)
def decline_answer(answer_id: int):
    answer, form = _answer(answer_id), ReasonForm()
    if not form.validate_on_submit():
        return again(form, _("Decline: the person reads the reason on their page"), url_for(".answers"))
    operations.decline_answer(answer, reason=form.reason.data, by=current_user)
    flash(_("Declined; the person reads the reason on their page."))
    return redirect(url_for(".answers"), 303)


def _print_form(**options) -> PrintForm:
    return PrintForm(units=accounts.units_for_choice(current_user, Permission.DIRECTORY_EXPORT), **options)


def _printed(form: PrintForm, *, status: int = 200):
    runs = card_queries.select_runs(current_user)
    return page(
        "directory/printed.html",
        form=form,
        listing=page_of(runs),
        removals=card_queries.to_remove(list(db.session.scalars(runs.limit(200)))),
        agreed=card_queries.printable_count(current_user),
        undrawn=undrawn(card_queries.printable_names(current_user)),
        status=status,
    )


@bp.get("/printed")
@requires(Permission.DIRECTORY_EXPORT)
def printed():
    return _printed(_print_form(formdata=None))


@bp.post("/printed")
@requires(Permission.DIRECTORY_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def print_directory():
    """A numbered copy as PDF, or its Excel twin when the button says so."""
    form = _print_form()
    if not form.validate_on_submit():
        return _printed(form, status=422)
    unit = found(accounts.select_units(current_user, Permission.DIRECTORY_EXPORT), form.unit_id.data)
    people = list(db.session.scalars(card_queries.printable(current_user, unit, form.order.data)).unique())
    if not people:
        form.unit_id.errors = [_("Nobody there has agreed to stand in the printed directory yet.")]
        return _printed(form, status=422)
    people = printing.in_order(people, form.order.data)
    run = operations.print_directory(
        unit, people=people, recipient=form.recipient.data, order=form.order.data, by=current_user
    )
    end_writing()  # the copy has its number; drawing it takes seconds
    title = _("Hometown directory of %(unit)s", unit=unit.shown)
    if request.form.get("as") == "xlsx":
        return attachment(
            write(title, exports.printed(), people, subtitle=printing.copy_words(run)),
            f"{title} {run.copy}.xlsx",
            XLSX,
        )
    return attachment(printing.directory(unit, run, people), f"{title} {run.copy}.pdf", PDF)
