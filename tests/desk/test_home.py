"""The funnel: every figure is counted from rows, within reach, and opens to them."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
from sqlalchemy import event as hooks

from outreach.checkin import operations as checkin
from outreach.core.db import db
from outreach.desk import funnel
from outreach.events import operations as events
from outreach.permissions import Role
from outreach.pipeline import operations as pipeline


def _story(make):
    user = make.user()
    people = [make.person(name, tier=tier) for name, tier in (("甲", 3), ("乙", 2), ("丙", 1))]
    make.person("外县", unit=make.other_county, tier=3)
    event = make.event()
    events.invite(event, people[:2], by=user)
    rows = [make.registration(event) for _guest in range(3)]
    gate = make.gate(event)
    make.begins(event)
    checkin.admit(event, rows[0], key="k" * 20, gate=gate, device_at=None, by=user)
    agreement = make.agreement(event=event, intended_wan=Decimal(50_000))
    project = make.project(agreement)
    pipeline.enter_milestone(
        project, kind="contract", happened_on=date(2024, 3, 1), amount_wan=Decimal(20_000), note="", by=user
    )
    pipeline.enter_milestone(
        project, kind="construction", happened_on=date(2024, 6, 1), amount_wan=None, note="", by=user
    )
    pipeline.pay_in(
        project,
        paid_on=date(2024, 6, 2),
        amount_wan=Decimal(300),
        note="",
        file_name="",
        content=b"",
        by=user,
    )
    make.confirmed(project)
    db.session.flush()
    return user, event


def test_the_funnel_counts_what_is_there_within_reach(make):
    user, event = _story(make)
    whole, counties, summits = funnel.lines(user)
    assert (whole.people, whole.screened, whole.key) == (3, 2, 1)
    assert (whole.invited, whole.guests, whole.arrived) == (2, 3, 1)
    assert (whole.sums.signed, whole.sums.landed) == (1, 1)
    assert (whole.sums.intended_wan, whole.sums.contracted_wan, whole.sums.paid_in_wan) == (
        50_000,
        20_000,
        300,
    )
    assert whole.sums.bands == {"100y": 0, "50y": 0, "10y": 0, "5y": 0, "1y": 1, "5kw": 1, "1kw": 1}
    assert [line.unit.id for line in counties] == [make.county.id]
    assert [line.event.id for line in summits] == [event.id]
    assert counties[0].arrived == 1


def test_the_city_sees_every_county(make):
    _story(make)
    whole, counties, _summits = funnel.lines(make.user(Role.VIEWER, unit=make.city))
    assert whole.people == 4
    assert {line.unit.place_code for line in counties} == {"410922", "410928"}


def test_a_county_that_signed_nothing_sees_nothing(make):
    _story(make)
    whole, _counties, summits = funnel.lines(make.user(unit=make.other_county))
    assert (whole.people, whole.sums.signed, summits) == (1, 0, [])


def test_the_home_page_opens_every_figure_to_its_rows(make, visit):
    user, event = _story(make)
    browser = visit(user)
    text = browser.get("/home").text
    assert "5.00 亿元" in text
    assert "2.00 亿元" in text
    for link in {a.get("href") for a in browser.page.xpath("//main//a") if a.get("href").startswith("/")}:
        assert browser.get(link).status_code == 200, link


def test_columns_of_amounts_say_their_unit_once(make, visit):
    user, _event = _story(make)
    browser = visit(user)
    for locale, unit, number in (("zh", "亿元", "2.00"), ("en", "¥ million", "200")):
        browser.get(f"/home?lang={locale}")
        table = browser.page.xpath("//section[@id='by-county']//table")[0]
        units = [one.text_content() for one in table.xpath(".//th/small")]
        assert units == [unit] * 3
        cells = [cell.text_content().strip() for cell in table.xpath(".//td[contains(@class, 'number')]")]
        assert number in cells
        assert not any("million" in cell or "亿" in cell for cell in cells)


def test_an_investment_officer_and_gate_staff_get_their_own_home(make, visit):
    assert "待办事项" in visit(make.user(Role.INVESTMENT_OFFICER)).get("/home").text
    gate = visit(make.user(Role.GATE_STAFF)).get("/home").text
    assert "待办事项" not in gate
    assert "拟投资额" not in gate


def test_exports(make, visit):
    user, _event = _story(make)
    browser = visit(user)
    for by, first in (("county", "清丰县"), ("summit", "清丰县恳谈会")):
        sheet = openpyxl.load_workbook(io.BytesIO(browser.post("/home/export", {"by": by}).data)).active
        assert sheet["A4"].value == first


def test_the_funnel_costs_the_same_for_one_and_three_projects(make):
    user, _event = _story(make)
    counted = []
    for more in (0, 2):
        for _project in range(more):
            make.project()
        db.session.commit()
        statements = []
        hooks.listen(db.engine, "before_cursor_execute", lambda *arguments, kept=statements: kept.append(1))
        funnel.lines(user)
        counted.append(len(statements))
    assert counted[0] == counted[1] > 3


def test_the_front_page_shows_open_events_to_everybody(make, visit):
    make.event(title="公开的会")
    make.event(title="草稿的会", published=False)
    text = visit().get("/").text
    assert "公开的会" in text
    assert "草稿的会" not in text


def test_the_home_page_says_what_waits(make, visit):
    user = make.user()
    make.person("王毅")
    make.person("王毅")
    text = visit(user).get("/home").text
    assert "对疑似重复" in text
    assert "对疑似重复" not in visit(make.user(unit=make.other_county)).get("/home").text


def test_a_township_reads_its_own_name_not_that_of_its_county(make, visit):
    make.person()
    browser = visit(make.user(Role.ORGANISER, make.township))
    browser.get("/home")
    names = [cell.text_content() for cell in browser.page.xpath("//section[@id='by-county']//tbody/tr/td[1]")]
    assert names == [make.township.shown]


def test_drafts_bear_the_word_and_gate_staff_do_not_see_them(make, visit):
    make.event(title="尚未发布的恳谈会", published=False)
    page = visit(make.user()).get("/home").text
    assert "草稿" in page.split("尚未发布的恳谈会", 1)[1].split("</li>", 1)[0]
    assert "尚未发布的恳谈会" not in visit(make.user(Role.GATE_STAFF)).get("/home").text
