"""What the pages of guests share: the blueprint, the event and the registration an address names."""

from flask import Blueprint, abort

from outreach.events import queries as events
from outreach.registrations import queries
from outreach.registrations.models import Registration

bp = Blueprint("public_registrations", __name__)


def open_event(slug: str):
    """The event that is shown under this address, or 404."""
    return events.public_event(slug) or abort(404)


def own_registration(code: str) -> Registration:
    """The guest whose own page this key opens; what is shown at the door opens none."""
    return queries.by_page_key(code.upper()) or abort(404)
