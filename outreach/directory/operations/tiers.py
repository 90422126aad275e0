"""Tiers: proposing, deciding one or many, setting aside, confirming for another year.

Decisions are only ever added.
"""

from sqlalchemy import select

from outreach.accounts.models import User
from outreach.core import audit, clock, files
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import restricting, tier_queries
from outreach.directory.models import REGISTERED, TIERS, Person, TierDecision
from outreach.directory.operations.people import decide_tier, settle_proposals
from outreach.directory.operations.proposals import decline, withdraw
from outreach.directory.tier_models import TierProposal


def propose_tier(
    person: Person, *, tier: int, grounds: str, evidence: tuple[str, bytes] | None, by: User
) -> TierProposal:
    """Put a person forward for a higher tier; one open proposal for each tier."""
    lock(person)
    restricting.check_free(person)
    if tier not in TIERS or tier <= person.tier:
        raise Refused(_("The person is on this list already."))
    if any(row.state == "open" and row.tier == tier for row in tier_queries.proposals_of(person)):
        raise Refused(_("Somebody has proposed this already; it waits for a decision."))
    row = TierProposal(person_id=person.id, tier=tier, grounds=grounds, proposed_by_id=by.id)
    if evidence is not None:
        name, content = evidence
        row.file = files.keep(name, content, files.evidence_type(content), by=by)
    db.session.add(row)
    audit.record(by, "directory.propose_tier", person, reason=grounds, tier=tier)
    return row


def propose_many(people: list[Person], *, tier: int, grounds: str, by: User) -> int:
    """How many were put forward; who is on the list or proposed for it already, or is restricted, is passed
    over.
    """
    lock(*people)
    waiting = set(
        db.session.scalars(
            select(TierProposal.person_id).where(
                TierProposal.person_id.in_([person.id for person in people]),
                TierProposal.tier == tier,
                TierProposal.state == "open",
            )
        )
    )
    chosen = [
        person
        for person in people
        if person.tier < tier and person.id not in waiting and person.restricted_at is None
    ]
    for person in chosen:
        propose_tier(person, tier=tier, grounds=grounds, evidence=None, by=by)
    return len(chosen)


def accept_proposal(proposal: TierProposal, *, by: User) -> None:
    """The person moves to the tier; the decision names who proposed and why."""
    lock(proposal)
    if proposal.tier <= proposal.person.tier:
        raise Refused(_("The person is on this list already."))
    proposal.move("accepted")
    proposal.decided_at, proposal.decided_by_id = clock.now(), by.id
    grounds = _(
        "proposed by %(name)s: %(grounds)s",
        name=proposal.proposed_by.name if proposal.proposed_by else "–",
        grounds=proposal.grounds,
    )
    decide_tier(proposal.person, tier=proposal.tier, reason=grounds, by=by)
    audit.record(by, "directory.accept_proposal", proposal)


def decline_proposal(proposal: TierProposal, *, reason: str, by: User) -> None:
    """Not now, and why: this answers "why is X not on the list"."""
    decline(proposal, "directory.decline_proposal", reason=reason, by=by)


def withdraw_proposal(proposal: TierProposal, *, by: User) -> None:
    """Who proposed takes it back before it is decided."""
    otherwise = _("Only who proposed it can take it back.")
    withdraw(proposal, "directory.withdraw_proposal", otherwise=otherwise, by=by)


def open_proposal_file(proposal: TierProposal, *, by: User) -> None:
    """Leave the trace of a proposal's evidence taken out of the house."""
    audit.record(by, "directory.open_proposal_file", proposal, file=proposal.file_id)


def decide_many(people: list[Person], *, tier: int, reason: str, by: User) -> int:
    """One decision for many, each with a row of its own. Who is on the tier already is confirmed or set
    aside; who is restricted is passed over. How many.
    """
    free = [person for person in people if person.restricted_at is None]
    for person in free:
        if person.tier == tier:
            confirm_tier(person, reason=reason, by=by)
        else:
            decide_tier(person, tier=tier, reason=reason, by=by)
    return len(free)


def confirm_tier(person: Person, *, reason: str, by: User) -> None:
    """The tier stays: yearly re-screening, or a registered person who is set aside for now."""
    lock(person)
    db.session.add(
        TierDecision(
            person_id=person.id, tier=person.tier, reason=reason, decided_at=clock.now(), decided_by_id=by.id
        )
    )
    verb = "directory.confirm_tier"
    audit.record(by, verb, person, reason=reason, tier=person.tier, set_aside=person.tier == REGISTERED)
    settle_proposals(person, reason=reason, by=by)
