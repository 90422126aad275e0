"""What the pages of guests share: the blueprint, the event and the registration an address names."""

from flask import Blueprint, abort, request

from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events import queries as events
from outreach.registrations import queries
from outreach.registrations.models import Registration

bp = Blueprint("public_registrations", __name__)


def open_event(slug: str):
    """The event that is shown under this address, or 404."""
    return events.public_event(slug) or abort(404)


def own_registration(code: str) -> Registration:
    """The guest whose own page this key opens; what is shown at the door opens none.

    From the page of somebody who registered once more nothing is changed: that takes the link that went to
    the number or address on record.
    """
    row = queries.by_page_key(code.upper()) or abort(404)
    if row.repeats_id is not None and request.method == "POST":
        raise Refused(_("To change this, please open the link that was sent to your number or address."))
    return row
