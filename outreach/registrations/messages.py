"""What guests are told: one function for each kind, all by way of :func:`tell`.

By mail where there is an address, by text message where there is only a mobile, by both where letters came
back or it is urgent: an offered place, an item that moved, a ticket asked for again, and an event changed or
called off within :data:`SOON` of its beginning. A companion without address and mobile is reached through the
guest who brings them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import force_locale

from outreach.core import clock, mail, masking, sms
from outreach.core.db import db
from outreach.core.i18n import _, in_language, moment
from outreach.core.jobs import Lane
from outreach.core.latin import place
from outreach.core.links import public_url
from outreach.events import calendars
from outreach.events.announcements import Told
from outreach.events.models import Event
from outreach.registrations import message_queries, tickets
from outreach.registrations import message_texts as texts
from outreach.registrations.links import page_link
from outreach.registrations.message_models import Channel, GuestMessage, MessageKind, Obstacle
from outreach.registrations.models import CONFIRMED, Registration

SOON = timedelta(hours=48)
#: kinds that go by both ways and are not held back by the daily limit of text messages
URGENT = (MessageKind.OFFERED, MessageKind.ITEM_MOVED, MessageKind.TICKET_AGAIN)
#: the same once the event is near
URGENT_WHEN_SOON = (MessageKind.EVENT_CHANGED, MessageKind.EVENT_CANCELLED)
#: kinds that a stranger sets off by entering somebody's address: at most :data:`MOST_MAILS` a day of each go
#: to one address
BY_STRANGERS = (
    MessageKind.CONFIRMED,
    MessageKind.WAITING,
    MessageKind.PENDING,
    MessageKind.CANCELLED,
    MessageKind.TICKET_AGAIN,
)
MOST_MAILS = 12
#: kinds that go to every guest of an event at once
TO_ALL = (
    MessageKind.EVENT_CHANGED,
    MessageKind.EVENT_CANCELLED,
    MessageKind.REMINDER,
    MessageKind.THANKS,
)
#: kinds that no guest set off: who is restricted gets none of them, and is told all others, which answer what
#: they did
UNASKED = (*TO_ALL, MessageKind.ITEM_MOVED)
_ATTACHED = {
    MessageKind.CONFIRMED: ("ticket_picture", "event_calendar"),
    MessageKind.EVENT_CHANGED: ("event_calendar",),
    MessageKind.EVENT_CANCELLED: ("event_calendar",),
}

sms.owned_by(
    sms.Owner.HOST, *(f"{kind_of}/{kind}" for kind in MessageKind for kind_of in ("registrations", "test"))
)


@dataclass(frozen=True)
class Contact:
    """Where a guest is written to; empty: not that way."""

    email: str
    mobile: str


def contact(registration: Registration) -> Contact:
    """The guest's own address and mobile; of a companion who has neither,
    those of the guest who brings them.
    """
    own = Contact(registration.email, registration.mobile)
    if registration.companion_of_id is None or own.email or own.mobile:
        return own
    main = db.session.get_one(Registration, registration.companion_of_id)
    return Contact(main.email, main.mobile)


def is_led(registration: Registration) -> bool:
    """A companion without a contact of their own: what concerns the event is told to the guest who brings
    them.
    """
    return registration.companion_of_id is not None and not registration.email and not registration.mobile


def tell(
    registration: Registration, kind: MessageKind, *, urgent: bool = False, ways: str = "", **details
) -> GuestMessage:
    """Tell a guest something and keep what was written by which channel, or why nothing could be written.

    ``details``: the values of the placeholders that only this kind has, in the guest's language
    (:func:`texts.language`). ``ways``: ``mail``, ``sms`` or ``both`` where somebody chose.
    """
    row = GuestMessage(
        event_id=registration.event_id,
        registration_id=registration.id,
        kind=kind,
        details=details,
        written_at=clock.now(),
    )
    row.registration = registration
    _write(row, urgent=urgent or kind in URGENT, ways=ways)
    db.session.add(row)
    db.session.flush()
    return row


def write_again(row: GuestMessage) -> None:
    """Once more what did not reach the guest, to the address and number of today."""
    ways = "both" if row.mail is not None and row.mail.refused_at is not None else ""
    row.mail = row.sms = None
    row.told_by, row.told_at, row.told_by_id = "", None, None
    row.obstacle, row.tries = "", row.tries + 1
    urgent = row.kind in URGENT or (
        row.kind in URGENT_WHEN_SOON and _is_soon(row.registration.event.starts_at)
    )
    _write(row, urgent=urgent, ways=ways)
    db.session.flush()
    db.session.refresh(row)


def _is_soon(starts_at: datetime) -> bool:
    return starts_at - clock.now() <= SOON


def _write(row: GuestMessage, *, urgent: bool, ways: str = "") -> None:
    """Put the mail and the text message of a row into their outboxes."""
    kind = MessageKind(row.kind)
    if kind in UNASKED and message_queries.is_restricted(row.registration):
        row.obstacle = Obstacle.RESTRICTED
        return
    where = _within_budget(contact(row.registration), kind)
    by_mail = bool(where.email) and not message_queries.came_back(row.registration_id, where.email)
    by_sms = ways in ("sms", "both") or (not ways and (urgent or not by_mail))
    with texts.language(row.registration):
        if where.email and ways != "sms":
            row.mail_id = _write_mail(row, kind, where.email).id
        if by_sms:
            row.obstacle = obstacle(row.registration, where.mobile, kind, urgent=urgent) or ""
            if not row.obstacle:
                row.sms_id = _write_sms(row, kind, where.mobile, urgent=urgent).id
        elif not where.email:
            row.obstacle = Obstacle.NO_CONTACT


def _within_budget(where: Contact, kind: MessageKind) -> Contact:
    """Without an address that got too many letters of this kind today; the text message is then the way."""
    if not where.email or kind not in BY_STRANGERS:
        return where
    written = mail.written_to(where.email, f"registrations/{kind}", clock.now() - timedelta(days=1))
    return where if written < MOST_MAILS else Contact("", where.mobile)


def _write_sms(row: GuestMessage, kind: MessageKind, mobile: str, *, urgent: bool) -> sms.Sms:
    words = composed(row, Channel.SMS).body
    return sms.write(
        f"registrations/{kind}",
        mobile,
        words,
        about=row.registration.event,
        urgent=urgent,
        lane=_lane(kind),
    )


def _lane(kind: MessageKind) -> Lane:
    """A guest waits for the own ticket; what goes to all may take its time."""
    return Lane.BULK if kind in TO_ALL else Lane.SOON


def obstacle(registration: Registration, mobile: str, kind: MessageKind, *, urgent: bool) -> Obstacle | None:
    """Why no text message can be written, if none can."""
    if not mobile:
        return Obstacle.NO_CONTACT
    if not sms.can_text(mobile):
        return Obstacle.ABROAD
    if sms.wants_none(mobile):
        return Obstacle.OPTED_OUT
    if not sms.has_provider():
        return Obstacle.NO_PROVIDER
    if kind != MessageKind.THANKS and _comes_too_late(
        registration.event.starts_at, mobile, kind, urgent=urgent
    ):
        return Obstacle.TOO_LATE
    return None


def _comes_too_late(starts_at: datetime, mobile: str, kind: MessageKind, *, urgent: bool) -> bool:
    due_at = sms.due_at(mobile, clock.now(), f"registrations/{kind}", urgent=urgent)
    return clock.now() < starts_at <= due_at


def composed(row: GuestMessage, channel: str) -> texts.Text:
    """The text of a row for a channel, filled in, in the language of the moment."""
    kind = MessageKind(row.kind)
    words = message_queries.text_of(row.registration.event_id, kind, channel, row.registration.locale)
    return fill_in(words, row.registration, kind, channel, row.details)


def fill_in(
    words: texts.Text, registration: Registration, kind: MessageKind, channel: str, details: dict
) -> texts.Text:
    """``words`` with the guest's values."""
    return _filled(words, channel, texts.values(registration, kind, channel, details))


