"""Texts of messages to guests: what is usual for each kind, the placeholders, and how a text is filled in.

A text message is short because carriers count 70 characters to a part, 67 where there are several; the
signature 【…】 in front is the carrier's rule for every commercial text message.
"""

import re
from dataclasses import dataclass

from flask_babel import force_locale

from outreach.core.i18n import _, lazy, moment
from outreach.core.latin import place
from outreach.registrations.links import page_link
from outreach.registrations.message_models import Channel, MessageKind
from outreach.registrations.models import Registration


@dataclass(frozen=True)
class Text:
    """A subject (only mail has one) and a body, with placeholders."""

    subject: str
    body: str


_K = MessageKind

KIND_NAMES = {
    _K.CONFIRMED: lazy("Has a place"),
    _K.WAITING: lazy("On the waiting list"),
    _K.PENDING: lazy("Registration received"),
    _K.DECLINED: lazy("Declined"),
    _K.OFFERED: lazy("A place is offered"),
    _K.LAPSED: lazy("The offer is over"),
    _K.CANCELLED: lazy("Place given back"),
    _K.EVENT_CHANGED: lazy("Time or place changed"),
    _K.EVENT_CANCELLED: lazy("Event called off"),
    _K.ITEM_MOVED: lazy("Item of the programme moved"),
    _K.REMINDER: lazy("Reminder the day before"),
    _K.THANKS: lazy("Thanks"),
    _K.TICKET_AGAIN: lazy("Ticket once more"),
}

CHANNEL_NAMES = {Channel.SMS: lazy("Text message"), Channel.MAIL: lazy("Mail")}

#: what stands in every text, and what only some kinds know
COMMON = ("name", "event", "time", "place", "contact", "link")
OWN = {
    _K.DECLINED: ("reason",),
    _K.OFFERED: ("until",),
    _K.EVENT_CHANGED: ("changes",),
    _K.ITEM_MOVED: ("item", "item_time", "item_place"),
    _K.THANKS: ("words", "feedback"),
}
PLACEHOLDER_NAMES = {
    "name": lazy("the guest’s name"),
    "event": lazy("title of the event"),
    "time": lazy("when it begins"),
    "place": lazy("city, venue and address"),
    "contact": lazy("the event’s contact"),
    "link": lazy("the guest’s own page with the ticket"),
    "reason": lazy("why it was declined"),
    "until": lazy("until when the place is kept"),
    "changes": lazy("what is different"),
    "item": lazy("title of the item"),
    "item_time": lazy("when the item begins"),
    "item_place": lazy("where the item is"),
    "words": lazy("the thanks written on the page “Thanks”"),
    "feedback": lazy("invitation to the feedback form, where there is one"),
}

_SMS = {
    _K.CONFIRMED: lazy("You have a place at {event}, {time}, {place}. Your ticket: {link}"),
    _K.WAITING: lazy(
        "{event} is full and you are on the waiting list. We write when a place is free. {link}"
    ),
    _K.PENDING: lazy(
        "We have received your registration for {event} and write again when it is decided. {link}"
    ),
    _K.DECLINED: lazy("We are sorry, there is no place for you at {event} this time: {reason}. Thank you."),
    _K.OFFERED: lazy("A place is free at {event}. Take it before {until}: {link}"),
    _K.LAPSED: lazy("Your place at {event} was not taken in time and went to the next on the list. {link}"),
    _K.CANCELLED: lazy("Your place at {event} has been given back. {link}"),
    _K.EVENT_CHANGED: lazy("Changed: {event}. {changes}. Your ticket stays valid: {link}"),
    _K.EVENT_CANCELLED: lazy("{event} on {time} does not take place. We are sorry. {contact}"),
    _K.ITEM_MOVED: lazy("“{item}” now begins at {item_time}, {item_place}: {link}"),
    _K.REMINDER: lazy("Tomorrow: {event}, {time}, {place}. Please have your ticket ready: {link}"),
    _K.THANKS: lazy("{words} {feedback}"),
    _K.TICKET_AGAIN: lazy("{name}, your ticket for {event}: {link}"),
}

