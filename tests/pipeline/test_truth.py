"""Cohorts, rates, snapshots and tables: every figure equals its rows, added up here by other means."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import event, select

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.events import operations as events
from outreach.liaison.models import Contact
from outreach.permissions import Role
from outreach.pipeline import (
    board_queries,
    cohort_queries,
    exports,
    light_queries,
    matrix_queries,
    operations,
    queries,
    rates,
    snapshot_queries,
    sum_queries,
)
from outreach.pipeline.agreement_models import CONTRACT, FRAMEWORK, Agreement
from outreach.pipeline.models import Instalment, Milestone, Project

WAN = Decimal
DAY = date(2023, 11, 18)


@pytest.fixture
def officer(make):
    return make.user()


@pytest.fixture
def summit(make):
    """A summit held on 2023-11-18."""
    event = make.event()
    event.starts_at, event.ends_at = (
        clock.local(clock.datetime(2023, 11, 18, hour), "Asia/Shanghai") for hour in (9, 12)
    )
    db.session.flush()
    events.hold(event, by=make.user())
    return event


def _sign(make, summit, name, wan, kind="letter", **more):
    amounts = (
        {"contracted_wan": WAN(wan), "intended_wan": None} if kind == CONTRACT else {"intended_wan": WAN(wan)}
    )
    return make.agreement(
        title=name, company=f"{name}公司", kind=kind, signed_on=DAY, event=summit, **{**amounts, **more}
    )


def _enter(project, by, kind, months, amount=None):
    operations.enter_milestone(
        project,
        kind=kind,
        happened_on=DAY + relativedelta(months=months),
        amount_wan=amount,
        note="",
        review="审1",
        by=by,
    )


def _pay(project, by, months, wan):
    content = f"%PDF-1.4 {project.id} {months}".encode()
    day = DAY + relativedelta(months=months)
    return operations.pay_in(
        project, paid_on=day, amount_wan=WAN(wan), note="", file_name="a.pdf", content=content, by=by
    )


@pytest.fixture
def projects(make, summit, officer):
    """Four first signings: one in production, one with a contract, one framework, one letter;
    one signed again, one increase.
    """
    papers = [_sign(make, summit, name, wan) for name, wan in (("甲", 12_000), ("乙", 3_000))]
    papers += [_sign(make, summit, "丙", 8_000, FRAMEWORK), _sign(make, summit, "丁", 500)]
    rows = [make.project(paper, officer=officer) for paper in papers[:3]]
    for kind, months in (("contract", 2), ("registered", 4), ("construction", 8), ("production", 20)):
        _enter(rows[0], officer, kind, months, WAN(9_000) if kind == "contract" else None)
    _enter(rows[1], officer, "contract", 5, WAN(2_500))
    first = _pay(rows[0], officer, 3, 1_000)
    _pay(rows[0], officer, 11, 2_000)
    db.session.flush()
    operations.correct_instalment(rows[0], first, reason="退汇", by=officer)
    _sign(make, None, "甲 再签", 12_000, counts_as="ceremonial", first=papers[0])
    _sign(make, None, "甲 增资", 700, CONTRACT, counts_as="increase", first=papers[0])
    for row in rows:
        make.confirmed(row)
    db.session.flush()
    return rows


def _counts(officer, summit, months=0, **options):
    [cohort] = cohort_queries.cohorts(officer, [summit], **options)
    return cohort.counts[months]


@pytest.mark.parametrize(
    ("zone", "began", "day"),
    [
        ("Asia/Shanghai", datetime(2024, 5, 31, 23, 30, tzinfo=UTC), date(2024, 6, 1)),  # 07:30 in Beijing
        ("America/New_York", datetime(2024, 6, 1, 2, 0, tzinfo=UTC), date(2024, 5, 31)),  # 22:00 in New York
    ],
)
def test_the_day_of_a_summit_is_the_day_where_it_takes_place(make, officer, zone, began, day):
    """Who was met the day before the summit was not met at it; on both databases the same."""
    row = make.event()
    for name, met in (("前一天", day - timedelta(days=1)), ("当天", day)):
        person = make.person(name=name)
        guest = make.registration(row, name)
        guest.person_id = person.id
        db.session.add(
            Contact(unit_id=person.unit_id, person_id=person.id, state="held", way="visit", day=met)
        )
    row.zone, row.starts_at, row.ends_at = zone, began, began + timedelta(hours=1)
    db.session.flush()
    assert row.first_day == day
    [cohort] = cohort_queries.cohorts(officer, [row])
    assert (cohort.day, cohort.counts[0]["met"]) == (day, 1)


def test_each_horizon_sees_what_had_happened_by_then(officer, summit, projects):
    seen = {months: _counts(officer, summit, months) for months in (3, 6, 12, 24)}
    assert [seen[months]["signed"] for months in seen] == [4, 4, 4, 4]
    assert [seen[months]["contract"] for months in seen] == [1, 2, 2, 2]
    assert [seen[months]["construction"] for months in seen] == [0, 0, 1, 1]
    assert [seen[months]["production"] for months in seen] == [0, 0, 0, 1]
    assert [seen[months]["paid_in_wan"] for months in seen] == [0, 0, WAN(2_000), WAN(2_000)]
    assert [seen[months]["intention"] for months in seen] == [3, 3, 3, 3]


def test_signed_twice_counts_once_and_an_increase_by_its_difference(officer, summit, projects):
    now = _counts(officer, summit)
    assert (now["signed"], now["intended_wan"]) == (4, WAN(23_500))
    assert now["contracted_wan"] == WAN(9_000 + 2_500 + 700)


def test_the_figures_equal_the_rows_added_up_by_hand(officer, summit, projects):
    """The same sums with loops over everything there is, and none of the house's own queries."""
    now, total, paid, started = _counts(officer, summit), WAN(0), WAN(0), 0
    agreements = db.session.scalars(select(Agreement)).unique().all()
    firsts = {row.id for row in agreements if row.event_id == summit.id and row.counts_as == "first"}
    for row in agreements:
        if row.counts_as == "increase" and row.first_id in firsts:
            total += row.contracted_wan
    milestones = db.session.scalars(select(Milestone)).all()
    gone = {row.corrects_id for row in milestones if row.withdrawal}
    for project in db.session.scalars(select(Project)).unique():
        if project.agreement_id in firsts:
            mine = [
                row
                for row in milestones
                if row.project_id == project.id and row.id not in gone and not row.withdrawal
            ]
            total += sum(row.amount_wan for row in mine if row.kind == "contract")
            started += any(row.kind == "construction" for row in mine)
            paid += sum(
                row.amount_wan
                for row in db.session.scalars(select(Instalment).where(Instalment.project_id == project.id))
            )
    assert (now["contracted_wan"], now["paid_in_wan"], now["construction"]) == (total, paid, started)