def _filled(words: texts.Text, channel: str, known: dict[str, str]) -> texts.Text:
    body = texts.filled(words.body, known)
    if channel == Channel.SMS:
        return texts.Text("", sms.signed(texts.in_one_line(body)))
    return texts.Text(texts.in_one_line(texts.filled(words.subject, known)), body)


def _write_mail(row: GuestMessage, kind: MessageKind, address: str) -> mail.Mail:
    registration, words = row.registration, composed(row, Channel.MAIL)
    attached = _ATTACHED.get(kind, ())
    if kind == MessageKind.TICKET_AGAIN and registration.state == CONFIRMED:
        attached = _ATTACHED[MessageKind.CONFIRMED]
    return mail.write(
        f"registrations/{kind}",
        address,
        words.subject,
        [(name, registration.id) for name in attached],
        template="registrations/message",
        lane=_lane(kind),
        body=words.body.strip(),
        event=registration.event,
        title=texts.event_title(registration),
    )


def told(rows: list[GuestMessage]) -> Told:
    """How many guests were written to, by which channel, and how many could not be."""
    return Told(
        mail=sum(row.mail_id is not None for row in rows),
        sms=sum(row.sms_id is not None for row in rows),
        guests=len(rows),
        unreached=sum(row.mail_id is None and row.sms_id is None for row in rows),
    )


