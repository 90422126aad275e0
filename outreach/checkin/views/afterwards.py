"""What a person decides: double entries, problems of gates, the paper list, rehearsals."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.checkin import conflict_queries, device_queries, operations, paper, queries, rehearsing
from outreach.checkin.device_models import Rehearsal
from outreach.checkin.forms import (
    DECISION_NAMES,
    PROBLEM_NAMES,
    VERDICT_NAMES,
    DecisionForm,
    PaperForm,
    RehearsalForm,
)
from outreach.checkin.models import DoorProblem, Scan
from outreach.checkin.views.shared import bp, event_within
from outreach.core import clock, qr, tokens
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.links import public_url
from outreach.core.lists import page_of
from outreach.core.web import limiter, page, reads_first
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.reception import queries as reception
from outreach.registrations import queries as guests
from outreach.registrations import tickets

_P = Permission


def _conflicts(
    event: Event, *, form: DecisionForm | None = None, shown: tuple[int, str] = (0, ""), status: int = 200
):
    return page(
        "checkin/conflicts.html",
        event=event,
        doubles=conflict_queries.doubles(event),
        strays=conflict_queries.without_place(event),
        problems=page_of(device_queries.select_problems(event)),
        form=form or DecisionForm(formdata=None),
        decision_names=DECISION_NAMES,
        problem_names=PROBLEM_NAMES,
        shown=shown,
        status=status,
    )


@bp.get("/events/<int:event_id>/conflicts")
@requires(_P.CHECKIN_UNDO)
def conflicts(event_id: int):
    return _conflicts(event_within(event_id, _P.CHECKIN_UNDO))


@bp.post("/events/<int:event_id>/conflicts/<int:scan_id>")
@requires(_P.CHECKIN_UNDO)
def decide(event_id: int, scan_id: int):
    event, form = event_within(event_id, _P.CHECKIN_UNDO), DecisionForm()
    scan = found(db.select(Scan).where(Scan.event_id == event.id), scan_id)
    if not form.validate_on_submit():
        return _conflicts(event, form=form, status=422)
    operations.decide(event, scan, kind=form.kind.data, note=form.note.data, by=current_user)
    flash(_("Decided. Both entries stay on record."))
    return redirect(url_for(".conflicts", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/problems/<int:problem_id>/settle")
@requires(_P.CHECKIN_UNDO)
def settle_problem(event_id: int, problem_id: int):
    event = event_within(event_id, _P.CHECKIN_UNDO)
    operations.settle_problem(
        found(db.select(DoorProblem).where(DoorProblem.event_id == event.id), problem_id), by=current_user
    )
    return redirect(url_for(".conflicts", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/problems/<int:problem_id>/unmask")
@requires(_P.CHECKIN_UNDO)
@limiter.limit("60 per minute")
def unmask_problem(event_id: int, problem_id: int):
    event = event_within(event_id, _P.CHECKIN_UNDO)
    problem = found(db.select(DoorProblem).where(DoorProblem.event_id == event.id), problem_id)
    return _conflicts(event, shown=(problem.id, operations.unmask_problem(problem, by=current_user)))


@bp.post("/events/<int:event_id>/paper-list")
@requires(_P.REGISTRATIONS_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def paper_list(event_id: int):
    """The last resort: every guest with a code of eight signs and a small QR, ready to be ticked by hand."""
    event = event_within(event_id, _P.REGISTRATIONS_EXPORT)
    rows = reception.guests(event)
    operations.print_paper_list(event, count=len(rows), by=current_user)
    return attachment(
        paper.door_list(event, rows, reception.seat_words(event)),
        f"{event.title} {_('Paper list')}.pdf",
        "application/pdf",
    )


def _paper(event: Event, form: PaperForm, *, status: int = 200, **context):
    context.setdefault("entered", None)
    return page(
        "checkin/paper.html", event=event, form=form, verdict_names=VERDICT_NAMES, status=status, **context
    )


@bp.get("/events/<int:event_id>/paper")
@requires(_P.CHECKIN_SCAN)
def paper_form(event_id: int):
    event = event_within(event_id)
    return _paper(event, PaperForm(formdata=None, gates=queries.gates(event)))


@bp.post("/events/<int:event_id>/paper")
@requires(_P.CHECKIN_SCAN)
def enter_paper(event_id: int):
    """Ticked codes, typed or scanned back in; whoever is inside is not let in again,
    however often it is entered.
    """
    event = event_within(event_id)
    form = PaperForm(gates=queries.gates(event))
    if not form.validate_on_submit():
        return _paper(event, form, status=422)
    gate = found(queries.select_gates(event), form.gate_id.data)
    at = min(clock.local(form.at.data, event.zone), clock.now()) if form.at.data else None
    known, unknown = paper.read(form.codes.data, dict(_short_codes(event)))
    rows = []
    for registration_id in sorted(known):  # in one order, so that two clerks do not wait for each other
        guest = found(guests.select_visible(current_user, _P.CHECKIN_SCAN), registration_id)
        rows.append(
            operations.admit(
                event,
                guest,
                key=f"paper-{tokens.fresh()[:32]}",
                gate=gate,
                device_at=None,
                by=current_user,
                way="paper",
                at=at,
            )
        )
    form.codes.data = "\n".join(unknown)
    return _paper(event, form, entered=rows, unknown=unknown)


def _short_codes(event: Event) -> list[tuple[str, int]]:
    return [(paper.short(door_id), key) for door_id, key in device_queries.tickets_of(event.id)]


def _rehearsals(event: Event, *, form: RehearsalForm | None = None, status: int = 200):
    rows = device_queries.rehearsals(event)
    running = next((row for row in rows if row.ended_at is None), None)
    return page(
        "checkin/rehearsal.html",
        event=event,
        rehearsals=rows,
        running=running,
        form=form or RehearsalForm(formdata=None),
        verdict_names=VERDICT_NAMES,
        codes=_rehearsed(running) if running else [],
        status=status,
    )


def _rehearsed(row: Rehearsal) -> list[tuple[int, str, str]]:
    """(number, expected state, drawing) of every ticket of a rehearsal."""
    return [
        (number + 1, rehearsing.state(number), qr.svg(tickets.address(public_url(), code, row.seed)))
        for number, code in enumerate(rehearsing.codes(row))
    ]


@bp.get("/events/<int:event_id>/rehearsal")
@requires(_P.CHECKIN_GATES)
def rehearsal(event_id: int):
    return _rehearsals(event_within(event_id, _P.CHECKIN_GATES))


@bp.post("/events/<int:event_id>/rehearsal")
@requires(_P.CHECKIN_GATES)
def start_rehearsal(event_id: int):
    event, form = event_within(event_id, _P.CHECKIN_GATES), RehearsalForm()
    if not form.validate_on_submit():
        return _rehearsals(event, form=form, status=422)
    operations.start_rehearsal(event, guests=form.guests.data, by=current_user)
    return redirect(url_for(".rehearsal", event_id=event.id), 303)


@bp.post("/events/<int:event_id>/rehearsal/end")
@requires(_P.CHECKIN_GATES)
def end_rehearsal(event_id: int):
    event = event_within(event_id, _P.CHECKIN_GATES)
    for row in device_queries.rehearsals(event):
        operations.end_rehearsal(row, by=current_user)
    flash(_("The rehearsal is over. Its guests are gone; the reports stay."))
    return redirect(url_for(".rehearsal", event_id=event.id), 303)