def test_only_confirmed_facts_unless_asked(officer, summit, projects, make):
    _enter(projects[1], officer, "construction", 9)
    _pay(projects[1], officer, 9, 40)
    _sign(make, summit, "无扫描件", 90, scan=False)
    db.session.flush()
    [cohort] = cohort_queries.cohorts(officer, [summit])
    all_, now = _counts(officer, summit, confirmed=False), cohort.counts[0]
    assert (now["construction"], all_["construction"], cohort.waiting) == (1, 2, 1)
    assert (now["paid_in_wan"], all_["paid_in_wan"]) == (WAN(2_000), WAN(2_040))
    assert (now["signed"], all_["signed"]) == (4, 5)
    for step in ("construction", "paid", "signed"):
        for confirmed, counts in ((True, now), (False, all_)):
            signings, ids = cohort_queries.behind(
                officer, summit.id, step, clock.today(), confirmed=confirmed
            )
            assert len(signings) + len(ids) == counts[step]


def test_rates_show_what_they_divide(officer, summit, projects):
    counts = _counts(officer, summit)
    chain = {rate.name: rate for rate in rates.rates(counts, rates.CHAIN)}
    assert (chain["performed"].part, chain["performed"].whole, chain["performed"].percent) == (1, 4, "25.00%")
    assert (chain["started"].part, chain["started"].whole) == (1, 1)
    assert rates.rates(counts, rates.SIGNED)[1].percent == "25.00%"
    assert chain["funded"].percent == "16.39%"  # 2000 ÷ 12200
    local = {rate.name: rate for rate in rates.rates(counts, rates.LOCAL)}
    assert (local["performed"].part, local["started"].whole) == (4, 2)
    empty = dict.fromkeys(counts, 0)
    assert {rate.percent for rate in rates.rates(empty, rates.CHAIN)} == {"–"}


