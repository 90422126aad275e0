"""What the clock starts for registrations."""

from datetime import timedelta

from outreach.core import retention
from outreach.core.i18n import lazy
from outreach.core.worker import enqueue, gave_up, portion, standing, task
from outreach.events import queries as events
from outreach.registrations import erasure_queries, operations

EVERY = timedelta(minutes=2)


@standing("registrations.lapse_offers", first=lambda: EVERY)
@task("registrations.lapse_offers")
def lapse_offers(job_id: int) -> None:
    """Offers that nobody took go to the next on the list; so do reserved places that are due for release."""
    operations.lapse_offers()
    operations.release_reserved()
    enqueue("registrations.lapse_offers", after=EVERY)


@gave_up("registrations.lapse_offers")
def lapse_later() -> None:
    """A fault now does not end the list."""
    enqueue("registrations.lapse_offers", after=EVERY)


@standing("registrations.forget_answers", first=lambda: timedelta(hours=1))
@task("registrations.forget_answers")
def forget_answers(job_id: int) -> None:
    """What was asked only for the event itself is deleted when its days are over."""
    operations.forget_answers()
    enqueue("registrations.forget_answers", after=timedelta(hours=24))


@gave_up("registrations.forget_answers")
def forget_tomorrow() -> None:
    """A fault today does not keep the answers for ever."""
    enqueue("registrations.forget_answers", after=timedelta(hours=24))


@standing("registrations.remind", first=lambda: timedelta(minutes=10))
@task("registrations.remind")
def remind(job_id: int) -> None:
    """Guests of tomorrow's events are reminded, each once, from nine in the morning where the event is."""
    for event in events.tomorrow():
        while operations.remind(event):
            portion(job_id)
    enqueue("registrations.remind", after=timedelta(minutes=30))


@gave_up("registrations.remind")
def remind_later() -> None:
    """A fault now does not keep tomorrow's guests from being reminded."""
    enqueue("registrations.remind", after=timedelta(minutes=30))


retention.rule(
    "registrations",
    "KEEP_REGISTRATIONS_DAYS",
    lazy("Guests of past events"),
    lazy("Name, number, answers and messages go; the place and the arrival stay as facts."),
    due=erasure_queries.outlived_count,
    forget=operations.forget_old_guests,
)
