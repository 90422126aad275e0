"""What is followed up in the demo: monthly reports, a second ceremony and an increase, supervision,
a joint meeting, notes, leads.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import db
from outreach.directory.models import Person
from outreach.ops.demo import papers
from outreach.ops.demo.accounts import PUYANG, STAFF
from outreach.ops.demo.projects import office_hour
from outreach.ops.demo.story import days_ago
from outreach.pipeline import operations
from outreach.pipeline.agreement_models import CEREMONIAL, CONTRACT, INCREASE, LETTER, Agreement
from outreach.pipeline.models import RUNNING, Project

#: what 智能家居产业园 grew by after its first contract (万元)
MORE_WAN = 2_000
REPORT_DAY, LATE_DAY = 3, 9
MONTHS = 3


def make(projects: dict[str, Project], units: dict[str, Unit], users: dict[str, User]) -> None:
    """Everything of it; the months before the last are locked at the end."""
    for number, project in enumerate(projects.values()):
        _reports(number, project)
    _sign_again(projects["智能家居产业园"].agreement, users["officer"], users["organiser"])
    stuck = projects["医养结合康养小镇"]
    _supervise(stuck, users)
    _meet(stuck, users)
    _notes(projects, users)
    _lead(units[PUYANG], users["puyang-officer"])
    last = clock.today().replace(day=1) - relativedelta(months=1)
    for place, unit in units.items():
        operations.lock_month(unit, last - relativedelta(months=1), by=users[STAFF[place][0]])


def _reports(number: int, project: Project) -> None:
    """Three monthly reports of every project under contract;
    one in nine owes the last, one in seven sent it late.
    """
    if project.state != RUNNING or "contract" not in project.standing:
        return
    contract = project.standing["contract"].happened_on
    for back in range(MONTHS, 0, -1):
        month = clock.today().replace(day=1) - relativedelta(months=back)
        missing = back == 1 and number % 9 == 4
        if missing or month < contract.replace(day=1):
            continue
        day = LATE_DAY if back == 1 and number % 7 == 2 else REPORT_DAY
        with clock.at(_in_next_month(month, day)):
            _report(project, month, back)


def _in_next_month(month: date, day: int) -> datetime:
    return min(datetime.combine(month + relativedelta(months=1, day=day), time(16), clock.HOME), clock.now())


def _report(project: Project, month: date, back: int) -> None:
    producing, built = ("production" in project.standing, "construction" in project.standing)
    operations.report_month(
        project,
        month=month,
        completed_wan=project.paid_in_wan * (10 - back) / 10,
        jobs=project.jobs_promised * (10 - back) // (10 if producing else 16) if built else 0,
        output_wan=Decimal(project.jobs_promised * 2) if producing else None,
        tax_wan=None,
        progress="正常生产" if producing else "主体施工" if built else "办理前期手续",
        correction="",
        by=project.officer,
    )


def _sign_again(first: Agreement, officer: User, checker: User) -> None:
    """智能家居 was signed once more for the cameras, counted nowhere;
    and it grew: only the difference counts.
    """
    common = {
        "stated": "",
        "event": None,
        "person": first.person,
        "by": officer,
        "contract_by": None,
        "first": first,
        "company": first.organisation.name,
    }
    ceremony, increase = clock.today() - timedelta(days=120), clock.today() - timedelta(days=50)
    with clock.at(office_hour(ceremony, 1)):
        operations.sign(
            first.unit,
            kind=LETTER,
            title=f"{first.title}（集中签约）",
            signed_on=ceremony,
            intended_wan=Decimal(first.intended_wan),
            contracted_wan=None,
            counts_as=CEREMONIAL,
            **common,
        )
    with clock.at(office_hour(increase, 1)):
        grown = operations.sign(
            first.unit,
            kind=CONTRACT,
            title=f"{first.title}二期增资",
            signed_on=increase,
            intended_wan=None,
            contracted_wan=Decimal(MORE_WAN),
            counts_as=INCREASE,
            **common,
        )
        db.session.flush()
        number = f"公竞审〔{increase.year}〕86号"
        operations.review(grown, number=number, day=increase, passed=True, by=checker)
        scan = papers.scan(grown, "增资合同")
        operations.add_paper(grown, file_name="增资合同.pdf", content=scan, by=officer)


def _supervise(project: Project, users: dict[str, User]) -> None:
    """A contract without a building site: a reminder that ran out, a supervision order that is answered;
    what holds it up.
    """
    by = users["organiser"]
    with clock.at(days_ago(40)):
        today = clock.today()
        operations.raise_concern(
            project, text="二期用地指标", owner="自然资源局", due_on=today + timedelta(days=52), by=by
        )
        operations.issue_notice(
            project,
            level="reminder",
            addressee="县商务局",
            text="合同已签，请于时限内明确开工时间。",
            due_on=today + timedelta(days=20),
            by=by,
        )
    with clock.at(days_ago(9)):
        order = operations.issue_notice(
            project,
            level="supervision",
            addressee="县商务局",
            text="请说明未开工原因及整改措施。",
            due_on=clock.today() + timedelta(days=16),
            by=by,
        )
    with clock.at(days_ago(5)):
        operations.answer_notice(order, answer="用地规划已报批，预计下月挂牌。", by=users["officer"])


def _meet(project: Project, users: dict[str, User]) -> None:
    """The joint meeting of last week decided about the land; the power supply is still open."""
    with clock.at(days_ago(12)):
        operations.raise_concern(
            project,
            text="临时用电增容",
            owner="县供电公司",
            due_on=clock.today() + timedelta(days=18),
            by=users["officer"],
        )
    with clock.at(days_ago(7)):
        today, by = clock.today(), users["organiser"]
        meeting = operations.plan_meeting(
            project.unit,
            title="招商项目联席会议（第三次）",
            held_on=today,
            place="县政府三楼会议室",
            chair="常务副县长",
            by=by,
        )
        for item in meeting.items:
            if item.topic == "二期用地指标":
                operations.decide_item(
                    item,
                    decision="由自然资源局会同开发区调剂用地指标，月底前完成报批。",
                    owner="自然资源局",
                    due_on=today + timedelta(days=27),
                    settled=False,
                    by=by,
                )
        operations.close_meeting(meeting, present="商务局、自然资源局、供电公司、开发区管委会", by=by)


def _notes(projects: dict[str, Project], users: dict[str, User]) -> None:
    """Notes from four sites, two with a drawn picture."""
    for number, (title, text, floors) in enumerate(
        (
            ("医养结合康养小镇", "现场已平整，围挡完成一半，企业反映临时用电容量不足。", 0),
            ("食用菌全产业链", "二号车间主体到三层，菌包生产线下月进场。", 3),
            ("绿色涂料生产线", "设备基础浇筑完成，企业希望协调危化品仓储手续。", 0),
            ("绿色建材产业园", "一期两条线满负荷，二期厂房封顶。", 4),
        )
    ):
        project = projects[title]
        picture = [("现场.png", papers.photograph(f"{project.name}现场", floors))] if floors else []
        with clock.at(days_ago(2 + number, 16)):
            operations.add_note(
                project,
                key=f"demo-note-{number:010d}",
                text=text,
                seen_by="all",
                attached=picture,
                by=project.officer,
            )


def _lead(unit: Unit, officer: User) -> None:
    """A lead that a visit in Suzhou brought."""
    person = db.session.scalar(
        select(Person)
        .where(Person.unit.has(Unit.path.startswith(unit.path)), Person.city == "苏州市")
        .limit(1)
    )
    with clock.at(days_ago(6)):
        lead = operations.open_lead(
            unit,
            name="精细化工助剂车间",
            company="苏州濮化助剂有限公司",
            officer=officer,
            person=person,
            source="苏州走访",
            by=officer,
        )
        db.session.flush()
        day = clock.today() + timedelta(days=8)
        operations.plan_step(lead, text="邀请企业来县考察化工园区", due_on=day, by=officer)
