"""The two addresses of a registration: the guest's own page, and what is shown at the door."""

from outreach.core import clock
from outreach.core.links import public_url
from outreach.registrations import tickets
from outreach.registrations.models import Registration


def page_link(registration: Registration) -> str:
    """The address of the guest's own page: read, change, cancel, feedback, moving codes.

    For the guest alone.
    """
    return f"{public_url()}/t/{registration.page_token}"


def door_address(registration: Registration) -> str:
    """What the QR says now: admits at the door and opens no page.

    Of a guest type with a moving code the one of this second.
    """
    moving = registration.type is not None and registration.type.moving
    made_at = int(clock.now().timestamp()) if moving else None
    return tickets.address(public_url(), registration.code, registration.event.ticket_seed, made_at=made_at)
