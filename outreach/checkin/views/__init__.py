"""The staff pages of the door: scanning, gates and their devices, the live board, what is decided afterwards, arrival briefs."""

from outreach.checkin.views import afterwards, board, briefs, door, gates, thanks  # noqa: F401 - their routes join the blueprint
from outreach.checkin.views.shared import bp

__all__ = ["bp"]
