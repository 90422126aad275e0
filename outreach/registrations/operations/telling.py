"""Telling guests: of changes, the day before, once more, by hand;
and the texts that an event words in its own way.
"""

from datetime import timedelta

from outreach.accounts.models import User
from outreach.core import audit, clock, mail, sms
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.announcements import Told
from outreach.events.models import Event, ProgrammeItem
from outreach.registrations import message_queries, messages, sign_up_queries
from outreach.registrations.message_models import (
    Channel,
    GuestMessage,
    MessageKind,
    MessageState,
    MessageTemplate,
)
from outreach.registrations.models import ACTIVE, Registration

#: ways by which a member of staff tells a guest themselves
BY_HAND = ("wechat", "phone")
#: guests of one event who are reminded before others get to write
_PORTION = 50
#: who was written to within so many hours before needs no reminder
_FRESH = timedelta(hours=24)


def _active(event: Event) -> list[Registration]:
    """Guests who still mean to come, without companions who are reached through who brings them."""
    rows = db.session.scalars(
        db.select(Registration)
        .where(Registration.event_id == event.id, Registration.state.in_(ACTIVE))
        .order_by(Registration.id)
    )
    return [row for row in rows if not messages.is_led(row)]


def tell_changed(event: Event, *, before: dict, changed: list[str], by: User | None) -> Told:
    """Time or place is another: tell every guest what changed."""
    told = messages.told([messages.event_changed(row, before, changed) for row in _active(event)])
    audit.record(by, "registrations.tell_changed", event, changed=changed, **_counts(told))
    return told


def tell_cancelled(event: Event, *, by: User | None) -> Told:
    """The event is called off: tell every guest."""
    told = messages.told([messages.event_cancelled(row) for row in _active(event)])
    audit.record(by, "registrations.tell_cancelled", event, **_counts(told))
    return told


def tell_item_moved(item: ProgrammeItem, *, by: User | None) -> Told:
    """An item has another time or place: tell who signed up for it."""
    rows = sign_up_queries.guests_of(item.id)
    told = messages.told([messages.item_moved(row, item) for row in rows])
    audit.record(by, "registrations.tell_item_moved", item, **_counts(told))
    return told


def _counts(told: Told) -> dict[str, int]:
    return {"guests": told.guests, "mail": told.mail, "sms": told.sms, "unreached": told.unreached}


def remind(event: Event, *, by: User | None = None) -> int:
    """Remind the next guests of an event that is tomorrow, each once; how many (0: everybody was)."""
    lock(event)
    since = max(clock.now() - _FRESH, event.starts_at - timedelta(hours=48))
    rows = message_queries.without_reminder(event, since, limit=_PORTION)
    for row in rows:
        messages.reminder(row)
    if rows:
        audit.record(by, "registrations.remind", event, count=len(rows))
    return len(rows)


def set_reminding(event: Event, *, on: bool, by: User) -> None:
    """Whether guests are reminded the day before. Reminders that were written stay."""
    lock(event)
    event.check_ahead()
    if event.reminds != on:
        event.reminds = on
        audit.record(by, "registrations.set_reminding", event, on=on)


def try_again(entries: list[message_queries.Entry], *, by: User) -> Told:
    """Write once more what failed or had no way, to the addresses and numbers of today;
    what did not fail stays.
    """
    rows = [entry.message for entry in entries if entry.state in message_queries.NOT_REACHED]
    for row in rows:
        lock(row.registration)
        messages.write_again(row)
        audit.record(by, "registrations.try_again", row, kind=row.kind)
    return messages.told(rows)


def withdraw_told(person_id: int) -> int:
    """What waits for a person who is restricted now, and no guest set off, is not sent; how many."""
    rows = message_queries.waiting_of_person(person_id, messages.UNASKED)
    count = mail.withdraw([row.mail for row in rows if row.mail is not None])
    count += sms.withdraw([row.sms for row in rows if row.sms is not None])
    audit.record(None, "registrations.withdraw_told", count=count)
    return count


def mark_told(entry: message_queries.Entry, *, way: str, by: User) -> None:
    """A member of staff told the guest by WeChat or telephone."""
    if way not in BY_HAND or entry.state in (MessageState.TOLD, MessageState.WITHDRAWN):
        raise Refused(_("This message needs no telling any more."))
    row = entry.message
    row.told_by, row.told_at, row.told_by_id = way, clock.now(), by.id
    audit.record(by, "registrations.mark_told", row, way=way)


def untell(row: GuestMessage, *, by: User) -> None:
    """The mark that somebody told the guest was a mistake."""
    row.told_by, row.told_at, row.told_by_id = "", None, None
    audit.record(by, "registrations.untell", row)


def show_words(row: GuestMessage, *, by: User) -> None:
    """Leave the trace of somebody reading a message with the guest's name and link in full."""
    audit.record(by, "registrations.show_words", row)


def show_number(row: GuestMessage, *, reason: str, by: User) -> None:
    """Leave the trace of somebody reading a guest's number to call them."""
    audit.record(by, "registrations.unmask", row.registration, reason=reason)


def export_messages(event: Event, *, count: int, full: bool, reason: str, by: User) -> None:
    """Leave the trace of a list of messages that is taken out."""
    audit.record(by, "registrations.export_messages", event, reason=reason, count=count, full=full)


def save_template(
    event: Event, kind: MessageKind, channel: Channel, locale: str, *, subject: str, body: str, by: User
) -> MessageTemplate:
    """The event words a message in its own way; placeholders were checked by the form."""
    lock(event)
    row = message_queries.template(event.id, kind, channel, locale)
    if row is None:
        row = MessageTemplate(event_id=event.id, kind=kind, channel=channel, locale=locale)
        db.session.add(row)
    row.subject, row.body = subject, body
    row.changed_at, row.changed_by_id = clock.now(), by.id
    db.session.flush()
    audit.record(by, "registrations.save_template", event, kind=kind, channel=channel, locale=locale)
    return row


def remove_template(event: Event, kind: MessageKind, channel: Channel, locale: str, *, by: User) -> None:
    """Back to the usual text."""
    lock(event)
    if row := message_queries.template(event.id, kind, channel, locale):
        audit.record(
            by,
            "registrations.remove_template",
            event,
            kind=kind,
            channel=channel,
            locale=locale,
            was=row.body,
        )
        db.session.delete(row)


def copy_templates(event: Event, copy: Event, *, by: User) -> int:
    """The copy of an event words its messages as the event does; how many texts."""
    rows = message_queries.templates(event.id)
    for row in rows:
        db.session.add(
            MessageTemplate(
                event_id=copy.id,
                kind=row.kind,
                channel=row.channel,
                locale=row.locale,
                subject=row.subject,
                body=row.body,
                changed_by_id=by.id,
            )
        )
    audit.record(by, "registrations.copy_templates", copy, count=len(rows))
    return len(rows)


def send_test(event: Event, kind: MessageKind, channel: Channel, locale: str, *, to: str, by: User) -> None:
    """The text as it is kept goes to ``to`` (a mail address or a mobile), with the values of the preview."""
    messages.send_test(event, kind, channel, locale, to=to)
    audit.record(by, "registrations.send_test", event, kind=kind, channel=channel, locale=locale)
