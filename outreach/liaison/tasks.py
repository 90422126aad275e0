"""What the clock starts for keeping in touch."""

from datetime import datetime, time, timedelta

from outreach.core import clock
from outreach.core.worker import enqueue, gave_up, standing, task
from outreach.liaison import operations

MORNING = time(8, 0)


def _until_morning() -> timedelta:
    here = clock.in_zone(clock.now(), "Asia/Shanghai")
    morning = datetime.combine(here.date(), MORNING, here.tzinfo)
    return (morning if morning > here else morning + timedelta(days=1)) - here


@standing("liaison.remind", first=_until_morning)
@task("liaison.remind")
def remind(job_id: int) -> None:
    """Letters about what is overdue, every morning at eight; the next morning's job is written with it."""
    operations.remind_all()
    enqueue("liaison.remind", after=_until_morning())


@gave_up("liaison.remind")
def remind_tomorrow() -> None:
    """A fault this morning does not end the mornings."""
    enqueue("liaison.remind", after=_until_morning())
