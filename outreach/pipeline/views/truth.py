"""What became of it: cohorts of summits, rates with their formulas, frozen figures,
tables by county and month.
"""

from datetime import date

from flask import abort, redirect, request, url_for
from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.web import again, page
from outreach.events import queries as events
from outreach.events.models import HELD, Event
from outreach.permissions import Permission
from outreach.pipeline import cohort_queries, matrix_queries, operations, rates
from outreach.pipeline import snapshot_queries as snapshots
from outreach.pipeline.follow_models import Snapshot
from outreach.pipeline.models import Project
from outreach.pipeline.truth_forms import (
    AMOUNT_NAMES,
    RATE_NAMES,
    STEP_NAMES,
    WAY_NAMES,
    CohortForm,
    FreezeForm,
    MatrixForm,
)
from outreach.pipeline.views.shared import NAMES, bp

_P = Permission
_WORDS = {
    "step_names": STEP_NAMES,
    "amount_names": AMOUNT_NAMES,
    "rate_names": RATE_NAMES,
    "way_names": WAY_NAMES,
}


def _summits() -> list[Event]:
    chosen = events.select_visible(current_user, _P.PIPELINE_VIEW).where(Event.state == HELD)
    return list(db.session.scalars(chosen.order_by(Event.starts_at.desc()).limit(60)))


@bp.get("/cohorts")
@requires(_P.PIPELINE_VIEW)
def cohorts():
    """Summits side by side; without a choice the last four."""
    held = _summits()
    form = CohortForm(request.args, events=[(event.id, event.shown) for event in held])
    chosen = [event for event in held if event.id in (form.event.data or [])] or held[:4]
    made = cohort_queries.cohorts(current_user, chosen, confirmed=not form.entered.data)
    months = form.months.data if form.months.data in cohort_queries.HORIZONS else 0
    rated = {
        row.event.id: rates.rates(row.counts[months], form.way.data) for row in made if months in row.counts
    }
    return page(
        "pipeline/cohorts.html",
        part="pipeline/_cohorts.html",
        form=form,
        cohorts=made,
        rated=rated,
        months=months,
        way=form.way.data,
        people_steps=cohort_queries.PEOPLE_STEPS,
        project_steps=cohort_queries.PROJECT_STEPS,
        amounts=cohort_queries.AMOUNTS,
        horizons=cohort_queries.HORIZONS,
        freeze_form=FreezeForm(formdata=None),
        **_WORDS,
    )


def _summit(event_id: int) -> Event:
    return found(events.select_visible(current_user, _P.PIPELINE_VIEW), event_id)


@bp.get(
    "/cohorts/<int:event_id>/<any(signed, intention, contract, registered, construction, statistics, "
    "production, capacity, paid, alive):step>"
)
@requires(_P.PIPELINE_VIEW)
def cohort_rows(event_id: int, step: str):
    """The rows behind one figure of a cohort."""
    event, form = _summit(event_id), CohortForm(request.args, events=[])
    [cohort] = cohort_queries.cohorts(current_user, [event], confirmed=not form.entered.data)
    months = form.months.data if form.months.data in cohort.counts else 0
    until = cohort_queries.deadline(cohort.day, months)
    signings, ids = cohort_queries.behind(
        current_user, event.id, step, until, confirmed=not form.entered.data
    )
    rows = (
        db.session.scalars(db.select(Project).where(Project.id.in_(ids)).order_by(Project.id)).unique().all()
    )
    return page(
        "pipeline/cohort_rows.html",
        event=event,
        step=step,
        months=months,
        until=until,
        projects=rows,
        signings=signings,
        figure=cohort.counts.get(months, {}).get(step, 0),
        **_WORDS,
        **NAMES,
    )


@bp.post("/cohorts/<int:event_id>/freeze")
@requires(_P.PIPELINE_EDIT)
def freeze(event_id: int):
    event, form = _summit(event_id), FreezeForm()
    if not form.validate_on_submit():
        return again(form, _("Freeze these figures"), url_for(".cohorts", event=event.id))
    row = operations.freeze(
        event, name=form.name.data, way=form.way.data, confirmed=not form.entered.data, by=current_user
    )
    return redirect(url_for(".snapshot", snapshot_id=row.id), 303)


def _snapshots():
    return db.select(Snapshot).where(
        Snapshot.event_id.in_(
            events.select_visible(current_user, _P.PIPELINE_VIEW).with_only_columns(Event.id)
        )
    )


@bp.get("/snapshots")
@requires(_P.PIPELINE_VIEW)
def frozen():
    return page(
        "pipeline/snapshots.html",
        rows=db.session.scalars(_snapshots().order_by(Snapshot.id.desc()).limit(200)).all(),
    )


@bp.get("/snapshots/<int:snapshot_id>")
@requires(_P.PIPELINE_VIEW)
def snapshot(snapshot_id: int):
    """What was frozen beside what stands today, and every row that makes the difference."""
    row = found(_snapshots(), snapshot_id)
    if not snapshots.within(current_user, row):
        abort(404)
    figures, now = snapshots.taken(current_user, row.event, confirmed=row.definition["confirmed"])
    return page(
        "pipeline/snapshot.html",
        snapshot=row,
        figures=figures,
        changes=snapshots.changes(row, now),
        steps=(*cohort_queries.PROJECT_STEPS, "alive"),
        amounts=cohort_queries.AMOUNTS,
        **_WORDS,
        **NAMES,
    )


@bp.get("/matrix")
@requires(_P.PIPELINE_VIEW)
def matrix():
    form = MatrixForm(request.args)
    if not form.validate():
        abort(400)
    year = form.year.data or today().year
    rows = matrix_queries.matrix(
        current_user, measure=form.measure.data, dimension=form.dimension.data, year=year
    )
    return page(
        "pipeline/matrix.html",
        part="pipeline/_matrix.html",
        form=form,
        rows=rows,
        waiting=matrix_queries.waiting(
            current_user, measure=form.measure.data, dimension=form.dimension.data, year=year
        ),
        year=year,
        months=[date(year, month, 1) for month in range(1, 13)],
        **NAMES,
    )
