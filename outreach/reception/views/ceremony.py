"""Staff pages of the signing ceremony."""

from flask import redirect, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.web import page
from outreach.events.models import Event
from outreach.reception import ceremony_queries, operations
from outreach.reception.ceremony_models import SigningLine
from outreach.reception.forms import SigningForm
from outreach.reception.views.seats import EDIT, bp, event_within


def _form(**options) -> SigningForm:
    return SigningForm(units=accounts.units_for_choice(current_user, EDIT, "city", "county"), **options)


def _page(event: Event, form: SigningForm, *, signing: SigningLine | None = None, status: int = 200):
    return page(
        "reception/ceremony.html",
        event=event,
        rows=ceremony_queries.lines(event),
        form=form,
        signing=signing,
        status=status,
    )


def _signing(event: Event, signing_id: int) -> SigningLine:
    return found(db.select(SigningLine).where(SigningLine.event_id == event.id), signing_id)


@bp.get("/events/<int:event_id>/ceremony")
@requires(EDIT)
def ceremony(event_id: int):
    event = event_within(event_id, EDIT)
    return _page(event, _form(formdata=None, unit_id=event.unit_id))


@bp.get("/events/<int:event_id>/ceremony/<int:signing_id>")
@requires(EDIT)
def signing(event_id: int, signing_id: int):
    event = event_within(event_id, EDIT)
    row = _signing(event, signing_id)
    return _page(event, _form(formdata=None, obj=row), signing=row)


def _save(event: Event, row: SigningLine | None):
    form = _form()
    if not form.validate_on_submit():
        return _page(event, form, signing=row, status=422)
    values = form.values()
    unit = found(accounts.select_units(current_user, EDIT), values.pop("unit_id"))
    operations.save_signing(event, row, unit=unit, by=current_user, **values)
    return redirect(url_for(".ceremony", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/ceremony")
@requires(EDIT)
def add_signing(event_id: int):
    return _save(event_within(event_id, EDIT), None)


@bp.post("/events/<int:event_id>/ceremony/<int:signing_id>")
@requires(EDIT)
def save_signing(event_id: int, signing_id: int):
    event = event_within(event_id, EDIT)
    return _save(event, _signing(event, signing_id))


@bp.post("/events/<int:event_id>/ceremony/<int:signing_id>/<any(up,down):verb>")
@requires(EDIT)
def move_signing(event_id: int, signing_id: int, verb: str):
    event = event_within(event_id, EDIT)
    operations.move_signing(_signing(event, signing_id), up=verb == "up", by=current_user)
    return redirect(url_for(".ceremony", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/ceremony/<int:signing_id>/remove")
@requires(EDIT)
def remove_signing(event_id: int, signing_id: int):
    event = event_within(event_id, EDIT)
    operations.remove_signing(_signing(event, signing_id), by=current_user)
    return redirect(url_for(".ceremony", event_id=event.id), 303)
