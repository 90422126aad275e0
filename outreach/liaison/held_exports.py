"""What keeping in touch holds of a person."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from outreach.core.db import db
from outreach.core.held import Section, entry
from outreach.core.i18n import _, day
from outreach.liaison.forms import STATE_NAMES, WAY_NAMES
from outreach.liaison.models import Contact, Pairing


def of_person(person_id: int) -> list[Section]:
    """Contacts with what was said and followed, and who was to keep in touch."""
    contacts = select(Contact).where(Contact.person_id == person_id).options(joinedload(Contact.post))
    rows = db.session.scalars(contacts.order_by(Contact.day, Contact.id)).unique()
    met = [
        entry(
            (_("When"), day(row.day)),
            (_("How"), WAY_NAMES.get(row.way, row.way)),
            (_("State"), STATE_NAMES.get(row.state, row.state)),
            (_("Where"), row.place),
            (_("Who was there"), row.party),
            (_("What was said"), row.said),
            (_("What follows"), "；".join(follow.text for follow in row.follow_ups)),
            (_("File"), row.file.name if row.file else ""),
        )
        for row in rows
    ]
    paired = [
        entry(
            (_("Post"), row.post.title),
            (_("Since"), day(row.since_on)),
            (_("until"), day(row.ended_on) if row.ended_on else ""),
        )
        for row in db.session.scalars(select(Pairing).where(Pairing.person_id == person_id)).unique()
    ]
    return [Section(_("Contacts and visits"), met), Section(_("Who keeps in touch"), paired)]
