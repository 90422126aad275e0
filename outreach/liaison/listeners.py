"""What keeping in touch hears."""

from outreach.directory.announcements import people_merged
from outreach.directory.moving import move
from outreach.liaison.models import Contact, Pairing


@people_merged.heard
def move_contacts(kept_id: int, gone_id: int) -> list[dict]:
    """Contacts and pairings follow the card."""
    return [move(Contact, kept_id, gone_id), move(Pairing, kept_id, gone_id)]
