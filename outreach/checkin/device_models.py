"""Gates, the browsers that serve them, passes lent to them, rehearsals,
and who is told of arrivals and how.
"""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.db import Base, Key
from outreach.events.models import Event
from outreach.registrations.models import Registration

#: 报到, 会场, 签约区, 用餐, 返程. Whoever was admitted anywhere but at departure has arrived.
ARRIVAL, HALL, SIGNING, MEAL, DEPARTURE = "arrival", "hall", "signing", "meal", "departure"
PURPOSES = (ARRIVAL, HALL, SIGNING, MEAL, DEPARTURE)
#: once; once a day by the event's clock; in and out
ONCE, DAILY, IN_OUT = "once", "daily", "in_out"
RULES = (ONCE, DAILY, IN_OUT)


class Gate(Base):
    """签到点: a place where guests are scanned."""

    __tablename__ = "gates"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(10), default=ARRIVAL)
    rule: Mapped[str] = mapped_column(String(8), default=ONCE)
    types: Mapped[list] = mapped_column(JSON, default=list)  # ids of guest types; empty: all
    # "a-l": whose surname begins so in pinyin; others amber while offline
    letters: Mapped[str] = mapped_column(String(3), default="")
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    questions: Mapped[list] = mapped_column(JSON, default=list)  # asked after each admission: 胸牌已发?
    # guests may check themselves in here with the code shown in the hall
    poster: Mapped[bool] = mapped_column(default=False)
    # a device nobody unlocked for so long wants its PIN again
    lock_hours: Mapped[int] = mapped_column(default=12)
    # closed for good: its scans stay, nobody scans here again
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(200), default="")

    event: Mapped[Event] = relationship()

    def scope(self, moment) -> str:
        """:func:`scope_of` this gate."""
        return scope_of(self.purpose, self.rule, self.event.zone, moment)


def scope_of(purpose: str, rule: str, zone: str, moment) -> str:
    """What an admission at ``moment`` counts together with:
    the purpose, and the day where it counts each day.
    """
    return f"{purpose}:{clock.day_of(moment, zone)}" if rule == DAILY else purpose


class Device(Base):
    """A browser that is a gate.

    Its credential opens nothing else; it is kept only as a hash and withdrawn with one click.
    """

    __tablename__ = "gate_devices"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gates.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(40), default="")
    invitation_sha256: Mapped[str] = mapped_column(String(64), unique=True)  # the one-time QR
    invited_until: Mapped[datetime]
    secret_sha256: Mapped[str] = mapped_column(String(64), default="")  # empty until it joined
    joined_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    wiped_at: Mapped[datetime | None]  # it said that it holds nothing any more
    last_contact_at: Mapped[datetime | None]
    queue: Mapped[int] = mapped_column(default=0)  # scans that wait on it, as it said last
    numbered: Mapped[int] = mapped_column(default=0)  # the highest number it gave a scan, as it said last
    offset_ms: Mapped[int] = mapped_column(default=0)
    version: Mapped[str] = mapped_column(String(20), default="")
    camera: Mapped[str] = mapped_column(String(20), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    gate: Mapped[Gate] = relationship(lazy="joined", innerjoin=True)
    invited_by: Mapped[User | None] = relationship()


class GateLoss(Base):
    """Scans of a device that did not arrive, and what a person found out about them.

    ``numbered``: scans up to this number are settled with it.
    """

    __tablename__ = "gate_losses"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("gate_devices.id", ondelete="CASCADE"), index=True)
    count: Mapped[int]
    numbered: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime | None]  # the last contact then
    note: Mapped[str] = mapped_column(String(200))
    settled_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # settled by mistake: it stands in the list again
    reopened_at: Mapped[datetime | None]

    device: Mapped[Device] = relationship()
    settled_by: Mapped[User | None] = relationship()


class Pass(Base):
    """A signed blank ticket lent to a device, for somebody who comes without registration while there is no
    network.
    """

    __tablename__ = "door_passes"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("gate_devices.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    door_id: Mapped[str] = mapped_column(String(16), unique=True)
    # whom it was given to
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    lent_at: Mapped[datetime] = mapped_column(default=clock.now)
    # it came back with a guest or a scan: it is not lent again, whatever became of that
    spent_at: Mapped[datetime | None]


class Rehearsal(Base):
    """断网演练: guests that do not exist, tickets that open nothing. Only the devices' reports stay."""

    __tablename__ = "rehearsals"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    seed: Mapped[bytes]  # signs the rehearsal's tickets
    guests: Mapped[int] = mapped_column(default=20)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    event: Mapped[Event] = relationship()
    reports: Mapped[list["RehearsalReport"]] = relationship(
        back_populates="rehearsal", order_by="RehearsalReport.id", cascade="all"
    )


class RehearsalReport(Base):
    """What one device found out about itself in a rehearsal."""

    __tablename__ = "rehearsal_reports"
    __table_args__ = (UniqueConstraint("rehearsal_id", "device_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    rehearsal_id: Mapped[int] = mapped_column(ForeignKey("rehearsals.id", ondelete="CASCADE"))
    device_id: Mapped[int] = mapped_column(ForeignKey("gate_devices.id", ondelete="CASCADE"))
    scans: Mapped[int] = mapped_column(default=0)
    offline_scans: Mapped[int] = mapped_column(default=0)
    median_ms: Mapped[int] = mapped_column(default=0)  # from code to verdict
    slowest_ms: Mapped[int] = mapped_column(default=0)
    verdicts: Mapped[dict] = mapped_column(JSON, default=dict)
    reported_at: Mapped[datetime] = mapped_column(default=clock.now)

    rehearsal: Mapped[Rehearsal] = relationship(back_populates="reports")
    device: Mapped[Device] = relationship()


class BriefChoice(Base):
    """How somebody wants to hear of arrivals besides the page: mail, sms, or a robot of WeCom or DingTalk."""

    __tablename__ = "brief_choices"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    way: Mapped[str] = mapped_column(String(8), default="page")  # page, mail, sms, wecom, dingtalk
    address: Mapped[str] = mapped_column(String(300), default="")

    user: Mapped[User] = relationship()


class Brief(Base):
    """迎宾卡: somebody of the key list has arrived, and who keeps in touch with them is told."""

    __tablename__ = "briefs"
    __table_args__ = (UniqueConstraint("registration_id", "user_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    arrived_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
    user: Mapped[User] = relationship()
