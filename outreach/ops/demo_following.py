"""The demo's second summit and everything that is followed up: plans, confirmations, monthly reports, a second ceremony, an increase, a stalled
project under supervision."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import db
from outreach.directory.models import Person
from outreach.events import operations as events
from outreach.events.models import Event
from outreach.ops import demo_proofs
from outreach.pipeline import operations
from outreach.pipeline.models import CEREMONIAL, CONTRACT, INCREASE, LANDED, LETTER, Agreement, Project
from outreach.registrations import operations as registrations

#: what 智能家居产业园 signed for in the first contract and in the increase: together the 32,000 万元 of the seed
FIRST_WAN, MORE_WAN = 30_000, 2_000
_PARKS = ("先进制造业开发区", "家居产业园", "食品加工园")


def chongqing(unit: Unit, user: User, projects: list[Project]) -> Event:
    """Held on 2022-05-20: some of the county's contracts were signed there."""
    starts = datetime(2022, 5, 20, 1, 0, tzinfo=UTC)
    event = events.add_event(
        unit,
        title="濮阳县返乡创业（重庆）推介会",
        title_en="Puyang County Homecoming Summit, Chongqing",
        summary="共叙乡情、共谋发展。",
        summary_en="",
        city="重庆市",
        venue="雾都宾馆",
        venue_en="",
        address="",
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        capacity=150,
        contact="濮阳县投资促进中心",
        by=user,
    )
    events.publish(event, by=user)
    guests = [project.agreement.person for project in projects if project.agreement.person]
    events.invite(event, guests, by=user)
    for number, person in enumerate(guests):
        registrations.register_by_hand(
            event,
            request_key=f"demo-chongqing-{number:04d}",
            name=person.name,
            company=person.company.organisation.name if person.company else "个人",
            post="",
            mobile=person.mobile or f"154{number:08d}",
            email="",
            by=user,
        )
    events.hold(event, by=user)
    for project in projects:
        days = date(2022, 5, 20) - project.agreement.signed_on
        project.agreement.event, project.agreement.signed_on = event, date(2022, 5, 20)
        for fact in project.milestones:
            fact.happened_on += days
    return event


def follow(projects: list[Project], users: dict[str, User]) -> None:
    """Plans and people for every project; the older facts confirmed by somebody else; reports of the last months."""
    today, checker = clock.today(), users["admin"]
    for number, project in enumerate(projects):
        signed = project.agreement.signed_on
        project.park, project.responsible = _PARKS[number % 3], ("商务局", "工信局", "农业农村局")[number % 3]
        project.service_officer, project.jobs_promised = (
            ("陈卫东", "刘敏", "赵海涛")[number % 3],
            40 + 35 * (number % 7),
        )
        project.planned_start, project.planned_production = (
            signed + timedelta(days=240),
            signed + timedelta(days=600),
        )
        for fact in (*project.milestones, *project.instalments):
            if (today - (getattr(fact, "happened_on", None) or fact.paid_on)).days > 120 and number % 5:
                demo_proofs.add(project, fact)
                operations.confirm(project, fact, by=checker)
        if "construction" in project.standing and number % 3:
            day = project.standing["construction"].happened_on + timedelta(days=45)
            operations.enter_milestone(
                project,
                kind="statistics",
                happened_on=min(day, today),
                amount_wan=None,
                note="",
                by=project.officer,
            )
        if any(kind in project.standing for kind in LANDED) and number % 6:
            _reports(project, today, project.officer or checker)


def _reports(project: Project, today: date, by: User) -> None:
    for back in (2, 1):
        month = (today - relativedelta(months=back)).replace(day=1)
        row = operations.report_month(
            project,
            month=month,
            completed_wan=project.paid_in_wan * (10 - back) / 10,
            jobs=project.jobs_promised * (10 - back) // 12,
            output_wan=None,
            tax_wan=None,
            progress="主体施工" if "production" not in project.standing else "正常生产",
            correction="",
            by=by,
        )
        late = timedelta(
            days=11 if project.id % 4 == 0 else 2
        )  # every fourth comes after the fifth of the month
        row.entered_at = datetime.combine(month + relativedelta(months=1), datetime.min.time(), UTC) + late


