"""Contacts and visits: my page, a person's contacts, plan, record, cancel, follow-ups;
the private calendar.
"""

from flask import abort, flash, make_response, redirect, request, url_for
from flask_login import current_user

from outreach.core.access import found, open_to_all, requires
from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.downloads import stored
from outreach.core.forms import uploaded
from outreach.core.i18n import _
from outreach.core.links import host, public_url
from outreach.core.lists import page_of
from outreach.core.web import again, limiter, page
from outreach.directory.forms import ReasonForm
from outreach.liaison import calendars, festivals, operations, queries
from outreach.liaison.announcements import feed_entries
from outreach.liaison.forms import OutcomeForm, PlanForm, RecordForm
from outreach.liaison.models import PLANNED, Contact, FollowUp
from outreach.liaison.views.shared import KIND_NAMES, NAMES, bp, person_within, post_of, user_of
from outreach.permissions import Permission

EDIT = Permission.LIAISON_EDIT


def _contact(contact_id: int) -> Contact:
    return found(queries.select_contacts(current_user), contact_id)


@bp.get("/liaison")
@requires(Permission.LIAISON_VIEW)
def index():
    """Who is due, what is planned, what was promised."""
    due = sorted(
        ((pairing, day) for pairing, day in queries.due_pairings(current_user)), key=lambda row: row[1]
    )
    planned = queries.select_contacts(current_user, state=PLANNED, mine=True).order_by(Contact.day)
    return page(
        "liaison/index.html",
        due=due[:30],
        planned=db.session.scalars(planned.limit(30)).unique().all(),
        today=today(),
        follow_ups=db.session.scalars(queries.select_follow_ups(current_user).limit(30)).unique().all(),
        outcome_form=OutcomeForm(formdata=None),
        reason_form=ReasonForm(formdata=None),
        **_to_greet(),
        **NAMES,
    )


def _to_greet() -> dict:
    festival = festivals.coming(today())
    return {
        "greetings": queries.greetings(current_user)[:30],
        "festival": festival and (festivals.FESTIVALS[festival[0]], festival[1]),
        "festive": queries.greetings(current_user, born=False)[:400] if festival else [],
    }


@bp.get("/people/<int:person_id>/contacts")
@requires(Permission.LIAISON_VIEW)
def of_person(person_id: int):
    """The fragment of a card."""
    person = person_within(person_id)
    return page(
        "liaison/_of_person.html",
        person=person,
        contacts=queries.contacts_of(person),
        pairings=queries.pairings_of(person),
        reason_form=ReasonForm(formdata=None),
        **NAMES,
    )


def _record_form(person, **options) -> RecordForm:
    return RecordForm(
        posts=queries.open_posts(current_user), owners=queries.colleagues(person.unit), **options
    )


def _values(form: RecordForm) -> dict:
    values = form.values()
    owner, evidence = user_of(values.pop("owner_id")), uploaded(values.pop("file"))
    if "post_id" in values:
        values["post"] = post_of(values.pop("post_id"))
    return {**values, "owner": owner, "evidence": evidence}


@bp.get("/people/<int:person_id>/contacts/new")
@requires(EDIT)
def new_contact(person_id: int):
    person = person_within(person_id, EDIT)
    return page(
        "liaison/record.html",
        person=person,
        form=_record_form(person, formdata=None, day=today()),
        contact=None,
    )


@bp.post("/people/<int:person_id>/contacts/new")
@requires(EDIT)
def record_contact(person_id: int):
    person = person_within(person_id, EDIT)
    form = _record_form(person)
    if not form.validate_on_submit():
        return page("liaison/record.html", person=person, form=form, contact=None, status=422)
    operations.record_contact(person, by=current_user, **_values(form))
    flash(_("Recorded."))
    return redirect(url_for("directory.person", person_id=person.id), 303)


@bp.get("/people/<int:person_id>/contacts/plan")
@requires(EDIT)
def new_plan(person_id: int):
    person = person_within(person_id, EDIT)
    return _plan(person, PlanForm(formdata=None, posts=queries.open_posts(current_user)))


def _plan(person, form: PlanForm, *, status: int = 200):
    warned = bool(queries.collisions([person], form.day.data or today()))
    return page("liaison/plan.html", person=person, form=form, warned=warned, status=status)


