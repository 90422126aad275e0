"""What guests of an event were told: the list, one message, who was not reached;
and the texts of the event.
"""

from flask import flash, redirect, request, url_for
from flask_login import current_user

from outreach.core import masking, phones
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.forms import whole_number
from outreach.core.i18n import LOCALES, _, moment
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import limiter, page, reads_first
from outreach.directory.forms import ExportForm, ReasonForm
from outreach.directory.restricting import is_free
from outreach.events import queries as events
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.registrations import message_queries as queries
from outreach.registrations import message_texts as texts
from outreach.registrations import messages as composing
from outreach.registrations import operations
from outreach.registrations.message_forms import (
    HAND_NAMES,
    OBSTACLE_NAMES,
    STATE_NAMES,
    MailTestForm,
    MessageFilters,
    SmsTestForm,
    TextForm,
)
from outreach.registrations.message_models import Channel, GuestMessage, MessageKind
from outreach.registrations.models import Registration
from outreach.registrations.views.guests import bp, event_within

NAMES = {
    "kind_names": texts.KIND_NAMES,
    "channel_names": texts.CHANNEL_NAMES,
    "message_states": STATE_NAMES,
    "obstacle_names": OBSTACLE_NAMES,
    "hand_names": HAND_NAMES,
}
#: most messages that one click writes again
MOST_AGAIN = 2000


def _chosen(event: Event, permission: Permission = Permission.REGISTRATIONS_VIEW):
    chosen = queries.select_messages(current_user, permission).where(GuestMessage.event_id == event.id)
    return queries.filtered(chosen, **MessageFilters(request.args).chosen())


def _list(event: Event, *, status: int = 200, **context):
    context.setdefault("export", ExportForm(formdata=None))
    return page(
        "registrations/messages.html",
        part="registrations/_messages.html",
        event=event,
        filters=MessageFilters(request.args),
        listing=page_of(_chosen(event), rows_of=queries.entries_of),
        counts=queries.counts(event.id),
        reminding_at=events.reminding_at(event),
        reminding_over=events.reminding_over(event),
        waiting_mail=queries.has_waiting_mail(event.id),
        waiting_sms=len(events.waiting_sms(event, current_user)),
        reason_form=ReasonForm(formdata=None),
        status=status,
        **NAMES,
        **context,
    )


@bp.get("/events/<int:event_id>/messages")
@requires(Permission.REGISTRATIONS_VIEW)
def messages(event_id: int):
    return _list(event_within(event_id))


@bp.post("/events/<int:event_id>/messages/export")
@requires(Permission.REGISTRATIONS_EXPORT)
@limiter.limit("10 per minute")
@reads_first
def messages_export(event_id: int):
    event, form = event_within(event_id, Permission.REGISTRATIONS_EXPORT), ExportForm()
    if not form.validate_on_submit():
        return _list(event, export=form, status=422)
    rows = queries.entries_of(
        db.session.execute(
            _chosen(event, Permission.REGISTRATIONS_EXPORT).where(is_free(Registration.person_id))
        )
    )
    full = bool(form.full.data) and current_user.holds(Permission.DIRECTORY_UNMASK)
    operations.export_messages(event, count=len(rows), full=full, reason=form.reason.data, by=current_user)
    title = _("Messages")
    return attachment(
        write(title, _columns(event, full=full), rows, subtitle=event.title),
        f"{event.title} {title}.xlsx",
        XLSX,
    )


def _columns(event: Event, *, full: bool) -> list[Column]:
    name, phone, words = (str, str, str) if full else (masking.name, masking.phone, masking.text)

    def ways(entry: queries.Entry) -> str:
        row = entry.message
        there = [Channel.MAIL] * (row.mail_id is not None) + [Channel.SMS] * (row.sms_id is not None)
        return " ".join(str(texts.CHANNEL_NAMES[way]) for way in there)

    def why(entry: queries.Entry) -> str:
        return str(OBSTACLE_NAMES[entry.message.obstacle]) if entry.message.obstacle else ""

    return [
        Column(_("Name"), lambda entry: name(entry.message.registration.name), 12),
        Column(_("Company or organisation"), lambda entry: entry.message.registration.company, 28),
        Column(_("Mobile"), lambda entry: phone(entry.message.registration.mobile), 15),
        Column(_("Mail address"), lambda entry: words(entry.message.registration.email), 24),
        Column(_("Message"), lambda entry: str(texts.KIND_NAMES[entry.message.kind]), 18),
        Column(_("Way"), ways, 12),
        Column(_("State"), lambda entry: str(STATE_NAMES[entry.state]), 14),
        Column(_("Why not reached"), why, 24),
        Column(_("Written at"), lambda entry: moment(entry.message.written_at, event.zone), 20),
    ]


