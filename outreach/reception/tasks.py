"""What the clock starts for receiving guests."""

from datetime import timedelta

from outreach.core.worker import enqueue, gave_up, standing, task
from outreach.reception import operations


@standing("reception.forget_travel", first=lambda: timedelta(hours=1))
@task("reception.forget_travel")
def forget_travel(job_id: int) -> None:
    """Trains, flights and rooms are nobody's business a month after the event."""
    operations.forget_travel()
    enqueue("reception.forget_travel", after=timedelta(hours=24))


@gave_up("reception.forget_travel")
def forget_tomorrow() -> None:
    """A fault today does not keep them for ever."""
    enqueue("reception.forget_travel", after=timedelta(hours=24))
