"""What the pages of the door share."""

from flask import Blueprint
from flask_login import current_user

from outreach.checkin import device_queries, queries
from outreach.core.access import found
from outreach.events import queries as events
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.registrations import queries as registrations
from outreach.registrations.models import CONFIRMED

bp = Blueprint("checkin", __name__)


def event_within(event_id: int, permission=Permission.CHECKIN_SCAN) -> Event:
    """The event, if this user may do this there; else 404."""
    return found(events.select_visible(current_user, permission), event_id)


def tally(event: Event) -> dict:
    """How many are here of how many with a place."""
    return {
        "arrived": queries.arrived_count(event.id),
        "expected": registrations.counts(event.id).get(CONFIRMED, 0),
    }


def open_questions(event: Event) -> int:
    """Problems of gates that nobody has dealt with."""
    return device_queries.open_problem_count(event)
