"""Staff pages of invitations: whom to invite, who was, letters and messages, what to paste into WeChat."""

from base64 import b64encode
from urllib.parse import parse_qsl

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from outreach.core import files, qr, sheets, sms
from outreach.core.access import found, requires
from outreach.core.db import db, end_writing
from outreach.core.downloads import attachment
from outreach.core.forms import uploaded, whole_number
from outreach.core.i18n import _, ngettext
from outreach.core.lists import page_of
from outreach.core.pdf import PDF
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import limiter, page, reads_first
from outreach.directory import queries as directory
from outreach.directory import view_queries
from outreach.directory.forms import PeopleFilters, ReasonForm
from outreach.directory.models import Person
from outreach.directory.roster_forms import DOUBT_NAMES
from outreach.events import guest_sheets, letters, operations, queries, wording
from outreach.events.forms import (
    INVITED_NAMES,
    MATCH_NAMES,
    InvitedFilters,
    InviteFilters,
    SendForm,
    SheetForm,
    SortForm,
)
from outreach.events.models import Event, Invitation
from outreach.events.views.events import bp, event_within
from outreach.permissions import Permission

MAY = Permission.EVENTS_INVITE
MOST_INVITED = 20_000


def _filters() -> InviteFilters:
    return InviteFilters(request.args, views=view_queries.views(current_user))


def _candidates(filters: InviteFilters):
    values = filters.chosen()
    if view_id := values.pop("view", 0):  # a saved view of the directory is a guest list
        view = found(view_queries.select_views(current_user), view_id)
        kept = PeopleFilters(MultiDict(parse_qsl(view.query))).chosen()
        values = {**kept, **{name: value for name, value in values.items() if name != "at_least"}}
    chosen = directory.filtered(directory.select_free(current_user, MAY), **values)
    return chosen.order_by(Person.tier.desc(), Person.pinyin, Person.id)


@bp.get("/events/<int:event_id>/invitations")
@requires(MAY)
def invitations(event_id: int):
    row, filters = event_within(event_id, MAY), _filters()
    invited = set(db.session.scalars(queries.invited_ids(row)))
    return page(
        "events/invitations.html",
        part="events/_invitations.html",
        event=row,
        filters=filters,
        listing=page_of(_candidates(filters)),
        invited=invited,
        form=SortForm(formdata=None, types=row.types),
    )


@bp.post("/events/<int:event_id>/invitations")
@requires(MAY)
def invite(event_id: int):
    """Invite the ticked people, or everybody the filters find."""
    row, filters = event_within(event_id, MAY), _filters()
    form = SortForm(types=row.types)
    if not form.validate_on_submit():
        invited_ids = set(db.session.scalars(queries.invited_ids(row)))
        return page(
            "events/invitations.html",
            event=row,
            filters=filters,
            listing=page_of(_candidates(filters)),
            invited=invited_ids,
            form=form,
            status=422,
        )
    chosen = _candidates(filters)
    if "all" not in request.form:
        keys = [key for key in map(whole_number, request.form.getlist("person")) if key]
        chosen = directory.select_free(current_user, MAY).where(Person.id.in_(keys))
    people = db.session.scalars(chosen.limit(MOST_INVITED)).unique().all()
    kind = next((item for item in row.types if item.id == form.type_id.data), None)
    count = operations.invite(row, list(people), by=current_user, type=kind, wave=form.wave.data or "")
    flash(ngettext("%(num)d person invited.", "%(num)d people invited.", count))
    return redirect(url_for(".invitations", event_id=row.id, **filters.chosen()), 303)


@bp.post("/events/<int:event_id>/invitations/sheet")
@requires(MAY)
@limiter.limit("20 per minute")
@reads_first
def guest_sheet(event_id: int):
    """A guest list from a sheet: whom each line means.

    Nothing is written by it; those ticked are invited by the form below.
    """
    row, form = event_within(event_id, MAY), SheetForm()
    if not form.validate_on_submit():
        return page("events/guest_sheet.html", event=row, sheet_form=form, lines=None, status=422)
    name, content = uploaded(form.file.data)
    files.check(content)
    read = guest_sheets.read(sheets.read_bytes(content, name))
    meant = queries.candidates_of(current_user, read.lines)
    invited = set(db.session.scalars(queries.invited_ids(row)))
    return page(
        "events/guest_sheet.html",
        event=row,
        sheet_form=SheetForm(formdata=None),
        lines=list(zip(read.lines, meant, strict=True)),
        read=read,
        doubt_names=DOUBT_NAMES,
        match_names=MATCH_NAMES,
        invited=invited,
        form=SortForm(formdata=None, types=row.types),
    )


@bp.get("/events/<int:event_id>/invitations/sheet")
@requires(MAY)
def guest_sheet_form(event_id: int):
    return page(
        "events/guest_sheet.html",
        event=event_within(event_id, MAY),
        sheet_form=SheetForm(formdata=None),
        lines=None,
    )


@bp.post("/events/<int:event_id>/invitations/<int:person_id>/withdraw")
@requires(MAY)
def uninvite(event_id: int, person_id: int):
    row = event_within(event_id, MAY)
    chosen = queries.select_invitations(row, current_user).where(Invitation.person_id == person_id)
    operations.uninvite(db.session.scalars(chosen).unique().one_or_none() or abort(404), by=current_user)
    return redirect(url_for(".invited", event_id=row.id), 303)


