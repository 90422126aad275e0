"""What the demo leaves in the middle of its way: a returned entry, a start of construction that waits,
a signature without its scan, a ledger and a roster that somebody looked at and has not entered.
"""

import io
from datetime import timedelta
from decimal import Decimal

import xlsxwriter

from outreach.accounts import queries as account_queries
from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import db
from outreach.directory import operations as directory
from outreach.ops.demo import papers
from outreach.ops.demo.projects import office_hour
from outreach.pipeline import operations
from outreach.pipeline.agreement_models import LETTER
from outreach.pipeline.models import Project

RETURNED, BEGUN = "冷链物流中心", "新能源电池外壳"
#: 柳屯镇
TOWN = "410928101"


def make(projects: dict[str, Project], unit: Unit, users: dict[str, User]) -> None:
    """Everything of it, in 清丰县 and 柳屯镇."""
    officer, organiser = users["officer"], users["organiser"]
    _begin(projects[BEGUN], organiser)
    _send_back(projects[RETURNED], organiser)
    _sign_without_scan(unit, officer)
    content = ledger(projects[RETURNED])
    operations.upload_ledger(unit, name="清丰县招商引资项目台账（商务局）.xlsx", content=content, by=officer)
    town = account_queries.unit_by_place(TOWN)
    directory.upload_roster(town, name="柳屯镇乡贤推荐表.xlsx", content=roster(), by=users["township"])


def _begin(project: Project, by: User) -> None:
    """开工 with its permit, entered by the organiser: the officer has not confirmed it."""
    day = clock.today() - timedelta(days=3)
    name, content = papers.proof("construction")
    with clock.at(office_hour(day, 1)):
        operations.enter_milestone(
            project,
            kind="construction",
            happened_on=day,
            amount_wan=None,
            note="",
            file_name=f"{name}.pdf",
            content=content,
            by=by,
        )
        db.session.flush()


def _send_back(project: Project, by: User) -> None:
    """The instalment of last week that waits was returned."""
    money = next(row for row in project.instalments if row.confirmed_at is None)
    with clock.at(office_hour(clock.today(), -1)):
        reason = "回单付款户名与签约企业不一致，请补充投资主体变更说明"
        operations.return_fact(project, money, reason=reason, by=by)


def _sign_without_scan(unit: Unit, by: User) -> None:
    day = clock.today() - timedelta(days=12)
    with clock.at(office_hour(day, 1)):
        operations.sign(
            unit,
            company="北京润筑装配式建筑有限公司",
            kind=LETTER,
            title="装配式建筑构件",
            signed_on=day,
            intended_wan=Decimal(6_000),
            contracted_wan=None,
            contract_by=None,
            stated="",
            event=None,
            person=None,
            by=by,
        )


def _book(name: str, rows: list[tuple], hidden: tuple[int, ...] = ()) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(name)
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
        if place in hidden:
            sheet.set_row(place, None, None, {"hidden": True})
    book.close()
    return target.getvalue()


def ledger(known: Project) -> bytes:
    """A ledger in 亿元 as an office keeps it: a known project whose amount differs, new ones,
    an amount that is a range, one in dollars.
    """
    paper = known.agreement
    return _book(
        "台账",
        [
            ("清丰县招商引资项目推进台账", "", "", "单位：亿元"),
            ("序号", "项目名称", "投资方", "总投资", "签约时间", "协议类型", "落地乡镇"),
            (
                1,
                known.name,
                known.organisation.name,
                4.2,
                f"{paper.signed_on:%Y-%m-%d}",
                "意向书",
                known.site,
            ),
            (2, "预制菜加工", "北京顿丘食品有限公司", 1.25, _ago(40), "意向书", "固城镇"),
            (3, "户外家具", "天津清河家具有限公司", 0.8, _ago(31), "意向书", "同上"),
            (4, "生物质供热", "郑州绿源能源有限公司", "0.5-0.8", _ago(25), "意向书", "韩村镇"),
            (5, "医用敷料", "香港濮医国际有限公司", "500万美元", _ago(18), "意向书", "柳格镇"),
            ("合计", "", "", 6.75),
        ],
    )


def _ago(days: int) -> str:
    return f"{clock.today() - timedelta(days=days):%Y-%m-%d}"


def roster() -> bytes:
    """A roster with who recommends whom, 同上, a landline with its extension,
    and a row that is filtered out.
    """
    return _book(
        "推荐表",
        [
            ("柳屯镇乡贤推荐表",),
            ("姓名", "联系电话", "推荐人", "推荐人电话", "工作单位", "职务", "现居住地"),
            ("岳长河", "15400620011", "岳建民", "15400620091", "苏州澶润机电有限公司", "总经理", "江苏苏州"),
            ("岳长海", "15400620012", "同上", "同上", "同上", "副总经理", "同上"),
            (
                "陶秀兰",
                "0512-65550137转806",
                "陶保国",
                "15400620092",
                "苏州市平江商贸有限公司",
                "董事长",
                "江苏苏州",
            ),
            ("吕志刚", "15400620014", "吕国栋", "15400620093", "已返乡", "", "濮阳"),
            (
                "晁永胜",
                "15400620015",
                "晁建军",
                "15400620094",
                "无锡锡濮精密制造有限公司",
                "厂长",
                "江苏无锡",
            ),
        ],
        hidden=(5,),
    )
