"""Private calendars, and letters about what is due."""

from sqlalchemy import select, update

from outreach.accounts.models import User
from outreach.core import audit, clock, tokens
from outreach.core.db import db
from outreach.liaison import messages, queries
from outreach.liaison.models import Feed


def make_feed(*, by: User) -> str:
    """A fresh calendar address; the one before stops working."""
    db.session.execute(
        update(Feed).where(Feed.user_id == by.id, Feed.revoked_at.is_(None)).values(revoked_at=clock.now())
    )
    token = tokens.fresh()
    db.session.add(Feed(user_id=by.id, sha256=tokens.digest(token)))
    audit.record(by, "liaison.make_feed")
    return token


def revoke_feeds(*, by: User) -> None:
    """No calendar reads this user's dates any more."""
    db.session.execute(
        update(Feed).where(Feed.user_id == by.id, Feed.revoked_at.is_(None)).values(revoked_at=clock.now())
    )
    audit.record(by, "liaison.revoke_feeds")


def remind_all() -> int:
    """Write to everybody who has an address and something overdue; how many letters."""
    count = 0
    for user in db.session.scalars(select(User).where(User.active.is_(True), User.email != "")).unique():
        due = [(pairing, day) for pairing, day in queries.due_pairings(user) if day <= clock.today()]
        tasks = [
            row
            for row in db.session.scalars(queries.select_follow_ups(user, free=True)).unique()
            if row.due_on and row.due_on <= clock.today()
        ]
        if due or tasks:
            messages.reminder(user, due, tasks)
            count += 1
    audit.record(None, "liaison.remind_all", count=count)
    return count
