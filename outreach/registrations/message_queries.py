"""Reads of what guests were told, and of the texts of an event."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import Select, and_, case, func, or_, select

from outreach.core import clock, sms
from outreach.core.db import db
from outreach.core.mail import WITHDRAWN, Mail
from outreach.core.sms import Sms
from outreach.directory import restricting
from outreach.directory.models import Person
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.registrations import message_texts as texts
from outreach.registrations import queries
from outreach.registrations.message_models import (
    GuestMessage,
    MessageKind,
    MessageState,
    MessageTemplate,
)
from outreach.registrations.models import CONFIRMED, Registration

#: how often a day anybody may have a guest's ticket sent to them once more
MOST_AGAIN = 3
_S = MessageState
#: the state of a message, from what became of its mail and its text message
STATE = case(
    (GuestMessage.told_at.is_not(None), _S.TOLD.value),
    (
        or_(
            and_(Mail.sent_at.is_not(None), Mail.refused_at.is_(None)),
            Sms.state.in_((sms.HANDED_OVER, sms.DELIVERED)),
        ),
        _S.SENT.value,
    ),
    (
        or_(and_(Mail.id.is_not(None), Mail.refused_at.is_(None)), Sms.state == sms.WRITTEN),
        _S.WAITING.value,
    ),
    (
        or_(and_(Mail.refused_at.is_not(None), Mail.fault != WITHDRAWN), Sms.state == sms.FAILED),
        _S.FAILED.value,
    ),
    (
        or_(Mail.fault == WITHDRAWN, and_(Sms.state == sms.UNWANTED, Sms.fault == "withdrawn")),
        _S.WITHDRAWN.value,
    ),
    else_=_S.UNREACHED.value,
)
NOT_REACHED = (MessageState.FAILED, MessageState.UNREACHED)


@dataclass(frozen=True)
class Entry:
    """A message and its state."""

    message: GuestMessage
    state: MessageState


def entries_of(result) -> list[Entry]:
    """The rows of :func:`select_messages`."""
    return [Entry(row, MessageState(state)) for row, state in result.unique()]


def _joined() -> Select:
    return (
        select(GuestMessage, STATE.label("state"))
        .join(Registration, Registration.id == GuestMessage.registration_id)
        .outerjoin(Mail, Mail.id == GuestMessage.mail_id)
        .outerjoin(Sms, Sms.id == GuestMessage.sms_id)
    )


def select_messages(user, permission: Permission = Permission.REGISTRATIONS_VIEW) -> Select:
    """Messages to guests of events hosted within ``user``'s reach, each with its state."""
    guests = queries.select_visible(user, permission).with_only_columns(Registration.id)
    return _joined().where(GuestMessage.registration_id.in_(guests))


def filtered(chosen: Select, *, text: str = "", state: str = "", channel: str = "", kind: str = "") -> Select:
    """Narrow messages by the guest's name, company or number, by state (``not_reached``:
    failed or no way), channel and kind.
    """
    if text.strip():
        told = chosen.with_only_columns(GuestMessage.registration_id, maintain_column_froms=True)
        guests = queries.filtered(select(Registration).where(Registration.id.in_(told)), text=text)
        chosen = chosen.where(GuestMessage.registration_id.in_(guests.with_only_columns(Registration.id)))
    if state == "not_reached":
        chosen = chosen.where(STATE.in_([one.value for one in NOT_REACHED]))
    elif state:
        chosen = chosen.where(state == STATE)
    if channel:
        wanted = {
            "mail": GuestMessage.mail_id.is_not(None),
            "sms": GuestMessage.sms_id.is_not(None),
            "none": and_(GuestMessage.mail_id.is_(None), GuestMessage.sms_id.is_(None)),
        }
        chosen = chosen.where(wanted[channel])
    if kind:
        chosen = chosen.where(GuestMessage.kind == kind)
    return chosen.order_by(GuestMessage.id.desc())


def came_back(registration_id: int, email: str) -> bool:
    """Whether a letter to this guest at this address came back for good."""
    refused = (
        select(GuestMessage.id)
        .join(Mail, Mail.id == GuestMessage.mail_id)
        .where(
            GuestMessage.registration_id == registration_id,
            Mail.recipient == email,
            Mail.refused_at.is_not(None),
            Mail.fault != WITHDRAWN,
        )
    )
    return db.session.scalar(refused.limit(1)) is not None


def is_restricted(registration: Registration) -> bool:
    """Whether the guest, or the guest who brings them and whose number it is, is on the register and
    restricted.
    """
    main = select(Registration.person_id).where(Registration.id == registration.companion_of_id)
    people = (registration.person_id, db.session.scalar(main) if registration.companion_of_id else None)
    return bool(restricting.restricted_among(people))


