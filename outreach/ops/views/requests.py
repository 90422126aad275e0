"""The register of people's requests about their data: list, one request, its steps; a card's own."""

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core import masking
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.forms import whole_number
from outreach.core.i18n import _, day
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import limiter, page, reads_first
from outreach.directory import queries as directory
from outreach.directory.forms import ReasonForm
from outreach.directory.models import Person
from outreach.ops import operations, request_queries
from outreach.ops.audit_names import NAMES as DEED_NAMES
from outreach.ops.request_forms import (
    CHANNEL_NAMES,
    KIND_NAMES,
    STATE_NAMES,
    CheckForm,
    CorrectRequestForm,
    NewRequestForm,
    RequestAnswerForm,
    RequestFilters,
)
from outreach.ops.request_models import DONE, RightsRequest
from outreach.ops.views.machines import bp
from outreach.permissions import Permission
from outreach.pipeline import workdays
from outreach.registrations import queries as guests
from outreach.registrations.models import Registration

MAY = Permission.DIRECTORY_EDIT
MOST_EXPORTED = 20_000
NAMES = {"kind_names": KIND_NAMES, "channel_names": CHANNEL_NAMES, "state_names": STATE_NAMES}


def _list(*, status: int = 200, **forms):
    filters = RequestFilters(request.args)
    forms.setdefault("export", ReasonForm(formdata=None))
    waiting, late = request_queries.counts(current_user)
    return page(
        "ops/requests.html",
        part="ops/_requests.html",
        filters=filters,
        listing=page_of(request_queries.select_requests(current_user, **filters.chosen())),
        waiting=waiting,
        late=late,
        status=status,
        **NAMES,
        **forms,
    )


@bp.get("/requests")
@requires(MAY)
def requests():
    return _list()


