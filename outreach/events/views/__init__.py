"""Staff pages of events, by noun."""

from outreach.events.views import invitations, materials
from outreach.events.views.events import bp

__all__ = ["bp", "invitations", "materials"]
