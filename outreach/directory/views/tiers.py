"""Screening as a queue, proposals, the key list's reasons, the state of townships' data."""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import stored
from outreach.core.forms import uploaded, whole_number
from outreach.core.i18n import _
from outreach.core.lists import page_of
from outreach.core.web import again, page
from outreach.directory import operations, queries, screening, tier_queries
from outreach.directory.forms import ReasonForm
from outreach.directory.models import KEY, REGISTERED, Person
from outreach.directory.tier_forms import (
    CRITERION_NAMES,
    PROPOSAL_STATES,
    ManyForm,
    ProposalFilters,
    ProposalForm,
    ProposeManyForm,
    QueueFilters,
)
from outreach.directory.tier_models import TierProposal
from outreach.directory.views.people import bp, names_of_card
from outreach.permissions import Permission

DECIDE = Permission.DIRECTORY_DECIDE
MOST_AT_ONCE = 200


def _ticked() -> list[int]:
    """The people whose boxes came with the form; at most so many at once."""
    return [key for typed in request.form.getlist("people") if (key := whole_number(typed))][:MOST_AT_ONCE]


def _of_ticked(permission: Permission) -> list[Person]:
    chosen = queries.select_free(current_user, permission).where(Person.id.in_(_ticked()))
    return list(db.session.scalars(chosen).unique())


def _queue(form: ManyForm, *, propose_form: ProposeManyForm | None = None, status: int = 200):
    units = accounts.units_for_choice(current_user, Permission.DIRECTORY_VIEW, "county", "township")
    filters = QueueFilters(request.args, units=units)
    if filters.queue.data == "yearly":  # here the same choice takes somebody off a list
        form.tier.choices = [
            (
                tier,
                _("Removed: registered only")
                if tier == REGISTERED
                else _("Stays or becomes: %(tier)s", tier=words),
            )
            for tier, words in form.tier.choices
        ]
    listing = page_of(tier_queries.select_queue(current_user, **{"queue": "new", **filters.shown()}), 30)
    return page(
        "directory/screening.html",
        part="directory/_screening.html",
        filters=filters,
        listing=listing,
        form=form,
        propose_form=propose_form or ProposeManyForm(formdata=None),
        ticked=_ticked(),
        facts={person.id: screening.facts(person) for person in listing.rows},
        criteria=CRITERION_NAMES,
        status=status,
        **names_of_card(),
    )


@bp.get("/screening")
@requires(Permission.DIRECTORY_VIEW)
def screen():
    return _queue(ManyForm(formdata=None))


@bp.post("/screening")
@requires(DECIDE)
def decide_many():
    form, people = ManyForm(), _of_ticked(DECIDE)
    if not form.validate_on_submit() or not people:
        if not people:
            form.tier.errors = [_("Tick somebody first.")]
        return _queue(form, status=422)
    count = operations.decide_many(people, tier=form.tier.data, reason=form.reason.data, by=current_user)
    flash(_("Decided on %(num)d people.", num=count))
    return redirect(f"{url_for('.screen')}?{request.query_string.decode()}", 303)


@bp.post("/screening/propose")
@requires(Permission.DIRECTORY_EDIT)
def propose_many():
    """Those who do not decide put many forward at once."""
    form, people = ProposeManyForm(), _of_ticked(Permission.DIRECTORY_EDIT)
    if not form.validate_on_submit() or not people:
        if not people:
            form.tier.errors = [_("Tick somebody first.")]
        return _queue(ManyForm(formdata=None), propose_form=form, status=422)
    count = operations.propose_many(people, tier=form.tier.data, grounds=form.grounds.data, by=current_user)
    flash(
        _(
            "%(num)d people proposed; %(rest)d were on the list or proposed already.",
            num=count,
            rest=len(people) - count,
        )
    )
    return redirect(f"{url_for('.screen')}?{request.query_string.decode()}", 303)


def _person(person_id: int, permission: Permission) -> Person:
    return found(queries.select_visible(current_user, permission), person_id)


