"""The person's own page, opened by a signed link: look, confirm, correct, choose, refuse."""

from flask import Blueprint, abort, flash, redirect, url_for

from outreach.core.access import open_to_all
from outreach.core.i18n import _
from outreach.core.web import limiter, page
from outreach.directory import card_queries, held_exports, operations
from outreach.directory.card_forms import (
    ANSWER_NAMES,
    ANSWER_STATES,
    CARD_FIELD_NAMES,
    PURPOSE_NAMES,
    PURPOSE_WORDS,
    ConsentForm,
    CorrectionForm,
)
from outreach.directory.card_models import CARD_NOTICE, CardLink
from outreach.directory.models import INDUSTRIES
from outreach.directory.views.dossiers import dossier_file

bp = Blueprint("public_directory", __name__)


def _link(token: str) -> CardLink:
    return card_queries.link(token) or abort(404)


def _own(link: CardLink, token: str, *, status: int = 200, **forms):
    person = link.person
    forms.setdefault("consent", ConsentForm(formdata=None, data=person.consents))
    forms.setdefault("correction", CorrectionForm.of(person, formdata=None))
    return page(
        "directory/own_card.html",
        person=person,
        own_token=token,
        industries=INDUSTRIES,
        purpose_names=PURPOSE_NAMES,
        purpose_words=PURPOSE_WORDS,
        card_fields=CARD_FIELD_NAMES,
        answers=card_queries.answers_of(person),
        answer_names=ANSWER_NAMES,
        answer_states=ANSWER_STATES,
        notice=CARD_NOTICE,
        status=status,
        **forms,
    )


def _done(token: str, words: str):
    flash(words)
    return redirect(url_for(".own_card", token=token), 303)


@bp.get("/c/<string:token>")
@open_to_all
@limiter.limit("60 per minute")
def own_card(token: str):
    return _own(_link(token), token)


@bp.get("/c/<string:token>/held")
@open_to_all
@limiter.limit("20 per minute")
def held(token: str):
    """All that is kept of the person, by every part of the system."""
    person = _link(token).person
    sections = held_exports.of_person(person)
    return page("directory/held.html", person=person, own_token=token, sections=sections)


@bp.post("/c/<string:token>/held/<any(json,txt):form>")
@open_to_all
@limiter.limit("10 per minute")
def held_copy(token: str, form: str):
    person = _link(token).person
    operations.give_copy(person, form=form, by=None)
    return dossier_file(person, form)


@bp.post("/c/<string:token>/confirm")
@open_to_all
@limiter.limit("20 per minute")
def confirm_card(token: str):
    operations.confirm_card(_link(token))
    return _done(token, _("Thank you. The card is confirmed."))


@bp.post("/c/<string:token>/correct")
@open_to_all
@limiter.limit("20 per minute")
def propose_correction(token: str):
    link, form = _link(token), CorrectionForm()
    if not form.validate_on_submit():
        return _own(link, token, correction=form, status=422)
    operations.propose_correction(link, values=form.changed(link.person))
    return _done(token, _("Thank you. The county looks at it and corrects the card."))


@bp.post("/c/<string:token>/choose")
@open_to_all
@limiter.limit("20 per minute")
def choose(token: str):
    link, form = _link(token), ConsentForm()
    if not form.validate_on_submit():
        return _own(link, token, consent=form, status=422)
    operations.choose(link.person, choices=form.choices(), via=_("their own page"), by=None, link=link)
    return _done(token, _("Your choice holds from now on. You can change it here at any time."))


@bp.post("/c/<string:token>/refuse")
@open_to_all
@limiter.limit("20 per minute")
def refuse(token: str):
    operations.refuse(_link(token))
    return _done(
        token,
        _(
            "Everything you had agreed to is withdrawn, and the county has been asked to take you off "
            "the register."
        ),
    )
