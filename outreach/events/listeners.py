"""What events hear."""

from outreach.core.i18n import _
from outreach.directory.announcements import people_in_use
from outreach.events import queries


@people_in_use.heard
def invited(ids) -> dict[int, str]:
    """Invited people stay on the register."""
    return {key: str(_("This person is invited to an event.")) for key in queries.people_invited(ids)}