def test_a_figure_opens_to_its_rows(officer, summit, projects, visit):
    browser = visit(officer)
    page = browser.get(f"/cohorts?event={summit.id}&way=signed").text
    assert "履约率" in page
    for step, count in (("signed", 4), ("contract", 2), ("production", 1), ("paid", 1), ("alive", 4)):
        text = browser.get(f"/cohorts/{summit.id}/{step}?months=0").text
        assert f"：{count}</h1>" in text
        assert text.count('<td class="is-title">') == count
    assert "为空" not in page


def test_another_county_sees_no_cohort(summit, projects, make, visit):
    stranger = make.user(unit=make.other_county)
    assert visit(stranger).get(f"/cohorts/{summit.id}/signed").status_code == 404
    assert _counts(stranger, summit)["signed"] == 0


def test_a_snapshot_says_row_by_row_what_changed(officer, summit, projects, visit):
    row = operations.freeze(summit, name="半年口径", way="chain", confirmed=False, by=officer)
    figures, now = snapshot_queries.taken(officer, summit, confirmed=False)
    assert (snapshot_queries.changes(row, now), row.figures) == ([], figures)
    _enter(projects[1], officer, "registered", 9)
    _pay(projects[1], officer, 9, 300)
    operations.change_state(
        projects[2], state="ended", since_on=clock.today() - timedelta(days=1), reason="解约", by=officer
    )
    db.session.flush()
    changes = snapshot_queries.changes(row, snapshot_queries.taken(officer, summit, confirmed=False)[1])
    assert [(change.project_id, set(change.now)) for change in changes] == [
        (projects[1].id, {"began registered", "paid_in_wan"}),
        (projects[2].id, {"state"}),
    ]
    assert (changes[0].was["paid_in_wan"], changes[0].now["paid_in_wan"]) == ("0", "300")
    text = visit(officer).get(f"/snapshots/{row.id}").text
    assert "半年口径" in text
    assert "300" in text


def test_the_table_by_month_adds_up(officer, projects):
    rows = matrix_queries.matrix(officer, measure="paid_in_wan", dimension="county", year=2024)
    assert [(row.months[1], row.months[9], row.total) for row in rows] == [(0, WAN(2_000), WAN(2_000))]
    [origin] = matrix_queries.matrix(officer, measure="contract", dimension="origin", year=2024)
    assert (origin.key, origin.total) == ("outside", WAN(2_000))
    [row] = matrix_queries.matrix(officer, measure="contract", dimension="industry", year=2024)
    assert row.total == 2
    for measure in matrix_queries.MEASURES:
        for dimension in matrix_queries.DIMENSIONS:
            matrix_queries.matrix(officer, measure=measure, dimension=dimension, year=2024)


def test_the_board_counts_every_project_once(officer, projects):
    columns = board_queries.board(queries.select_projects(officer))
    assert sum(column.count for column in columns.values()) == 3
    assert columns["production"].sums["contracted_wan"] == WAN(9_000)
    assert columns["production"].cards[0].since == DAY + relativedelta(months=20)


def test_every_page_of_the_pipeline_opens(officer, summit, projects, visit):
    browser = visit(officer)
    for address in (
        "/board",
        "/projects",
        "/projects/new",
        "/reports",
        "/reports?month=2024-05",
        "/reports?month=x",
        "/notices?state=late",
        "/lights",
        "/rules",
        "/cohorts",
        "/cohorts?months=6&entered=y",
        "/matrix?dimension=leader",
        "/matrix?year=1",
        "/snapshots",
        f"/projects/{projects[0].id}/about",
        "/projects?stuck=no_contract",
        "/projects?stuck=no_start",
        "/concerns",
        "/unconfirmed",
        "/home",
        "/timeline",
        "/timeline?text=没有",
    ):
        assert browser.get(address).status_code in (200, 400), address
    assert "丙" in browser.get("/projects?stuck=no_contract").text
    assert "乙" in browser.get("/projects?stuck=no_start").text


def test_the_number_of_statements_does_not_grow(make, officer, summit, projects):
    def statements(deed) -> int:
        seen = []
        note = lambda *_said: seen.append(1)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        deed()
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    works = (
        lambda: board_queries.board(queries.select_projects(officer)),
        lambda: cohort_queries.cohorts(officer, [summit]),
        lambda: sum_queries.sums(officer),
        lambda: light_queries.lit(queries.select_projects(officer)),
    )
    before = [statements(work) for work in works]
    for number in range(12):
        _enter(
            make.project(_sign(make, summit, f"多{number}", 100), officer=officer),
            officer,
            "contract",
            3,
            WAN(80),
        )
    db.session.flush()
    assert [statements(work) for work in works] == before


