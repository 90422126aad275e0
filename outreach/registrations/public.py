"""What guests do: register, look at their ticket, change it, cancel."""

import secrets
from datetime import timedelta

from flask import Blueprint, abort, flash, make_response, redirect, request, url_for

from outreach.core import clock, retention, tokens
from outreach.core.access import indexed, open_to_all
from outreach.core.i18n import _, choose_locale, is_chinese
from outreach.core.links import public_url
from outreach.core.web import limiter, page, reads_first
from outreach.events import calendars
from outreach.events import operations as inviting
from outreach.events import queries as events
from outreach.events.models import CANCELLED, DRAFT, Invitation
from outreach.registrations import (
    operations,
    queries,
    question_queries,
    room_queries,
    sign_up_queries,
    tickets,
)
from outreach.registrations.forms import AgainForm, AnswerForm, ChangeForm, ProxyForm, RegistrationForm
from outreach.registrations.links import door_address, page_link
from outreach.registrations.models import CONFIRMED, NOTICE_VERSION, Registration
from outreach.registrations.question_forms import QuestionsForm, form_of
from outreach.registrations.question_models import AFTER

bp = Blueprint("public_registrations", __name__)
#: how long after the event guests may still say what they thought of it
FEEDBACK_DAYS = timedelta(days=90)


def _open_event(slug: str):
    return events.public_event(slug) or abort(404)


def _registration(code: str) -> Registration:
    """The guest whose own page this key opens; what is shown at the door opens none."""
    return queries.by_page_key(code.upper()) or abort(404)


@bp.get("/e/<string:slug>/register")
@open_to_all
def form(slug: str):
    return _form(slug, RegistrationForm(request_key=secrets.token_urlsafe(18).replace("_", "-")))


def _form(slug: str, entered: RegistrationForm, asked: QuestionsForm | None = None, **context):
    event = _open_event(slug)
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
    """The address or number typed into a field, as a key that throttles count by: nobody is written to on and on by strangers."""
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
    if code is None:
        return redirect(url_for(".sent", slug=slug), 303)
    if asked is not None and (answers := asked.answers()):
        operations.keep_answers(_registration(code), answers)
    return redirect(url_for(".ticket", code=code), 303)


@bp.get("/e/<string:slug>/registered")
@open_to_all
def sent(slug: str):
    """The ticket of somebody whose number was registered before goes to the number; this page says the same to everybody."""
    return page("registrations/sent.html", event=_open_event(slug))


def _asked_at(slug: str, entered: RegistrationForm) -> QuestionsForm:
    """What was answered to the questions of the event."""
    kind = entered.type_id.data or events.first_type(slug)
    return form_of(question_queries.questions_of(slug), chinese=is_chinese(), type_id=kind)


@bp.get("/privacy")
@open_to_all
@indexed
def notice():
    return page("registrations/notice.html", version=NOTICE_VERSION, kept=retention.days)


@bp.get("/t/<string:code>", strict_slashes=False)
@open_to_all
def ticket(code: str):
    registration = queries.by_page_key(code.upper())
    if registration is None:
        shown = tickets.code_in(code)
        if shown is None or not queries.is_of_door(shown):
            abort(404)
        # whoever photographed a badge is asked to show it to the staff, and learns nothing
        return redirect(url_for("public_checkin.scanned", code=shown))
    position = queries.waiting_position(registration) if registration.state == "waiting" else None
    companions = queries.companions_of(registration)
    here = queries.here([registration, *companions])
    return page(
        "registrations/ticket.html",
        registration=registration,
        event=registration.event,
        position=position,
        companions=companions,
        **_programme(registration),
        feedback_open=_feedback_open(registration),
        here=registration.id in here,
        may_cancel=not here,
        stand_in=queries.stand_in(registration),
        follows=queries.follows_an_offer(registration),
    )


def _programme(registration: Registration) -> dict:
    """The items to sign up for, how many places are taken, and the guest's own."""
    items = [item for item in registration.event.programme if item.sign_up]
    if not items:
        return {"items": []}
    mine = {item.id for item in sign_up_queries.items_of(registration.id)}
    return {
        "items": items,
        "taken": sign_up_queries.taken(registration.event_id),
        "mine": mine,
        "now": clock.now(),
    }


def _feedback_open(registration: Registration) -> bool:
    event, moment = registration.event, clock.now()
    lasts = event.starts_at <= moment < event.ends_at + FEEDBACK_DAYS
    return (
        registration.state == CONFIRMED
        and event.state not in (DRAFT, CANCELLED)
        and lasts
        and bool(question_queries.questions(event, AFTER))
    )


def _item(registration: Registration, item_id: int):
    return next((item for item in registration.event.programme if item.id == item_id), None) or abort(404)


@bp.post("/t/<string:code>/items/<int:item_id>")
@open_to_all
@limiter.limit("30 per minute")
def sign_up(code: str, item_id: int):
    registration = _registration(code)
    operations.sign_up(registration, _item(registration, item_id))
    return redirect(url_for(".ticket", code=registration.page_token, _anchor="programme"), 303)


