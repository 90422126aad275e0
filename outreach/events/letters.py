"""邀请函 on A4: salutation, the event's words, who invites, room for the seal, the personal QR."""

import io

import qrcode
import qrcode.image.svg

from outreach.core import pdf
from outreach.core.i18n import _, day, moment
from outreach.events import wording
from outreach.events.models import Event, Invitation


def qr(text: str) -> str:
    """A QR as SVG text, as the templates on paper take it."""
    target = io.BytesIO()
    qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, border=0).save(target)
    return target.getvalue().decode()


def letters(event: Event, rows: list[Invitation]) -> bytes:
    """One page each."""
    pages = [{"salutation": wording.salutation(row), "qr": qr(wording.link(row).upper()), "inviter": wording.inviter(row)} for row in rows]
    facts = [
        (_("Time"), moment(event.starts_at, event.zone)), (_("Place"), f"{event.city} {event.venue} {event.address}".strip()), (_("Contact"), event.contact),
    ]  # fmt: skip
    return pdf.render("invitation.typ", {
        "heading": _("Invitation"), "title": event.title, "body": wording.body(event).splitlines(), "facts": [pair for pair in facts if pair[1]],
        "answer": _("Scan to answer"), "hosts": event.hosts or event.unit.name, "day": day(event.updated_at), "pages": pages,
    })  # fmt: skip