def confirmed(registration: Registration) -> GuestMessage:
    """You have a place: with the ticket's picture and a calendar file."""
    return tell(registration, MessageKind.CONFIRMED)


def waiting(registration: Registration) -> GuestMessage:
    """You are on the waiting list."""
    return tell(registration, MessageKind.WAITING)


def pending(registration: Registration) -> GuestMessage:
    """Somebody will look at your registration."""
    return tell(registration, MessageKind.PENDING)


def declined(registration: Registration) -> GuestMessage:
    """This time there is no place for you, and why."""
    return tell(registration, MessageKind.DECLINED, reason=registration.reason)


def offered(registration: Registration) -> GuestMessage:
    """A place is free: take it in time."""
    with texts.language(registration):
        until = moment(registration.offered_until, registration.event.zone)
    return tell(registration, MessageKind.OFFERED, until=until)


def lapsed(registration: Registration) -> GuestMessage:
    """The offered place went to the next on the list."""
    return tell(registration, MessageKind.LAPSED)


def cancelled(registration: Registration) -> GuestMessage | None:
    """Your place has been given back. Who comes along with a guest who is told so is not told apart."""
    return None if is_led(registration) else tell(registration, MessageKind.CANCELLED)


def event_changed(registration: Registration, before: dict, changed: list[str]) -> GuestMessage:
    """Another time or place: what stood there, what stands there now;
    the calendar entry follows by its sequence.
    """
    event = registration.event
    with texts.language(registration):
        changes = _differences(event, before, changed)
    begins = min(before["starts_at"], event.starts_at)
    return tell(registration, MessageKind.EVENT_CHANGED, urgent=_is_soon(begins), changes=changes)


def _differences(event, before: dict, changed: list[str]) -> list[tuple[str, str, str]]:
    """(what, before, now) in words."""
    names = {
        "starts_at": _("Begins"),
        "ends_at": _("Ends"),
        "city": _("City"),
        "venue": _("Venue and hall"),
        "address": _("Street address"),
    }

    now = {name: getattr(event, name) for name in before}
    return [
        (names[name], _in_words(name, before, event.zone), _in_words(name, now, event.zone))
        for name in changed
    ]