def waiting_of_person(person_id: int, kinds) -> list[GuestMessage]:
    """What was written to a person as a guest, of these kinds, with a letter or a text message that waits."""
    chosen = _joined().join(Registration.person).where(Person.id == person_id, GuestMessage.kind.in_(kinds))
    return [row for row, _state in db.session.execute(chosen.where(_S.WAITING.value == STATE)).unique()]


def counts(event_id: int) -> dict[str, int]:
    """State -> messages of an event."""
    states = (
        _joined()
        .where(GuestMessage.event_id == event_id)
        .with_only_columns(STATE.label("state"), maintain_column_froms=True)
        .subquery()
    )
    rows = db.session.execute(select(states.c.state, func.count()).group_by(states.c.state))
    return dict(rows.tuples().all())


def has_waiting_mail(event_id: int) -> bool:
    """Whether a mail about an event has not left yet."""
    chosen = select(GuestMessage.id).join(Mail, Mail.id == GuestMessage.mail_id)
    waiting = chosen.where(
        GuestMessage.event_id == event_id, Mail.sent_at.is_(None), Mail.refused_at.is_(None)
    )
    return db.session.scalar(select(waiting.exists())) or False


def may_send_again(registration_id: int) -> bool:
    """Whether the ticket was asked for once more less than :data:`MOST_AGAIN` times within a day."""
    chosen = select(func.count()).where(
        GuestMessage.registration_id == registration_id,
        GuestMessage.kind == MessageKind.TICKET_AGAIN,
        GuestMessage.written_at > clock.now() - timedelta(days=1),
    )
    return (db.session.scalar(chosen) or 0) < MOST_AGAIN


def of_guest(registration_id: int) -> list[Entry]:
    """What one guest was told, newest first."""
    chosen = _joined().where(GuestMessage.registration_id == registration_id).order_by(GuestMessage.id.desc())
    return entries_of(db.session.execute(chosen))


def entry(message: GuestMessage) -> Entry:
    """One message with its state."""
    found = _joined().where(GuestMessage.id == message.id)
    return entries_of(db.session.execute(found))[0]


def template(event_id: int, kind: str, channel: str, locale: str) -> MessageTemplate | None:
    """The event's own text."""
    return db.session.scalar(
        select(MessageTemplate).where(
            MessageTemplate.event_id == event_id,
            MessageTemplate.kind == kind,
            MessageTemplate.channel == channel,
            MessageTemplate.locale == locale,
        )
    )


def templates(event_id: int) -> list[MessageTemplate]:
    """Every text that the event words in its own way."""
    return list(
        db.session.scalars(
            select(MessageTemplate).where(MessageTemplate.event_id == event_id).order_by(MessageTemplate.id)
        )
    )


def text_of(event_id: int, kind: MessageKind, channel: str, locale: str) -> texts.Text:
    """The event's own text, else the usual one, in ``locale``; placeholders are not filled in."""
    if own := template(event_id, kind, channel, locale):
        return texts.Text(own.subject, own.body)
    with force_locale(locale):
        return texts.usual(kind, channel)


def without_reminder(event: Event, since: datetime, *, limit: int) -> list[Registration]:
    """The first guests with a place whom neither a confirmation nor a reminder was written to since
    ``since``.
    """
    reminded = select(GuestMessage.registration_id).where(
        GuestMessage.event_id == event.id,
        GuestMessage.kind.in_((MessageKind.REMINDER, MessageKind.CONFIRMED)),
        GuestMessage.written_at >= since,
    )
    chosen = select(Registration).where(
        Registration.event_id == event.id,
        Registration.state == CONFIRMED,
        Registration.id.not_in(reminded),
        or_(Registration.companion_of_id.is_(None), Registration.email != "", Registration.mobile != ""),
    )
    return list(db.session.scalars(chosen.order_by(Registration.id).limit(limit)))


def unreached_thanks(registration_id: int) -> list[GuestMessage]:
    """Thanks that could not be written to a guest."""
    chosen = select(GuestMessage).where(
        GuestMessage.registration_id == registration_id,
        GuestMessage.kind == MessageKind.THANKS,
        GuestMessage.mail_id.is_(None),
        GuestMessage.sms_id.is_(None),
        GuestMessage.told_at.is_(None),
    )
    return list(db.session.scalars(chosen).unique())


def guest_for_preview(event_id: int, locale: str) -> Registration | None:
    """The newest guest of an event who reads this language, else the newest of all."""
    chosen = select(Registration).where(Registration.event_id == event_id)
    return db.session.scalar(
        chosen.order_by((Registration.locale == locale).desc(), Registration.id.desc()).limit(1)
    )
