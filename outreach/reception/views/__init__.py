"""Staff pages of receiving guests, by noun."""

from outreach.reception.views import ceremony, travel
from outreach.reception.views.seats import bp

__all__ = ["bp", "ceremony", "travel"]
