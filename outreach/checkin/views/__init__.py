"""The staff pages of the door: scanning, gates and their devices, the live board, what did not arrive,
what is decided afterwards, arrival briefs.
"""

from outreach.checkin.views import (  # noqa: F401 - their routes join the blueprint
    afterwards,
    board,
    briefs,
    door,
    gates,
    missing,
    thanks,
)
from outreach.checkin.views.shared import bp

__all__ = ["bp"]
