"""What the clock starts for receiving guests."""

from datetime import timedelta

from outreach.core.jobs import recurring
from outreach.reception import operations


@recurring("reception.forget_travel", every=timedelta(hours=24))
def forget_travel(job_id: int) -> None:
    """Trains, flights and rooms are nobody's business a month after the event."""
    operations.forget_travel()