_MAIL = {
    _K.CONFIRMED: (
        lazy("Your place: {event}"),
        lazy(
            "You have a place. Your ticket with the QR code is here; "
            "the picture and a calendar entry are attached:"
        ),
    ),
    _K.WAITING: (
        lazy("On the waiting list: {event}"),
        lazy(
            "The event is full; you are on the waiting list. When a place becomes free we write to you. "
            "Your page:"
        ),
    ),
    _K.PENDING: (
        lazy("Received: {event}"),
        lazy("We have received your registration. It is being looked at and we write again. Your page:"),
    ),
    _K.DECLINED: (
        lazy("About your registration: {event}"),
        lazy("this time we have no place for you: {reason}. Thank you for your interest. Your page:"),
    ),
    _K.OFFERED: (
        lazy("A place is free: {event}"),
        lazy(
            "a place has become free for you. Take it before {until} on your page; "
            "after that it goes to the next on the list:"
        ),
    ),
    _K.LAPSED: (
        lazy("The place went to the next: {event}"),
        lazy(
            "the place that was offered to you was not taken in time and went to the next on the list. "
            "Your page:"
        ),
    ),
    _K.CANCELLED: (lazy("Cancelled: {event}"), lazy("Your place has been given back. Your page:")),
    _K.EVENT_CHANGED: (
        lazy("Changed: {event}"),
        lazy(
            "time or place of the event is another. Your ticket stays valid; "
            "the calendar entry attached replaces the one before.\n\n{changes}\n\nYour page:"
        ),
    ),
    _K.EVENT_CANCELLED: (
        lazy("Called off: {event}"),
        lazy(
            "The event does not take place. We are sorry; "
            "the attached entry removes it from your calendar. Your page:"
        ),
    ),
    _K.ITEM_MOVED: (
        lazy("Another time or place: {item}"),
        lazy(
            "“{item}”, for which you signed up, now begins at {item_time}, {item_place}. "
            "If that does not suit you, give your place up on your page:"
        ),
    ),
    _K.REMINDER: (
        lazy("Tomorrow: {event}"),
        lazy("we look forward to seeing you tomorrow. Please have your ticket ready at the entrance:"),
    ),
    _K.THANKS: (lazy("Thank you for coming: {event}"), lazy("{words}\n\n{feedback}")),
    _K.TICKET_AGAIN: (lazy("Your ticket once more: {event}"), lazy("here is your page once more:")),
}


def usual(kind: MessageKind, channel: str) -> Text:
    """The text that is used where the event has none of its own, in the language of the moment."""
    if channel == Channel.SMS:
        return Text("", str(_SMS[kind]))
    subject, body = _MAIL[kind]
    parts = [_("Dear {name},"), str(body), *([] if kind == _K.THANKS else ["{link}"])]
    return Text(str(subject), "\n\n".join(parts))


_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,40})\}")
_FULL_WIDTH = str.maketrans("｛｝", "{}")


def allowed(kind: MessageKind) -> tuple[str, ...]:
    """The placeholders of a kind."""
    return (*COMMON, *OWN.get(kind, ()))


def normalised(text: str) -> str:
    """Braces as a Chinese input method types them are the same braces."""
    return text.translate(_FULL_WIDTH).replace("\r\n", "\n").strip()


def unknown(kind: MessageKind, text: str) -> list[str]:
    """Placeholders of ``text`` that this kind does not have, as they were typed."""
    return [found for found in _PLACEHOLDER.findall(text) if found.strip() not in allowed(kind)]


def filled(text: str, values: dict[str, str]) -> str:
    """``text`` with its placeholders replaced, once: what a value contains is not replaced again."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1].strip(), found[0])), text)


def in_one_line(text: str) -> str:
    """A text message has no line breaks and no blank left by an empty placeholder."""
    return re.sub(r"\s+", " ", text).strip()


def sms_parts(text: str) -> int:
    """How many messages the carrier counts: 70 characters for one, 67 for each of several."""
    return 1 if len(text) <= 70 else -(-len(text) // 67)


def event_title(registration: Registration) -> str:
    """The title of the event in the language of the moment."""
    return registration.event.shown


def values(registration: Registration, kind: MessageKind, channel: str, details: dict) -> dict[str, str]:
    """Placeholder -> value, in the language of the moment."""
    event = registration.event
    where = " ".join(part for part in (place(event.city), event.shown_venue, event.address) if part)
    common = {
        "name": registration.name,
        "event": event_title(registration),
        "time": moment(event.starts_at, event.zone),
        "place": where,
        "contact": event.contact,
        "link": page_link(registration),
    }
    own = {name: details.get(name, "") for name in OWN.get(kind, ())}
    if kind == _K.EVENT_CHANGED:
        own["changes"] = changes_in_words(details.get("changes", []), channel)
    if kind == _K.THANKS and own["feedback"]:
        asked = (
            _("What did you think of it? %(link)s", link=own["feedback"])
            if channel == Channel.SMS
            else _("What did you think of it? Two minutes, without your name in the result:")
            + f"\n{own['feedback']}"
        )
        own["feedback"] = asked
    return {**common, **own}


def changes_in_words(changes: list, channel: str) -> str:
    """``changes``: [what, before, now] of each. A text message says only what holds now."""
    if channel == Channel.SMS:
        return _("; ").join(_("%(what)s now %(now)s", what=what, now=now) for what, _before, now in changes)
    return "\n".join(f"{what}: {before} → {now}" for what, before, now in changes)


def language(registration: Registration):
    """The guest's language, as a context."""
    return force_locale(registration.locale)