@bp.post("/events/<int:event_id>/messages/again")
@requires(Permission.REGISTRATIONS_EDIT)
@limiter.limit("10 per minute")
def messages_again(event_id: int):
    """Write once more to those ticked, or to all that the filters find, as far as they were not reached."""
    event = event_within(event_id, Permission.REGISTRATIONS_EDIT)
    if "all" in request.form:
        chosen = _chosen(event, Permission.REGISTRATIONS_EDIT)
    else:
        keys = [key for key in map(whole_number, request.form.getlist("message")) if key]
        chosen = queries.select_messages(current_user, Permission.REGISTRATIONS_EDIT).where(
            GuestMessage.event_id == event.id, GuestMessage.id.in_(keys)
        )
    chosen = chosen.where(queries.STATE.in_([state.value for state in queries.NOT_REACHED]))
    entries = queries.entries_of(db.session.execute(chosen.limit(MOST_AGAIN)))
    told = operations.try_again(entries, by=current_user)
    flash(
        _(
            "%(num)d written once more, %(none)d still without any way to reach them.",
            num=told.guests - told.unreached,
            none=told.unreached,
        )
    )
    return redirect(f"{url_for('.messages', event_id=event.id)}?{request.query_string.decode()}", 303)


@bp.post("/events/<int:event_id>/messages/reminder/<any(on,off):state>")
@requires(Permission.EVENTS_EDIT)
def messages_reminder(event_id: int, state: str):
    """Whether guests are reminded the day before."""
    event = event_within(event_id, Permission.EVENTS_EDIT)
    operations.set_reminding(event, on=state == "on", by=current_user)
    flash(_("Guests are reminded.") if event.reminds else _("Guests are not reminded."))
    return redirect(url_for(".messages", event_id=event.id), 303)


def _entry(message_id: int, permission: Permission = Permission.REGISTRATIONS_EDIT) -> queries.Entry:
    return queries.entry(found(queries.select_messages(current_user, permission), message_id))


def _message(entry: queries.Entry, *, status: int = 200, **context):
    context.setdefault("form", ReasonForm(formdata=None))
    return page(
        "registrations/message.html",
        told=entry,
        event=entry.message.event,
        where=composing.contact(entry.message.registration),
        status=status,
        **NAMES,
        **context,
    )


def _to_message(entry: queries.Entry):
    return redirect(url_for(".message", message_id=entry.message.id), 303)


@bp.get("/messages/<int:message_id>")
@requires(Permission.REGISTRATIONS_VIEW)
def message(message_id: int):
    return _message(_entry(message_id, Permission.REGISTRATIONS_VIEW))


@bp.post("/messages/<int:message_id>/words")
@requires(Permission.REGISTRATIONS_EDIT)
@limiter.limit("60 per minute")
def message_words(message_id: int):
    """The words for WeChat, with name and link in full: shown by a POST that leaves a trace."""
    entry = _entry(message_id)
    operations.show_words(entry.message, by=current_user)
    with texts.language(entry.message.registration):
        words = composing.composed(entry.message, Channel.SMS).body
    return _message(entry, words=words)


@bp.post("/messages/<int:message_id>/number")
@requires(Permission.DIRECTORY_UNMASK)
@limiter.limit("60 per minute")
def message_number(message_id: int):
    entry, form = _entry(message_id, Permission.DIRECTORY_UNMASK), ReasonForm()
    if not form.validate_on_submit():
        return _message(entry, form=form, status=422)
    operations.show_number(entry.message, reason=form.reason.data, by=current_user)
    number = composing.contact(entry.message.registration).mobile
    return _message(entry, number=number, dialled=phones.stored(number).partition(";")[0])


@bp.post("/messages/<int:message_id>/told/<any(wechat,phone):way>")
@requires(Permission.REGISTRATIONS_EDIT)
def message_told(message_id: int, way: str):
    entry = _entry(message_id)
    operations.mark_told(entry, way=way, by=current_user)
    return _to_message(entry)


@bp.post("/messages/<int:message_id>/untold")
@requires(Permission.REGISTRATIONS_EDIT)
def message_untold(message_id: int):
    entry = _entry(message_id)
    operations.untell(entry.message, by=current_user)
    return _to_message(entry)