@bp.get("/people/<int:person_id>/why")
@requires(Permission.DIRECTORY_VIEW)
def why(person_id: int):
    """The fragment of a card: why somebody is not on the key list, and what was proposed."""
    person = _person(person_id, Permission.DIRECTORY_VIEW)
    return _why(person, ProposalForm(formdata=None))


def _why(person: Person, form: ProposalForm, *, status: int = 200):
    answer, row = tier_queries.why_not(person, queries.decisions(person)) if person.tier < KEY else ("", None)
    return page(
        "directory/why.html",
        part="directory/_why.html",
        person=person,
        answer=answer,
        row=row,
        proposals=tier_queries.proposals_of(person),
        facts=screening.facts(person),
        criteria=CRITERION_NAMES,
        states=PROPOSAL_STATES,
        form=form,
        status=status,
        **names_of_card(),
    )


@bp.post("/people/<int:person_id>/propose")
@requires(Permission.DIRECTORY_EDIT)
def propose_tier(person_id: int):
    person, form = _person(person_id, Permission.DIRECTORY_EDIT), ProposalForm()
    if not form.validate_on_submit():
        return _why(person, form, status=422)
    operations.propose_tier(
        person,
        tier=form.tier.data,
        grounds=form.grounds.data,
        evidence=uploaded(form.file.data),
        by=current_user,
    )
    flash(_("Proposed; it waits for a decision."))
    return redirect(url_for(".person", person_id=person.id), 303)


@bp.get("/proposals")
@requires(Permission.DIRECTORY_VIEW)
def proposals():
    filters = ProposalFilters(request.args)
    values = {"state": "open"} if "state" not in request.args else {"state": ""}
    chosen = tier_queries.select_proposals(current_user, **{**values, **filters.chosen()})
    return page(
        "directory/proposals.html",
        part="directory/_proposals.html",
        filters=filters,
        listing=page_of(chosen),
        states=PROPOSAL_STATES,
        reason_form=ReasonForm(formdata=None),
        **names_of_card(),
    )


def _proposal(proposal_id: int) -> TierProposal:
    row = found(tier_queries.select_proposals(current_user, state=""), proposal_id)
    _person(row.person_id, DECIDE)
    return row


@bp.post("/proposals/<int:proposal_id>/accept")
@requires(DECIDE)
def accept_proposal(proposal_id: int):
    operations.accept_proposal(_proposal(proposal_id), by=current_user)
    flash(_("The decision has been recorded."))
    return redirect(url_for(".proposals"), 303)


@bp.post("/proposals/<int:proposal_id>/decline")
@requires(DECIDE)
def decline_proposal(proposal_id: int):
    row, form = _proposal(proposal_id), ReasonForm()
    if not form.validate_on_submit():
        title = _("Decline: the reason answers who asks why somebody is not on the list")
        return again(form, title, url_for(".proposals"))
    operations.decline_proposal(row, reason=form.reason.data, by=current_user)
    flash(_("Declined; the reason stands on the card."))
    return redirect(url_for(".proposals"), 303)


@bp.post("/proposals/<int:proposal_id>/withdraw")
@requires(Permission.DIRECTORY_EDIT)
def withdraw_proposal(proposal_id: int):
    row = found(tier_queries.select_proposals(current_user, state=""), proposal_id)
    operations.withdraw_proposal(row, by=current_user)
    flash(_("Taken back."))
    return redirect(url_for(".person", person_id=row.person_id), 303)


@bp.post("/proposals/<int:proposal_id>/file")
@requires(Permission.DIRECTORY_EDIT)
def proposal_file(proposal_id: int):
    row = found(
        tier_queries.select_proposals(current_user, Permission.DIRECTORY_EDIT, state="").where(
            TierProposal.file_id.is_not(None)
        ),
        proposal_id,
    )
    operations.open_proposal_file(row, by=current_user)
    return stored(row.file)


@bp.get("/townships")
@requires(Permission.DIRECTORY_VIEW)
def townships():
    return page("directory/townships.html", towns=tier_queries.towns(current_user))
