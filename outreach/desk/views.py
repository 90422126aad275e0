"""The first page after signing in: one's own work first, then the whole."""

from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core import links, masking
from outreach.core.access import found, indexed, open_to_all, requires, signed_in
from outreach.core.clock import now, today
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.paper import FORMS
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import limiter, page, reads_first
from outreach.desk import funnel, operations, summaries, taking_part, waiting
from outreach.desk.forms import TakingPartFilters
from outreach.directory.forms import ReasonForm
from outreach.events import queries as events
from outreach.events.models import AHEAD, DRAFT, Event
from outreach.events.wording import ANSWER_NAMES
from outreach.permissions import Permission
from outreach.pipeline import queries as pipeline

bp = Blueprint("desk", __name__)


@bp.get("/")
@open_to_all
@indexed
def front():
    if current_user.is_authenticated:
        return redirect(url_for(".index"))
    coming = db.session.scalars(events.select_public().where(Event.ends_at > now()).limit(10)).all()
    return page("desk/front.html", events=coming)


@bp.get("/home")
@signed_in
def index():
    steps, coming = [], []
    if current_user.holds(Permission.PIPELINE_EDIT):
        steps = db.session.scalars(pipeline.select_due_steps(current_user).limit(12)).unique().all()
    if current_user.holds(Permission.EVENTS_VIEW):
        chosen = events.select_visible(current_user).where(Event.ends_at > now(), Event.state.in_(AHEAD))
        if not current_user.holds(Permission.EVENTS_EDIT):
            chosen = chosen.where(Event.state != DRAFT)
        coming = db.session.scalars(chosen.order_by(Event.starts_at).limit(5)).all()
    whole = funnel.lines(current_user) if current_user.holds(Permission.PIPELINE_VIEW) else None
    return page(
        "desk/index.html",
        steps=steps,
        coming=coming,
        waiting=waiting.lines(current_user),
        whole=whole,
        today=today(),
    )


def _columns(first: str) -> list[Column]:
    return [
        Column(first, lambda line: line.name, 34),
        Column(_("Registered"), lambda line: line.people, 10, "number"),
        Column(_("Screened"), lambda line: line.screened, 10, "number"),
        Column(_("Key list"), lambda line: line.key, 10, "number"),
        Column(_("Invited"), lambda line: line.invited, 10, "number"),
        Column(_("Guests"), lambda line: line.guests, 10, "number"),
        Column(_("Arrived"), lambda line: line.arrived, 10, "number"),
        Column(_("Signed"), lambda line: line.sums.signed, 10, "number"),
        Column(_("Intended (10,000 yuan)"), lambda line: line.sums.intended_wan, 16, "wan"),
        Column(_("Contracts"), lambda line: line.sums.contracts, 10, "number"),
        Column(_("Contracted (10,000 yuan)"), lambda line: line.sums.contracted_wan, 16, "wan"),
        Column(_("Landed"), lambda line: line.sums.landed, 10, "number"),
        Column(_("Paid in (10,000 yuan)"), lambda line: line.sums.paid_in_wan, 16, "wan"),
        Column(_("Signed, wait for the scan"), lambda line: line.sums.waiting["signed"], 14, "number"),
        Column(
            _("Contracts that wait for confirmation"),
            lambda line: line.sums.waiting["contracted"],
            14,
            "number",
        ),
        Column(_("Landed, wait for confirmation"), lambda line: line.sums.waiting["landed"], 14, "number"),
        Column(
            _("Paid in, waits for confirmation (10,000 yuan)"),
            lambda line: line.sums.waiting_wan["paid"],
            16,
            "wan",
        ),
    ]


@bp.post("/events/<int:event_id>/summary.<any(docx, pdf):form>")
@requires(Permission.REGISTRATIONS_EXPORT)
@limiter.limit("20 per minute")
@reads_first
def event_summary(event_id: int, form: str):
    event = found(events.select_visible(current_user, Permission.REGISTRATIONS_EXPORT), event_id)
    operations.export_summary(event, by=current_user)
    paper = summaries.of_event(event, current_user, links.outside)
    return attachment(paper.made(form, event.unit.shown), f"{event.title} {_('Summary')}.{form}", FORMS[form])


def _filters() -> TakingPartFilters:
    chosen = db.session.scalars(funnel.summits(current_user).order_by(Event.starts_at.desc())).all()
    return TakingPartFilters(request.args, events=chosen, units=accounts.hosts_for_choice())


def _taking_part(form: ReasonForm, *, status: int = 200):
    filters = _filters()
    chosen = taking_part.select_rows(current_user, **filters.chosen())
    return page(
        "desk/taking_part.html",
        part="desk/_taking_part.html",
        filters=filters,
        answers=ANSWER_NAMES,
        export_form=form,
        listing=page_of(chosen, rows_of=partial(taking_part.rows, current_user)),
        status=status,
    )


@bp.get("/home/summits", endpoint="taking_part")
@requires(Permission.REGISTRATIONS_VIEW)
def taking_part_in_summits():
    """The rows behind three figures of the funnel, over all summits."""
    return _taking_part(ReasonForm(formdata=None))


@bp.post("/home/summits/export")
@requires(Permission.REGISTRATIONS_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def export_taking_part():
    form, filters = ReasonForm(), _filters()
    if not form.validate_on_submit():
        return _taking_part(form, status=422)
    chosen = taking_part.select_rows(
        current_user, Permission.REGISTRATIONS_EXPORT, free=True, **filters.chosen()
    )
    rows = taking_part.rows(current_user, db.session.execute(chosen))
    operations.export_taking_part(
        count=len(rows), reason=form.reason.data, by=current_user, **filters.chosen()
    )
    columns = [
        Column(_("Name"), lambda row: masking.name(row.name) or _("name not shown here"), 12),
        Column(_("Company or organisation"), lambda row: row.company, 32),
        Column(_("Post"), lambda row: row.post, 14),
        Column(_("Summit"), lambda row: row.event.title, 40),
        Column(_("Host"), lambda row: row.event.unit.shown, 14),
        Column(_("Answer"), lambda row: str(ANSWER_NAMES.get(row.answer, "")), 14),
    ]
    title = filters.title()
    return attachment(write(title, columns, rows), f"{title}.xlsx", XLSX)


@bp.post("/home/export")
@requires(Permission.PIPELINE_EXPORT)
@limiter.limit("20 per minute")
@reads_first
def export_funnel():
    _whole, counties, summits = funnel.lines(current_user)
    by_summit = request.form.get("by") == "summit"
    rows = summits if by_summit else counties
    operations.export_funnel(count=len(rows), by=current_user)
    title = _("Funnel by summit") if by_summit else _("Funnel by county")
    return attachment(
        write(title, _columns(_("Summit") if by_summit else _("County")), rows), f"{title}.xlsx", XLSX
    )
