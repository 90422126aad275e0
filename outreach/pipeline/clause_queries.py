"""Reads of what both sides promised in their papers."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from outreach.accounts.queries import reach
from outreach.core.clock import today
from outreach.permissions import Permission
from outreach.pipeline.agreement_models import Agreement, Clause


def select_clauses(
    user, *, state: str = "open", side: str = "", permission: Permission = Permission.PIPELINE_VIEW
) -> Select:
    """Promises in papers within reach: ``open``, ``late`` (open and past their day), ``closed``,
    ``all`` of these, or ``withdrawn``; those that are due first, without a day last.
    """
    chosen = (
        select(Clause)
        .join(Agreement, Agreement.id == Clause.agreement_id)
        .where(Agreement.unit_id.in_(reach(user, permission)), Agreement.voided_at.is_(None))
    )
    withdrawn = Clause.withdrawn_at.is_not(None)
    chosen = chosen.where(withdrawn if state == "withdrawn" else ~withdrawn)
    if state in ("open", "late"):
        chosen = chosen.where(Clause.done_at.is_(None))
    if state == "late":
        chosen = chosen.where(Clause.due_on < today())
    if state == "closed":
        chosen = chosen.where(Clause.done_at.is_not(None))
    if side:
        chosen = chosen.where(Clause.side == side)
    chosen = chosen.options(joinedload(Clause.agreement).joinedload(Agreement.unit))
    return chosen.order_by(Clause.done_at.is_not(None), Clause.due_on.is_(None), Clause.due_on, Clause.id)
