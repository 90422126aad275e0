"""Letters to guests. Only guests who gave an address get one."""

from flask_babel import force_locale

from outreach.core import mail, sms
from outreach.core.db import db
from outreach.core.i18n import _, moment
from outreach.core.links import public_url
from outreach.events import calendars
from outreach.registrations import tickets
from outreach.registrations.models import Registration


def _title(registration: Registration) -> str:
    event = registration.event
    return event.title_en if registration.locale == "en" and event.title_en else event.title


def _write(kind: str, registration: Registration, subject: str, attachments=(), **context) -> None:
    mail.write(
        f"registrations/{kind}",
        registration.email,
        subject,
        [(name, registration.id) for name in attachments],
        registration=registration,
        event=registration.event,
        title=_title(registration),
        link=_link(registration),
        **context,
    )


def confirmed(registration: Registration) -> None:
    """You have a place: with the ticket's picture and a calendar file."""
    if registration.email:
        with force_locale(registration.locale):
            _write(
                "confirmed",
                registration,
                _("Your place: %(event)s", event=_title(registration)),
                ("ticket_picture", "event_calendar"),
            )


def waiting(registration: Registration) -> None:
    """You are on the waiting list."""
    if registration.email:
        with force_locale(registration.locale):
            _write("waiting", registration, _("On the waiting list: %(event)s", event=_title(registration)))


def pending(registration: Registration) -> None:
    """Somebody will look at your registration."""
    if registration.email:
        with force_locale(registration.locale):
            _write("pending", registration, _("Received: %(event)s", event=_title(registration)))


def declined(registration: Registration) -> None:
    """This time there is no place for you, and why."""
    if registration.email:
        with force_locale(registration.locale):
            _write(
                "declined", registration, _("About your registration: %(event)s", event=_title(registration))
            )


def offered(registration: Registration) -> None:
    """A place is free: take it in time. By mail and, because it is urgent, as a text message."""
    with force_locale(registration.locale):
        words = _(
            "A place is free at %(event)s. Take it before %(time)s: %(link)s",
            event=_title(registration),
            time=moment(registration.offered_until, registration.event.zone),
            link=_link(registration),
        )
        if registration.mobile:
            sms.write("registrations/offered", registration.mobile, words, about=registration.event)
        _offer_letter(registration)


def _offer_letter(registration: Registration) -> None:
    if registration.email:
        with force_locale(registration.locale):
            _write("offered", registration, _("A place is free: %(event)s", event=_title(registration)))


def lapsed(registration: Registration) -> None:
    """The offered place went to the next on the list."""
    if registration.email:
        with force_locale(registration.locale):
            _write(
                "lapsed", registration, _("The place went to the next: %(event)s", event=_title(registration))
            )


def event_changed(registration: Registration, before: dict, changed: list[str]) -> None:
    """Another time or place: what stood there, what stands there now; the calendar entry follows by its sequence."""
    if registration.email:
        with force_locale(registration.locale):
            event = registration.event
            _write(
                "event_changed",
                registration,
                _("Changed: %(event)s", event=_title(registration)),
                ("event_calendar",),
                lines=_differences(event, before, changed),
            )


def _differences(event, before: dict, changed: list[str]) -> list[tuple[str, str, str]]:
    """(what, before, now) in words."""
    names = {
        "starts_at": _("Begins"),
        "ends_at": _("Ends"),
        "city": _("City"),
        "venue": _("Venue and hall"),
        "address": _("Street address"),
    }

    def words(name, value):
        return moment(value, event.zone) if name.endswith("_at") else value or "–"

    return [(names[name], words(name, before[name]), words(name, getattr(event, name))) for name in changed]


def _link(registration: Registration) -> str:
    return f"{public_url()}/t/{registration.code}"


def ticket_words(registration: Registration) -> str:
    """The ticket's address for a text message."""
    with force_locale(registration.locale):
        return _("Your ticket for %(event)s: %(link)s", event=_title(registration), link=_link(registration))


def ticket_again(registration: Registration) -> None:
    """The ticket once more."""
    {"confirmed": confirmed, "waiting": waiting, "pending": pending, "offered": _offer_letter}[
        registration.state
    ](registration)


def cancelled(registration: Registration) -> None:
    """Your place has been given back."""
    if registration.email:
        with force_locale(registration.locale):
            _write("cancelled", registration, _("Cancelled: %(event)s", event=_title(registration)))


def event_cancelled(registration: Registration) -> None:
    """The event does not take place; the calendar entry is withdrawn."""
    if registration.email:
        with force_locale(registration.locale):
            _write(
                "event_cancelled",
                registration,
                _("Called off: %(event)s", event=_title(registration)),
                ("event_calendar",),
            )


def item_moved(registration: Registration, item) -> None:
    """What you signed up for has another time or place: by text message, and by mail where there is an address."""
    with force_locale(registration.locale):
        title = item.title_en if registration.locale == "en" and item.title_en else item.title
        when, where = moment(item.starts_at, registration.event.zone), item.venue or registration.event.venue
        if registration.mobile:
            said = _(
                "“%(item)s” now begins at %(time)s, %(place)s: %(link)s",
                item=title,
                time=when,
                place=where,
                link=_link(registration),
            )
            sms.write("registrations/item_moved", registration.mobile, said, about=registration.event)
        if registration.email:
            _write(
                "item_moved",
                registration,
                _("Another time or place: %(item)s", item=title),
                item=item,
                item_title=title,
            )


def thanks(registration: Registration, words: str, *, asks: bool) -> None:
    """Thank you for coming; ``asks``: with the way to the feedback form."""
    with force_locale(registration.locale):
        _write(
            "thanks",
            registration,
            _("Thank you for coming: %(event)s", event=_title(registration)),
            words=words,
            feedback=_feedback(registration) if asks else "",
        )


def thanks_by_sms(registration: Registration, words: str, *, asks: bool) -> None:
    """The same as a text message."""
    with force_locale(registration.locale):
        said = (
            f"{words} {_('What did you think of it? %(link)s', link=_feedback(registration))}"
            if asks
            else words
        )
        sms.write("registrations/thanks", registration.mobile, said, about=registration.event)


def _feedback(registration: Registration) -> str:
    return f"{_link(registration)}/feedback"


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
        calendars.of_event(row.event, public_url(), link=_link(row)),
        f"text/calendar; method={method}",
    )
