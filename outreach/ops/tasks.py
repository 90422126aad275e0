"""What the clock starts for the whole house."""

from datetime import datetime, time, timedelta

from outreach.core import audit, clock
from outreach.core.retention import PORTION, RULES
from outreach.core.worker import enqueue, gave_up, portion, standing, task

NIGHT = time(3, 0)


def _until_night() -> timedelta:
    here = clock.in_zone(clock.now(), "Asia/Shanghai")
    night = datetime.combine(here.date(), NIGHT, here.tzinfo)
    return (night if night > here else night + timedelta(days=1)) - here


@standing("ops.forget_old", first=_until_night)
@task("ops.forget_old")
def forget_old(job_id: int) -> None:
    """What is older than its period goes, portion by portion, every night at three."""
    for rule in RULES.values():
        count, before = 0, rule.before
        while (gone := rule.forget(before, PORTION)) > 0:
            count += gone
            portion(job_id)
        if count:
            audit.record(None, "ops.forget_old", kind=rule.name, count=count, days=rule.days)
    enqueue("ops.forget_old", after=_until_night())


@gave_up("ops.forget_old")
def forget_tomorrow() -> None:
    """A fault tonight does not keep anything for ever."""
    enqueue("ops.forget_old", after=_until_night())
