"""What the door hears."""

from sqlalchemy import Select

from outreach.checkin import queries
from outreach.directory.announcements import people_who


@people_who.heard
def attended(mark: str) -> Select | None:
    """Who came to any event."""
    return queries.select_people_here() if mark == "attended" else None
