"""What the clock starts for registrations."""

from datetime import timedelta

from outreach.core import retention
from outreach.core.i18n import lazy
from outreach.core.jobs import recurring
from outreach.core.worker import portion
from outreach.events import queries as events
from outreach.registrations import erasure_queries, operations


@recurring("registrations.lapse_offers", every=timedelta(minutes=2))
def lapse_offers(job_id: int) -> None:
    """Offers that nobody took go to the next on the list; so do reserved places that are due for release."""
    operations.lapse_offers()
    operations.release_reserved()


@recurring("registrations.forget_answers", every=timedelta(hours=24))
def forget_answers(job_id: int) -> None:
    """What was asked only for the event itself is deleted when its days are over."""
    operations.forget_answers()


@recurring("registrations.remind", every=timedelta(minutes=30), seconds=1800)
def remind(job_id: int) -> None:
    """Guests of tomorrow's events are reminded, each once, from nine in the morning where the event is."""
    for event in events.tomorrow():
        while operations.remind(event):
            portion(job_id)


retention.rule(
    "registrations",
    "KEEP_REGISTRATIONS_DAYS",
    lazy("Guests of past events"),
    lazy("Name, number, answers and messages go; the place and the arrival stay as facts."),
    due=erasure_queries.outlived_count,
    forget=operations.forget_old_guests,
)
