"""What guests do first: register, read the privacy notice, ask for a lost ticket."""

import secrets

from flask import redirect, request, url_for

from outreach.core import retention, tokens
from outreach.core.access import indexed, open_to_all
from outreach.core.i18n import choose_locale, is_chinese
from outreach.core.web import limiter, page, reads_first
from outreach.events import queries as events
from outreach.registrations import operations, question_queries, room_queries
from outreach.registrations.forms import AgainForm, RegistrationForm
from outreach.registrations.models import NOTICE_VERSION
from outreach.registrations.public.shared import bp, open_event, own_registration
from outreach.registrations.question_forms import QuestionsForm, form_of


@bp.get("/e/<string:slug>/register")
@open_to_all
def form(slug: str):
    return _form(slug, RegistrationForm(request_key=secrets.token_urlsafe(18).replace("_", "-")))


def _form(slug: str, entered: RegistrationForm, asked: QuestionsForm | None = None, **context):
    event = open_event(slug)
    entered.offer(event.types)
    entered.offer_companions(event.most_companions)
    asked = asked or form_of(question_queries.questions(event), chinese=is_chinese(), formdata=None)
    if not asked.type_id:  # the page asks as the server does
        asked.type_id = entered.type_id.data or events.first_type(slug)
    outlook = room_queries.outlook(event) if event.registration_state() == "open" else ""
    kept = room_queries.places(event).kept if any(row.reserved for row in event.types) else 0
    return page(
        "registrations/register.html",
        event=event,
        form=entered,
        asked=asked,
        outlook=outlook,
        kept=kept,
        **context,
    )


def _recipient(name: str):
    """The address or number typed into a field, as a key that throttles count by:
    nobody is written to on and on by strangers.
    """
    return lambda: f"{name} {tokens.digest(request.form.get(name, '').strip().lower())}"


def _without(name: str):
    return lambda: not request.form.get(name, "").strip()


@bp.post("/e/<string:slug>/register")
@open_to_all
@limiter.limit("30 per minute; 300 per hour")
@limiter.limit("20 per hour", key_func=_recipient("mobile"), exempt_when=_without("mobile"))
@limiter.limit("40 per hour", key_func=_recipient("email"), exempt_when=_without("email"))
@reads_first
def register(slug: str):
    entered = RegistrationForm()  # the event itself is read where it is held: once
    good = entered.validate_on_submit()
    asked = _asked_at(slug, entered) if "asks" in request.form else None
    if not all(
        [good, asked is None or asked.validate_on_submit()]
    ):  # both, so that every error is said at once
        return _form(slug, entered, asked, status=422)
    code = operations.register(slug, locale=choose_locale(), asked=asked is not None, **entered.guest())
    if asked is not None and (answers := asked.answers()):
        row = own_registration(code)
        if row.repeats_id is None:  # what the guest answered the first time stands
            operations.keep_answers(row, answers)
    return redirect(url_for(".ticket", code=code), 303)


def _asked_at(slug: str, entered: RegistrationForm) -> QuestionsForm:
    """What was answered to the questions of the event."""
    kind = entered.type_id.data or events.first_type(slug)
    return form_of(question_queries.questions_of(slug), chinese=is_chinese(), type_id=kind)


@bp.get("/privacy")
@open_to_all
@indexed
def notice():
    return page("registrations/notice.html", version=NOTICE_VERSION, kept=retention.days)


@bp.get("/e/<string:slug>/ticket")
@open_to_all
def again_form(slug: str):
    return page("registrations/again.html", event=open_event(slug), form=AgainForm(formdata=None), sent=False)


@bp.post("/e/<string:slug>/ticket")
@open_to_all
@limiter.limit("5 per minute; 20 per hour")
@limiter.limit("10 per day", key_func=_recipient("mobile"), exempt_when=_without("mobile"))
def send_ticket_again(slug: str):
    """The answer is the same whoever asks: it does not tell who is registered."""
    event, entered = open_event(slug), AgainForm()
    if not entered.validate_on_submit():
        return page("registrations/again.html", event=event, form=entered, sent=False, status=422)
    operations.send_ticket_again(event, entered.mobile.data)
    return page("registrations/again.html", event=event, form=entered, sent=True)