@bp.post("/requests/export")
@requires(Permission.DIRECTORY_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def export_requests():
    """The register for who supervises it: names masked, none of who is restricted."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _list(export=form, status=422)
    chosen = request_queries.select_requests(
        current_user, Permission.DIRECTORY_EXPORT, **RequestFilters(request.args).chosen()
    )
    rows = db.session.scalars(chosen.limit(MOST_EXPORTED)).unique().all()
    operations.export_requests(count=len(rows), reason=form.reason.data, by=current_user)
    title = _("Requests about personal data")
    return attachment(write(title, _columns(), rows), f"{title}.xlsx", XLSX)


def _columns() -> list[Column]:
    def who(row: RightsRequest) -> str:
        held = row.person is not None and row.person.restricted_at is not None
        return "" if held else masking.name(row.who)

    return [
        Column(_("No."), lambda row: row.id, 8, "number"),
        Column(_("Name"), who, 12),
        Column(_("What is asked for"), lambda row: str(KIND_NAMES[row.kind]), 16),
        Column(_("How it came"), lambda row: str(CHANNEL_NAMES[row.channel]), 14),
        Column(_("Received on"), lambda row: row.received_on, 12, "day"),
        Column(_("Answer due on"), lambda row: row.due_on, 12, "day"),
        Column(_("State"), lambda row: str(STATE_NAMES[row.state]), 16),
        Column(_("Overdue"), lambda row: _("yes") if row.is_overdue else "", 8),
        Column(_("Closed on"), lambda row: row.closed_at.date() if row.closed_at else None, 12, "day"),
        Column(_("Handled by"), lambda row: row.handler.name if row.handler else "", 12),
        Column(_("Kept by"), lambda row: row.unit.shown, 14),
    ]


def _of_whom(values) -> tuple[Person | None, Registration | None]:
    """The card or the guest that a link to the form names, within reach."""
    person, registration = (
        whole_number(values.get("person") or ""),
        whole_number(values.get("registration") or ""),
    )
    if person:
        return found(directory.select_visible(current_user, MAY), person), None
    if registration:
        row = found(guests.select_visible(current_user, Permission.REGISTRATIONS_VIEW), registration)
        if row.erased_at is not None:
            abort(404)
        return (row.person, None) if row.person is not None else (None, row)
    return None, None


def _new(person, registration, form: NewRequestForm, *, status: int = 200):
    return page(
        "ops/new_request.html",
        person=person,
        registration=registration,
        form=form,
        unknown=workdays.unknown_years(form.received_on.data) if form.received_on.data else [],
        status=status,
    )


def _form(*, known: bool, **options) -> NewRequestForm:
    units = accounts.units_for_choice(current_user, MAY, "city", "county", "township")
    return NewRequestForm(units=units, known=known, **options)


@bp.get("/requests/new")
@requires(MAY)
def new_request():
    person, registration = _of_whom(request.args)
    form = _form(
        known=bool(person or registration),
        formdata=None,
        person=person.id if person else "",
        registration=registration.id if registration else "",
        unit_id=current_user.grants[0].unit_id,
    )
    return _new(person, registration, form)


@bp.post("/requests/new")
@requires(MAY)
def register_request():
    person, registration = _of_whom(request.form)
    form = _form(known=bool(person or registration))
    if not form.validate_on_submit():
        return _new(person, registration, form, status=422)
    if person or registration:
        unit, name = (person.unit if person else registration.event.unit), ""
    else:
        unit, name = found(accounts.select_units(current_user, MAY), form.unit_id.data), form.name.data
    row = operations.register_request(
        unit,
        kind=form.kind.data,
        channel=form.channel.data,
        received_on=form.received_on.data,
        said=form.said.data or "",
        person=person,
        registration=registration,
        name=name,
        reach=form.reach.data or "",
        by=current_user,
    )
    flash(_("Registered; due on %(day)s.", day=day(row.due_on)))
    return redirect(url_for(".rights_request", request_id=row.id), 303)


def _row(request_id: int) -> RightsRequest:
    return found(request_queries.select_requests(current_user), request_id)


def _page(row: RightsRequest, *, status: int = 200, **forms):
    forms.setdefault("check_form", CheckForm(formdata=None))
    forms.setdefault("answer_form", RequestAnswerForm(formdata=None))
    forms.setdefault("reason_form", ReasonForm(formdata=None))
    forms.setdefault("correct_form", CorrectRequestForm(formdata=None, obj=row, row=row))
    reaches = (
        row.person is not None and row.person.erased_at is None and current_user.reaches(MAY, row.person.unit)
    )
    return page(
        "ops/request.html",
        row=row,
        reaches=reaches,
        deeds=request_queries.deeds(row),
        deed_names=DEED_NAMES,
        status=status,
        **NAMES,
        **forms,
    )


@bp.get("/requests/<int:request_id>")
@requires(MAY)
def rights_request(request_id: int):
    return _page(_row(request_id))


def _back(row: RightsRequest, words: str):
    flash(words)
    return redirect(url_for(".rights_request", request_id=row.id), 303)


@bp.post("/requests/<int:request_id>/take-over")
@requires(MAY)
def take_over_request(request_id: int):
    row = _row(request_id)
    operations.take_over(row, by=current_user)
    return _back(row, _("You handle this request now."))


@bp.post("/requests/<int:request_id>/check")
@requires(MAY)
def check_identity(request_id: int):
    row, form = _row(request_id), CheckForm()
    if not form.validate_on_submit():
        return _page(row, check_form=form, status=422)
    operations.check_identity(row, how=form.how.data, by=current_user)
    return _back(row, _("Recorded."))


@bp.post("/requests/<int:request_id>/answer")
@requires(MAY)
def answer_request(request_id: int):
    row, form = _row(request_id), RequestAnswerForm()
    if not form.validate_on_submit():
        return _page(row, answer_form=form, status=422)
    operations.answer_request(row, done=form.outcome.data == DONE, answer=form.answer.data, by=current_user)
    return _back(row, _("Answered. The person reads it on their own page; who has none is told by you."))


@bp.post("/requests/<int:request_id>/correct")
@requires(MAY)
def correct_request(request_id: int):
    row = _row(request_id)
    form = CorrectRequestForm(row=row)
    if not form.validate_on_submit():
        return _page(row, correct_form=form, status=422)
    values = form.values()
    operations.correct_request(row, reason=values.pop("reason"), by=current_user, **values)
    return _back(row, _("Corrected. What stood before is kept."))


@bp.post("/requests/<int:request_id>/withdraw")
@requires(MAY)
def withdraw_request(request_id: int):
    row, form = _row(request_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(row, reason_form=form, status=422)
    operations.withdraw_request(row, reason=form.reason.data, by=current_user)
    return _back(row, _("Withdrawn. It stays on record with the reason."))


@bp.post("/requests/<int:request_id>/reopen")
@requires(MAY)
def reopen_request(request_id: int):
    row, form = _row(request_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(row, reason_form=form, status=422)
    operations.reopen_request(row, reason=form.reason.data, by=current_user)
    return _back(row, _("Opened again."))


@bp.get("/people/<int:person_id>/requests")
@requires(MAY)
def requests_of_person(person_id: int):
    """The fragment of a card: what the person asked."""
    person = found(directory.select_visible(current_user, MAY), person_id)
    return page(
        "ops/requests_of_person.html",
        part="ops/_requests_of_person.html",
        person=person,
        rows=request_queries.of_person(person.id),
        **NAMES,
    )
