"""Letters to guests. Only guests who gave an address get one."""

from flask_babel import force_locale

from outreach.core import mail
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.links import public_url
from outreach.events import calendars
from outreach.registrations import tickets
from outreach.registrations.models import Registration


def _title(registration: Registration) -> str:
    event = registration.event
    return event.title_en if registration.locale == "en" and event.title_en else event.title


def _write(kind: str, registration: Registration, subject: str, attachments=()) -> None:
    mail.write(
        f"registrations/{kind}",
        registration.email,
        subject,
        [(name, registration.id) for name in attachments],
        registration=registration,
        event=registration.event,
        title=_title(registration),
        link=f"{public_url()}/t/{registration.code}",
    )


def confirmed(registration: Registration) -> None:
    """You have a place: with the ticket's picture and a calendar file."""
    if registration.email:
        with force_locale(registration.locale):
            _write("confirmed", registration, _("Your place: %(event)s", event=_title(registration)), ("ticket_picture", "event_calendar"))


def waiting(registration: Registration) -> None:
    """You are on the waiting list."""
    if registration.email:
        with force_locale(registration.locale):
            _write("waiting", registration, _("On the waiting list: %(event)s", event=_title(registration)))


def cancelled(registration: Registration) -> None:
    """Your place has been given back."""
    if registration.email:
        with force_locale(registration.locale):
            _write("cancelled", registration, _("Cancelled: %(event)s", event=_title(registration)))


def event_cancelled(registration: Registration) -> None:
    """The event does not take place; the calendar entry is withdrawn."""
    if registration.email:
        with force_locale(registration.locale):
            _write("event_cancelled", registration, _("Called off: %(event)s", event=_title(registration)), ("event_calendar",))


@mail.attachment("ticket_picture")
def ticket_picture(key: int):
    """The QR of a ticket."""
    row = db.session.get_one(Registration, key)
    return ("ticket.png", tickets.png(tickets.address(public_url(), row.code)), "image/png")


@mail.attachment("event_calendar")
def event_calendar(key: int):
    """The calendar file of the guest's event."""
    row = db.session.get_one(Registration, key)
    method = "CANCEL" if row.event.state == "cancelled" else "PUBLISH"
    return (
        "event.ics",
        calendars.of_event(row.event, public_url(), link=f"{public_url()}/t/{row.code}"),
        f"text/calendar; method={method}",
    )
