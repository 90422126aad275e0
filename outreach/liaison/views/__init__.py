"""The staff pages of keeping in touch."""

from outreach.liaison.views import contacts, pairings, trips  # noqa: F401 - their routes join the blueprint
from outreach.liaison.views.shared import bp

__all__ = ["bp"]
