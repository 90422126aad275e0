"""邀请函 on A4: salutation, the event's words, who invites, room for the seal, the personal QR."""

from outreach.core import pdf, qr
from outreach.core.i18n import _, day, default_language, moment
from outreach.events import wording
from outreach.events.models import Event, Invitation


def letters(event: Event, rows: list[Invitation]) -> bytes:
    """One page each, in the language of whom they go to."""
    with default_language():
        return _letters(event, rows)


def _letters(event: Event, rows: list[Invitation]) -> bytes:
    pages = [
        {
            "salutation": wording.salutation(row),
            "qr": qr.svg(wording.link(row).upper()),
            "inviter": wording.inviter(row),
        }
        for row in rows
    ]
    facts = [
        (_("Time"), moment(event.starts_at, event.zone)),
        (_("Place"), f"{event.city} {event.venue} {event.address}".strip()),
        (_("Contact"), event.contact),
    ]
    return pdf.render(
        "invitation.typ",
        {
            "heading": _("Invitation"),
            "title": event.title,
            "body": wording.body(event).splitlines(),
            "facts": [pair for pair in facts if pair[1]],
            "answer": _("Scan to answer"),
            "hosts": event.hosts or event.unit.name,
            "day": day(event.updated_at),
            "pages": pages,
        },
    )
