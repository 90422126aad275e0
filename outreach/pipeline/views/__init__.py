"""The staff pages of the pipeline: agreements and projects."""

from outreach.pipeline.views import (  # noqa: F401 - their routes join the blueprint
    agreements,
    confirming,
    contracts,
    corrections,
    following,
    ledgers,
    meetings,
    notes,
    overviews,
    papers,
    projects,
    reports,
    rules,
    taking_back,
    truth,
)
from outreach.pipeline.views.shared import bp

__all__ = ["bp"]
