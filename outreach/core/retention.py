"""How long what is kept: each kind has a period in the settings, what is due, and what forgets it.

The worker does it every night.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, func, select, update

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.i18n import lazy
from outreach.core.mail import Mail
from outreach.core.sms import UNWANTED, WRITTEN, Sms

#: rows forgotten before others get their turn
PORTION = 500
#: what the law asks for at least: what was disclosed is known for three years (PIPL 56), logs for six months
#: (CSL)
LEAST_AUDIT = 1095


@dataclass(frozen=True)
class Rule:
    """``due(before)``: how many rows are older (``None``: how many there are at all);
    ``forget(before, most)``: forgets at most so many, how many it were.

    ``words``: what happens to them.
    """

    name: str
    setting: str
    title: str
    words: str
    due: Callable[[datetime | None], int]
    forget: Callable[[datetime, int], int]

    @property
    def days(self) -> int:
        """The period, as the settings say it."""
        return days(self.setting)

    @property
    def before(self) -> datetime:
        """What is older is due."""
        return clock.now() - timedelta(days=self.days)

    def due_within(self, coming: int) -> int:
        """How many are due within so many days, with those that are due now."""
        return self.due(self.before + timedelta(days=coming))


RULES: dict[str, Rule] = {}


def days(setting: str) -> int:
    """A period of the settings in days; that of the audit is never shorter than the law allows."""
    typed = int(current_app.config[setting])
    return max(typed, LEAST_AUDIT) if setting == "KEEP_AUDIT_DAYS" else max(typed, 1)


def rule(name: str, setting: str, title, words, *, due, forget) -> None:
    """Declare what is kept for how long."""
    RULES[name] = Rule(name, setting, title, words, due, forget)


def _count(column, *conditions, before: datetime | None) -> int:
    chosen = select(func.count()).select_from(column.class_).where(*conditions)
    return db.session.scalar(chosen if before is None else chosen.where(column < before)) or 0


def _mails_due(before: datetime | None) -> int:
    return _count(Mail.written_at, Mail.recipient != "", before=before)


def _forget_mails(before: datetime, most: int) -> int:
    """A letter stays as a line: what kind, when, and whether it arrived.

    One that never left does not leave any more.
    """
    old = select(Mail.id).where(Mail.written_at < before, Mail.recipient != "").order_by(Mail.id).limit(most)
    ids = list(db.session.scalars(old))
    unsent = (Mail.id.in_(ids), Mail.sent_at.is_(None), Mail.refused_at.is_(None))
    db.session.execute(update(Mail).where(*unsent).values(refused_at=clock.now()))
    empty = {**dict.fromkeys(("recipient", "subject", "text", "html", "fault"), ""), "attachments": []}
    db.session.execute(update(Mail).where(Mail.id.in_(ids)).values(**empty))
    return len(ids)


def _sms_due(before: datetime | None) -> int:
    return _count(Sms.written_at, Sms.mobile != "", before=before)


def _forget_sms(before: datetime, most: int) -> int:
    old = select(Sms.id).where(Sms.written_at < before, Sms.mobile != "").order_by(Sms.id).limit(most)
    ids = list(db.session.scalars(old))
    db.session.execute(update(Sms).where(Sms.id.in_(ids), Sms.state == WRITTEN).values(state=UNWANTED))
    db.session.execute(update(Sms).where(Sms.id.in_(ids)).values(mobile="", text=""))
    return len(ids)


def _audit_due(before: datetime | None) -> int:
    return _count(AuditEntry.at, before=before)


def _forget_audit(before: datetime, most: int) -> int:
    """From the beginning of the chain, so that what is kept hangs together."""
    kept = select(func.min(AuditEntry.link)).where(AuditEntry.at >= before, AuditEntry.link.is_not(None))
    first = db.session.scalar(kept)
    old = select(AuditEntry.id).where(AuditEntry.at < before, AuditEntry.link.is_not(None))
    if first is not None:
        old = old.where(AuditEntry.link < first)
    ids = list(db.session.scalars(old.order_by(AuditEntry.link).limit(most)))
    db.session.execute(delete(AuditEntry).where(AuditEntry.id.in_(ids)))
    return len(ids)


rule(
    "mails",
    "KEEP_OUTBOX_DAYS",
    lazy("Letters"),
    lazy("Address, subject and text go; kind, day and whether it arrived stay."),
    due=_mails_due,
    forget=_forget_mails,
)
rule(
    "sms",
    "KEEP_OUTBOX_DAYS",
    lazy("Text messages"),
    lazy("Number and text go; kind, day and whether it arrived stay."),
    due=_sms_due,
    forget=_forget_sms,
)
rule(
    "audit",
    "KEEP_AUDIT_DAYS",
    lazy("Audit entries"),
    lazy("Deleted. The law asks for six months of logs, and for three years of what was disclosed."),
    due=_audit_due,
    forget=_forget_audit,
)