@bp.post("/t/<string:code>/items/<int:item_id>/give-up")
@open_to_all
@limiter.limit("30 per minute")
def give_up(code: str, item_id: int):
    registration = _registration(code)
    operations.give_up(registration, _item(registration, item_id), by=None)
    return redirect(url_for(".ticket", code=registration.page_token, _anchor="programme"), 303)


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
    registration = _registration(code)
    if not _feedback_open(registration):
        abort(404)
    # what was answered is not shown again: staff can open a guest's page too
    given = bool(question_queries.given_by(registration.id, AFTER))
    return _feedback(registration, _feedback_form(registration, formdata=None), given=given)


@bp.post("/t/<string:code>/feedback")
@open_to_all
@limiter.limit("30 per minute")
def give_feedback(code: str):
    registration = _registration(code)
    if not _feedback_open(registration):
        abort(404)
    asked = _feedback_form(registration)
    if not asked.validate_on_submit():
        return _feedback(registration, asked, status=422)
    answers = asked.answers()
    if not answers:  # nothing was said
        return _feedback(registration, asked, nothing=True, status=422)
    operations.keep_answers(registration, answers, AFTER)
    return _feedback(registration, _feedback_form(registration, formdata=None), thanks=True)


@bp.get("/t/<string:code>/qr.png")
@open_to_all
def picture(code: str):
    """The QR as a picture, for who has a place; of a guest type with a moving code the one of this second."""
    registration = _registration(code)
    if registration.state != CONFIRMED:
        abort(404)
    moving = registration.type is not None and registration.type.moving
    response = make_response(tickets.png(door_address(registration)))
    response.headers["Content-Type"] = "image/png"
    response.headers["Cache-Control"] = "no-store" if moving else "private, max-age=86400"
    return response


@bp.get("/t/<string:code>/event.ics")
@open_to_all
def calendar(code: str):
    registration = _registration(code)
    response = make_response(
        calendars.of_event(registration.event, public_url(), link=page_link(registration))
    )
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return response


@bp.get("/t/<string:code>/change")
@open_to_all
def change_form(code: str):
    registration = _registration(code)
    agreed = {"guest_book": bool(registration.guest_book_at), "photos": bool(registration.photos_at)}
    values = {name: getattr(registration, name) for name in ("name", "company", "post", "email")}
    return _change(
        registration,
        ChangeForm(formdata=None, data={**values, **agreed}),
        _asked(registration, formdata=None),
    )


def _asked(registration: Registration, **options) -> QuestionsForm:
    known = question_queries.given_by(registration.id)
    return form_of(
        question_queries.questions(registration.event),
        chinese=is_chinese(),
        type_id=registration.type_id,
        answers=known if "formdata" in options else None,
        **options,
    )


def _change(registration: Registration, entered: ChangeForm, asked: QuestionsForm, *, status: int = 200):
    present = queries.companions_of(registration)
    if registration.companion_of_id is None:
        entered.offer_companions(max(registration.event.most_companions, len(present)), present)
    return page(
        "registrations/change.html",
        registration=registration,
        event=registration.event,
        form=entered,
        asked=asked,
        status=status,
    )


@bp.post("/t/<string:code>/change")
@open_to_all
@limiter.limit("30 per minute")
def change(code: str):
    registration, entered = _registration(code), ChangeForm()
    asked = _asked(registration)
    if not all([entered.validate_on_submit(), asked.validate_on_submit()]):
        return _change(registration, entered, asked, status=422)
    operations.change(registration, by=None, **entered.guest())
    if registration.companion_of_id is None:
        operations.bring(registration, entered.come_along(), by=None)
    operations.keep_answers(registration, asked.answers(), corrected=True)
    flash(_("Your details have been changed."))
    return redirect(url_for(".ticket", code=registration.page_token), 303)


@bp.get("/t/<string:code>/cancel")
@open_to_all
def cancel_form(code: str):
    registration = _registration(code)
    companions = queries.companions_of(registration)
    return page(
        "registrations/cancel.html",
        registration=registration,
        event=registration.event,
        companions=companions,
    )


@bp.post("/t/<string:code>/cancel")
@open_to_all
@limiter.limit("30 per minute")
def cancel(code: str):
    registration = _registration(code)
    operations.cancel(registration, by=None)
    return redirect(url_for(".ticket", code=registration.page_token), 303)


@bp.post("/t/<string:code>/accept")
@open_to_all
@limiter.limit("30 per minute")
def accept_offer(code: str):
    registration = _registration(code)
    operations.accept_offer(registration)
    return redirect(url_for(".ticket", code=registration.page_token), 303)


