"""Changes of an organisation that are proposed by those who may not make them,
and decided by those who may.
"""

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import organisation_queries
from outreach.directory.models import Organisation
from outreach.directory.operations.organisations import edit_organisation
from outreach.directory.operations.proposals import decline, withdraw
from outreach.directory.organisation_models import OrganisationProposal, as_stored, as_text, stated
from outreach.directory.organisation_rules import check_unique


def propose_organisation(
    row: Organisation, unit: Unit, *, grounds: str, by: User, **values
) -> OrganisationProposal:
    """Put forward what should stand there: ``values`` by the names of the form.

    A second proposal of ``by`` replaces an open one.
    """
    lock(row)
    present = stated(row)
    wanted = {name: as_text(values[name]) for name in present if name in values}
    changed = {name: value for name, value in wanted.items() if value != present[name]}
    if not changed:
        raise Refused(_("Nothing was changed."))
    check_unique(row, name=values["name"], credit_code=values.get("credit_code"))
    proposal = organisation_queries.own_open_proposal(row, by)
    if proposal is None:
        proposal = OrganisationProposal(organisation_id=row.id, proposed_by_id=by.id)
        db.session.add(proposal)
    else:
        lock(proposal)
    proposal.unit_id, proposal.grounds, proposal.proposed_at = unit.id, grounds, clock.now()
    proposal.before = {name: present[name] for name in changed}
    proposal.values = changed
    audit.record(by, "directory.propose_organisation", row, reason=grounds, fields=sorted(changed))
    return proposal


def accept_organisation_proposal(
    proposal: OrganisationProposal, *, take: list[str], seen: str, reason: str, by: User
) -> None:
    """Write the fields in ``take``; the rest is declined for ``reason``.

    ``seen``: the mark of what the decider looked at.
    """
    lock(proposal.organisation)
    lock(proposal)
    taken = [name for name in proposal.fields if name in take]
    proposal.move("accepted" if taken == proposal.fields else "partly")
    if seen != proposal.seen:
        raise Refused(
            _("The proposal or the organisation was changed while you looked at it. Look again, then decide.")
        )
    row = proposal.organisation
    values = {**stated(row), **{name: proposal.values[name] for name in taken}}
    edit_organisation(row, by=by, **as_stored(values))
    proposal.taken = taken
    proposal.decided_at, proposal.decided_by_id, proposal.reason = clock.now(), by.id, reason
    audit.record(by, "directory.accept_organisation_proposal", proposal, reason=reason, fields=taken)


def decline_organisation_proposal(proposal: OrganisationProposal, *, reason: str, by: User) -> None:
    """Leave the organisation as it is; the proposer reads the reason."""
    decline(proposal, "directory.decline_organisation_proposal", reason=reason, by=by)


def withdraw_organisation_proposal(proposal: OrganisationProposal, *, by: User) -> None:
    """Who proposed takes it back before it is decided."""
    otherwise = _("Only who proposed the change can take it back.")
    withdraw(proposal, "directory.withdraw_organisation_proposal", otherwise=otherwise, by=by)


def export_organisation_proposals(*, count: int, reason: str, by: User) -> None:
    """Leave the trace of the list of proposals taken out of the house."""
    audit.record(by, "directory.export_organisation_proposals", reason=reason, count=count)
