"""Staff pages of registrations, by noun."""

from outreach.registrations.views import editing, messages, questions, sign_ups
from outreach.registrations.views.guests import bp

__all__ = ["bp", "editing", "messages", "questions", "sign_ups"]