@bp.get("/t/<string:code>/proxy")
@open_to_all
def proxy_form(code: str):
    registration = _registration(code)
    asked = form_of(
        question_queries.questions(registration.event),
        chinese=is_chinese(),
        type_id=registration.type_id,
        formdata=None,
    )
    return page(
        "registrations/proxy.html",
        registration=registration,
        companions=queries.companions_of(registration),
        event=registration.event,
        form=ProxyForm(formdata=None),
        asked=asked,
    )


@bp.post("/t/<string:code>/proxy")
@open_to_all
@limiter.limit("30 per minute")
def send_proxy(code: str):
    registration, entered = _registration(code), ProxyForm()
    asked = form_of(
        question_queries.questions(registration.event), chinese=is_chinese(), type_id=registration.type_id
    )
    if not all([entered.validate_on_submit(), asked.validate_on_submit()]):
        return page(
            "registrations/proxy.html",
            registration=registration,
            companions=queries.companions_of(registration),
            event=registration.event,
            form=entered,
            asked=asked,
            status=422,
        )
    row = operations.send_proxy(registration, **entered.guest())
    operations.keep_answers(row, asked.answers())
    return redirect(url_for(".ticket", code=row.page_token), 303)


@bp.get("/e/<string:slug>/ticket")
@open_to_all
def again_form(slug: str):
    return page(
        "registrations/again.html", event=_open_event(slug), form=AgainForm(formdata=None), sent=False
    )


@bp.post("/e/<string:slug>/ticket")
@open_to_all
@limiter.limit("5 per minute; 20 per hour")
@limiter.limit("10 per day", key_func=_recipient("mobile"), exempt_when=_without("mobile"))
def send_ticket_again(slug: str):
    """The answer is the same whoever asks: it does not tell who is registered."""
    event, entered = _open_event(slug), AgainForm()
    if not entered.validate_on_submit():
        return page("registrations/again.html", event=event, form=entered, sent=False, status=422)
    operations.send_ticket_again(event, entered.mobile.data)
    return page("registrations/again.html", event=event, form=entered, sent=True)


def _invitation(code: str) -> Invitation:
    return events.invitation(code.upper()) or abort(404)


def _answer_page(
    row: Invitation, entered: AnswerForm, asked: QuestionsForm | None = None, *, status: int = 200, **context
):
    guests = queries.of_invitation(row.id)
    entered.offer_companions(row.event.most_companions)
    if asked is None:
        known = question_queries.given_by(guests[0].id) if guests else None
        asked = form_of(
            question_queries.questions(row.event),
            chinese=is_chinese(),
            type_id=row.type_id,
            answers=known,
            formdata=None,
        )
    return page(
        "registrations/answer.html",
        invitation=row,
        event=row.event,
        form=entered,
        asked=asked,
        guests=guests,
        status=status,
        **context,
    )


@bp.get("/i/<string:code>")
@bp.get("/I/<string:code>", endpoint="invitation_scanned")
@open_to_all
@limiter.limit("60 per minute")
def invitation(code: str):
    """The invited person's own page: what it is about, and their answer as it stands."""
    row = _invitation(code)
    guests = queries.of_invitation(row.id)
    main = next((guest for guest in guests if guest.companion_of_id is None), None)
    post = row.person.company
    values = {
        "answer": row.answer or None,
        "name": main.name if main else row.person.name,
        "excuse": row.excuse,
        "company": main.company if main else post.organisation.name if post else "",
        "post": main.post if main else post.title if post else "",
        "email": main.email if main else "",
        "mobile": main.mobile if main else "",
        "consent": main is not None,
        "guest_book": bool(main and main.guest_book_at),
        "photos": bool(main and main.photos_at),
        "companions": [
            {"name": guest.name, "company": guest.company}
            for guest in guests
            if guest.companion_of_id is not None
        ],
    }
    return _answer_page(row, AnswerForm(formdata=None, data=values))


@bp.post("/i/<string:code>")
@open_to_all
@limiter.limit("30 per minute")
def answer(code: str):
    row, entered = _invitation(code), AnswerForm()
    asked = form_of(question_queries.questions(row.event), chinese=is_chinese(), type_id=row.type_id)
    comes = entered.answer.data != "no"
    if not all([entered.validate_on_submit(), not comes or asked.validate_on_submit()]):
        return _answer_page(row, entered, asked, status=422)
    registration = operations.answer(row, locale=choose_locale(), **entered.guest())
    if registration is None:
        return redirect(url_for(".invitation", code=row.code), 303)
    operations.keep_answers(registration, asked.answers())
    return redirect(url_for(".ticket", code=registration.page_token), 303)


@bp.post("/i/<string:code>/opened")
@open_to_all
@limiter.limit("60 per minute")
def note_opened(code: str):
    """Sent by the page itself, so that a program that only fetches links opens nothing."""
    inviting.note_opened(_invitation(code))
    return "", 204


@bp.post("/i/<string:code>/stop")
@open_to_all
@limiter.limit("10 per minute")
def stop_messages(code: str):
    row = _invitation(code)
    inviting.stop_messages(row)
    return _answer_page(row, AnswerForm(formdata=None), stopped=True)
