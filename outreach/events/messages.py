"""Letters to invited people."""

from outreach.core import mail
from outreach.core.i18n import _, default_language
from outreach.core.jobs import Lane
from outreach.events import wording
from outreach.events.models import Invitation


def invitation(row: Invitation, purpose: str) -> mail.Mail:
    """The letter by mail, or the reminder, in the language of whom it goes to."""
    with default_language():
        event = row.event
        subject = (
            _("Reminder: %(event)s", event=event.title)
            if purpose == "remind"
            else _("Invitation: %(event)s", event=event.title)
        )
        return mail.write(
            "events/invitation",
            row.person.email,
            subject,
            lane=Lane.BULK,
            event=event,
            salutation=wording.salutation(row),
            body=wording.body(event),
            inviter=wording.inviter(row),
            link=wording.link(row),
            reply_by=event.reply_by,
            remind=purpose == "remind",
        )
