"""What events hold of a person: invitations and the letters they were sent."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from outreach.core.db import db
from outreach.core.held import Section, entry
from outreach.core.i18n import _, moment
from outreach.events.models import Invitation


def of_person(person_id: int) -> list[Section]:
    """Invitations with their answers, and every letter with its text."""
    chosen = select(Invitation).where(Invitation.person_id == person_id).options(joinedload(Invitation.event))
    rows = list(db.session.scalars(chosen.order_by(Invitation.id)).unique())
    answers = {"yes": _("Comes"), "no": _("Does not come"), "proxy": _("Sends somebody")}
    invited = [
        entry(
            (_("Event"), row.event.shown),
            (_("When"), moment(row.invited_at)),
            (_("Answer"), answers.get(row.answer, _("no answer"))),
            (_("Reason"), row.excuse),
        )
        for row in rows
    ]
    letters = [
        entry(
            (_("When"), moment(message.written_at)),
            (_("To"), message.mail.recipient if message.mail else message.sms.mobile if message.sms else ""),
            (_("Text"), message.mail.text if message.mail else message.sms.text if message.sms else ""),
        )
        for row in rows
        for message in row.messages
    ]
    return [Section(_("Invitations"), invited), Section(_("Letters of invitation"), letters)]
