"""An erasure takes away who somebody was, and nothing else of anybody."""

from datetime import date

import pytest
from sqlalchemy import func, select

from outreach.core import audit_chain, worker
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.erasing import Traces, is_wechat, without
from outreach.core.masking import ERASED
from outreach.core.surnames import is_personal
from outreach.directory import operations as directory
from outreach.directory.erasure_models import Tombstone
from outreach.directory.models import Person
from outreach.directory.roster_models import BatchRow
from outreach.ops.request_models import RightsRequest
from outreach.pipeline import operations as pipeline
from outreach.pipeline.models import Project
from tests.journeys.test_erasing import _roster


def _projects(make):
    """(a project of the own county, one of another), each called a 项目 and with a step."""
    rows = []
    for unit in (make.county, make.other_county):
        agreement = make.agreement(unit=unit, title="家居项目协议")
        rows.append(make.project(agreement, name="家居项目"))
        pipeline.plan_step(rows[-1], text="项目开工前看地", due_on=date(2030, 1, 1), by=make.user(unit=unit))
    return rows


def _erase(visit, user, person) -> None:
    answer = visit(user).post(f"/people/{person.id}/erase", {"why": "asked", "sure": "y"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "values", [{"wechat": "项目"}, {"name": "家居项目"}, {"name": "项目"}, {"email": "项目"}]
)
def test_no_word_is_blotted_out_of_other_records(make, visit, values):
    user = make.user()
    projects = _projects(make)
    person = make.person(**{"name": "单于鸿雁", **values})
    _erase(visit, user, person)
    db.session.expire_all()
    names = [db.session.get_one(Project, row.id).name for row in projects]
    assert names == ["家居项目", "家居项目"]
    assert projects[1].steps[0].text == "项目开工前看地"


def test_what_is_called_as_a_deed_is_not_blotted_out_of_the_audit(make, visit):
    user, other = make.user(), make.person("王毅")
    directory.unmask([other], reason="企业来函告知", by=user)
    own = make.person("企业来函告知")
    directory.unmask([own], reason="企业来函告知", by=user)
    _erase(visit, user, own)
    reasons = dict(
        db.session.execute(
            select(AuditEntry.object_id, AuditEntry.reason).where(AuditEntry.verb == "directory.unmask")
        ).all()
    )
    assert reasons == {other.id: "企业来函告知", own.id: ERASED}
    assert audit_chain.verify().fault is None


def test_a_name_goes_from_texts_of_the_own_county_alone(make, visit):
    user, clerk = make.user(), make.user(unit=make.other_county)
    person = make.person("孔试验")
    here, there = make.person("王毅", note="孔试验的同学"), make.person("李四", unit=make.other_county)
    there.note = "孔试验的表弟"
    directory.unmask([there], reason="孔试验来访", by=clerk)
    _erase(visit, user, person)
    db.session.expire_all()
    assert db.session.get_one(Person, here.id).note == f"{ERASED}的同学"
    assert db.session.get_one(Person, there.id).note == "孔试验的表弟"
    of_there = select(AuditEntry.reason).where(
        AuditEntry.object_id == there.id, AuditEntry.verb == "directory.unmask"
    )
    assert db.session.scalar(of_there) == "孔试验来访"


def test_a_number_and_a_wechat_id_go_everywhere_but_from_titles(make, visit):
    user, number = make.user(), "15498761234"
    person = make.person("孔试验", mobiles=[number], wechat="goose88")
    there = make.person("李四", unit=make.other_county, note=f"问{number}，微信goose88，不是goose881")
    project = make.project(make.agreement(unit=make.other_county), name="goose88产业园")
    _erase(visit, user, person)
    db.session.expire_all()
    assert db.session.get_one(Person, there.id).note == f"问{ERASED}，微信{ERASED}，不是goose881"
    assert db.session.get_one(Project, project.id).name == "goose88产业园"


def test_a_wechat_id_that_somebody_else_has_stays_in_texts(make, visit):
    user = make.user()
    person = make.person("孔试验", wechat="goose88")
    make.person("孔家属", unit=make.other_county, wechat="Goose88")
    there = make.person("李四", unit=make.other_county, note="微信goose88")
    _erase(visit, user, person)
    assert db.session.get_one(Person, there.id).note == "微信goose88"


def test_the_name_of_who_works_here_stays(make, visit):
    user = make.user(name="孔值班")
    person, here = make.person("孔值班"), make.person("王毅", note="孔值班接待")
    _erase(visit, user, person)
    assert db.session.get_one(Person, here.id).note == "孔值班接待"


def test_rows_of_rosters_of_others_are_not_emptied(make, visit):
    user = make.user()
    for unit in (make.county, make.other_county):
        content = _roster(("孔试验", "15498761234", "马庄桥镇", "某公司经理", ""))
        directory.upload_roster(unit, name="名单.xlsx", content=content, by=make.user(unit=unit))
    db.session.commit()
    worker.drain()
    _erase(visit, user, make.person("孔试验", mobiles=["15498761234"]))
    db.session.expire_all()
    rows = db.session.scalars(select(BatchRow).order_by(BatchRow.id)).all()
    assert [row.card.get("name") for row in rows] == [None, "孔试验"]


@pytest.mark.parametrize(
    ("text", "well"),
    [("goose-hy88", True), ("project", True), ("项目", False), ("wx项目88", False), ("a1234", False)]
    + [("1goose88", False), ("a" * 21, False), ("15498761234", False)],
)
def test_a_wechat_id_is_well_formed(text, well):
    assert is_wechat(text) is well


@pytest.mark.parametrize(
    ("name", "personal"),
    [("王毅", True), ("单于鸿雁", True), ("欧阳归", True), ("企业来函告知", False), ("告知", False)]
    + [("王", False), ("Wang Yi", False), ("项目", False), ("阿卜杜拉·艾买提", False)],
)
def test_a_personal_name_begins_with_a_surname(name, personal):
    assert is_personal(name) is personal


def test_a_wechat_id_without_a_figure_may_be_a_word():
    traces = Traces(addresses=frozenset({"project", "goose88", "x@example.org"}))
    assert traces.handles() == ["goose88"]
    assert without("the goose88, goose881", traces.handles()) == f"the {ERASED}, goose881"


def test_a_guest_of_another_county_is_left_to_it(make, visit):
    user, clerk, number = make.user(), make.user(unit=make.other_county), "15498761234"
    there = make.event(make.other_county, most_companions=1)
    guest = make.registration(there, name="孔试验", mobile=number, email="kong@example.org")
    person = make.person("孔试验", mobiles=[number])
    page = visit(user).get(f"/people/{person.id}/erase").text
    assert make.other_county.name in page
    _erase(visit, user, person)
    db.session.expire_all()
    assert (guest.name, guest.mobile, guest.state) == ("孔试验", number, "confirmed")
    assert guest.email == "kong@example.org"
    (asked,) = db.session.scalars(select(RightsRequest)).unique().all()
    assert (asked.unit_id, asked.kind, asked.registration_id) == (there.unit_id, "delete", guest.id)
    assert make.county.name in asked.said
    assert "孔试验" not in visit(user).get("/requests").text
    shown = visit(clerk).get(f"/requests/{asked.id}")
    assert shown.status_code == 200
    assert make.county.name in shown.text
    answer = visit(clerk).post(f"/registrations/{guest.id}/erase", {"why": "asked", "sure": "y"})
    assert answer.status_code == 303
    db.session.expire_all()
    assert (guest.name, asked.state) == (ERASED, "done")


def test_a_guest_who_is_erased_takes_no_guest_of_another_county_along(make, visit):
    user, number = make.user(), "15498761234"
    here, again, there = make.event(), make.event(), make.event(make.other_county)
    rows = [make.registration(event, name="孔试验", mobile=number) for event in (here, again, there)]
    browser = visit(user)
    assert make.other_county.name in browser.get(f"/registrations/{rows[0].id}/erase").text
    browser.post(f"/registrations/{rows[0].id}/erase", {"why": "asked", "sure": "y"})
    db.session.expire_all()
    assert [row.name for row in rows] == [ERASED, ERASED, "孔试验"]
    assert [row.state for row in rows] == ["cancelled", "cancelled", "confirmed"]


def test_a_unit_is_asked_once(make, visit):
    user, number = make.user(), "15498761234"
    for _time in range(2):
        make.registration(make.event(make.other_county), name="孔试验", mobile=number)
    for _time in range(2):
        _erase(visit, user, make.person("孔试验", mobiles=[number]))
    assert db.session.scalar(select(func.count()).select_from(RightsRequest)) == 1


def test_the_city_reaches_the_guests_of_every_county(make, visit):
    user, number = make.user(unit=make.city), "15498761234"
    guest = make.registration(make.event(make.other_county), name="孔试验", mobile=number)
    _erase(visit, user, make.person("孔试验", mobiles=[number]))
    db.session.expire_all()
    assert guest.name == ERASED
    assert db.session.scalar(select(func.count()).select_from(RightsRequest)) == 0


def test_what_is_linked_to_the_card_goes_wherever_it_is(make, visit):
    user = make.user()
    person = make.person("孔试验")
    guest = make.registration(make.event(make.city), name="孔试验")
    guest.person_id = person.id
    _erase(visit, user, person)
    db.session.expire_all()
    assert guest.name == ERASED


def test_no_other_county_undoes_an_erasure(make, visit):
    number = "15498761234"
    _erase(visit, make.user(), make.person("孔试验", mobiles=[number]))
    graves = db.session.scalar(select(func.count()).select_from(Tombstone))
    data = {"name": "孔试验", "mobiles": number, "gender": "", "province": "", "industry": ""}
    there = visit(make.user(unit=make.other_county))
    # entered as anybody else, and nothing tells that somebody elsewhere erased this person
    assert there.post("/people/new", {**data, "unit_id": make.other_county.id}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Tombstone)) == graves > 0
    here = visit(make.user())
    assert here.post("/people/new", {**data, "unit_id": make.township.id}).status_code == 422
    again = {**data, "unit_id": make.county.id, "again": "y"}
    assert here.post("/people/new", again).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Tombstone)) == 0
