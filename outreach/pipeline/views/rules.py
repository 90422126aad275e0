"""The rules of the house: what proves a milestone, from when a light is on, which days are worked;
and the projects whose light is on.
"""

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.accounts.models import Unit
from outreach.core.access import found, requires
from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.web import page
from outreach.permissions import Permission
from outreach.pipeline import light_queries, lights, operations, queries, rule_queries, workdays
from outreach.pipeline.forms import ProjectFilters
from outreach.pipeline.models import MILESTONES, Project
from outreach.pipeline.supervision_forms import RULE_NAMES, DayForm, LightForm, PapersForm
from outreach.pipeline.views.shared import NAMES, bp, counties

_P = Permission


@bp.get("/lights")
@requires(_P.PIPELINE_VIEW)
def stalled():
    """Projects whose light is on, red ones first. Lights are on projects, never on people."""
    filters = ProjectFilters(request.args)
    chosen = queries.filtered_projects(queries.select_projects(current_user), **filters.chosen())
    lit = light_queries.lit(chosen)
    order = sorted(lit, key=lambda key: (lights.light(lit[key]) != "red", -lit[key][0].days, key))
    shown = order[:200]
    rows = {
        row.id: row for row in db.session.scalars(db.select(Project).where(Project.id.in_(shown))).unique()
    }
    return page(
        "pipeline/stalled.html",
        part="pipeline/_stalled.html",
        filters=filters,
        rows=[(rows[key], lit[key]) for key in shown],
        count=len(order),
        red=sum(lights.light(reasons) == "red" for reasons in lit.values()),
        rule_names=RULE_NAMES,
        unknown_years=workdays.unknown_years(today()),
        **NAMES,
    )


def _manages_the_house() -> bool:
    """Proofs and the calendar hold everywhere: only who manages the whole house changes them."""
    top = accounts.select_units(current_user, _P.ACCOUNTS_MANAGE).where(Unit.parent_id.is_(None))
    return db.session.scalar(top.limit(1)) is not None


def _of_the_house() -> None:
    if not _manages_the_house():
        abort(404)


def _rules(*, status: int = 200, wrong_papers=None, **forms):
    units = counties()
    papers = {kind: rule_queries.papers_for(kind) for kind in MILESTONES}
    papers_forms = {kind: PapersForm(formdata=None, papers="\n".join(papers[kind])) for kind in papers}
    forms.setdefault("light_form", LightForm(formdata=None, units=units))
    forms.setdefault("day_form", DayForm(formdata=None))
    return page(
        "pipeline/rules.html",
        paper_words=rule_queries.paper_words,
        papers=papers,
        papers_forms={**papers_forms, **(wrong_papers or {})},
        usual=lights.RULES,
        limits=rule_queries.limits(),
        units=dict(units),
        days=rule_queries.calendar_days(),
        rule_names=RULE_NAMES,
        unknown_years=workdays.unknown_years(today()),
        whole=_manages_the_house(),
        status=status,
        **forms,
        **NAMES,
    )


@bp.get("/rules")
@requires(_P.PIPELINE_VIEW)
def rules():
    return _rules()


@bp.post("/rules/papers/<string:kind>")
@requires(_P.ACCOUNTS_MANAGE)
def set_papers(kind: str):
    _of_the_house()
    if kind not in MILESTONES:
        abort(404)
    form = PapersForm()
    if not form.validate_on_submit():
        return _rules(wrong_papers={kind: form}, status=422)
    operations.set_papers(kind, papers=form.listed(), by=current_user)
    flash(_("Saved."))
    return redirect(url_for(".rules"), 303)


@bp.post("/rules/lights")
@requires(_P.PIPELINE_RULES)
def set_light():
    form = LightForm(units=counties())
    if not form.validate_on_submit():
        return _rules(light_form=form, status=422)
    unit = found(accounts.select_units(current_user, _P.PIPELINE_RULES), form.unit_id.data)
    operations.set_light(
        unit, name=form.name.data, yellow=form.yellow.data, red=form.red.data, by=current_user
    )
    flash(_("Saved."))
    return redirect(url_for(".rules"), 303)


@bp.post("/rules/days")
@requires(_P.ACCOUNTS_MANAGE)
def set_day():
    _of_the_house()
    form = DayForm()
    if not form.validate_on_submit():
        return _rules(day_form=form, status=422)
    operations.set_day(form.day.data, works=form.works.data, note=form.note.data, by=current_user)
    return redirect(url_for(".rules", _anchor="days"), 303)


@bp.post("/rules/days/<string:day>/forget")
@requires(_P.ACCOUNTS_MANAGE)
def forget_day(day: str):
    _of_the_house()
    row = next((row for row in rule_queries.calendar_days() if row.day.isoformat() == day), None) or abort(
        404
    )
    operations.forget_day(row, by=current_user)
    return redirect(url_for(".rules", _anchor="days"), 303)
