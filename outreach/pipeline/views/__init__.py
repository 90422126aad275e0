"""The staff pages of the pipeline: agreements and projects."""

from outreach.pipeline.views import agreements, following, ledgers, meetings, notes, overviews, papers, projects, reports, rules, truth  # noqa: F401 - their routes join the blueprint
from outreach.pipeline.views.shared import bp

__all__ = ["bp"]
