"""The demo's two summits of 清丰县: Beijing, held, with 237 arrivals; Shenzhen, open for registration."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from outreach.accounts.models import Unit, User
from outreach.accounts.queries import below
from outreach.checkin import operations as checkin
from outreach.checkin.models import Scan
from outreach.core import clock
from outreach.core.db import db
from outreach.directory.models import KEY, Person
from outreach.events import operations as events
from outreach.events.models import Event, Invitation
from outreach.reception import operations as reception
from outreach.registrations import operations as registrations
from outreach.registrations import question_queries
from outreach.registrations.models import CONFIRMED, Registration
from outreach.registrations.question_models import AFTER

ARRIVED, GUESTS, INVITED = 237, 251, 320


def _people(unit: Unit, most: int, *where) -> list[Person]:
    within = below(unit)
    return list(
        db.session.scalars(
            select(Person)
            .where(Person.unit_id.in_(within), *where)
            .order_by(Person.tier.desc(), Person.id)
            .limit(most)
        )
    )


def _programme(event: Event, lines) -> None:
    moment = event.starts_at
    for minutes, title, title_en, speaker in lines:
        events.add_item(
            event, starts_at=moment, minutes=minutes, title=title, title_en=title_en, speaker=speaker, by=None
        )
        moment += timedelta(minutes=minutes)


def beijing(unit: Unit, users: dict[str, User]) -> Event:
    """Held on 2023-11-18: 320 invited, 251 with a place, 237 arrived."""
    starts = datetime(2023, 11, 18, 1, 0, tzinfo=UTC)
    event = events.add_event(
        unit,
        title="清丰县返乡入乡创业（北京）恳谈暨“双招双引”推介会",
        title_en="Qingfeng County Homecoming Summit, Beijing",
        summary="共叙乡情、共谋发展。",
        summary_en="Old friends, new plans.",
        city="北京市",
        venue="中原大厦 一层会议厅",
        venue_en="Zhongyuan Hotel, Hall 1",
        address="海淀区",
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        capacity=300,
        contact="清丰县招商服务中心 0393-7200000",
        by=users["organiser"],
    )
    _programme(
        event,
        (
            (20, "嘉宾报到", "Arrival", ""),
            (10, "县情推介", "The county today", "清丰县人民政府"),
            (40, "乡贤代表发言", "Voices from Beijing", "在京清丰籍企业家代表"),
            (30, "项目签约", "Signing", ""),
            (80, "座谈交流", "Round table", ""),
        ),
    )
    people = _people(unit, INVITED, Person.phones.any())
    events.publish(event, by=users["organiser"])
    events.invite(event, people, by=users["organiser"])
    gates = [checkin.add_gate(event, name=name, by=users["organiser"]) for name in ("一号门", "二号门")]
    for number, person in enumerate(people[:GUESTS]):
        post = person.company
        registration = registrations.register_by_hand(
            event,
            request_key=f"demo-beijing-{number:06d}",
            name=person.name,
            company=post.organisation.name if post else "个人",
            post=post.title if post else "",
            mobile=person.mobile,
            email="",
            guest_book=number % 9 != 4,
            photos=number % 11 != 5,
            by=users["organiser"],
        )
        registration.registered_at = starts - timedelta(days=20, minutes=7 * number)
        if number < ARRIVED:
            said = checkin.admit(
                event,
                registration,
                key=f"demo-scan-{number:010d}",
                gate=gates[number % 2],
                device_at=None,
                by=users["gate"],
            )
            scan = db.session.get_one(Scan, said.id)
            scan.at = scan.received_at = starts - timedelta(seconds=11 * (ARRIVED - number))
    events.hold(event, by=users["organiser"])
    _feedback(event, users["organiser"])
    return event


def _feedback(event: Event, by: User) -> None:
    """Sixty guests of Beijing said what they thought of it."""
    registrations.ask_the_usual(event, by=by)
    questions = question_queries.questions(event, AFTER)
    words = (
        "会议紧凑，收获很大。",
        "希望多安排项目对接时间。",
        "建议增加返乡政策答疑环节。",
        "住宿安排周到。",
    )
    guests = db.session.scalars(
        select(Registration).where(Registration.event_id == event.id).order_by(Registration.id).limit(60)
    )
    for number, guest in enumerate(guests):
        given = {
            question.id: question.choices[(number * (place + 2)) % 7 % len(question.choices)]
            for place, question in enumerate(questions[:4])
        }
        if number % 6 == 0:
            given[questions[4].id] = words[number // 6 % len(words)]
        registrations.keep_answers(guest, given, AFTER)


def shenzhen(unit: Unit, users: dict[str, User]) -> Event:
    """In three weeks: the key people who live in Shenzhen are invited, a dozen have answered."""
    today = clock.today()
    starts = datetime(today.year, today.month, today.day, 6, 30, tzinfo=UTC) + timedelta(days=21)
    event = events.add_event(
        unit,
        title="清丰县返乡创业（深圳）恳谈会",
        title_en="Qingfeng County Homecoming Summit, Shenzhen",
        summary="诚邀在深清丰籍乡贤：听家乡变化，看产业机会，谈返乡项目。现场设政策咨询、项目洽谈与签约环节，备有茶歇与晚宴。",
        summary_en="For everyone from Qingfeng who lives in Shenzhen: what has changed at home, where the chances are, and people who can answer questions about land, loans and start-up support. Tea and dinner are served.",
        city="深圳市",
        venue="五洲宾馆 二层深圳厅",
        venue_en="Wuzhou Guest House, Shenzhen Hall (2nd floor)",
        address="福田区深南大道6001号",
        starts_at=starts,
        ends_at=starts + timedelta(hours=5),
        capacity=200,
        contact="清丰县招商服务中心 0393-7200000",
        by=users["organiser"],
        hosts="主办：中共清丰县委、清丰县人民政府；承办：清丰县商务局、深圳市清丰商会",
        most_companions=2,
        reply_by=starts - timedelta(days=4),
        offer_hours=24,
        asks_travel=True,
        asks_room=True,
        letter="家乡的发展离不开每一位游子。我们将在深圳与您共叙乡情、共谋发展，汇报家乡两年来的变化，也想听听您的建议。诚邀您拨冗出席。",
    )
    for name, name_en, colour, place, public in _TYPES:
        events.save_type(
            event,
            None,
            by=users["organiser"],
            name=name,
            name_en=name_en,
            colour=colour,
            place=place,
            capacity=None,
            approval=name == "媒体",
            public=public,
        )
    _programme(
        event,
        (
            (30, "嘉宾报到", "Arrival and registration", ""),
            (15, "领导致辞", "Opening", "清丰县人民政府"),
            (25, "县情与产业推介", "The county and its industries", "县商务局"),
            (20, "返乡创业政策解读", "Support for founders who come home", "县人社局"),
            (40, "乡贤代表发言", "Voices from Shenzhen", "在深清丰籍企业家代表"),
            (30, "项目签约", "Signing", ""),
            (120, "交流晚宴", "Dinner", ""),
        ),
    )
    events.publish(event, by=users["organiser"])
    _ceremony(event, unit, users["organiser"])
    people = _people(unit, 60, Person.phones.any(), (Person.city == "深圳市") | (Person.tier == KEY))
    events.invite(event, people, by=users["organiser"])
    for name in ("一号门", "二号门"):
        checkin.add_gate(event, name=name, by=users["organiser"])
    _answers(event, users["organiser"])
    _dinner(event, users["organiser"])
    return event


def _dinner(event: Event, by: User) -> None:
    """The dinner asks who comes; eight have said so."""
    dinner = next(item for item in event.programme if item.title == "交流晚宴")
    events.edit_item(dinner, by=by, venue="五洲宾馆 一层宴会厅", sign_up=True, capacity=120)
    db.session.flush()
    chosen = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == CONFIRMED)
        .order_by(Registration.id)
    )
    for guest in db.session.scalars(chosen.limit(8)):
        registrations.sign_up(guest, dinner)


def _ceremony(event: Event, unit: Unit, by: User) -> None:
    """Three signatures are planned for the stage."""
    planned = (
        ("智能家居产业园项目", "深圳市前海某智能家居有限公司", 30_000, "董事长 潘某"),
        ("预制菜加工基地项目", "广东某食品集团有限公司", 12_000, "总经理 李某"),
        ("劳务协作框架协议", "深圳市某人力资源有限公司", None, "总经理 王某"),
    )
    for title, company, amount, counterpart in planned:
        reception.save_signing(
            event,
            None,
            unit=unit,
            title=title,
            company=company,
            signer="县商务局局长",
            counterpart=counterpart,
            witness="县委、县政府主要领导",
            intended_wan=Decimal(amount) if amount else None,
            by=by,
        )


_TYPES = (
    ("知名人士", "Notable", "gold", 10, False),
    ("签约客商", "Signing", "red", 20, False),
    ("客商", "Investor", "blue", 30, True),
    ("媒体", "Press", "violet", 40, True),
    ("工作人员", "Staff", "green", 50, False),
)


def _answers(event: Event, by: User) -> None:
    """The form asks for a diet. Forty were written to; twelve come (two bring somebody, one sends somebody), four do not."""
    registrations.save_question(
        event,
        None,
        by=by,
        label="饮食要求",
        label_en="Diet",
        kind="choice",
        choices=["无", "素食", "少盐少油"],
        hint="",
        required=False,
        place=10,
        types=[],
        when_id=None,
        when_value="",
        keep_days=30,
    )
    rows = list(
        db.session.scalars(select(Invitation).where(Invitation.event_id == event.id).order_by(Invitation.id))
    )
    types = {row.name: row for row in event.types}
    for number, row in enumerate(rows[:40]):
        events.sort_invitations(
            [row], type=types[("知名人士", "签约客商", "客商", "客商")[number % 4]], wave="第一批", by=by
        )
        events.hand_on(row, channel="copied", by=by)
        post = row.person.company
        if number < 12:
            registrations.answer(
                row,
                answer="proxy" if number == 5 else "yes",
                name="潘晓东" if number == 5 else row.person.name,
                company=post.organisation.name if post else "个人",
                post=post.title if post else "",
                mobile="15480005555" if number == 5 else row.person.mobile,
                companions=[("随行秘书", "")] if number in (2, 7) else [],
                guest_book=number % 5 != 3,
                photos=number % 4 != 1,
            )
        elif number < 16:
            registrations.answer(row, answer="no", excuse="当日在国外出差")