def sign_again(first: Agreement, users: dict[str, User]) -> None:
    """智能家居 was signed once more for the cameras, counted nowhere; and it grew: only the difference counts."""
    common = {
        "stated": "",
        "event": None,
        "person": first.person,
        "by": users["officer"],
        "contract_by": None,
        "first": first,
        "company": first.organisation.name,
    }
    operations.sign(
        first.unit,
        kind=LETTER,
        title=f"{first.title}（集中签约）",
        signed_on=date(2024, 3, 15),
        intended_wan=Decimal(120_000),
        contracted_wan=None,
        counts_as=CEREMONIAL,
        **common,
    )
    operations.sign(
        first.unit,
        kind=CONTRACT,
        title=f"{first.title}二期增资",
        signed_on=date(2024, 6, 6),
        intended_wan=None,
        contracted_wan=Decimal(MORE_WAN),
        counts_as=INCREASE,
        **common,
    )


def supervise(project: Project, users: dict[str, User]) -> None:
    """A contract without a building site: a reminder that ran out, a supervision order that is answered; what holds it up."""
    today, by = clock.today(), users["organiser"]
    operations.raise_concern(
        project, text="二期用地指标", owner="自然资源局", due_on=today + timedelta(days=12), by=by
    )
    first = operations.issue_notice(
        project,
        level="reminder",
        addressee="县商务局",
        text="合同已签，请于时限内明确开工时间。",
        due_on=today + timedelta(days=7),
        by=by,
    )
    first.issued_on, first.due_on = today - timedelta(days=40), today - timedelta(days=20)
    second = operations.issue_notice(
        project,
        level="supervision",
        addressee="县商务局",
        text="请说明未开工原因及整改措施。",
        due_on=today + timedelta(days=10),
        by=by,
    )
    operations.answer_notice(second, answer="用地规划已报批，预计下月挂牌。", by=users["officer"])


def note_and_meet(project: Project, users: dict[str, User]) -> None:
    """Two notes from the site; the joint meeting of last week that decided about the land."""
    officer, organiser = users["officer"], users["organiser"]
    week = clock.today() - timedelta(days=clock.today().weekday() + 5)
    for number, text in enumerate(
        (
            "现场已平整，围挡完成一半，企业反映临时用电容量不足。",
            "与企业负责人通话：设备采购合同已签，下月到货。",
        )
    ):
        operations.add_note(
            project, key=f"demo-note-{number:010d}", text=text, seen_by="all", attached=[], by=officer
        )
    operations.raise_concern(
        project, text="临时用电增容", owner="县供电公司", due_on=clock.today() + timedelta(days=6), by=officer
    )
    meeting = operations.plan_meeting(
        project.unit,
        title="招商项目联席会议（第三次）",
        held_on=week,
        place="县政府三楼会议室",
        chair="常务副县长",
        by=organiser,
    )
    for item in meeting.items:
        if item.topic == "二期用地指标":
            operations.decide_item(
                item,
                decision="由自然资源局会同开发区调剂用地指标，月底前完成报批。",
                owner="自然资源局",
                due_on=clock.today() + timedelta(days=20),
                settled=False,
                by=organiser,
            )
    operations.close_meeting(meeting, present="商务局、自然资源局、供电公司、开发区管委会", by=organiser)


def make(puyang: Unit, users: dict[str, User]) -> None:
    """Everything of it."""
    projects = list(db.session.scalars(select(Project).order_by(Project.id)).unique())
    mine = [project for project in projects if project.unit_id == puyang.id]
    chongqing(puyang, users["puyang"], mine[1:8])
    follow(projects, users)
    named = {project.agreement.title: project for project in projects}
    sign_again(named["智能家居产业园"].agreement, users)
    supervise(named["医养结合康养小镇"], users)
    note_and_meet(named["医养结合康养小镇"], users)
    lead = db.session.scalar(select(Person).where(Person.unit_id == puyang.id).limit(1))
    operations.open_lead(
        puyang,
        name="精细化工助剂车间",
        company="苏州某助剂公司",
        officer=users["puyang-officer"],
        person=lead,
        source="苏州走访",
        by=users["puyang-officer"],
    )
    db.session.flush()
