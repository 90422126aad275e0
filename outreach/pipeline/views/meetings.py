"""Joint meetings: planned, decided item by item, closed; their minutes."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.paper import FORMS
from outreach.core.web import limiter, page, reads_first
from outreach.directory.forms import ReasonForm
from outreach.permissions import Permission
from outreach.pipeline import meeting_queries, operations, paper_exports
from outreach.pipeline.meeting_forms import CloseForm, DecisionForm, MeetingForm, TopicForm
from outreach.pipeline.meeting_models import Meeting, MeetingItem
from outreach.pipeline.views.shared import bp, counties

_P = Permission


def _meetings(form: MeetingForm, *, status: int = 200):
    listing = page_of(meeting_queries.select_meetings(current_user))
    return page(
        "pipeline/meetings.html", part="pipeline/_meetings.html", listing=listing, form=form, status=status
    )


@bp.get("/meetings")
@requires(_P.PIPELINE_VIEW)
def meetings():
    return _meetings(MeetingForm(formdata=None, units=counties(), held_on=today()))


@bp.post("/meetings")
@requires(_P.PIPELINE_EDIT)
def plan_meeting():
    form = MeetingForm(units=counties())
    if not form.validate_on_submit():
        return _meetings(form, status=422)
    values = form.values()
    unit = found(accounts.select_units(current_user, _P.PIPELINE_EDIT), values.pop("unit_id"))
    meeting = operations.plan_meeting(unit, by=current_user, **values)
    return redirect(url_for(".meeting", meeting_id=meeting.id), 303)


def _meeting(meeting_id: int, permission=_P.PIPELINE_EDIT) -> Meeting:
    return found(meeting_queries.select_meetings(current_user, permission), meeting_id)


def _page(row: Meeting, *, status: int = 200, wrong: tuple[int, DecisionForm] | None = None, **forms):
    items = meeting_queries.items(row)
    decisions = {item.id: DecisionForm(formdata=None, obj=item) for item in items}
    if wrong:
        decisions[wrong[0]] = wrong[1]
    fresh = {
        "topic_form": TopicForm(formdata=None),
        "close_form": CloseForm(formdata=None, obj=row),
        "reason_form": ReasonForm(formdata=None),
    }
    return page(
        "pipeline/meeting.html",
        meeting=row,
        items=items,
        decisions=decisions,
        status=status,
        **(fresh | forms),
    )


@bp.get("/meetings/<int:meeting_id>")
@requires(_P.PIPELINE_VIEW)
def meeting(meeting_id: int):
    return _page(_meeting(meeting_id, _P.PIPELINE_VIEW))


@bp.post("/meetings/<int:meeting_id>/topics")
@requires(_P.PIPELINE_EDIT)
def add_topic(meeting_id: int):
    row, form = _meeting(meeting_id), TopicForm()
    if not form.validate_on_submit():
        return _page(row, topic_form=form, status=422)
    operations.add_topic(row, topic=form.topic.data, by=current_user)
    return redirect(url_for(".meeting", meeting_id=row.id), 303)


def _item(row: Meeting, item_id: int) -> MeetingItem:
    return found(db.select(MeetingItem).where(MeetingItem.meeting_id == row.id), item_id)


@bp.post("/meetings/<int:meeting_id>/items/<int:meeting_item_id>")
@requires(_P.PIPELINE_EDIT)
def decide_item(meeting_id: int, meeting_item_id: int):
    row, form = _meeting(meeting_id), DecisionForm()
    item = _item(row, meeting_item_id)
    if form.validate_on_submit() and form.decision.data and not form.settled.data:
        for field in (form.owner, form.due_on):
            field.errors = [*field.errors, *([] if field.data else [_("Please fill this in.")])]
    if form.settled.data and not form.decision.data:
        form.decision.errors = [*form.decision.errors, _("Please fill this in.")]
    if form.errors:
        return _page(row, wrong=(item.id, form), status=422)
    operations.decide_item(item, by=current_user, **form.values())
    return redirect(url_for(".meeting", meeting_id=row.id, _anchor=f"item-{item.id}"), 303)


@bp.post("/meetings/<int:meeting_id>/renew")
@requires(_P.PIPELINE_EDIT)
def renew_agenda(meeting_id: int):
    row = _meeting(meeting_id)
    flash(_("%(num)d matters added.", num=operations.renew_agenda(row, by=current_user)))
    return redirect(url_for(".meeting", meeting_id=row.id), 303)


@bp.post("/meetings/<int:meeting_id>/call-off")
@requires(_P.PIPELINE_EDIT)
def call_off_meeting(meeting_id: int):
    operations.call_off_meeting(_meeting(meeting_id), by=current_user)
    flash(_("The meeting was called off; every matter stays open."))
    return redirect(url_for(".meetings"), 303)


@bp.post("/meetings/<int:meeting_id>/items/<int:meeting_item_id>/drop")
@requires(_P.PIPELINE_EDIT)
def drop_item(meeting_id: int, meeting_item_id: int):
    row = _meeting(meeting_id)
    operations.drop_item(_item(row, meeting_item_id), by=current_user)
    return redirect(url_for(".meeting", meeting_id=row.id), 303)


@bp.post("/meetings/<int:meeting_id>/close")
@requires(_P.PIPELINE_EDIT)
def close_meeting(meeting_id: int):
    row, form = _meeting(meeting_id), CloseForm()
    if not form.validate_on_submit():
        return _page(row, close_form=form, status=422)
    count = operations.close_meeting(row, present=form.present.data, by=current_user)
    flash(_("Closed: %(num)d decisions went to their projects.", num=count))
    return redirect(url_for(".meeting", meeting_id=row.id), 303)


@bp.post("/meetings/<int:meeting_id>/reopen")
@requires(_P.PIPELINE_EDIT)
def reopen_meeting(meeting_id: int):
    row, form = _meeting(meeting_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(row, reason_form=form, status=422)
    count = operations.reopen_meeting(row, by=current_user, **form.values())
    flash(_("Open again: %(num)d decisions were taken back from their projects.", num=count))
    return redirect(url_for(".meeting", meeting_id=row.id), 303)


@bp.post("/meetings/<int:meeting_id>/minutes.<any(docx, pdf):form>")
@requires(_P.PIPELINE_EXPORT)
@limiter.limit("60 per minute")
@reads_first
def minutes(meeting_id: int, form: str):
    row = _meeting(meeting_id, _P.PIPELINE_EXPORT)
    operations.export_pipeline("minutes", count=len(row.items), by=current_user)
    paper = paper_exports.minutes(row, meeting_queries.items(row))
    return attachment(
        paper.made(form, row.unit.shown), f"{row.title} {_('Minutes of the meeting')}.{form}", FORMS[form]
    )
