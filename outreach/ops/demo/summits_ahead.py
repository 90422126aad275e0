"""The demo's summits to come: Shenzhen of 清丰县 in three weeks, in the middle of its preparation;
Chongqing as a draft.
"""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from outreach.accounts.models import Unit, User
from outreach.checkin import operations as checkin
from outreach.core import clock
from outreach.core.db import db
from outreach.directory.models import KEY, Person
from outreach.events import operations as events
from outreach.events.models import Event, Invitation
from outreach.ops.demo import guests_told, story
from outreach.ops.demo.summits import (
    EXCUSES,
    add_cover,
    add_programme,
    draft,
    guests,
    people,
    type_named,
)
from outreach.ops.demo.summits_held import receive
from outreach.reception import operations as reception
from outreach.reception.models import ROWS
from outreach.registrations import operations as registrations

_PROGRAMME = (
    (30, "嘉宾报到", "Arrival and registration", ""),
    (15, "领导致辞", "Opening", "清丰县人民政府"),
    (25, "县情与产业推介", "The county and its industries", "县商务局"),
    (20, "返乡创业政策解读", "Support for founders who come home", "县人社局"),
    (40, "乡贤代表发言", "Voices from Shenzhen", "在深清丰籍企业家代表"),
    (30, "项目签约", "Signing", ""),
    (120, "交流晚宴", "Dinner", ""),
)
_SIGNINGS = (
    ("智能家居产业园项目", "深圳前海澶居智能家居有限公司", 30_000, "董事长 潘卫东"),
    ("预制菜加工基地项目", "广州粤丰食品有限公司", 12_000, "总经理 李国强"),
    ("劳务协作框架协议", "深圳乡勤人力资源有限公司", None, "总经理 王海燕"),
)


def shenzhen(unit: Unit, users: dict[str, User]) -> Event:
    """In three weeks: sixty invited, forty written to, twelve come (two bring somebody, one sends somebody),
    four do not.
    """
    by, starts = users["organiser"], story.days_ago(-21, 14) + timedelta(minutes=30)
    with clock.at(story.days_ago(20)):
        event = draft(
            unit,
            by,
            starts=starts,
            hours=5,
            title="清丰县返乡创业（深圳）恳谈会",
            title_en="Qingfeng County Homecoming Summit, Shenzhen",
            summary="诚邀在深清丰籍乡贤：听家乡变化，看产业机会，谈返乡项目。"
            "现场设政策咨询、项目洽谈与签约环节，备有茶歇与晚宴。",
            summary_en="For everyone from Qingfeng who lives in Shenzhen: what has changed at home, "
            "where the chances are, and people who can answer questions about land, loans and "
            "start-up support. Tea and dinner are served.",
            city="深圳市",
            venue="五洲宾馆 二层深圳厅",
            venue_en="Wuzhou Guest House, Shenzhen Hall (2nd floor)",
            address="福田区深南大道6001号",
            capacity=200,
            contact="清丰县招商服务中心 0393-7200000",
            hosts="主办：中共清丰县委、清丰县人民政府；承办：清丰县商务局、深圳市濮阳商会",
            most_companions=2,
            reply_by=starts - timedelta(days=4),
            offer_hours=24,
            asks_travel=True,
            asks_room=True,
        )
        add_programme(event, _PROGRAMME, by)
        add_cover(event, "诚邀在深清丰籍乡贤", "#1f7a4d", by)
        _ask_diet(event, by)
        events.publish(event, by=by)
        for title, company, amount, counterpart in _SIGNINGS:
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
        where = (Person.city == "深圳市") | (Person.tier == KEY)
        invited = people(unit, 60, (), where, first=Person.city == "深圳市")
        events.invite(event, invited, by=by, type=type_named(event, "客商"))
        for name in ("一号门", "二号门"):
            checkin.add_gate(event, name=name, by=by)
        db.session.flush()
    guests_told.prepare(event, by)
    _replies(event, by)
    guests_told.register(event, by)
    with clock.at(story.days_ago(1, 15)):
        _dinner(event, by)
        receive(event, by)
        reception.add_hall(
            event, name="深圳厅", kind=ROWS, rows=10, seats=16, platform=7, even_rule="A", by=by
        )
    db.session.flush()
    return event


def _ask_diet(event: Event, by: User) -> None:
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


def _replies(event: Event, by: User) -> None:
    rows = db.session.scalars(
        select(Invitation).where(Invitation.event_id == event.id).order_by(Invitation.id)
    ).all()
    kinds = ("知名人士", "签约客商", "客商", "客商")
    for number, row in enumerate(rows[:40]):
        with clock.at(story.days_ago(14)):
            events.sort_invitations([row], type=type_named(event, kinds[number % 4]), wave="第一批", by=by)
            events.hand_on(row, channel="copied", by=by)
        with clock.at(story.days_ago(max(1, 13 - number), 9 + number % 9)):
            if number < 12:
                _come(row, number)
            elif number < 16:
                registrations.answer(row, answer="no", excuse=EXCUSES[number % len(EXCUSES)])
    db.session.flush()


def _come(row: Invitation, number: int) -> None:
    main, proxy = row.person.company, number == 5
    registrations.answer(
        row,
        answer="proxy" if proxy else "yes",
        name="潘晓东" if proxy else row.person.name,
        company=main.organisation.name if main else "个人",
        post=main.title if main else "",
        mobile="15480005555" if proxy else row.person.mobile,
        companions=[("随行秘书", "")] if number in (2, 7) else [],
        guest_book=number % 5 != 3,
        photos=number % 4 != 1,
    )


def _dinner(event: Event, by: User) -> None:
    """The dinner asks who comes; eight have said so."""
    dinner = next(item for item in event.programme if item.title == "交流晚宴")
    events.edit_item(dinner, by=by, venue="五洲宾馆 一层宴会厅", sign_up=True, capacity=120)
    db.session.flush()
    for guest in guests(event)[:8]:
        registrations.sign_up(guest, dinner)


def chongqing(unit: Unit, users: dict[str, User]) -> Event:
    """In eleven weeks, still a draft."""
    by = users["organiser"]
    with clock.at(story.days_ago(3)):
        event = draft(
            unit,
            by,
            starts=story.days_ago(-77, 9) + timedelta(minutes=30),
            title="清丰县返乡创业（重庆）恳谈会",
            title_en="Qingfeng County Homecoming Summit, Chongqing",
            summary="面向在渝清丰籍乡贤和客商，方案正在拟定。",
            city="重庆市",
            venue="（待定）",
            address="",
            capacity=120,
            contact="清丰县招商服务中心 0393-7200000",
            hosts="主办：清丰县人民政府",
        )
        add_programme(event, _PROGRAMME[:3], by)
    return event
