"""What the clock starts for keeping in touch."""

from datetime import time

from outreach.core.jobs import recurring
from outreach.liaison import operations


@recurring("liaison.remind", at=time(8))
def remind(job_id: int) -> None:
    """Letters about what is overdue, every morning at eight."""
    operations.remind_all()
