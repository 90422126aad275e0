"""迎宾卡: who keeps in touch with a guest of the key list is told within seconds that the guest is here."""

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from outreach.accounts.models import User
from outreach.checkin import brief_queries as queries
from outreach.checkin import messages
from outreach.checkin.device_models import Brief, BriefChoice
from outreach.core import audit, clock
from outreach.core.db import db
from outreach.registrations.models import Registration


def brief(arrived: dict) -> int:
    """Write a card for everybody who is paired with one of ``arrived`` (registration id -> when), once;
    how many cards.

    It is part of the scan, whose row is its trace.
    """
    written = 0
    for registration, user in queries.who_to_brief(arrived):
        row = Brief(registration_id=registration.id, user_id=user.id, arrived_at=arrived[registration.id])
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:  # another gate told them in this very moment
            continue
        messages.arrived(row, registration, user, queries.brief_choice(user.id))
        written += 1
    return written


def forget_briefs(registration: Registration) -> None:
    """The guest has not arrived after all: the cards go. The scans are their trace."""
    db.session.execute(delete(Brief).where(Brief.registration_id == registration.id))


def see_briefs(user: User) -> int:
    """The user has looked at the cards that are new; how many were."""
    seen = db.session.execute(
        update(Brief).where(Brief.user_id == user.id, Brief.seen_at.is_(None)).values(seen_at=clock.now())
    )
    if seen.rowcount:
        audit.record(user, "checkin.see_briefs", count=seen.rowcount)
    return seen.rowcount


def choose_brief(user: User, *, way: str, address: str) -> None:
    """How the user wants to hear of arrivals besides the page."""
    choice = db.session.get(BriefChoice, user.id) or BriefChoice(user_id=user.id)
    choice.way, choice.address = way, address
    db.session.add(choice)
    audit.record(user, "checkin.choose_brief", way=way)
