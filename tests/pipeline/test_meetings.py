"""Joint meetings, the bulletin, projects by county and park, views of projects that are kept."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pypdf
import pytest
from docx import Document
from sqlalchemy import select

from outreach.core import clock
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.pipeline import bulletin_queries, meeting_queries, operations, place_queries
from outreach.pipeline.follow_models import Concern
from outreach.pipeline.meeting_models import Meeting
from outreach.pipeline.models import NextStep

SOON = clock.today() + timedelta(days=9)


@pytest.fixture
def house(make):
    """Two projects of 清丰县 with an open matter each, and one of another county."""
    officer = make.user(Role.INVESTMENT_OFFICER)
    projects = [make.project(), make.project(), make.project(make.agreement(make.other_county))]
    for project, words in zip(projects, ("用电", "用地", "别县的事"), strict=True):
        operations.raise_concern(project, text=words, owner="供电公司", due_on=SOON, by=officer)
    return officer, projects


def _words(content: bytes) -> str:
    return "".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def test_open_matters_go_into_a_meeting_and_come_back_decided(make, visit, house):
    officer, projects = house
    browser = visit(officer)
    answer = browser.post(
        "/meetings",
        {
            "unit_id": make.county.id,
            "title": "第三次联席会议",
            "held_on": clock.today().isoformat(),
            "place": "",
            "chair": "县长",
        },
    )
    meeting = db.session.scalar(select(Meeting))
    assert answer.headers["Location"].endswith(f"/meetings/{meeting.id}")
    assert [item.topic for item in meeting_queries.items(meeting)] == ["用电", "用地"]
    first, second = (item.id for item in meeting_queries.items(meeting))
    address = f"/meetings/{meeting.id}"
    # who, by when?
    assert browser.post(f"{address}/items/{first}", {"decision": "架设专线"}).status_code == 422
    assert (
        browser.post(
            f"{address}/items/{first}",
            {"decision": "架设专线", "owner": "县供电公司", "due_on": SOON.isoformat()},
        ).status_code
        == 303
    )
    assert (
        browser.post(f"{address}/items/{second}", {"decision": "已供地", "settled": "y"}).status_code == 303
    )
    browser.post(f"{address}/topics", {"topic": "下月看项目"})
    # nothing before it is closed
    assert db.session.scalars(select(Concern).where(Concern.settled_at.is_not(None))).all() == []
    assert browser.post(f"{address}/close", {"present": ""}).status_code == 422
    assert browser.post(f"{address}/close", {"present": "商务局、供电公司"}).status_code == 303
    power, land, elsewhere = db.session.scalars(select(Concern).order_by(Concern.id))
    assert (power.owner, power.due_on, power.settled_at) == ("县供电公司", SOON, None)
    assert (land.outcome, elsewhere.settled_at) == ("已供地", None)
    [step] = db.session.scalars(select(NextStep))
    assert (step.project_id, step.due_on) == (projects[0].id, SOON)
    for way in ("topics", "close", f"items/{first}/drop"):
        assert browser.post(f"{address}/{way}", {"topic": "迟到", "present": "x"}).status_code == 409
    text = _words(browser.post(f"{address}/minutes.docx").data)
    assert all(words in text for words in ("架设专线", "县供电公司", "已供地", "下月看项目", "商务局"))
    assert browser.post(f"{address}/minutes.pdf").data.startswith(b"%PDF")
    assert visit(make.user(Role.ADMINISTRATOR, unit=make.other_county)).get(address).status_code == 404


def test_a_meeting_is_not_closed_before_its_day(make, house):
    officer, _projects = house
    meeting = operations.plan_meeting(make.county, title="x", held_on=SOON, place="", chair="", by=officer)
    with pytest.raises(Refused):
        operations.close_meeting(meeting, present="甲", by=officer)


def test_a_matter_settled_meanwhile_stays_settled(make, house):
    officer, _projects = house
    meeting = operations.plan_meeting(
        make.county, title="x", held_on=clock.today(), place="", chair="", by=officer
    )
    item = meeting_queries.items(meeting)[0]
    operations.decide_item(item, decision="去办", owner="甲", due_on=SOON, settled=False, by=officer)
    operations.settle_concern(item.concern, outcome="先解决了", by=officer)
    operations.close_meeting(meeting, present="甲", by=officer)
    assert item.concern.outcome == "先解决了"
    assert db.session.scalar(select(NextStep)) is None


def _closed(make, officer) -> Meeting:
    """The first matter is given to 县供电公司 by a day, the second settled."""
    meeting = operations.plan_meeting(
        make.county, title="第三次联席会议", held_on=clock.today(), place="", chair="", by=officer
    )
    first, second = meeting_queries.items(meeting)
    later = SOON + timedelta(days=9)
    operations.decide_item(
        first, decision="架设专线", owner="县供电公司", due_on=later, settled=False, by=officer
    )
    operations.decide_item(second, decision="已供地", owner="", due_on=None, settled=True, by=officer)
    operations.close_meeting(meeting, present="商务局", by=officer)
    db.session.commit()
    return meeting


def test_a_closed_meeting_is_opened_again_and_takes_back_what_it_handed_out(make, visit, house):
    officer, projects = house
    meeting = _closed(make, officer)
    power, land, _elsewhere = db.session.scalars(select(Concern).order_by(Concern.id))
    browser, address = visit(officer), f"/meetings/{meeting.id}/reopen"
    stranger = visit(make.user(Role.INVESTMENT_OFFICER, unit=make.other_county))
    assert stranger.post(address, {"reason": "x"}).status_code == 404
    assert visit(make.user(Role.VIEWER)).post(address, {"reason": "x"}).status_code == 403
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "误关"}).status_code == 303
    assert (power.owner, power.due_on, land.settled_at) == ("供电公司", SOON, None)
    [step] = db.session.scalars(select(NextStep))
    assert (step.open, projects[0].next_step) == (False, None)
    assert meeting_queries.open_concerns(make.county) == [power, land]
    page = browser.get(f"/meetings/{meeting.id}").text
    assert all(words in page for words in ("误关", "架设专线", "商务局"))
    assert browser.post(address, {"reason": "再次"}).status_code == 409
    first = meeting_queries.items(meeting)[0]
    operations.decide_item(first, decision="先用临时电", owner="园区", due_on=SOON, settled=False, by=officer)
    operations.close_meeting(meeting, present="商务局", by=officer)
    db.session.flush()
    assert (power.owner, land.outcome) == ("园区", "已供地")
    assert [row.text for row in db.session.scalars(select(NextStep)) if row.open] == [
        "第三次联席会议：先用临时电"
    ]
    text = _words(browser.post(f"/meetings/{meeting.id}/minutes.docx").data)
    assert "误关" in text
    assert "架设专线" in browser.get(f"/meetings/{meeting.id}").text


def test_what_was_done_or_changed_since_stays(make, house):
    officer, _projects = house
    meeting = _closed(make, officer)
    power, land, _elsewhere = db.session.scalars(select(Concern).order_by(Concern.id))
    [step] = db.session.scalars(select(NextStep))
    operations.finish_step(step, outcome="已架设", by=officer)
    power.owner = "市供电公司"
    operations.reopen_concern(land, reason="没有供地", by=officer)
    operations.settle_concern(land, outcome="另行供地", by=officer)
    operations.reopen_meeting(meeting, reason="误关", by=officer)
    assert (power.owner, land.outcome, step.outcome) == ("市供电公司", "另行供地", "已架设")
    operations.close_meeting(meeting, present="商务局", by=officer)
    assert [row.outcome for row in db.session.scalars(select(NextStep))] == ["已架设"]


def test_the_bulletin_counts_what_counts_in_its_days(make, visit, house):
    officer, projects = house
    first, last = date(2024, 2, 5), date(2024, 2, 11)
    make.agreement(signed_on=first, intended_wan=Decimal(300))
    make.agreement(signed_on=last + timedelta(days=1), intended_wan=Decimal(7))
    make.agreement(
        signed_on=last, intended_wan=Decimal(5), counts_as="ceremonial", first=projects[0].agreement
    )
    operations.enter_milestone(
        projects[0], kind="contract", happened_on=first, amount_wan=Decimal(90), note="", by=officer
    )
    operations.enter_milestone(
        projects[2], kind="contract", happened_on=first, amount_wan=Decimal(90), note="", by=None
    )
    operations.pay_in(
        projects[0], paid_on=last, amount_wan=Decimal(20), note="", file_name="", content=b"", by=officer
    )
    wrong = operations.pay_in(
        projects[0], paid_on=last, amount_wan=Decimal(3), note="", file_name="", content=b"", by=officer
    )
    operations.correct_instalment(projects[0], wrong, reason="错", by=officer)
    told = bulletin_queries.bulletin(officer, first, last)
    assert (told.reached, told.paid_in_wan, len(told.reached_waiting), len(told.paid_waiting)) == (
        [],
        0,
        1,
        1,
    )
    make.agreement(signed_on=first, intended_wan=Decimal(11), scan=False)
    make.confirmed(projects[0])
    told = bulletin_queries.bulletin(officer, first, last)
    assert (told.reached_waiting, told.paid_waiting, len(told.signed_waiting)) == ([], [], 1)
    assert (len(told.signed), told.intended_wan, told.paid_in_wan) == (1, Decimal(300), Decimal(20))
    assert [row.project_id for row in told.reached] == [projects[0].id]  # not the other county's
    browser = visit(officer)
    page = browser.get(f"/bulletin?first={first}&last={last}").text
    assert "意向投资" in page
    answer = browser.post(f"/bulletin.docx?first={first}&last={last}")
    assert "意向投资300万元" in _words(answer.data)
    text = "".join(
        sheet.extract_text()
        for sheet in pypdf.PdfReader(
            io.BytesIO(browser.post(f"/bulletin.pdf?first={first}&last={last}").data)
        ).pages
    )
    assert "招商周报" in text.replace(" ", "")
    assert browser.get("/bulletin?first=x&last=2024-02-30").status_code == 200
    assert browser.get("/bulletin?first=2024-03-01&last=1999-01-01").status_code == 200


def test_projects_stand_once_by_county_and_park(make, visit, house):
    officer, projects = house
    city = make.user(Role.INVESTMENT_OFFICER, unit=make.city)
    operations.describe(projects[0], park="产业集聚区", by=officer)
    operations.enter_milestone(
        projects[0], kind="construction", happened_on=date(2024, 3, 1), amount_wan=None, note="", by=officer
    )
    operations.change_state(projects[1], state="ended", since_on=clock.today(), reason="撤资", by=officer)
    db.session.flush()
    [before] = [row for row in place_queries.places(city) if row.name == "清丰县"]
    assert (before.counts["building"], before.waiting) == (0, 1)
    make.confirmed(projects[0])
    rows = {row.name: row for row in place_queries.places(city)}
    county = rows["清丰县"]
    assert (county.total, county.ended, county.counts["building"]) == (1, 1, 1)
    assert {park.name: park.total for park in county.parks} == {"产业集聚区": 1, "": 0}
    assert "濮阳县" in rows
    assert [row.name for row in place_queries.places(officer)] == ["清丰县"]
    browser = visit(city)
    assert "产业集聚区" in browser.get("/places").text
    assert projects[0].name in browser.get("/projects?park=产业集聚区").text


def test_views_of_projects_are_kept_apart_from_those_of_people(make, visit):
    officer, colleague, stranger = (
        make.user(Role.INVESTMENT_OFFICER, unit=unit)
        for unit in (make.county, make.county, make.other_county)
    )
    browser = visit(officer)
    answer = browser.post("/projects/views?stage=contract", {"name": "合同项目", "shared": "y"})
    address = answer.headers["Location"]
    assert browser.get(address).headers["Location"].endswith("/projects?stage=contract")
    assert "合同项目" in visit(colleague).get("/projects").text
    assert "合同项目" not in visit(colleague).get("/people").text
    assert visit(stranger).get(address).status_code == 404
    assert browser.post(f"{address}/remove").status_code == 303
    assert "合同项目" not in browser.get("/projects").text