@bp.post("/people/<int:person_id>/contacts/plan")
@requires(EDIT)
def plan_contact(person_id: int):
    person, form = person_within(person_id, EDIT), PlanForm(posts=queries.open_posts(current_user))
    if not form.validate_on_submit():
        return _plan(person, form, status=422)
    values = form.values()
    operations.plan_contact(person, post=post_of(values.pop("post_id")), by=current_user, **values)
    warned = queries.collisions([person], form.day.data)
    flash(
        _("Planned. Another county means to see this person around that time: ask the city.")
        if warned
        else _("Planned.")
    )
    return redirect(url_for("directory.person", person_id=person.id), 303)


@bp.get("/contacts/<int:contact_id>/hold")
@requires(EDIT)
def hold_form(contact_id: int):
    contact = _contact(contact_id)
    form = _record_form(
        contact.person,
        formdata=None,
        way=contact.way,
        day=min(contact.day, today()),
        place=contact.place,
        party=contact.party,
        post_id=contact.post_id or 0,
    )
    return page("liaison/record.html", person=contact.person, form=form, contact=contact)


@bp.post("/contacts/<int:contact_id>/hold")
@requires(EDIT)
def hold_contact(contact_id: int):
    contact = _contact(contact_id)
    person = person_within(contact.person_id, EDIT)
    form = _record_form(person)
    del form.post_id, form.way  # they stay as they were planned
    if not form.validate_on_submit():
        return page("liaison/record.html", person=person, form=form, contact=contact, status=422)
    operations.hold_contact(contact, by=current_user, **_values(form))
    flash(_("Recorded."))
    return redirect(url_for("directory.person", person_id=person.id), 303)


@bp.get("/contacts/<int:contact_id>/move")
@requires(EDIT)
def move_form(contact_id: int):
    contact = _contact(contact_id)
    person = person_within(contact.person_id, EDIT)
    form = PlanForm(
        formdata=None,
        posts=queries.open_posts(current_user),
        way=contact.way,
        day=contact.day,
        at=contact.at,
        place=contact.place,
        party=contact.party,
        post_id=contact.post_id or 0,
    )
    return page(
        "liaison/plan.html",
        person=person,
        form=form,
        contact=contact,
        warned=bool(queries.collisions([person], contact.day)),
    )


@bp.post("/contacts/<int:contact_id>/move")
@requires(EDIT)
def move_contact(contact_id: int):
    contact, form = _contact(contact_id), PlanForm(posts=queries.open_posts(current_user))
    person = person_within(contact.person_id, EDIT)
    if not form.validate_on_submit():
        return page("liaison/plan.html", person=person, form=form, contact=contact, warned=False, status=422)
    values = form.values()
    operations.move_contact(contact, post=post_of(values.pop("post_id")), by=current_user, **values)
    warned = queries.collisions([person], form.day.data)
    flash(
        _("Planned. Another county means to see this person around that time: ask the city.")
        if warned
        else _("Moved.")
    )
    if contact.trip_id:
        return redirect(url_for(".trip", trip_id=contact.trip_id), 303)
    return redirect(url_for("directory.person", person_id=person.id), 303)


@bp.post("/contacts/<int:contact_id>/cancel")
@requires(EDIT)
def cancel_contact(contact_id: int):
    contact, form = _contact(contact_id), ReasonForm()
    person = person_within(contact.person_id, EDIT)
    if not form.validate_on_submit():
        return again(
            form, _("Say why it does not take place."), url_for("directory.person", person_id=person.id)
        )
    operations.cancel_contact(contact, reason=form.reason.data, by=current_user)
    flash(_("The entry has been withdrawn.") if contact.is_withdrawn else _("Cancelled."))
    return redirect(url_for("directory.person", person_id=person.id), 303)


@bp.post("/contacts/<int:contact_id>/file")
@requires(EDIT)
def contact_file(contact_id: int):
    row = found(
        queries.select_contacts(current_user, permission=EDIT).where(Contact.file_id.is_not(None)), contact_id
    )
    operations.open_file(row, by=current_user)
    return stored(row.file)


