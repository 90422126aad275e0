"""What guests and invited people do, by subject."""

from outreach.registrations.public import (  # noqa: F401 - their routes join the blueprint
    changing,
    feedback,
    invitations,
    own_page,
    registering,
)
from outreach.registrations.public.shared import bp

__all__ = ["bp"]
