"""Routes of the system itself: for machines, and for who looks after it."""

from outreach.ops.views import auditing, requests, retention, system
from outreach.ops.views.machines import bp

__all__ = ["auditing", "bp", "requests", "retention", "system"]
