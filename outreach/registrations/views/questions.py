"""What the organiser asks: on registering, and when the event is over; and what came back."""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.web import page
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.registrations import feedback as sums
from outreach.registrations import operations, question_queries
from outreach.registrations.question_forms import KIND_NAMES, QuestionForm, form_of
from outreach.registrations.question_models import AFTER, BEFORE, Question, words
from outreach.registrations.views.guests import bp, event_within


def _questions(
    event: Event,
    form: QuestionForm | None = None,
    *,
    question: Question | None = None,
    stage: str = BEFORE,
    status: int = 200,
):
    stage = question.stage if question else stage
    rows = question_queries.questions(event, stage)
    form = form or QuestionForm(formdata=None, obj=question, types=event.types, questions=rows)
    return page(
        "registrations/questions.html",
        event=event,
        stage=stage,
        questions=rows,
        form=form,
        question=question,
        kind_names=KIND_NAMES,
        status=status,
        counts={row.id: question_queries.answer_count(row) for row in rows},
        asked=form_of(rows, chinese=True, formdata=None),
    )


def _stage() -> str:
    """Which form the address speaks of."""
    return AFTER if request.args.get("stage") == AFTER else BEFORE


@bp.get("/events/<int:event_id>/questions")
@requires(Permission.EVENTS_EDIT)
def questions(event_id: int):
    return _questions(event_within(event_id, Permission.EVENTS_EDIT), stage=_stage())


@bp.post("/events/<int:event_id>/questions")
@requires(Permission.EVENTS_EDIT)
def add_question(event_id: int):
    event = event_within(event_id, Permission.EVENTS_EDIT)
    stage = _stage()
    form = QuestionForm(types=event.types, questions=question_queries.questions(event, stage))
    if not form.validate_on_submit():
        return _questions(event, form, stage=stage, status=422)
    operations.save_question(event, None, by=current_user, stage=stage, **form.question())
    return redirect(url_for(".questions", event_id=event.id, stage=stage), 303)


@bp.post("/events/<int:event_id>/questions/usual")
@requires(Permission.EVENTS_EDIT)
def ask_the_usual(event_id: int):
    event = event_within(event_id, Permission.EVENTS_EDIT)
    operations.ask_the_usual(event, by=current_user)
    return redirect(url_for(".questions", event_id=event.id, stage=AFTER), 303)


def _question(event: Event, question_id: int) -> Question:
    return found(
        db.select(Question).where(Question.event_id == event.id, Question.retired_at.is_(None)), question_id
    )


@bp.get("/events/<int:event_id>/questions/<int:question_id>")
@requires(Permission.EVENTS_EDIT)
def question(event_id: int, question_id: int):
    event = event_within(event_id, Permission.EVENTS_EDIT)
    row = _question(event, question_id)
    form = QuestionForm(
        formdata=None,
        obj=row,
        types=event.types,
        questions=[other for other in question_queries.questions(event, row.stage) if other is not row],
    )
    form.choices.data = "\n".join(row.choices)
    parent = db.session.get(Question, row.when_id) if row.when_id else None
    if parent is not None:
        form.when_value.data = words(row.when_value, parent.kind)
    return _questions(event, form, question=row)


@bp.post("/events/<int:event_id>/questions/<int:question_id>")
@requires(Permission.EVENTS_EDIT)
def save_question(event_id: int, question_id: int):
    event = event_within(event_id, Permission.EVENTS_EDIT)
    row = _question(event, question_id)
    form = QuestionForm(types=event.types, questions=question_queries.questions(event, row.stage))
    if not form.validate_on_submit():
        return _questions(event, form, question=row, status=422)
    operations.save_question(event, row, by=current_user, **form.question())
    flash(_("Saved. Answers given before stay with the question as it was."))
    return redirect(url_for(".questions", event_id=event.id, stage=row.stage), 303)


@bp.post("/events/<int:event_id>/questions/<int:question_id>/retire")
@requires(Permission.EVENTS_EDIT)
def retire_question(event_id: int, question_id: int):
    event = event_within(event_id, Permission.EVENTS_EDIT)
    row = _question(event, question_id)
    operations.retire_question(row, by=current_user)
    return redirect(url_for(".questions", event_id=event.id, stage=row.stage), 303)


@bp.get("/events/<int:event_id>/feedback")
@requires(Permission.REGISTRATIONS_VIEW)
def feedback(event_id: int):
    """Sums and words; who said what is not shown."""
    event = event_within(event_id)
    rows = [
        (row, len(given), sums.counted(row, given), sums.mean(row, given), sums.said(row, given))
        for row, given in question_queries.feedback(event)
    ]
    return page(
        "registrations/feedback.html", event=event, rows=rows, givers=question_queries.feedback_givers(event)
    )