def test_the_ledger_is_ready_for_a3(officer, projects, visit):
    book = openpyxl.load_workbook(io.BytesIO(visit(officer).post("/projects/export", {}).data))
    sheet = book.active
    heads = [cell.value for cell in sheet[3]]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation, len(heads) >= 35) == (
        8,
        "landscape",
        True,
    )
    # on one page nobody could read 37 columns
    assert (sheet.page_setup.fitToWidth, sheet.print_title_cols) == (
        2,
        "$A:$B",
    )
    *rows, total = [row for row in sheet.iter_rows(min_row=4) if row[0].value]
    assert [row[0].value for row in (*rows, total)] == [1, 2, 3, "合计"]
    assert sheet["A2"].value.startswith("填报单位：")
    assert {"序号", "存在问题", "需协调事项", "备注"} <= set(heads)
    [paid] = [place for place, head in enumerate(heads) if head == "到位资金（万元）"]
    assert sum(Decimal(str(row[paid].value or 0)) for row in rows) == WAN(2_000)
    assert Decimal(str(total[paid].value)) == WAN(2_000)


def test_the_ledger_names_people_for_who_may_unmask(officer, make, visit):
    person = make.person(name="欧阳少东")
    project = make.project(make.agreement(title="甲", person=person), officer=officer, name="甲")
    operations.raise_concern(project, text="用电增容。", owner="供电公司", due_on=clock.today(), by=officer)
    db.session.commit()
    [brought] = [one for one in exports.projects({}, {}, {}, lambda row: False) if one.heading == "引荐人"]
    assert brought.value(project) == "欧阳**"
    user = make.user(Role.INVESTMENT_OFFICER, make.county)
    sheet = openpyxl.load_workbook(io.BytesIO(visit(user).post("/projects/export", {}).data)).active
    text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    assert "欧阳少东" in text
    assert "用电增容（供电公司" in text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "pipeline.export_pipeline")).one()
    assert entry.detail["named"] == 1


def test_an_empty_ledger_has_no_total(make, visit):
    sheet = openpyxl.load_workbook(io.BytesIO(visit(make.user()).post("/projects/export", {}).data)).active
    assert sheet["A4"].value is None


def test_who_owes_a_report_is_searched_filtered_and_taken_along(make, visit):
    officer = make.user(Role.INVESTMENT_OFFICER)
    month = date(2024, 5, 1)
    for number, (name, unit) in enumerate(
        (("甲电子项目", make.county), ("乙建材项目", make.county), ("丙食品项目", make.other_county))
    ):
        project = make.project(make.agreement(unit), officer=officer if number == 0 else None, name=name)
        operations.enter_milestone(
            project, kind="contract", happened_on=date(2024, 2, 1), amount_wan=WAN(900), note="", by=None
        )
    first = db.session.scalar(select(Project).where(Project.name == "甲电子项目"))
    operations.report_month(
        first,
        month=month,
        completed_wan=WAN(300),
        jobs=5,
        output_wan=None,
        tax_wan=None,
        progress="主体施工",
        correction="",
        by=officer,
    )
    visitor = visit(make.user(Role.ORGANISER, make.city))
    whole = visitor.get("/reports?month=2024-05").text
    assert all(name in whole for name in ("甲电子项目", "乙建材项目", "丙食品项目"))
    assert whole.index("乙建材项目") < whole.index("甲电子项目"), "who has not reported comes first"
    for asked, shown, hidden in (
        ("text=建材", "乙建材项目", "甲电子项目"),
        ("state=late", "甲电子项目", "乙建材项目"),
        ("state=missing", "丙食品项目", "甲电子项目"),
        (f"unit={make.county.id}", "甲电子项目", "丙食品项目"),
    ):
        text = visitor.get(f"/reports?month=2024-05&{asked}").text
        assert (shown in text, hidden in text) == (True, False), asked
    assert "没有匹配" in visitor.get("/reports?month=2024-05&text=没有的").text
    own = visit(officer).get("/reports?month=2024-05&mine=y").text
    assert ("甲电子项目" in own, "乙建材项目" in own) == (True, False)
    sheet = openpyxl.load_workbook(
        io.BytesIO(visitor.post("/reports/export?month=2024-05&state=late", {}).data)
    ).active
    cells = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert any("甲电子项目" in row and 300 in row for row in cells)
    assert not any("乙建材项目" in row for row in cells)
    assert visit(make.user(Role.VIEWER)).post("/reports/export?month=2024-05", {}).status_code == 403
