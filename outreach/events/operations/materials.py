"""What is put before the guests on the event's page: the poster and the documents."""

from outreach.accounts.models import User
from outreach.core import audit, files
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import POSTER, Event, Material

POSTER_BYTES = 3_000_000


def add_material(
    event: Event, *, purpose: str, title: str, title_en: str, name: str, content: bytes, by: User
) -> Material:
    """A document more, or the poster; another poster takes the place of the one before.

    :class:`Refused` for what is no PDF, PNG or JPEG.
    """
    lock(event)
    media_type = files.evidence_type(content)
    if purpose == POSTER:
        if not media_type.startswith("image/"):
            raise Refused(_("A poster is a picture: PNG or JPEG."), at="file")
        if len(content) > POSTER_BYTES:
            raise Refused(_("A poster has at most 3 MB: guests look at it on a phone."), at="file")
        for row in [row for row in event.materials if row.purpose == POSTER]:
            event.materials.remove(row)
    row = Material(
        purpose=purpose, title=title, title_en=title_en, file=files.keep(name, content, media_type, by=by)
    )
    event.materials.append(row)
    db.session.flush()
    audit.record(by, "events.add_material", row, event=event.id, purpose=purpose)
    return row


def remove_material(row: Material, *, by: User) -> None:
    """Off the page. The stored file stays on record."""
    lock(row.event)
    audit.record(by, "events.remove_material", row, event=row.event_id, title=row.title)
    db.session.delete(row)
