"""Leaders' posts: set up, handed over, closed."""

from datetime import date

from sqlalchemy import select

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.liaison import queries
from outreach.liaison.models import LeaderPost, Pairing, Tenure


def add_post(
    unit: Unit, *, title: str, holder: str, rank: int, from_on: date, user: User | None, by: User | None
) -> LeaderPost:
    """A leader's post and who holds it."""
    post = LeaderPost(unit=unit, title=title, rank=rank, user_id=getattr(user, "id", None))
    if holder:
        post.tenures.append(Tenure(name=holder, from_on=from_on))
    db.session.add(post)
    audit.record(by, "liaison.add_post", post)
    return post


def hand_over(post: LeaderPost, *, holder: str, from_on: date, user: User | None, by: User) -> None:
    """The post changes hands; its pairings stay with it. An empty holder leaves it vacant."""
    lock(post)
    for tenure in post.tenures:
        if tenure.until_on is None:
            if from_on < tenure.from_on:
                raise Refused(_("The new holder cannot begin before the present one began."))
            tenure.until_on = from_on
    if holder:
        post.tenures.insert(0, Tenure(name=holder, from_on=from_on))
    post.user_id = getattr(user, "id", None)
    audit.record(by, "liaison.hand_over", post)


def close_post(post: LeaderPost, *, heir: LeaderPost | None, by: User) -> int:
    """The post is abolished; its pairings go to ``heir``, or end. How many."""
    lock(post)
    if post.closed_at is not None:
        raise Refused(_("This post is closed already."))
    if heir is not None and (heir.id == post.id or heir.closed_at is not None):
        raise Refused(_("The pairings cannot go to this post."))
    rows = (
        db.session.scalars(select(Pairing).where(Pairing.post_id == post.id, Pairing.ended_on.is_(None)))
        .unique()
        .all()
    )
    for pairing in rows:
        pairing.ended_on, pairing.end_reason = clock.today(), _("the post was closed")
        if heir is not None and not queries.is_paired(heir, pairing):
            db.session.add(
                Pairing(
                    post=heir,
                    person_id=pairing.person_id,
                    organisation_id=pairing.organisation_id,
                    clerk_id=pairing.clerk_id,
                    rhythm_days=pairing.rhythm_days,
                    since_on=clock.today(),
                )
            )
    post.closed_at = clock.now()
    audit.record(by, "liaison.close_post", post, pairings=len(rows))
    return len(rows)
