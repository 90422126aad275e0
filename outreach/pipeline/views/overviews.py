"""Projects seen from above: by county and park, the weekly bulletin, views that are kept."""

from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.core import links
from outreach.core.access import found, requires
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.paper import FORMS
from outreach.core.web import again, limiter, page, reads_first
from outreach.directory import operations as directory
from outreach.directory import view_queries
from outreach.directory.forms import ViewForm
from outreach.directory.view_models import PROJECTS
from outreach.permissions import Permission
from outreach.pipeline import bulletin_queries, bulletins, operations, paper_exports, place_queries
from outreach.pipeline.report_forms import BulletinForm
from outreach.pipeline.supervision_forms import RULE_NAMES
from outreach.pipeline.views.shared import NAMES, bp

_P = Permission


@bp.get("/places")
@requires(_P.PIPELINE_VIEW)
def places():
    rows = place_queries.places(current_user)
    return page("pipeline/places.html", places=rows, most=max((row.total for row in rows), default=0))


def _bulletin() -> bulletins.Bulletin:
    """Of the days in the address, else of the week that is over; at most a year, in the right order."""
    chosen = BulletinForm(request.args).chosen()
    first, last = bulletins.last_week()
    first = chosen.get("first", first)
    first, last = sorted((first, chosen.get("last", max(first, last))))
    return bulletin_queries.bulletin(
        current_user, max(first, last.replace(year=last.year - 1, day=min(last.day, 28))), last
    )


@bp.get("/bulletin")
@requires(_P.PIPELINE_VIEW)
def bulletin():
    told = _bulletin()
    return page(
        "pipeline/bulletin.html",
        told=told,
        form=BulletinForm(first=told.first, last=told.last),
        rule_names=RULE_NAMES,
        **NAMES,
    )


@bp.post("/bulletin.<any(docx, pdf):form>")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("30 per minute")
@reads_first
def export_bulletin(form: str):
    told = _bulletin()
    operations.export_pipeline(
        "bulletin", count=len(told.signed) + len(told.reached) + len(told.paid), by=current_user
    )
    paper = paper_exports.bulletin(
        told,
        lambda part: links.outside(
            "pipeline.bulletin", _anchor=part, first=told.first.isoformat(), last=told.last.isoformat()
        ),
    )
    return attachment(
        paper.made(form), f"{_('Investment bulletin')} {told.first} {told.last}.{form}", FORMS[form]
    )


@bp.post("/projects/views")
@requires(_P.PIPELINE_VIEW)
def save_view():
    form = ViewForm()
    if not form.validate_on_submit():
        return again(form, _("Save this view"), f"{url_for('.projects')}?{request.query_string.decode()}")
    kept = [(key, value) for key, value in request.args.items(multi=True) if value and key != "page"]
    unit = current_user.grants[0].unit
    row = directory.save_view(
        unit,
        name=form.name.data,
        query=urlencode(kept),
        shared=form.shared.data,
        room=PROJECTS,
        by=current_user,
    )
    flash(_("Saved. The view has an address of its own."))
    return redirect(url_for(".view", view_id=row.id), 303)


@bp.get("/projects/views/<int:view_id>")
@requires(_P.PIPELINE_VIEW)
def view(view_id: int):
    row = found(view_queries.select_views(current_user, PROJECTS), view_id)
    return redirect(f"{url_for('.projects')}?{row.query}")


@bp.post("/projects/views/<int:view_id>/remove")
@requires(_P.PIPELINE_VIEW)
def remove_view(view_id: int):
    directory.remove_view(found(view_queries.select_views(current_user, PROJECTS), view_id), by=current_user)
    return redirect(url_for(".projects"), 303)
