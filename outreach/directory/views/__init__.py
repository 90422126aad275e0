"""The staff pages of the directory: people and organisations, rosters."""

from outreach.directory.views import cards, duplicates, organisations, rosters, tiers  # noqa: F401 - their routes join the blueprint
from outreach.directory.views.people import bp

__all__ = ["bp"]
