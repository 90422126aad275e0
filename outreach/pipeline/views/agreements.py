"""Agreements: the list, recording a signature, making it a project."""

from decimal import Decimal, InvalidOperation

from flask import flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import Select

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db, lock_name
from outreach.core.downloads import attachment
from outreach.core.forms import whole_number
from outreach.core.i18n import _
from outreach.core.lists import ordered_by, page_of
from outreach.core.refusals import Refused
from outreach.core.sheets import XLSX
from outreach.core.web import limiter, page, reads_first
from outreach.directory import names
from outreach.directory import queries as directory
from outreach.directory.forms import ReasonForm
from outreach.directory.models import Person, PersonPhone
from outreach.events import queries as events
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.pipeline import exports, identity, operations, queries
from outreach.pipeline.agreement_forms import (
    ROLE_NAMES,
    SIDE_NAMES,
    ClauseForm,
    FileForm,
    PartyForm,
    ReplaceForm,
    ReviewForm,
)
from outreach.pipeline.agreement_models import CONTRACT, FIRST, UPGRADE, Agreement
from outreach.pipeline.forms import (
    CORRECTED_NAMES,
    REASON_NAMES,
    AgreementFilters,
    AgreementForm,
    OutcomeForm,
    ProjectForm,
)
from outreach.pipeline.models import ENDED, Project
from outreach.pipeline.views.shared import NAMES, bp, counties, officer, officers, ready_sheet

_P = Permission
#: so many first signings can be chosen without looking for them
NEWEST = 100
_AGREEMENT_SORTS = {"signed": Agreement.signed_on, "amount": Agreement.intended_wan, "title": Agreement.title}


def agreement_of(agreement_id: int, permission=_P.PIPELINE_VIEW) -> Agreement:
    """The agreement, if this user may do this there; else 404."""
    return found(queries.select_agreements(current_user, permission), agreement_id)


def _agreements(permission=_P.PIPELINE_VIEW):
    filters = AgreementFilters(request.args)
    chosen = queries.filtered_agreements(
        queries.select_agreements(current_user, permission), **filters.chosen()
    )
    return filters, ordered_by(chosen, request.args.get("sort", ""), _AGREEMENT_SORTS, "-signed")


@bp.get("/agreements")
@requires(_P.PIPELINE_VIEW)
def agreements():
    filters, chosen = _agreements()
    return page(
        "pipeline/agreements.html",
        part="pipeline/_agreements.html",
        filters=filters,
        listing=page_of(chosen),
        **NAMES,
    )


@bp.post("/agreements/export")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("20 per minute")
@reads_first
def export_agreements():
    rows = db.session.scalars(_agreements(_P.PIPELINE_EXPORT)[1]).unique().all()
    operations.export_pipeline("agreements", count=len(rows), by=current_user)
    title = _("Signed agreements")
    return attachment(ready_sheet(title, exports.agreements(), rows), f"{title}.xlsx", XLSX)


def agreement_form(first: Agreement | None = None, form_class=AgreementForm, **options) -> AgreementForm:
    """``first``: the first signing that is meant.

    The newest ones can be chosen besides; from its own page, any.
    """
    held = db.session.scalars(events.select_shared(current_user).order_by(Event.starts_at.desc()).limit(200))
    newest = list(
        db.session.scalars(
            _firsts().order_by(Agreement.signed_on.desc(), Agreement.id.desc()).limit(NEWEST)
        ).unique()
    )
    meant = [first] if first is not None and first not in newest else []
    return form_class(
        units=counties(),
        events=[(event.id, event.shown) for event in held],
        firsts=[_choice(row) for row in meant + newest],
        **options,
    )


def _firsts() -> Select:
    """The first signings this user may see."""
    return queries.select_agreements(current_user).where(Agreement.counts_as == FIRST, queries.VALID)


def _choice(row: Agreement) -> tuple[int, str]:
    return row.id, f"{row.title} · {row.organisation.name} · {row.signed_on}"


def first_signing(typed) -> Agreement | None:
    """The first signing with this number, if this user may see it."""
    return db.session.scalars(_firsts().where(Agreement.id == (whole_number(typed) or 0))).unique().first()


def _alike(form: AgreementForm, person: Person | None) -> list:
    """First signings that may be this very project; nothing once somebody has said what it is."""
    if form.another.data or form.counts_as.data != FIRST:
        return []
    # two forms at once: the second sees what the first has signed
    lock_name(f"signing {names.organisation_key(form.company.data)}")
    known = directory.organisation_by_name(form.company.data)
    signing = identity.Signing(
        form.company.data,
        form.title.data,
        (known.credit_code or "") if known else "",
        form.intended_wan.data or form.agreed_wan.data or form.contracted_wan.data,
        person.id if person else None,
    )
    return queries.similar_signings(current_user, signing)


@bp.get("/agreements/new")
@requires(_P.PIPELINE_EDIT)
def new_agreement():
    event_id = request.args.get("event", 0, type=int)
    event = found(events.select_shared(current_user), event_id) if event_id else None
    given: dict = {
        name: request.args.get(name, "")[:most]
        for name, most in (("title", 160), ("company", 120), ("witnesses", 200))
    }
    unit_id = request.args.get("unit", 0, type=int) or (event.unit_id if event else None)
    if first := first_signing(request.args.get("first")):  # what is signed later for the same project
        given |= {
            "title": first.title,
            "company": first.organisation.name,
            "first_id": first.id,
            "counts_as": UPGRADE,
            "kind": CONTRACT,
        }
        unit_id = first.unit_id
    elif lead_id := request.args.get("lead", 0, type=int):
        lead = found(queries.select_projects(current_user, _P.PIPELINE_EDIT), lead_id)
        given |= {"title": lead.name, "company": lead.organisation.name}
        unit_id = lead.unit_id
    form = agreement_form(
        first,
        formdata=None,
        event_id=event_id,
        unit_id=unit_id,
        intended_wan=_amount(request.args.get("intended")),
        **given,
    )
    return page("pipeline/new_agreement.html", form=form)


