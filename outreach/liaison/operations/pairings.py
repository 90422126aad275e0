"""Pairings of posts with people and companies."""

from datetime import date

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import restricting
from outreach.directory.models import Organisation, Person
from outreach.liaison import queries
from outreach.liaison.models import LeaderPost, Pairing


def pair(
    post: LeaderPost,
    person: Person,
    *,
    rhythm_days: int,
    clerk: User | None,
    by: User | None,
    since_on: date | None = None,
) -> Pairing:
    """A post keeps in touch with a person. One leader at each level: county and township may both pair."""
    lock(person)
    restricting.check_free(person)
    for other in queries.pairings_of(person):
        if other.post.unit.level == post.unit.level:
            raise Refused(
                _(
                    "%(post)s is paired with this person already. End that pairing first.",
                    post=other.post.title,
                )
            )
    row = Pairing(
        post=post,
        person_id=person.id,
        rhythm_days=rhythm_days,
        clerk_id=getattr(clerk, "id", None),
        since_on=since_on or clock.today(),
    )
    db.session.add(row)
    audit.record(by, "liaison.pair", row, person=person.id)
    return row


def pair_organisation(
    post: LeaderPost, organisation: Organisation, *, rhythm_days: int, clerk: User | None, by: User
) -> Pairing:
    """首席服务员: a post looks after a company, once."""
    lock(organisation)
    if any(other.post_id == post.id for other in queries.open_pairings_of(organisation)):
        raise Refused(_("This post looks after the company already."))
    row = Pairing(
        post=post,
        organisation_id=organisation.id,
        rhythm_days=rhythm_days,
        clerk_id=getattr(clerk, "id", None),
        since_on=clock.today(),
    )
    db.session.add(row)
    audit.record(by, "liaison.pair_organisation", row, organisation=organisation.id)
    return row


def end_pairing(pairing: Pairing, *, reason: str, by: User) -> None:
    """The pairing ends and stays on record."""
    lock(pairing)
    if pairing.ended_on is not None:
        raise Refused(_("This pairing has ended already."))
    pairing.ended_on, pairing.end_reason = clock.today(), reason
    audit.record(by, "liaison.end_pairing", pairing, reason=reason)


def export_pairings(*, count: int, full: bool, reason: str, by: User) -> None:
    """Leave the trace of the list of pairings taken out of the house."""
    audit.record(by, "liaison.export_pairings", reason=reason, count=count, full=full)
