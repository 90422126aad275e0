"""What becomes of a proposal, whatever it is about: declined with a reason, or taken back by who made it."""

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import lock
from outreach.core.refusals import Refused
from outreach.directory.organisation_models import OrganisationProposal
from outreach.directory.tier_models import TierProposal

Proposal = OrganisationProposal | TierProposal


def decline(proposal: Proposal, verb: str, *, reason: str, by: User) -> None:
    """It is not done, and the proposer reads why."""
    lock(proposal)
    proposal.move("declined")
    proposal.decided_at, proposal.decided_by_id, proposal.reason = clock.now(), by.id, reason
    audit.record(by, verb, proposal, reason=reason)


def withdraw(proposal: Proposal, verb: str, *, otherwise: str, by: User) -> None:
    """Who proposed takes it back before it is decided; anybody else is refused in the words ``otherwise``."""
    lock(proposal)
    if proposal.proposed_by_id != by.id:
        raise Refused(otherwise)
    proposal.move("withdrawn")
    proposal.decided_at = clock.now()
    audit.record(by, verb, proposal)
