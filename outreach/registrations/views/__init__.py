"""Staff pages of registrations, by noun."""

from outreach.registrations.views import editing, erasing, messages, questions, sign_ups
from outreach.registrations.views.guests import bp

__all__ = ["bp", "editing", "erasing", "messages", "questions", "sign_ups"]