@bp.get("/events/<int:event_id>/messages/texts")
@requires(Permission.EVENTS_EDIT)
def message_texts(event_id: int):
    event = event_within(event_id, Permission.EVENTS_EDIT)
    own = {(row.kind, row.channel, row.locale) for row in queries.templates(event.id)}
    return page(
        "registrations/message_texts.html", event=event, own=own, kinds=MessageKind, locales=LOCALES, **NAMES
    )


def _text_page(
    event: Event, kind: MessageKind, channel: Channel, locale: str, *, status: int = 200, **context
):
    words = queries.text_of(event.id, kind, channel, locale)
    form = context.setdefault(
        "form",
        TextForm(
            formdata=None, kind=kind, channel=channel, data={"subject": words.subject, "body": words.body}
        ),
    )
    tested = MailTestForm if channel == Channel.MAIL else SmsTestForm
    context.setdefault("test_form", tested(formdata=None, prefix="test-"))
    shown = composing.preview(event, kind, channel, locale, words if form.errors else form.text())
    return page(
        "registrations/message_text.html",
        event=event,
        kind=kind,
        channel=channel,
        locale=locale,
        locales=LOCALES,
        own=queries.template(event.id, kind, channel, locale),
        placeholders=[(name, texts.PLACEHOLDER_NAMES[name]) for name in texts.allowed(kind)],
        shown=shown,
        parts=texts.sms_parts(shown.body),
        status=status,
        **NAMES,
        **context,
    )


def _which(kind: str, channel: str, locale: str) -> tuple[MessageKind, Channel, str]:
    return MessageKind(kind), Channel(channel), locale


_ANY = [
    f"<any({','.join(words)}):{name}>"
    for name, words in (("kind", MessageKind), ("channel", Channel), ("locale", LOCALES))
]
_TEXT = f"/events/<int:event_id>/messages/texts/{'/'.join(_ANY)}"


@bp.get(_TEXT)
@requires(Permission.EVENTS_EDIT)
def message_text(event_id: int, kind: str, channel: str, locale: str):
    event = event_within(event_id, Permission.EVENTS_EDIT)
    return _text_page(event, *_which(kind, channel, locale))


@bp.post(_TEXT)
@requires(Permission.EVENTS_EDIT)
def message_text_save(event_id: int, kind: str, channel: str, locale: str):
    """Keep a text, or with ``preview`` only show how it reads."""
    event, which = event_within(event_id, Permission.EVENTS_EDIT), _which(kind, channel, locale)
    form = TextForm(kind=which[0], channel=which[1])
    if not form.validate_on_submit():
        return _text_page(event, *which, form=form, status=422)
    if "preview" in request.form:
        return _text_page(event, *which, form=form)
    words = form.text()
    operations.save_template(event, *which, subject=words.subject, body=words.body, by=current_user)
    flash(_("The text is kept for this event."))
    return redirect(
        url_for(".message_text", event_id=event.id, kind=kind, channel=channel, locale=locale), 303
    )


@bp.post(f"{_TEXT}/usual")
@requires(Permission.EVENTS_EDIT)
def message_text_usual(event_id: int, kind: str, channel: str, locale: str):
    event = event_within(event_id, Permission.EVENTS_EDIT)
    operations.remove_template(event, *_which(kind, channel, locale), by=current_user)
    flash(_("The usual text is used again."))
    return redirect(
        url_for(".message_text", event_id=event.id, kind=kind, channel=channel, locale=locale), 303
    )


@bp.post(f"{_TEXT}/test")
@requires(Permission.EVENTS_EDIT)
@limiter.limit("5 per minute; 30 per day", key_func=lambda: f"test-message-{current_user.id}")
def message_text_test(event_id: int, kind: str, channel: str, locale: str):
    """The kept text to oneself, or to an address that was typed."""
    event, which = event_within(event_id, Permission.EVENTS_EDIT), _which(kind, channel, locale)
    form = (MailTestForm if which[1] == Channel.MAIL else SmsTestForm)(prefix="test-")
    good = form.validate_on_submit()
    to = form.to.data or (current_user.email if which[1] == Channel.MAIL else "")
    if good and not to:
        form.to.errors = [_("Your account has no mail address. Type one.")]
    if not good or not to:
        return _text_page(event, *which, test_form=form, status=422)
    operations.send_test(event, *which, to=to, by=current_user)
    flash(_("The test is on its way."))
    return redirect(
        url_for(".message_text", event_id=event.id, kind=kind, channel=channel, locale=locale), 303
    )
