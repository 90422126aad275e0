"""The demo: generated, the same every time, told along a timeline that ends on the day it is made.

It agrees with the figures of the reply it grew from (濮人社办〔2024〕56号): 13,000 registered, 4,000
screened, 360 key in 濮阳县; 31 chambers in 30 provinces; the Beijing summit of 清丰县 with 237 arrivals, 13
signings and 71.15 亿元 intended; 27 landed projects of 濮阳县, 19 of 千万 and more, 3 of 亿, 1 of 百亿. All
eight county-level units have people and projects.
"""

from sqlalchemy import delete, select, update

from outreach.accounts import queries as account_queries
from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.db import db
from outreach.core.jobs import Job
from outreach.core.mail import Mail
from outreach.core.sms import DELIVERED, WRITTEN, Sms
from outreach.directory import operations as directory
from outreach.directory.models import Person
from outreach.ops.demo import (
    catalogue,
    following,
    liaison,
    projects,
    registers,
    summits_ahead,
    summits_held,
    unfinished,
)
from outreach.ops.demo.accounts import (
    CITY,
    FANXIAN,
    PASSWORD,
    PUYANG,
    QINGFENG,
    STAFF,
    USERS,
    add_users,
    sign_ins,
)
from outreach.ops.invented import Invented

__all__ = ["CITY", "PASSWORD", "USERS", "make", "sign_ins"]


def make(people: int) -> bool:
    """Fill an empty database; False when the demo is there already. One transaction."""
    if db.session.scalar(select(User.id).where(User.login == USERS[0][0])):
        return False
    users = add_users()
    units = {place: account_queries.unit_by_place(place) for place in STAFF}
    ventures = catalogue.ventures()
    registers.fill(people, ventures, users)
    registers.add_chambers()
    registers.agree_to_print(users["puyang"])
    directory.find_duplicates(list(db.session.scalars(select(Person.id))), by=users["puyang"])
    for place, unit in units.items():
        liaison.make(unit, users[STAFF[place][0]], Invented(31 + unit.id))
    signing = {
        key: [one for one in ventures if one.summit == key]
        for key in ("beijing", "fanxian", "shanghai", "chongqing")
    }
    events = {
        "beijing": summits_held.beijing(units[QINGFENG], signing["beijing"], users),
        "fanxian": summits_held.fanxian(units[FANXIAN], signing["fanxian"], users),
        **summits_held.of_puyang(units[PUYANG], signing, users),
    }
    summits_ahead.shenzhen(units[QINGFENG], users)
    summits_ahead.chongqing(units[QINGFENG], users)
    made = projects.make(ventures, events, users)
    following.make(made, units, users)
    unfinished.make(made, units[QINGFENG], users)
    registers.clerks_monday(users)
    _deliver()
    db.session.commit()
    return True


def _deliver() -> None:
    """Messages of the story arrived in their time: the worker does not send them today.

    A few did not arrive.
    """
    moment = clock.now()
    db.session.execute(
        update(Sms)
        .where(Sms.state == WRITTEN, Sms.due_at < moment)
        .values(state=DELIVERED, handed_at=Sms.due_at)
    )
    db.session.execute(update(Mail).where(Mail.sent_at.is_(None)).values(sent_at=Mail.written_at))
    db.session.execute(delete(Job).where(Job.task.in_(("sms.send", "mail.send")), Job.due_at < moment))
