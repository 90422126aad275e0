"""What keeping in touch hears."""

from sqlalchemy import Select

from outreach.directory.announcements import people_merged, people_who
from outreach.directory.moving import move
from outreach.liaison import queries
from outreach.liaison.models import Contact, Pairing


@people_merged.heard
def move_contacts(kept_id: int, gone_id: int) -> list[dict]:
    """Contacts and pairings follow the card."""
    return [move(Contact, kept_id, gone_id), move(Pairing, kept_id, gone_id)]


@people_who.heard
def paired_or_silent(mark: str) -> Select | None:
    """Who is paired, who is not, who has not been contacted for a year."""
    return queries.ids_of(mark)
