"""The demo's summits that took place: Beijing of 清丰县 (237 arrivals),
Beijing of 范县 two weeks ago with everything, two of 濮阳县.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import db
from outreach.events import operations as events
from outreach.events.models import Event
from outreach.ops.demo import story
from outreach.ops.demo.catalogue import Venture
from outreach.ops.demo.summits import (
    Replies,
    add_cover,
    add_programme,
    afterwards,
    draft,
    guests,
    hold,
    invite,
    people,
    reply,
    type_named,
)
from outreach.reception import operations as reception
from outreach.reception.models import ROWS
from outreach.reception.travel_models import Pickup, Room, Stay
from outreach.registrations.models import Registration

#: Beijing of 清丰县, as the reply of the bureau has it: 237 came
INVITED, YES, NO, COMPANION_EVERY, ARRIVED = 320, 240, 42, 21, 237
_PROGRAMME = (
    (20, "嘉宾报到", "Arrival", ""),
    (10, "县情推介", "The county today", "县人民政府"),
    (40, "乡贤代表发言", "Voices of those who left", "在外企业家代表"),
    (30, "项目签约", "Signing", ""),
    (80, "座谈交流", "Round table", ""),
)
_CARS = (("豫J·演001", "刘师傅"), ("豫J·演002", "赵师傅"), ("豫J·演003", "孙师傅"))


def beijing(unit: Unit, signing: Sequence[Venture], users: dict[str, User]) -> Event:
    """Ten months ago: 320 invited, 240 said yes and brought eleven, 42 declined, 237 arrived;
    seats, badges, thanks, feedback.
    """
    by, starts = users["organiser"], story.saturday(300, 9)
    with clock.at(starts - timedelta(days=45)):
        event = draft(
            unit,
            by,
            starts=starts,
            title="清丰县返乡入乡创业（北京）恳谈暨“双招双引”推介会",
            title_en="Qingfeng County Homecoming Summit, Beijing",
            summary="向在京清丰籍乡贤汇报家乡变化，推介家居、食品、新能源产业机会，现场签约。",
            summary_en="What has changed at home, where the chances are, and agreements signed on the spot.",
            city="北京市",
            venue="中原大厦 一层会议厅",
            venue_en="Zhongyuan Hotel, Hall 1",
            address="海淀区",
            capacity=300,
            most_companions=2,
            contact="清丰县招商服务中心 0393-7200000",
            hosts="主办：中共清丰县委、清丰县人民政府；承办：清丰县商务局、北京濮阳商会",
        )
        add_programme(event, _PROGRAMME, by)
        add_cover(event, "共叙乡情 · 共谋发展", "#9a3324", by)
        events.publish(event, by=by)
    with clock.at(starts - timedelta(days=38)):
        rows = invite(event, people(unit, INVITED, signing), len(signing), 2, by)
    first, last = starts - timedelta(days=37), starts - timedelta(days=4)
    reply(rows, Replies(YES, NO, COMPANION_EVERY), first, last)
    with clock.at(starts - timedelta(days=2)):
        _seat(event, rows=14, seats=18, by=by)
    hold(event, ARRIVED, by, users["gate"])
    afterwards(event, 60, "感谢您出席恳谈会，家乡永远是您的后盾。", by)
    return event


def _seat(event: Event, *, rows: int, seats: int, by: User) -> None:
    """A hall with a platform of nine for the notables, everybody seated by guest type;
    badges printed once.
    """
    hall = reception.add_hall(
        event, name="主会场", kind=ROWS, rows=rows, seats=seats, platform=9, even_rule="A", by=by
    )
    db.session.flush()
    reception.propose(hall, platform_type=type_named(event, "知名人士").id, block="type", keep_rows=1, by=by)
    reception.number_badges(event, guests(event), by=by)


def fanxian(unit: Unit, signing: Sequence[Venture], users: dict[str, User]) -> Event:
    """Two weeks ago, complete from the first invitation to the last opinion:
    cars, rooms, seats, badges, signing, thanks.
    """
    by, starts = users["fanxian"], story.saturday(10, 9)
    with clock.at(starts - timedelta(days=35)):
        event = draft(
            unit,
            by,
            starts=starts,
            title="“雁归范水”范县返乡创业（北京）恳谈会",
            title_en="Fan County Homecoming Summit, Beijing",
            summary="介绍范县发展变化和返乡创业政策，为在京乡贤提供创业咨询，"
            "现场签订返乡创业意向书和劳务合作框架协议。",
            summary_en="The county today, support for founders, advice, "
            "letters of intent and labour agreements.",
            city="北京市",
            venue="大河宾馆 三层多功能厅",
            venue_en="Dahe Hotel, 3rd floor",
            address="丰台区",
            capacity=120,
            most_companions=1,
            asks_travel=True,
            asks_room=True,
            contact="范县投资促进中心 0393-5260000",
            hosts="主办：中共范县县委、范县人民政府；承办：范县投资促进中心、北京濮阳商会",
        )
        add_programme(event, _PROGRAMME, by)
        add_cover(event, "雁归范水 · 共创未来", "#1b5a6e", by)
        events.publish(event, by=by)
        for one in signing:
            reception.save_signing(
                event,
                None,
                unit=unit,
                title=one.title,
                company=one.company,
                signer="县投资促进中心主任",
                counterpart="董事长",
                witness="县委、县政府主要领导",
                intended_wan=one.intended,
                by=by,
            )
    with clock.at(starts - timedelta(days=30)):
        rows = invite(event, people(unit, 110, signing), len(signing), 2, by)
    reply(rows, Replies(78, 15, 13), starts - timedelta(days=29), starts - timedelta(days=5))
    with clock.at(starts - timedelta(days=4)):
        receive(event, by)
    with clock.at(starts - timedelta(days=2)):
        _seat(event, rows=7, seats=14, by=by)
    hold(event, 76, by, by)
    afterwards(event, 40, "感谢您出席“雁归范水”恳谈会，期待您常回家看看。", by)
    return event


def receive(event: Event, by: User) -> None:
    """A third of the guests come by train and are fetched, half need a room; cars and rooms are given out."""
    arrival = event.starts_at - timedelta(hours=16)
    for number, guest in enumerate(guests(event)):
        if number % 3 == 0:
            reception.state_journey(
                guest,
                "in",
                at=arrival + timedelta(minutes=20 * (number % 9)),
                vehicle="train",
                number=f"G{1500 + number % 5}",
                station="北京西站" if event.city == "北京市" else "深圳北站",
                wanted=True,
                by=by,
            )
        if number % 2 == 0:
            day = event.first_day
            reception.state_stay(
                guest,
                from_on=day - timedelta(days=1),
                until_on=day + timedelta(days=1),
                shares_with="",
                by=by,
            )
    db.session.flush()
    reception.propose_pickups(event, "in", by=by)
    db.session.flush()
    cars = db.session.scalars(select(Pickup).where(Pickup.event_id == event.id).order_by(Pickup.id)).all()
    for number, pickup in enumerate(cars):
        car, driver = _CARS[number % len(_CARS)]
        reception.save_pickup(pickup, at=pickup.at, station=pickup.station, car=car, driver=driver, by=by)
    stays = db.session.scalars(
        select(Stay).join(Registration).where(Registration.event_id == event.id).order_by(Stay.id)
    ).all()
    numbers = [str(801 + number) for number in range(-(-len(stays) // 2))]
    reception.add_rooms(event, hotel=event.venue.split(" ", maxsplit=1)[0], numbers=numbers, beds=2, by=by)
    db.session.flush()
    rooms = db.session.scalars(select(Room).where(Room.event_id == event.id).order_by(Room.id)).all()
    for number, stay in enumerate(stays):
        reception.give_room(stay, rooms[number // 2], by=by)
    db.session.flush()


def of_puyang(unit: Unit, signing: dict[str, list[Venture]], users: dict[str, User]) -> dict[str, Event]:
    """Shanghai fourteen months ago and Chongqing twenty-one months ago,
    where the county's larger contracts were signed.
    """
    told = {}
    for key, city, venue, ago in (
        ("shanghai", "上海市", "浦江宾馆 二层报告厅", 430),
        ("chongqing", "重庆市", "雾都宾馆 一层会议厅", 640),
    ):
        by, starts = users["puyang"], story.saturday(ago, 9)
        with clock.at(starts - timedelta(days=30)):
            event = draft(
                unit,
                by,
                starts=starts,
                title=f"濮阳县返乡创业（{city.removesuffix('市')}）推介会",
                title_en=f"Puyang County Homecoming Summit, {key.title()}",
                summary="推介濮阳县产业和返乡创业政策，乡贤代表座谈，项目签约。",
                city=city,
                venue=venue,
                address="",
                capacity=100,
                contact="濮阳县投资促进中心 0393-3200000",
            )
            add_programme(event, _PROGRAMME, by)
            events.publish(event, by=by)
            chosen = people(unit, 40, signing[key])
            rows = invite(event, chosen, len(signing[key]), 1, by)
        reply(rows, Replies(30, 6), starts - timedelta(days=28), starts - timedelta(days=3))
        hold(event, 27, by, by)
        told[key] = event
    return told
