"""What guests change: their details, their coming, who comes in their place."""

from flask import flash, redirect, url_for

from outreach.core.access import open_to_all
from outreach.core.i18n import _, is_chinese
from outreach.core.web import limiter, page
from outreach.registrations import operations, queries, question_queries
from outreach.registrations.forms import ChangeForm, ProxyForm
from outreach.registrations.models import Registration
from outreach.registrations.public.shared import bp, own_registration
from outreach.registrations.question_forms import QuestionsForm, form_of


@bp.get("/t/<string:code>/change")
@open_to_all
def change_form(code: str):
    registration = own_registration(code)
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
    registration, entered = own_registration(code), ChangeForm()
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
    registration = own_registration(code)
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
    registration = own_registration(code)
    operations.cancel(registration, by=None)
    return redirect(url_for(".ticket", code=registration.page_token), 303)


@bp.post("/t/<string:code>/accept")
@open_to_all
@limiter.limit("30 per minute")
def accept_offer(code: str):
    registration = own_registration(code)
    operations.accept_offer(registration)
    return redirect(url_for(".ticket", code=registration.page_token), 303)


@bp.get("/t/<string:code>/proxy")
@open_to_all
def proxy_form(code: str):
    registration = own_registration(code)
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
    registration, entered = own_registration(code), ProxyForm()
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