def _amount(typed: str | None) -> Decimal | None:
    """An amount in 万元 that another page of ours hands over; nothing when it is none."""
    try:
        amount = Decimal((typed or "")[:20])
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount <= 10**9 else None


def introducer(number: str) -> Person | None:
    """The person of the directory with this number;
    :class:`Refused` when the officer sees nobody who has it.
    """
    if not number:
        return None
    holders = db.select(PersonPhone.person_id).where(PersonPhone.number == number)
    row = (
        db.session.scalars(directory.select_visible(current_user).where(Person.id.in_(holders)).limit(1))
        .unique()
        .first()
    )
    if row is None:
        raise Refused(
            _("Nobody on your register has this number. Add the person first, or leave it empty."),
            at="mobile",
        )
    return row


@bp.post("/agreements/new")
@requires(_P.PIPELINE_EDIT)
def sign():
    form = agreement_form(first_signing(request.form.get("first_id")))
    if not form.validate_on_submit():
        return page("pipeline/new_agreement.html", form=form, status=422)
    values = form.values()
    unit = found(accounts.select_units(current_user, _P.PIPELINE_EDIT), values.pop("unit_id"))
    event_id, first_id, person = (
        values.pop("event_id"),
        values.pop("first_id"),
        introducer(values.pop("mobile")),
    )
    event = found(events.select_shared(current_user), event_id) if event_id else None
    if alike := _alike(form, person):
        offered = {key for key, _words in form.first_id.choices}
        form.first_id.choices += [
            _choice(row) for row, _reasons, mine in alike if mine and row.id not in offered
        ]
        return page(
            "pipeline/new_agreement.html",
            form=form,
            alike=alike,
            reason_names=REASON_NAMES,
            status=409,
            **NAMES,
        )
    values.pop("another")
    first = agreement_of(first_id) if first_id else None
    agreement = operations.sign(unit, event=event, person=person, first=first, by=current_user, **values)
    flash(_("The agreement has been entered."))
    return redirect(url_for(".agreement", agreement_id=agreement.id), 303)


def _leads_of(row: Agreement) -> list[Project]:
    """The county's leads nobody has signed for; first those of the company that signed."""
    chosen = queries.select_projects(current_user, _P.PIPELINE_EDIT).where(
        Project.unit_id == row.unit_id, Project.agreement_id.is_(None), Project.state != ENDED
    )
    leads = db.session.scalars(
        chosen.order_by(Project.organisation_id != row.organisation_id, Project.id)
    ).unique()
    return list(leads)


def _project_form(row: Agreement, **options) -> ProjectForm:
    """What an agreement becomes.

    The company's lead of the same name is meant, or its only one, until somebody says otherwise.
    """
    leads = _leads_of(row)
    theirs = [lead for lead in leads if lead.organisation_id == row.organisation_id]
    named = [lead for lead in theirs if lead.name == row.title] or theirs
    meant = named[0].id if len(named) == 1 else 0
    words = [(lead.id, f"{lead.name} · {lead.organisation.name}") for lead in leads]
    return ProjectForm(
        officers=officers(), leads=words, lead_id=meant, name=row.title, officer_id=current_user.id, **options
    )


def agreement_page(row: Agreement, *, status: int = 200, **forms):
    """The agreement's own page; a form that was refused stands open in it."""
    project = db.session.scalar(db.select(Project).where(Project.agreement_id == row.id))
    fresh = {
        "form": _project_form(row, formdata=None),
        "review_form": ReviewForm(formdata=None),
        "party_form": PartyForm(formdata=None),
        "clause_form": ClauseForm(formdata=None),
        "file_form": FileForm(formdata=None),
        "outcome_form": OutcomeForm(formdata=None),
        "reason_form": ReasonForm(formdata=None),
        "replace_form": ReplaceForm(formdata=None),
    }
    return page(
        "pipeline/agreement.html",
        agreement=row,
        project=project,
        later=queries.later_signings(current_user, row),
        role_names=ROLE_NAMES,
        side_names=SIDE_NAMES,
        field_names=CORRECTED_NAMES,
        status=status,
        **(fresh | forms),
        **NAMES,
    )


@bp.get("/agreements/<int:agreement_id>")
@requires(_P.PIPELINE_VIEW)
def agreement(agreement_id: int):
    return agreement_page(agreement_of(agreement_id))


@bp.post("/agreements/<int:agreement_id>/project")
@requires(_P.PIPELINE_EDIT)
def start_project(agreement_id: int):
    row = agreement_of(agreement_id, _P.PIPELINE_EDIT)
    form = _project_form(row)
    if not form.validate_on_submit():
        return agreement_page(row, form=form, status=422)
    values = form.values()
    lead_id = values.pop("lead_id")
    values["lead"] = (
        found(queries.select_projects(current_user, _P.PIPELINE_EDIT), lead_id) if lead_id else None
    )
    project = operations.start_project(
        row, officer=officer(values.pop("officer_id")), by=current_user, **values
    )
    return redirect(url_for(".project", project_id=project.id), 303)


@bp.get("/people/<int:person_id>/agreements")
@requires(_P.PIPELINE_VIEW)
def of_person(person_id: int):
    """The fragment that a person's card asks for."""
    rows = (
        db.session.scalars(
            queries.select_agreements(current_user).where(Agreement.person_id == person_id).limit(20)
        )
        .unique()
        .all()
    )
    return page("pipeline/_of_person.html", rows=rows, **NAMES)
