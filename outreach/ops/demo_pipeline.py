"""The demo's agreements and projects: 13 signatures in Beijing over 71.15 亿元, 27 landed projects across two counties."""

from datetime import date, timedelta
from decimal import Decimal

from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import db
from outreach.directory.models import Person
from outreach.events.models import Event
from outreach.ops import demo_following
from outreach.pipeline import operations
from outreach.pipeline.models import CONTRACT, FRAMEWORK, LABOUR, LETTER, Project
from outreach.registrations.models import Registration

#: Beijing: kind, industry, what it is, intended (万元), contracted (万元), how far it came, paid in (万元)
BEIJING = (
    (LETTER, "C", "智能家居产业园", 120_000, demo_following.FIRST_WAN, "production", 21_500),
    (LETTER, "A", "食用菌全产业链", 35_000, 16_500, "construction", 9_200),
    (LETTER, "C", "绿色涂料生产线", 28_000, 8_600, "construction", 3_100),
    (LETTER, "G", "冷链物流中心", 42_000, 7_200, "construction", 2_800),
    (LETTER, "I", "数字经济服务外包", 9_500, 1_800, "production", 1_650),
    (FRAMEWORK, "C", "板材家居配套", 88_000, 26_000, "registered", 1_200),
    (FRAMEWORK, "Q", "医养结合康养小镇", 150_000, 45_000, "contract", 0),
    (FRAMEWORK, "D", "农光互补光伏", 96_000, None, "intention", 0),
    (LETTER, "C", "新能源电池外壳", 60_000, None, "intention", 0),
    (LETTER, "F", "家居电商基地", 18_000, None, "intention", 0),
    (LETTER, "P", "职业技能实训学校", 12_000, None, "intention", 0),
    (LETTER, "R", "红色文旅综合体", 53_000, None, "intention", 0),
    (LABOUR, "L", "在京劳务协作", None, None, "intention", 0),
)
#: 濮阳县: industry, what it is, contracted (万元), how far it came, share of it paid in (percent)
PUYANG = (
    ("C", "新型化工材料一体化基地", 1_020_000, "construction", 12),
    *(
        (industry, name, amount, stage, share)
        for industry, name, amount, stage, share in (
            ("C", "电子元器件加工", 9_600, "capacity", 96),
            ("C", "防水卷材二期", 8_200, "production", 88),
            ("E", "装配式建筑构件", 7_800, "production", 75),
            ("A", "莲藕深加工", 6_400, "capacity", 100),
            ("G", "公铁联运物流园", 9_100, "construction", 41),
            ("C", "服装智能车间", 5_200, "production", 82),
            ("H", "乡宿集群", 3_600, "construction", 55),
            ("C", "医疗器械组装", 4_800, "production", 91),
            ("I", "呼叫中心", 1_500, "capacity", 100),
            ("A", "红薯种植加工", 2_300, "production", 94),
            ("C", "羽绒制品", 3_900, "construction", 38),
            ("F", "农产品批发市场", 6_900, "construction", 47),
            ("C", "铝制门窗", 2_700, "production", 90),
        )
    ),
    *(
        (industry, name, amount, "production", 100)
        for industry, name, amount in (
            ("A", "家庭农场", 320),
            ("O", "家政培训门店", 180),
            ("H", "返乡餐饮店", 260),
            ("F", "电商工作室", 150),
            ("C", "手工编织合作社", 480),
            ("C", "豆制品作坊升级", 640),
            ("G", "同城配送站", 210),
            ("A", "肉羊养殖", 860),
        )
    ),
)
_DAYS = {
    "intention": 0,
    "contract": 120,
    "registered": 170,
    "construction": 260,
    "production": 560,
    "capacity": 800,
}


def make(event: Event, puyang: Unit, qingfeng: Unit, users: dict[str, User]) -> None:
    """Everything of both counties."""
    guests = db.session.scalars(
        db.select(Registration)
        .where(Registration.event_id == event.id)
        .order_by(Registration.id)
        .limit(len(BEIJING))
    ).all()
    signed = date(2023, 11, 18)
    for guest, (kind, industry, name, intended, contracted, stage, paid) in zip(guests, BEIJING, strict=True):
        agreement = operations.sign(
            qingfeng,
            company=guest.company,
            kind=kind,
            title=name,
            signed_on=signed,
            intended_wan=Decimal(intended) if intended else None,
            contracted_wan=None,
            contract_by=signed + timedelta(days=180) if kind == FRAMEWORK else None,
            stated="",
            event=event,
            person=guest.person,
            by=users["officer"],
        )
        if kind != LABOUR:
            project = operations.start_project(
                agreement,
                name=f"{name}项目",
                officer=users["officer"],
                industry=industry,
                site="清丰县先进制造业开发区",
                by=users["officer"],
            )
            _advance(project, signed, stage, contracted, paid, users["officer"])
    _puyang(puyang, users["puyang-officer"])
    demo_following.make(puyang, users)


def _puyang(county: Unit, officer: User) -> None:
    people = db.session.scalars(
        db.select(Person)
        .where(Person.unit.has(Unit.parent_id == county.id), Person.posts.any())
        .order_by(Person.tier.desc(), Person.id)
        .limit(len(PUYANG))
    ).all()
    for number, (person, (industry, name, contracted, stage, share)) in enumerate(
        zip(people, PUYANG, strict=True)
    ):
        signed = date(2022, 3, 1) + timedelta(days=17 * number)
        agreement = operations.sign(
            county,
            company=person.company.organisation.name,
            kind=CONTRACT,
            title=name,
            signed_on=signed,
            intended_wan=None,
            contracted_wan=Decimal(contracted),
            contract_by=None,
            stated="",
            event=None,
            person=person,
            by=officer,
        )
        project = operations.start_project(
            agreement,
            name=f"{name}项目",
            officer=officer,
            industry=industry,
            site=person.unit.name,
            by=officer,
        )
        _advance(project, signed, stage, None, contracted * share // 100, officer)


def _advance(project: Project, signed: date, stage: str, contracted: int | None, paid: int, by: User) -> None:
    today = clock.today()
    for kind, days in _DAYS.items():
        if kind not in project.standing and kind != "intention":
            amount = Decimal(contracted) if kind == "contract" and contracted else None
            operations.enter_milestone(
                project,
                review="审〔2024〕6号" if kind == "contract" else "",
                kind=kind,
                happened_on=min(signed + timedelta(days=days), today),
                amount_wan=amount,
                note="",
                by=by,
            )
        if kind == stage:
            break
    if paid:
        first = paid * 6 // 10
        for number, amount in enumerate((first, paid - first)):
            if amount:
                day = min(project.standing["contract"].happened_on + timedelta(days=60 + 90 * number), today)
                operations.pay_in(
                    project,
                    paid_on=day,
                    amount_wan=Decimal(amount),
                    note="",
                    file_name="",
                    content=b"",
                    by=by,
                )
    db.session.flush()
    if stage in ("intention", "contract", "registered", "construction"):
        text = {
            "intention": "约谈正式合同条款",
            "contract": "协助办理公司注册",
            "registered": "对接用地手续",
            "construction": "现场查看施工进度",
        }[stage]
        operations.plan_step(project, text=text, due_on=today + timedelta(days=project.id % 19 - 6), by=by)
