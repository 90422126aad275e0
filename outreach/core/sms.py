"""Text messages: an outbox like that of mail.

Nobody is written to at night, too often, or against their word. ``SMS_PROVIDER``: ``console`` writes to the
log, ``export`` waits until a clerk takes the messages to the carrier's own console as a sheet, ``http`` hands
each to a gateway (``SMS_URL``, ``SMS_TOKEN``).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import Index, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import clock, masking, phones
from outreach.core.db import Base, Key, Phone, db, lock
from outreach.core.forms import whole_number
from outreach.core.jobs import Lane, enqueue, gave_up, task
from outreach.core.outbound import post_json
from outreach.core.phones import Kind

log = logging.getLogger("yangui.sms")

WRITTEN, HANDED_OVER, DELIVERED, FAILED, UNWANTED = (
    "written",
    "handed_over",
    "delivered",
    "failed",
    "unwanted",
)
#: quiet hours by the clock of China (工信部《通信短信息服务管理规定》: not between 22 and 8)
EVENING, MORNING = time(22, 0), time(8, 0)


class Owner(StrEnum):
    """Whose a kind of message is: who may take it out of the outbox."""

    HOST = "host"  # who hosts the event it speaks of
    INVITER = "inviter"  # who keeps the person that is invited
    NOBODY = "nobody"  # it speaks to staff, or belongs to no event


#: kind -> owner; a kind that is not here is given to nobody
OWNERS: dict[str, Owner] = {}


def owned_by(owner: Owner, *kinds: str) -> None:
    """Declare whose these kinds of messages are."""
    OWNERS.update(dict.fromkeys(kinds, owner))


def kinds_of(owner: Owner) -> list[str]:
    """The kinds of messages of an owner."""
    return sorted(kind for kind, whose in OWNERS.items() if whose is owner)


class Sms(Base):
    """One message and what became of it."""

    __tablename__ = "sms"
    __table_args__ = (Index("ix_sms_mobile_due_at", "mobile", "due_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    mobile: Mapped[str] = mapped_column(Phone)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default=WRITTEN, index=True)
    written_at: Mapped[datetime]
    due_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    reference: Mapped[str] = mapped_column(String(80), default="")
    fault: Mapped[str] = mapped_column(String(300), default="")
    # table and number of what it speaks of
    about: Mapped[str] = mapped_column(String(40), default="", index=True)


class SmsOptOut(Base):
    """A number that does not want to be written to."""

    __tablename__ = "sms_opt_outs"

    mobile: Mapped[str] = mapped_column(Phone, primary_key=True)
    since: Mapped[datetime]


def subject(row) -> str:
    """``about`` of messages that speak of ``row``."""
    return "" if row is None else f"{row.__tablename__}-{row.id}"


def can_text(mobile: str) -> bool:
    """Whether text messages reach this number: a mainland mobile,
    or one of another country unless ``SMS_MAINLAND_ONLY`` is set.
    """
    number = phones.read(mobile)
    if number is None or number.kind is Kind.MOBILE:
        return number is not None
    return number.kind is Kind.ABROAD and current_app.config["SMS_MAINLAND_ONLY"] != "1"


def dialled(mobile: str) -> str:
    """The number as a gateway takes it: 11 digits in the mainland, E.164 elsewhere."""
    number = phones.read(mobile)
    return mobile if number is None or number.kind is Kind.MOBILE else number.e164


def has_provider() -> bool:
    """Whether text messages leave this system at all: by a gateway,
    or as a sheet for the carrier's console.
    """
    provider = current_app.config["SMS_PROVIDER"]
    return provider == "export" or provider in PROVIDERS


def signed(text: str) -> str:
    """``text`` with the sender's signature 【…】 in front, where one is set and none is there yet."""
    signature = str(current_app.config["SMS_SIGNATURE"]).strip("【】 ")
    return text if not signature or text.startswith("【") else f"【{signature}】{text}"


def write(
    kind: str,
    mobile: str,
    text: str,
    *,
    about=None,
    urgent: bool = False,
    lane: Lane = Lane.ORDINARY,
) -> Sms:
    """Put a message into the outbox; due at the next hour that is not quiet, on a day that has room for it.

    ``urgent``: not held back by the daily limit, but by the quiet hours.
    """
    moment = clock.now()
    row = Sms(
        kind=kind,
        mobile=mobile,
        text=text,
        written_at=moment,
        due_at=due_at(mobile, moment, kind, urgent=urgent),
        about=subject(about),
    )
    if wants_none(mobile):
        row.state, row.fault = UNWANTED, "opted out"
    db.session.add(row)
    db.session.flush()
    if row.state == WRITTEN:
        wait = max(row.due_at - moment, timedelta(0))
        enqueue("sms.send", after=wait, key=f"sms-{row.id}", lane=lane, sms_id=row.id)
    return row


def due_at(mobile: str, moment: datetime, kind: str, *, urgent: bool = False) -> datetime:
    """The first loud hour on a day with fewer than ``SMS_DAILY_CAP`` messages of this kind to this number;
    ``urgent``: on any day.

    Each kind has a budget of its own: whatever is written to a number, by whomever, delays no other kind.
    """
    there = clock.in_zone(moment, "Asia/Shanghai")
    if there.time() < MORNING:
        there = there.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    elif there.time() >= EVENING:
        there = (there + timedelta(days=1)).replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    most = int(current_app.config["SMS_DAILY_CAP"])
    for _day in range(0 if urgent else 14):
        begin = there.replace(hour=0, minute=0, second=0, microsecond=0)
        within = Sms.due_at.between(
            clock.local(begin.replace(tzinfo=None), "Asia/Shanghai"),
            clock.local(begin.replace(tzinfo=None), "Asia/Shanghai") + timedelta(days=1),
        )
        if (
            db.session.scalar(
                select(func.count()).where(
                    Sms.mobile == mobile, Sms.kind == kind, Sms.state != UNWANTED, within
                )
            )
            or 0
        ) < most:
            break
        there = (there + timedelta(days=1)).replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    return clock.local(there.replace(tzinfo=None), "Asia/Shanghai")


