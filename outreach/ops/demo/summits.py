"""How a demo summit is told: made, published, invited, answered, held; each deed at its own time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from outreach.accounts.models import Unit, User
from outreach.accounts.queries import below
from outreach.checkin import operations as checkin
from outreach.core import clock
from outreach.core.db import db
from outreach.directory.models import Organisation, Person, Post
from outreach.events import operations as events
from outreach.events.models import POSTER, Event, GuestType, Invitation
from outreach.ops.demo import papers
from outreach.ops.demo.catalogue import Venture
from outreach.registrations import operations as registrations
from outreach.registrations import question_queries
from outreach.registrations.models import CONFIRMED, Registration
from outreach.registrations.question_models import AFTER

#: name, English, colour, order in lists, offered on the public form
TYPES = (
    ("知名人士", "Notable", "gold", 10, False),
    ("签约客商", "Signing", "red", 20, False),
    ("客商", "Investor", "blue", 30, True),
    ("媒体", "Press", "violet", 40, True),
    ("工作人员", "Staff", "green", 50, False),
)
EXCUSES = ("当日在国外出差", "公司年会时间冲突", "家中有事", "已安排其他会议")
LETTER = (
    "家乡的发展离不开每一位游子。我们将在{city}与您共叙乡情、共谋发展，汇报家乡近年来的变化，"
    "也想听听您的建议。诚邀您拨冗出席。"
)
_OPINIONS = (
    "会议紧凑，收获很大。",
    "希望多安排项目对接时间。",
    "建议增加返乡政策答疑环节。",
    "住宿安排周到。",
)


@dataclass(frozen=True)
class Replies:
    """How many of the invited say yes, say no; every n-th of the first brings somebody along (0: nobody)."""

    yes: int
    no: int
    companion_every: int = 0


def people(
    unit: Unit, most: int, ventures: Sequence[Venture], *where, first: ColumnElement[bool] | None = None
) -> list[Person]:
    """Whom a county invites: who signs, then whoever is ``first``, then the key list, all with a number."""
    within, names = below(unit), [one.company for one in ventures]
    signs = Person.posts.any(Post.organisation.has(Organisation.name.in_(names)))
    nearest = () if first is None else (db.case((first, 0), else_=1),)
    chosen = select(Person).where(
        Person.unit_id.in_(within), Person.phones.any(), signs | db.and_(True, *where)
    )
    return list(
        db.session.scalars(chosen.order_by(signs.desc(), *nearest, Person.tier.desc(), Person.id).limit(most))
    )


def draft(unit: Unit, by: User, *, starts: datetime, hours: int = 3, types=TYPES, **values) -> Event:
    """An event with its guest types, as a draft."""
    event = events.add_event(
        unit,
        starts_at=starts,
        ends_at=starts + timedelta(hours=hours),
        letter=LETTER.format(city=values["city"].removesuffix("市")),
        by=by,
        **{"summary_en": "", "venue_en": "", **values},
    )
    db.session.flush()
    usual = event.types[0]
    for name, name_en, colour, place, public in types:
        row = usual if name == "客商" else None
        events.save_type(
            event,
            row,
            by=by,
            name=name,
            name_en=name_en,
            colour=colour,
            place=place,
            capacity=None,
            approval=name == "媒体",
            public=public,
        )
    return event


def add_programme(event: Event, lines, by: User) -> None:
    """``lines``: (minutes, title, English, speaker), one after the other from the beginning."""
    moment = event.starts_at
    for minutes, title, title_en, speaker in lines:
        events.add_item(
            event, starts_at=moment, minutes=minutes, title=title, title_en=title_en, speaker=speaker, by=by
        )
        moment += timedelta(minutes=minutes)
    db.session.flush()


def add_cover(event: Event, line: str, colour: str, by: User) -> None:
    """The picture at the top of the page."""
    picture = papers.poster(event.title, line, colour)
    events.add_material(
        event, purpose=POSTER, title="主题海报", title_en="Poster", name="海报.png", content=picture, by=by
    )


def type_named(event: Event, name: str) -> GuestType:
    """The guest type of this name."""
    return next(row for row in event.types if row.name == name)


def invite(event: Event, chosen: list[Person], signing: int, waves: int, by: User) -> list[Invitation]:
    """Invite these, the first ``signing`` as those who sign; everybody is written to, in ``waves``."""
    events.invite(event, chosen, by=by, type=type_named(event, "客商"))
    rows = list(
        db.session.scalars(select(Invitation).where(Invitation.event_id == event.id).order_by(Invitation.id))
    )
    size = -(-len(rows) // waves)
    for number in range(waves):
        part = rows[number * size : (number + 1) * size]
        events.sort_invitations(part, type=None, wave=f"第{'一二三四'[number]}批", by=by)
    events.sort_invitations(rows[:signing], type=type_named(event, "签约客商"), wave="", by=by)
    notables = rows[signing : signing + 9]
    events.sort_invitations(notables, type=type_named(event, "知名人士"), wave="", by=by)
    for row in rows:
        events.hand_on(row, channel="copied", by=by)
    db.session.flush()
    return rows


def reply(rows: list[Invitation], replies: Replies, first: datetime, last: datetime) -> None:
    """The invited answer one after the other between two moments; who is left stays silent."""
    count = replies.yes + replies.no
    for number, row in enumerate(rows[:count]):
        with clock.at(first + (last - first) * number / max(count, 1)):
            if number >= replies.yes:
                registrations.answer(row, answer="no", excuse=EXCUSES[number % len(EXCUSES)])
                continue
            every = replies.companion_every
            brings = bool(every) and number % every == every - 1
            _say_yes(row, number, [("随行人员", "")] if brings else [])
    db.session.flush()


def _say_yes(row: Invitation, number: int, companions: list[tuple[str, str]]) -> None:
    main = row.person.company
    registrations.answer(
        row,
        answer="yes",
        name=row.person.name,
        company=main.organisation.name if main else "个人",
        post=main.title if main else "",
        mobile=row.person.mobile,
        companions=companions,
        guest_book=number % 9 != 4,
        photos=number % 11 != 5,
    )


def guests(event: Event) -> list[Registration]:
    """Who has a place, in the order of their answers."""
    chosen = select(Registration).where(Registration.event_id == event.id, Registration.state == CONFIRMED)
    return list(db.session.scalars(chosen.order_by(Registration.id)))


def hold(event: Event, arrived: int, by: User, door: User) -> None:
    """The first ``arrived`` guests come in at two gates in the last forty minutes before it begins;
    then it is held.
    """
    first, second = (checkin.add_gate(event, name=name, by=by) for name in ("一号门", "二号门"))
    db.session.flush()
    there = guests(event)[:arrived]
    pace = timedelta(minutes=40) / max(len(there), 1)
    for number, guest in enumerate(there):
        with clock.at(event.starts_at - timedelta(minutes=2) - pace * (len(there) - number)):
            key = f"demo-scan-{event.id}-{number:08d}"
            gate = second if number % 2 else first
            checkin.admit(event, guest, key=key, gate=gate, device_at=None, by=door)
    with clock.at(event.ends_at):
        events.hold(event, by=by)


def afterwards(event: Event, opinions: int, words: str, by: User) -> None:
    """Thanks the next morning, and what the first ``opinions`` guests thought of it."""
    with clock.at(event.ends_at + timedelta(hours=20)):
        registrations.ask_the_usual(event, by=by)
        registrations.thank(event, guests(event), words=words, channel="sms", by=by)
    questions = question_queries.questions(event, AFTER)
    for number, guest in enumerate(guests(event)[:opinions]):
        given = {
            question.id: question.choices[(number * (place + 2)) % 7 % len(question.choices)]
            for place, question in enumerate(questions[:4])
        }
        if number % 6 == 0:
            given[questions[4].id] = _OPINIONS[number // 6 % len(_OPINIONS)]
        with clock.at(event.ends_at + timedelta(hours=22 + number % 30)):
            registrations.keep_answers(guest, given, AFTER)
