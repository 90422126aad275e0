"""What the pipeline hears."""

from outreach.core.i18n import _
from outreach.directory.announcements import people_in_use
from outreach.pipeline import queries


@people_in_use.heard
def signed(ids) -> dict[int, str]:
    """Who stands in an agreement stays on the register."""
    return {key: str(_("This person stands in an agreement.")) for key in queries.people_signed(ids)}
