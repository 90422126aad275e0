"""The staff pages of the directory: people and organisations, rosters."""

from outreach.directory.views import (  # noqa: F401 - their routes join the blueprint
    cards,
    dossiers,
    duplicates,
    erasing,
    joining,
    organisation_proposals,
    organisations,
    restricting,
    rosters,
    tiers,
)
from outreach.directory.views.people import bp

__all__ = ["bp"]
