"""Staff pages of registrations, by noun."""

from outreach.registrations.views import questions, sign_ups
from outreach.registrations.views.guests import bp

__all__ = ["bp", "questions", "sign_ups"]