def _in_words(name: str, values: dict, zone: str) -> str:
    """A value of an event as a guest reads it, in the language of the moment."""
    value = values[name]
    if name.endswith("_at"):
        return moment(value, zone)
    if name == "venue":
        value = in_language(value, values["venue_en"])
    return (place(value) if name == "city" else value) or "–"


def event_cancelled(registration: Registration) -> GuestMessage:
    """The event does not take place; the calendar entry is withdrawn."""
    soon = _is_soon(registration.event.starts_at)
    return tell(registration, MessageKind.EVENT_CANCELLED, urgent=soon)


def item_moved(registration: Registration, item) -> GuestMessage:
    """What you signed up for has another time or place."""
    event = registration.event
    with texts.language(registration):
        return tell(
            registration,
            MessageKind.ITEM_MOVED,
            item=item.shown,
            item_time=moment(item.starts_at, event.zone),
            item_place=item.venue or event.shown_venue,
        )


def reminder(registration: Registration) -> GuestMessage:
    """The event is tomorrow."""
    return tell(registration, MessageKind.REMINDER)


def thanks(registration: Registration, words: str, *, asks: bool, channel: str) -> GuestMessage:
    """Thank you for coming; ``asks``: with the way to the feedback form. ``channel``: mail, sms or both."""
    return tell(
        registration,
        MessageKind.THANKS,
        ways=channel,
        words=words,
        feedback=f"{page_link(registration)}/feedback" if asks else "",
    )


def ticket_again(registration: Registration) -> GuestMessage:
    """The ticket once more, by every way there is."""
    return tell(registration, MessageKind.TICKET_AGAIN)


def preview(event: Event, kind: MessageKind, channel: Channel, locale: str, words: texts.Text) -> texts.Text:
    """How ``words`` read for a guest of the event in this language; name and link are masked."""
    guest = message_queries.guest_for_preview(event.id, locale) or Registration(event=event, name="", code="")
    with force_locale(locale):
        known = texts.values(guest, kind, channel, _example(event, kind))
        known |= {"name": masking.name(guest.name) or _("Wang"), "link": f"{public_url()}/t/…"}
        return _filled(words, channel, known)


def _example(event: Event, kind: MessageKind) -> dict:
    """Values that stand for what only the moment of writing knows."""
    own = dict.fromkeys(texts.OWN.get(kind, ()), "…")
    if kind == MessageKind.EVENT_CHANGED:
        own["changes"] = [(_("Venue and hall"), "…", event.shown_venue)]
    if kind == MessageKind.OFFERED:
        own["until"] = moment(event.starts_at, event.zone)
    if kind == MessageKind.ITEM_MOVED:
        own |= {"item": event.shown, "item_time": moment(event.starts_at, event.zone)}
        own["item_place"] = event.shown_venue
    return own


def send_test(event: Event, kind: MessageKind, channel: Channel, locale: str, *, to: str) -> None:
    """The text of the event to somebody who wants to see how it arrives."""
    words = preview(event, kind, channel, locale, message_queries.text_of(event.id, kind, channel, locale))
    if channel == Channel.SMS:
        sms.write(f"test/{kind}", to, words.body, about=event)
        return
    with force_locale(locale):
        mail.write(
            f"test/{kind}",
            to,
            words.subject,
            template="registrations/message",
            body=words.body,
            event=event,
            title=event.shown,
        )


@mail.attachment("ticket_picture")
def ticket_picture(key: int):
    """The QR of a ticket."""
    row = db.session.get_one(Registration, key)
    return (
        "ticket.png",
        tickets.png(tickets.address(public_url(), row.code, row.event.ticket_seed)),
        "image/png",
    )


@mail.attachment("event_calendar")
def event_calendar(key: int):
    """The calendar file of the guest's event."""
    row = db.session.get_one(Registration, key)
    method = "CANCEL" if row.event.state == "cancelled" else "PUBLISH"
    return (
        "event.ics",
        calendars.of_event(row.event, public_url(), link=page_link(row)),
        f"text/calendar; method={method}",
    )
