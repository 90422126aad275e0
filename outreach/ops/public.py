"""What people ask about their data, on their own page: file it, see by when it is answered and how it was."""

from flask import Blueprint, abort, flash, redirect, url_for

from outreach.core.access import open_to_all
from outreach.core.i18n import _, day
from outreach.core.web import limiter, page
from outreach.directory import card_queries
from outreach.directory.card_models import CardLink
from outreach.ops import operations, request_queries
from outreach.ops.request_forms import KIND_WORDS, STATE_NAMES, OwnRequestForm
from outreach.ops.request_models import WAITING

bp = Blueprint("public_requests", __name__)


def _link(token: str) -> CardLink:
    return card_queries.link(token) or abort(404)


def _page(token: str, form: OwnRequestForm, *, status: int = 200):
    person = _link(token).person
    return page(
        "ops/own_requests.html",
        own_token=token,
        rows=request_queries.of_person(person.id),
        kind_words=KIND_WORDS,
        state_names=STATE_NAMES,
        waiting=WAITING,
        form=form,
        status=status,
    )


@bp.get("/c/<string:token>/requests")
@open_to_all
@limiter.limit("60 per minute")
def own_requests(token: str):
    return _page(token, OwnRequestForm(formdata=None))


@bp.post("/c/<string:token>/requests")
@open_to_all
@limiter.limit("10 per minute; 30 per hour")
def file_request(token: str):
    person, form = _link(token).person, OwnRequestForm()
    if not form.validate_on_submit():
        return _page(token, form, status=422)
    row = operations.file_request(person, kind=form.kind.data, said=form.said.data or "")
    flash(
        _(
            "Your request is registered. It is answered by %(day)s at the latest; the answer stands here.",
            day=day(row.due_on),
        )
    )
    return redirect(url_for(".own_requests", token=token), 303)


@bp.post("/c/<string:token>/requests/<int:request_id>/withdraw")
@open_to_all
@limiter.limit("20 per minute")
def take_back_request(token: str, request_id: int):
    person = _link(token).person
    row = next((one for one in request_queries.of_person(person.id) if one.id == request_id), None) or abort(
        404
    )
    operations.withdraw_request(row, reason=_("taken back by the person on their own page"), by=None)
    flash(_("Taken back."))
    return redirect(url_for(".own_requests", token=token), 303)
