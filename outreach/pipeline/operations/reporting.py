"""月报 and 锁报: how projects stand at the end of a month;
once a county's month is locked, changes are dated corrections.
"""

from datetime import date
from decimal import Decimal

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.pipeline import report_queries as queries
from outreach.pipeline.follow_models import MonthLock, MonthlyReport
from outreach.pipeline.models import Project


def report_month(
    project: Project,
    *,
    month: date,
    completed_wan: Decimal,
    jobs: int | None,
    output_wan: Decimal | None,
    tax_wan: Decimal | None,
    progress: str,
    correction: str,
    by: User,
) -> MonthlyReport:
    """Add a report; the last one of a month holds.

    ``completed_wan`` is the investment completed since the beginning (累计完成投资). Raises :class:`Refused`
    for a month that has not begun, one before the contract, and a locked month without a ``correction``.
    """
    lock(project)
    month = month.replace(day=1)
    if month > clock.today():
        raise Refused(_("This month has not begun yet."), at="month")
    contract = project.standing.get("contract")
    if contract is None or month < contract.happened_on.replace(day=1):
        raise Refused(_("A project reports from the month of its contract on."), at="month")
    locked = queries.is_locked(project.unit, month)
    if locked and not correction:
        raise Refused(
            _("This month is locked. What you enter now is a correction: say why."), at="correction"
        )
    if correction and not locked:
        correction = ""
    row = MonthlyReport(
        project_id=project.id,
        month=month,
        completed_wan=completed_wan,
        jobs=jobs,
        output_wan=output_wan,
        tax_wan=tax_wan,
        progress=progress,
        correction=correction,
        entered_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(by, "pipeline.report_month", row, project=project.id, month=month.isoformat())
    return row


def lock_month(unit: Unit, month: date, *, by: User) -> MonthLock:
    """From now on the county's figures of the month change only by corrections.

    A lock is not opened again.
    """
    lock(unit)
    month = month.replace(day=1)
    if month >= clock.today().replace(day=1):
        raise Refused(_("A month can be locked when it is over."), at="month")
    if queries.is_locked(unit, month):
        raise Refused(_("This month is locked already."), at="month")
    row = MonthLock(unit_id=unit.id, month=month, locked_by_id=by.id)
    db.session.add(row)
    db.session.flush()
    audit.record(by, "pipeline.lock_month", row, unit=unit.id, month=month.isoformat())
    return row