@bp.get("/follow-ups")
@requires(Permission.LIAISON_VIEW)
def follow_ups():
    chosen = queries.select_follow_ups(current_user, mine=request.args.get("whose") == "mine")
    return page(
        "liaison/follow_ups.html",
        part="liaison/_follow_ups.html",
        listing=page_of(chosen),
        outcome_form=OutcomeForm(formdata=None),
        today=today(),
        **NAMES,
    )


@bp.post("/follow-ups/<int:follow_up_id>/finish")
@requires(EDIT)
def finish_follow_up(follow_up_id: int):
    row: FollowUp = found(queries.select_follow_ups(current_user, mine=False), follow_up_id)
    person_within(row.contact.person_id, EDIT)
    form = OutcomeForm()
    if not form.validate_on_submit():
        return again(form, _("Say what came of it."), url_for(".follow_ups"))
    operations.finish_follow_up(row, outcome=form.outcome.data, by=current_user)
    flash(_("Done."))
    return redirect(url_for(".follow_ups"), 303)


@bp.post("/follow-ups/<int:follow_up_id>/reopen")
@requires(EDIT)
def reopen_follow_up(follow_up_id: int):
    row: FollowUp = found(queries.select_follow_ups(current_user, mine=False, closed=True), follow_up_id)
    person, form = person_within(row.contact.person_id, EDIT), ReasonForm()
    if not form.validate_on_submit():
        return again(form, _("Say why it is opened again."), url_for("directory.person", person_id=person.id))
    operations.reopen_follow_up(row, reason=form.reason.data, by=current_user)
    flash(_("It is open again."))
    return redirect(url_for("directory.person", person_id=person.id), 303)


@bp.get("/liaison/calendar")
@requires(Permission.LIAISON_VIEW)
def calendar():
    return page("liaison/calendar.html", feeds=queries.feeds_of(current_user), address="")


@bp.post("/liaison/calendar")
@requires(Permission.LIAISON_VIEW)
def make_feed():
    address = public_url() + url_for(".feed", token=operations.make_feed(by=current_user))
    return page("liaison/calendar.html", feeds=queries.feeds_of(current_user), address=address)


@bp.post("/liaison/calendar/revoke")
@requires(Permission.LIAISON_VIEW)
def revoke_feeds():
    operations.revoke_feeds(by=current_user)
    flash(_("The address shows nothing any more."))
    return redirect(url_for(".calendar"), 303)


def _address(pairing) -> str:
    return (
        f"/people/{pairing.person_id}" if pairing.person_id else f"/organisations/{pairing.organisation_id}"
    )


@bp.get("/calendar/<string:token>.ics")
@open_to_all
@limiter.limit("60 per hour")
def feed(token: str):
    """The user's visits, due contacts and next steps, for a calendar program."""
    row = queries.feed(token) or abort(404)
    days = [
        (
            f"contact-{c.id}",
            c.day,
            c.at,
            _("Contact: %(name)s", name=calendars.masking.name(c.person.name)),
            f"{public_url()}/people/{c.person_id}",
        )
        for c in db.session.scalars(
            queries.select_contacts(row.user, state=PLANNED, mine=True, free=True)
        ).unique()
    ]
    days += [
        (f"pairing-{p.id}", day, None, _("Due: %(name)s", name=p.masked), public_url() + _address(p))
        for p, day in queries.due_pairings(row.user)
    ]
    days += [
        (
            f"follow-up-{f.id}",
            f.due_on,
            None,
            f"{KIND_NAMES[f.kind]}: {f.text}",
            f"{public_url()}/people/{f.contact.person_id}",
        )
        for f in db.session.scalars(queries.select_follow_ups(row.user, free=True)).unique()
        if f.due_on
    ]
    if (festival := festivals.coming(today())) and queries.greetings(row.user, born=False):
        name, day = festival
        days.append(
            (
                f"festival-{day}",
                day,
                None,
                _("%(festival)s: greet those who agreed", festival=festivals.FESTIVALS[name]),
                f"{public_url()}/liaison",
            )
        )
    days += [
        (uid, day, None, words, public_url() + path)
        for answer in feed_entries(row.user)
        for uid, day, words, path in answer
    ]
    response = make_response(calendars.of_days(_("Yangui: %(name)s", name=row.user.name), days, host()))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return response