def _list(row: Event, *, status: int = 200, **forms):
    filters = InvitedFilters(request.args, types=row.types, waves=queries.waves(row, current_user))
    forms.setdefault("export_form", ReasonForm(formdata=None))
    return page(
        "events/invited.html",
        part="events/_invited.html",
        event=row,
        filters=filters,
        status=status,
        listing=page_of(queries.select_invitations(row, current_user, **filters.chosen())),
        figures=queries.invitation_figures(row, current_user),
        names=INVITED_NAMES,
        send_form=SendForm(formdata=None),
        sort_form=SortForm(formdata=None, types=row.types),
        waiting=len(queries.waiting_sms(row, current_user)),
        **forms,
    )


@bp.get("/events/<int:event_id>/invited")
@requires(MAY)
def invited(event_id: int):
    return _list(event_within(event_id, MAY))


def _ticked(row: Event, *, free: bool = False) -> list[Invitation]:
    """The invitations ticked on the page, or all that the filters find; ``free``:
    of who may be written to.
    """
    filters = InvitedFilters(request.args, types=row.types, waves=queries.waves(row, current_user))
    chosen = queries.select_invitations(row, current_user, free=free, **filters.chosen())
    if "all" not in request.form:
        keys = [key for key in map(whole_number, request.form.getlist("invitation")) if key]
        chosen = queries.select_invitations(row, current_user, free=free).where(Invitation.id.in_(keys))
    return list(db.session.scalars(chosen.limit(MOST_INVITED)).unique())


def _back(row: Event):
    return redirect(f"{url_for('.invited', event_id=row.id)}?{request.query_string.decode()}", 303)


@bp.post("/events/<int:event_id>/invited/<any(send,remind):verb>")
@requires(MAY)
def send_invitations(event_id: int, verb: str):
    row, form = event_within(event_id, MAY), SendForm()
    if not form.validate_on_submit():
        return _list(row, status=422)
    counts = operations.send_invitations(
        row, _ticked(row), channel=form.channel.data, remind=verb == "remind", by=current_user
    )
    flash(_("%(mail)d letters, %(sms)d text messages; no way to reach %(none)d.", **counts))
    return _back(row)


@bp.post("/events/<int:event_id>/invited/sort")
@requires(MAY)
def sort_invitations(event_id: int):
    row = event_within(event_id, MAY)
    form = SortForm(types=row.types)
    if not form.validate_on_submit():
        return _list(row, status=422)
    kind = next((item for item in row.types if item.id == form.type_id.data), None)
    count = operations.sort_invitations(_ticked(row), type=kind, wave=form.wave.data or "", by=current_user)
    flash(_("%(num)d invitations changed.", num=count))
    return _back(row)


@bp.post("/events/<int:event_id>/invited/<int:invitation_id>/copied")
@requires(MAY)
def hand_on(event_id: int, invitation_id: int):
    """Text and picture for WeChat, with the name in full: shown by a POST that leaves a trace."""
    row = event_within(event_id, MAY)
    invitation = found(queries.select_invitations(row, current_user), invitation_id)
    operations.hand_on(invitation, channel="copied", by=current_user)
    qr_code = (
        "data:image/svg+xml;base64," + b64encode(qr.svg(wording.link(invitation).upper()).encode()).decode()
    )
    return page(
        "events/wechat.html",
        event=row,
        invitation=invitation,
        words=wording.short(invitation, "invite"),
        qr_code=qr_code,
    )


@bp.post("/events/<int:event_id>/invited/letters")
@requires(Permission.DIRECTORY_UNMASK)
@limiter.limit("20 per minute")
@reads_first
def print_letters(event_id: int):
    """邀请函 of those who are ticked, one page each; names stand in full, so it leaves a trace."""
    row, form = event_within(event_id, MAY), ReasonForm()
    rows = _ticked(row, free=True)
    if not form.validate_on_submit() or not rows:
        if not rows:
            form.reason.errors = [*form.reason.errors, _("Tick somebody first.")]
        return _list(row, export_form=form, status=422)
    operations.print_letters(row, rows, reason=form.reason.data, by=current_user)
    end_writing()
    return attachment(letters.letters(row, rows), f"{row.title} {_('Invitations')}.pdf", PDF)


@bp.post("/events/<int:event_id>/invited/sms")
@requires(Permission.DIRECTORY_UNMASK)
@limiter.limit("20 per minute")
@reads_first
def take_out_sms(event_id: int):
    """The waiting text messages as a sheet for the carrier's console."""
    row, form = event_within(event_id, MAY), ReasonForm()
    if not form.validate_on_submit():
        return _list(row, export_form=form, status=422)
    rows = operations.take_out_sms(row, reason=form.reason.data, by=current_user)
    end_writing()
    columns = [
        Column(_("Mobile"), lambda row: sms.dialled(row.mobile), 15),
        Column(_("Text"), lambda sms: sms.text, 90),
    ]
    return attachment(
        write(_("Text messages"), columns, rows), f"{row.title} {_('Text messages')}.xlsx", XLSX
    )
