"""督办: what has to be co-ordinated, and numbered papers with a deadline that are received,
answered and closed. About projects, not people.
"""

from datetime import date

from sqlalchemy import func, select

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.taken_back import reopen, withdraw
from outreach.pipeline import supervision_queries as queries
from outreach.pipeline.follow_models import LEVELS, REMINDER, Concern, Notice
from outreach.pipeline.models import ENDED, Project


def raise_concern(project: Project, *, text: str, owner: str, due_on: date, by: User) -> Concern:
    """What holds the project up, who clears it, by when."""
    row = Concern(project_id=project.id, text=text, owner=owner, due_on=due_on, raised_by_id=by.id)
    db.session.add(row)
    db.session.flush()
    audit.record(by, "pipeline.raise_concern", row, project=project.id)
    return row


def settle_concern(concern: Concern, *, outcome: str, by: User) -> None:
    """It is cleared, and how."""
    lock(concern)
    if concern.settled_at:
        raise Refused(_("This matter is settled already."))
    concern.settled_at, concern.outcome = clock.now(), outcome
    audit.record(by, "pipeline.settle_concern", concern)


def reopen_concern(concern: Concern, *, reason: str, by: User) -> None:
    """It is not cleared after all: it is on the list and the next agenda again."""
    lock(concern)
    reopen(concern, reason=reason, by=by)
    audit.record(by, "pipeline.reopen_concern", concern, reason=reason)


def issue_notice(
    project: Project, *, level: str, addressee: str, text: str, due_on: date, by: User
) -> Notice:
    """The next paper of a project, numbered within its county and year.

    A reminder comes first; a stricter one only when the one before ran out without an answer (提醒 -> 督办 ->
    约谈).
    """
    lock(project.unit)
    today = clock.today()
    if project.state == ENDED:
        raise Refused(_("This project has ended."))
    if due_on <= today:
        raise Refused(_("The deadline lies after today."), at="due_on")
    last = queries.last_notice(project.id)
    allowed = (
        LEVELS[0]
        if last is None or last.closed_at
        else LEVELS[min(LEVELS.index(last.level) + 1, len(LEVELS) - 1)]
    )
    if LEVELS.index(level) > LEVELS.index(allowed):
        raise Refused(_("A stricter paper follows only when the one before ran out. Begin with a reminder."))
    if last and not last.closed_at and last.answered_at and level != last.level:
        raise Refused(
            _(
                "The paper %(number)s was answered: close it, or ask again with the same paper.",
                number=last.number,
            )
        )
    if last and not last.closed_at and last.due_on >= today:
        raise Refused(
            _(
                "The paper %(number)s is still running until %(day)s.",
                number=last.number,
                day=last.due_on.isoformat(),
            )
        )
    used = db.session.scalar(
        select(func.max(Notice.serial)).where(Notice.unit_id == project.unit_id, Notice.year == today.year)
    )
    row = Notice(
        project_id=project.id,
        unit_id=project.unit_id,
        year=today.year,
        serial=(used or 0) + 1,
        level=level,
        addressee=addressee,
        text=text,
        issued_on=today,
        due_on=due_on,
        issued_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(by, "pipeline.issue_notice", row, project=project.id, level=level)
    return row


def _stands(notice: Notice) -> None:
    lock(notice)
    if notice.withdrawn_at:
        raise Refused(_("This paper is withdrawn."))


def receive_notice(notice: Notice, *, by: User) -> None:
    """签收."""
    _stands(notice)
    if notice.received_at:
        raise Refused(_("This paper was received already."))
    notice.received_at = clock.now()
    audit.record(by, "pipeline.receive_notice", notice)


def answer_notice(notice: Notice, *, answer: str, by: User) -> None:
    """反馈; who answers has received it."""
    _stands(notice)
    if notice.closed_at:
        raise Refused(_("This paper is closed."))
    notice.received_at = notice.received_at or clock.now()
    notice.answer, notice.answered_at = answer, clock.now()
    audit.record(by, "pipeline.answer_notice", notice)


def close_notice(notice: Notice, *, outcome: str, by: User) -> None:
    """销号, by somebody of the office that issued it; not without an answer."""
    _stands(notice)
    if notice.closed_at:
        raise Refused(_("This paper is closed."))
    if by.id == notice.project.officer_id:
        raise Refused(_("It is closed by somebody else than the project's own officer."))
    if not notice.answered_at:
        raise Refused(_("It is closed when it was answered."))
    notice.closed_at, notice.outcome = clock.now(), outcome
    audit.record(by, "pipeline.close_notice", notice)


def reopen_notice(notice: Notice, *, reason: str, by: User) -> None:
    """It was closed by mistake. Not once a later paper was issued, for one of a project runs at a time."""
    lock(notice.project.unit)
    _stands(notice)
    if later := queries.following_notice(notice):
        raise Refused(_("The paper %(number)s was issued after it.", number=later.number))
    reopen(notice, reason=reason, by=by)
    audit.record(by, "pipeline.reopen_notice", notice, reason=reason)


def withdraw_notice(notice: Notice, *, reason: str, by: User) -> None:
    """撤销: it was issued wrongly.

    Its number is not given again; what comes next begins where it would have without it.
    """
    lock(notice.project.unit)
    _stands(notice)
    if by.id == notice.project.officer_id:
        raise Refused(_("It is withdrawn by somebody else than the project's own officer."))
    if notice.closed_at:
        raise Refused(_("This paper is closed. Open it again first."))
    later = queries.following_notice(notice)
    if later and later.level != REMINDER:
        raise Refused(
            _("The paper %(number)s followed from it. Withdraw that one first.", number=later.number)
        )
    withdraw(notice, reason=reason, by=by)
    audit.record(by, "pipeline.withdraw_notice", notice, reason=reason)