def _is_quiet(moment: datetime) -> bool:
    return not MORNING <= clock.in_zone(moment, "Asia/Shanghai").time() < EVENING


def withdraw(rows) -> int:
    """What still waits is not sent: it would speak of something that is over, or to somebody who is not
    written to; how many.
    """
    waiting = [row for row in rows if row.state == WRITTEN]
    for row in waiting:
        row.state, row.fault = UNWANTED, "withdrawn"
    return len(waiting)


def wants_none(mobile: str) -> bool:
    """Whether this number said no."""
    return db.session.get(SmsOptOut, mobile) is not None


def opt_out(mobile: str) -> None:
    """This number is not written to any more; what still waits for it is not sent."""
    if not wants_none(mobile):
        db.session.add(SmsOptOut(mobile=mobile, since=clock.now()))
    for row in db.session.scalars(select(Sms).where(Sms.mobile == mobile, Sms.state == WRITTEN)):
        row.state, row.fault = UNWANTED, "opted out"


@dataclass(frozen=True)
class Outgoing:
    """A message as a gateway takes it: plain values,
    so that no transaction is open while it is handed over.
    """

    id: int
    mobile: str
    text: str


def _console(message: Outgoing) -> tuple[str, str]:
    if current_app.config["PRODUCTION"]:
        log.info("to %s: %d characters", masking.phone(message.mobile), len(message.text))
    else:
        log.info("to %s: %s", masking.phone(message.mobile), message.text)
    return HANDED_OVER, f"console-{message.id}"


def _http(message: Outgoing) -> tuple[str, str]:
    config = current_app.config
    said = post_json(
        config["SMS_URL"],
        {"id": message.id, "mobile": dialled(message.mobile), "text": message.text},
        {"Authorization": f"Bearer {config['SMS_TOKEN']}"},
    )
    state = said.get("state", HANDED_OVER)
    known = state if state in (HANDED_OVER, DELIVERED, FAILED) else HANDED_OVER
    return known, str(said.get("reference", ""))[:80]


#: provider -> ``send(message) -> (state, reference)``; ``export`` has none: its messages wait for a clerk
PROVIDERS: dict[str, Callable[[Outgoing], tuple[str, str]]] = {"console": _console, "http": _http}


@task("sms.send", seconds=45)
def send(sms_id: int, job_id: int) -> None:
    """Hand one message over: read it, let go of the database, speak to the gateway, write what it said."""
    provider = PROVIDERS.get(current_app.config["SMS_PROVIDER"])
    row = db.session.get(Sms, sms_id)
    if row is None or row.state != WRITTEN or provider is None:
        return
    if _is_quiet(clock.now()):  # the worker was away and comes back at night
        row.due_at = due_at(row.mobile, clock.now(), row.kind)
        enqueue("sms.send", after=row.due_at - clock.now(), lane=Lane.BULK, sms_id=row.id)
        return
    message = Outgoing(row.id, row.mobile, row.text)
    db.session.commit()
    try:
        state, reference = provider(message)
    except (OSError, ValueError) as fault:
        _note(sms_id, WRITTEN, fault=str(fault)[:300])
        raise
    _note(sms_id, state, reference=reference)


def _note(sms_id: int, state: str, *, reference: str = "", fault: str = "") -> None:
    """Write what the gateway said; a message that was withdrawn or reported on meanwhile keeps its state."""
    row = db.session.get(Sms, sms_id)
    if row is None:
        return
    lock(row)
    row.fault = fault
    if row.state == WRITTEN and not fault:
        row.state, row.reference, row.handed_at = state, reference, clock.now()
    db.session.commit()


@gave_up("sms.send")
def give_up(sms_id: int) -> None:
    """The gateway did not answer for the last time: the message failed, and is listed as such."""
    if (row := db.session.get(Sms, sms_id)) is not None and row.state == WRITTEN:
        row.state, row.fault = FAILED, row.fault or "the gateway did not answer"


def take_out(rows: list[Sms]) -> None:
    """A clerk carries these to the carrier's console."""
    for row in rows:
        row.state, row.handed_at = HANDED_OVER, clock.now()


def receive(receipts: list) -> int:
    """What the gateway learned later of messages it had: rows of ``id`` (ours) or ``reference`` (its own),
    ``state`` (delivered or failed) and, if it likes, ``fault``. Only a message that was handed over changes,
    and only once; how many did.
    """
    count = 0
    for said in receipts:
        row = _meant(said) if isinstance(said, dict) and said.get("state") in (DELIVERED, FAILED) else None
        if row is not None and row.state == HANDED_OVER:
            row.state, row.fault = said["state"], str(said.get("fault") or "")[:300].replace("\0", "")
            count += 1
    return count


def _meant(said: dict) -> Sms | None:
    if (key := whole_number(said.get("id"))) is not None:
        return db.session.get(Sms, key)
    reference = str(said.get("reference") or "")[:80].replace("\0", "")
    return (
        db.session.scalar(select(Sms).where(Sms.reference == reference).order_by(Sms.id.desc()).limit(1))
        if reference
        else None
    )
