"""What invited people do: read their invitation and answer it."""

from flask import abort, redirect, url_for

from outreach.core.access import open_to_all
from outreach.core.i18n import choose_locale, is_chinese
from outreach.core.web import limiter, page
from outreach.events import operations as inviting
from outreach.events import queries as events
from outreach.events.models import Invitation
from outreach.registrations import operations, queries, question_queries
from outreach.registrations.forms import AnswerForm
from outreach.registrations.public.shared import bp
from outreach.registrations.question_forms import QuestionsForm, form_of


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
