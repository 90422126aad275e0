"""What the door tells staff: somebody they keep in touch with has arrived."""

from datetime import datetime

from outreach.accounts.models import User
from outreach.checkin.device_models import Brief, BriefChoice
from outreach.core import mail, masking, robots, sms
from outreach.core.i18n import _, hour
from outreach.core.jobs import Lane
from outreach.core.links import public_url
from outreach.registrations.models import Registration

sms.owned_by(sms.Owner.NOBODY, "checkin/arrived")


def _words(registration: Registration, at: datetime) -> str:
    """One line; the name is masked, for it stands in letters and in group chats."""
    event = registration.event
    return _(
        "%(name)s (%(company)s) has arrived at %(event)s, %(time)s.",
        name=masking.name(registration.name),
        company=registration.company,
        event=event.title,
        time=hour(at, event.zone),
    )


def arrived(row: Brief, registration: Registration, user: User, choice: BriefChoice | None) -> None:
    """By the way the user chose; the card itself stands on the page in any case."""
    words, link = _words(registration, row.arrived_at), f"{public_url()}/briefs"
    if choice is None or choice.way == "page":
        return
    if choice.way == "mail" and user.email:
        mail.write("checkin/arrived", user.email, words, lane=Lane.SOON, words=words, link=link)
    elif choice.way == "sms":
        sms.write("checkin/arrived", choice.address, f"{words} {link}", about=row, lane=Lane.SOON)
    elif choice.way in ("wecom", "dingtalk"):
        robots.write(choice.address, f"{words} {link}")
