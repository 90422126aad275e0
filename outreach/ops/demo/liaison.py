"""Keeping in touch in the demo: leaders' posts, the key list paired with them, contacts of the last year."""

from datetime import timedelta
from random import Random

from sqlalchemy import insert, select

from outreach.accounts.models import Unit, User
from outreach.accounts.queries import below
from outreach.core.clock import today
from outreach.core.db import db
from outreach.directory.models import KEY, Person
from outreach.liaison import operations as liaison
from outreach.liaison.models import HELD, PLANNED, PROMISE, WAYS, Contact, FollowUp, Pairing
from outreach.ops.invented import Invented

TITLES = (
    "县委书记",
    "县长",
    "县人大主任",
    "县政协主席",
    "县委副书记",
    "常务副县长",
    "纪委书记",
    "组织部部长",
    "宣传部部长",
    "统战部部长",
    "政法委书记",
    "副县长",
)
SAID = (
    "谈了家居产业配套",
    "愿意回乡看看",
    "介绍同乡企业家",
    "关心老家学校建设",
    "询问用地政策",
    "有意捐建村道",
    "想在老家建分厂",
)


def make(county: Unit, arranger: User, invented: Invented) -> None:
    """Posts, pairings and contacts of one county."""
    dice, now = invented.dice, today()
    posts = [
        liaison.add_post(
            county,
            title=title,
            holder=invented.name(),
            rank=rank,
            from_on=now - timedelta(days=600),
            user=None,
            by=arranger,
        )
        for rank, title in enumerate(TITLES, 1)
    ]
    posts[-1].user_id = arranger.id
    db.session.flush()
    within = below(county)
    people = db.session.execute(
        select(Person.id, Person.unit_id, Person.city).where(Person.unit_id.in_(within), Person.tier == KEY)
    ).all()
    pairings, contacts = [], []
    for number, (person_id, unit_id, city) in enumerate(people):
        post = posts[number % len(posts)]
        pairings.append(
            {
                "post_id": post.id,
                "person_id": person_id,
                "clerk_id": arranger.id if number % 12 == 0 else None,
                "rhythm_days": (90, 180)[number % 2],
                "since_on": now - timedelta(days=400),
                "end_reason": "",
            }
        )
        for turn in range(1 + number % 3 if number % 9 else 0):
            contacts.append(
                {
                    "unit_id": unit_id,
                    "person_id": person_id,
                    "post_id": post.id,
                    "state": HELD,
                    "way": WAYS[(number + turn) % len(WAYS)],
                    "day": now - timedelta(days=_days_back(dice, number, turn)),
                    "place": city,
                    "party": "",
                    "said": SAID[(number + turn) % len(SAID)],
                    "reason": "",
                    "created_by_id": arranger.id,
                    "held_by_id": arranger.id,
                }
            )
    if pairings:
        db.session.execute(insert(Pairing), pairings)
    if contacts:
        db.session.execute(insert(Contact), contacts)
    _ahead(county, people, posts, arranger)


def _days_back(dice: Random, number: int, turn: int) -> int:
    """Days since a contact: the newest within the rhythm for four of five,
    the older ones anywhere in the year.
    """
    return dice.randint(5, 80) if turn == 0 and number % 5 else dice.randint(100, 380)


def _ahead(county: Unit, people, posts, arranger: User) -> None:
    """What is planned and promised."""
    for number, (person_id, unit_id, city) in enumerate(people[:40:8]):
        contact = Contact(
            unit_id=unit_id,
            person_id=person_id,
            post_id=posts[-1].id,
            state=PLANNED,
            day=today() + timedelta(days=4 + number),
            way="visit",
            place=city,
            created_by_id=arranger.id,
        )
        db.session.add(contact)
    held = db.session.scalars(
        select(Contact)
        .where(Contact.state == HELD, Contact.unit_id.in_(below(county)))
        .order_by(Contact.id)
        .limit(4)
    ).unique()
    for number, contact in enumerate(held):
        due = today() + timedelta(days=number * 9 - 6)
        contact.follow_ups.append(
            FollowUp(
                kind=PROMISE,
                text=("协调厂区用电增容", "对接职校招工", "寄送最新政策汇编", "安排考察园区")[number],
                owner_id=arranger.id,
                due_on=due,
            )
        )
