"""What guests say of an event afterwards."""

from datetime import timedelta

from flask import abort

from outreach.core import clock
from outreach.core.access import open_to_all
from outreach.core.i18n import is_chinese
from outreach.core.web import limiter, page
from outreach.events.models import CANCELLED, DRAFT
from outreach.registrations import operations, question_queries
from outreach.registrations.models import CONFIRMED, Registration
from outreach.registrations.public.shared import bp, own_registration
from outreach.registrations.question_forms import QuestionsForm, form_of
from outreach.registrations.question_models import AFTER

#: how long after the event guests may still say what they thought of it
FEEDBACK_DAYS = timedelta(days=90)


def feedback_open(registration: Registration) -> bool:
    """Whether the guest may say now what they thought of the event."""
    event, moment = registration.event, clock.now()
    lasts = event.starts_at <= moment < event.ends_at + FEEDBACK_DAYS
    return (
        registration.state == CONFIRMED
        and event.state not in (DRAFT, CANCELLED)
        and lasts
        and bool(question_queries.questions(event, AFTER))
    )


def _feedback_form(registration: Registration, **options) -> QuestionsForm:
    questions = question_queries.questions(registration.event, AFTER)
    return form_of(questions, chinese=is_chinese(), type_id=registration.type_id, **options)


def _feedback(registration: Registration, asked: QuestionsForm, *, status: int = 200, **context):
    return page(
        "registrations/give_feedback.html",
        registration=registration,
        event=registration.event,
        asked=asked,
        status=status,
        **context,
    )


@bp.get("/t/<string:code>/feedback")
@open_to_all
def feedback_form(code: str):
    registration = own_registration(code)
    if not feedback_open(registration):
        abort(404)
    # what was answered is not shown again: staff can open a guest's page too
    given = bool(question_queries.given_by(registration.id, AFTER))
    return _feedback(registration, _feedback_form(registration, formdata=None), given=given)


@bp.post("/t/<string:code>/feedback")
@open_to_all
@limiter.limit("30 per minute")
def give_feedback(code: str):
    registration = own_registration(code)
    if not feedback_open(registration):
        abort(404)
    asked = _feedback_form(registration)
    if not asked.validate_on_submit():
        return _feedback(registration, asked, status=422)
    answers = asked.answers()
    if not answers:  # nothing was said
        return _feedback(registration, asked, nothing=True, status=422)
    operations.keep_answers(registration, answers, AFTER)
    return _feedback(registration, _feedback_form(registration, formdata=None), thanks=True)
