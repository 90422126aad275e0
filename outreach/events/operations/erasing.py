"""What events forget of an erased person."""

from collections import Counter

from sqlalchemy import select, update

from outreach.accounts.models import User
from outreach.core import audit, erasing, tokens
from outreach.core.db import db
from outreach.events.models import Invitation, InvitationMessage


def forget_invited(person_id: int, *, by: User) -> Counter:
    """Invitations stay as facts: their letters are gone, and the page of each opens for nobody."""
    invitations = list(db.session.scalars(select(Invitation).where(Invitation.person_id == person_id)))
    ids = [row.id for row in invitations]
    for row in invitations:
        row.code, row.excuse = tokens.code(), ""
    db.session.flush()
    own = InvitationMessage.invitation_id.in_(ids)
    written = db.session.execute(select(InvitationMessage.mail_id, InvitationMessage.sms_id).where(own)).all()
    db.session.execute(update(InvitationMessage).where(own).values(mail_id=None, sms_id=None))
    done = erasing.forget_messages(
        [mail for mail, _sms in written if mail], [sms for _mail, sms in written if sms]
    )
    done["invitations"] += len(ids)
    audit.record(by, "events.forget_invited", count=len(ids))
    return done
