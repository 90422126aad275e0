"""The register of people's requests: filed, checked, answered, corrected, withdrawn, exported, erased,
forgotten.
"""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.core.retention import RULES
from outreach.directory import operations as directory
from outreach.ops import operations, request_queries
from outreach.ops.request_models import CHECKED, DONE, RECEIVED, REFUSED, WITHDRAWN, RightsRequest
from outreach.permissions import Role
from outreach.registrations import operations as registrations


@pytest.fixture
def user(make):
    return make.user()


def _register(make, user, **values):
    plain = {"kind": "access", "channel": "phone", "received_on": clock.today(), "said": "", "by": user}
    return operations.register_request(make.county, **{**plain, **values})


def _one() -> RightsRequest:
    db.session.expire_all()
    return db.session.scalars(select(RightsRequest)).unique().one()


def test_fifteen_working_days_after_the_festival(app):
    # National Day 2024: off 1-7 October, worked 29 September and 12 October (国办发明电〔2023〕7号)
    assert request_queries.due_after(date(2024, 9, 27)) == date(2024, 10, 23)
    assert request_queries.due_after(date(2024, 6, 11)) == date(2024, 7, 2)


def test_a_person_asks_on_their_page_and_reads_the_answer_there(make, visit, user):
    person = make.person()
    token = directory.make_link(person, by=user)
    guest, own = visit(), f"/c/{token}/requests"
    assert "/requests" in guest.get(f"/c/{token}/held").text
    assert guest.post(own, {"kind": "", "said": "x"}).status_code == 422
    assert guest.post(own, {"kind": "everything", "said": ""}).status_code == 422
    assert guest.post(own, {"kind": "delete", "said": "不再需要"}).status_code == 303
    row = _one()
    assert (row.channel, row.state, row.person_id, row.unit_id) == (
        "page",
        RECEIVED,
        person.id,
        person.unit_id,
    )
    due = f"{row.due_on.year}年{row.due_on.month}月{row.due_on.day}日"
    assert due in guest.get(own).text
    assert due in guest.get(f"/c/{token}/held").text
    guest.post(own, {"kind": "delete", "said": "请尽快"})
    assert _one().said == "不再需要\n请尽快", "one that waits is the same request"

    staff, page = visit(user), f"/requests/{row.id}"
    assert staff.post(f"{page}/answer", {"outcome": "done", "answer": "已办"}).status_code == 409
    assert staff.post(f"{page}/check", {"how": ""}).status_code == 422
    assert staff.post(f"{page}/check", {"how": "回拨登记号码"}).status_code == 303
    assert (_one().state, _one().handler_id) == (CHECKED, user.id)
    assert staff.post(f"{page}/answer", {"outcome": "refused", "answer": ""}).status_code == 422
    answer = "依法须保存至活动结束"
    assert staff.post(f"{page}/answer", {"outcome": "refused", "answer": answer}).status_code == 303
    assert _one().state == REFUSED
    for address in (own, f"/c/{token}/held"):
        assert answer in guest.get(address).text
        assert user.name not in guest.get(address).text


def test_the_person_takes_it_back_and_nobody_elses(make, visit, user):
    one, two = make.person("王毅"), make.person("李丽")
    mine = operations.file_request(one, kind="explain", said="")
    token, other = directory.make_link(one, by=user), directory.make_link(two, by=user)
    assert visit().post(f"/c/{other}/requests/{mine.id}/withdraw").status_code == 404
    assert visit().post(f"/c/{token}/requests/{mine.id}/withdraw").status_code == 303
    assert (_one().state, _one().closed_by_id) == (WITHDRAWN, None)
    assert visit().post(f"/c/{token}/requests/{mine.id}/withdraw").status_code == 409
    assert visit().post("/c/nobody/requests", {"kind": "delete"}).status_code == 404


def test_staff_register_what_comes_by_telephone(make, visit, user):
    browser = visit(user)
    data = {
        "kind": "restrict",
        "channel": "phone",
        "received_on": clock.today().isoformat(),
        "said": "先别用",
    }
    blank = browser.post("/requests/new", {**data, "unit_id": make.county.id})
    assert blank.status_code == 422
    assert "先别用" in blank.text, "what was typed is kept"
    ahead = {**data, "received_on": (clock.today() + timedelta(days=1)).isoformat()}
    assert browser.post("/requests/new", {**ahead, "person": make.person().id}).status_code == 422
    known = {**data, "name": "王毅", "reach": "15400001111", "unit_id": make.county.id}
    assert browser.post("/requests/new", known).status_code == 303
    row = _one()
    assert (row.name, row.unit_id, row.handler_id) == ("王毅", make.county.id, user.id)
    assert row.due_on == request_queries.due_after(clock.today())
    page = browser.get(f"/requests/{row.id}").text
    assert "王*" in page
    foreign = {**known, "unit_id": make.other_county.id}
    assert browser.post("/requests/new", foreign).status_code == 422


def test_of_a_card_and_of_a_guest(make, visit, user):
    browser, person = visit(user), make.person("王毅")
    guest = make.registration(make.event(), "李丽")
    for who in ({"person": person.id}, {"registration": guest.id}):
        query = "&".join(f"{name}={key}" for name, key in who.items())
        assert browser.get(f"/requests/new?{query}").status_code == 200
        data = {"kind": "access", "channel": "letter", "received_on": clock.today().isoformat(), **who}
        assert browser.post("/requests/new", data).status_code == 303
    of_card, of_guest = db.session.scalars(select(RightsRequest).order_by(RightsRequest.id)).unique()
    assert (of_card.who, of_card.unit_id) == ("王毅", person.unit_id)
    assert (of_guest.who, of_guest.unit_id) == ("李丽", make.county.id)
    assert "查阅复制" in browser.fragment(f"/people/{person.id}/requests").text
    assert f"/requests/{of_card.id}" in browser.fragment(f"/people/{person.id}/requests").text
    with pytest.raises(Refused):
        directory.remove_person(person, version=person.version, reason="x", by=user)


def test_another_county_sees_and_does_nothing(make, visit, user):
    row = _register(make, user, person=make.person())
    stranger = visit(make.user(unit=make.other_county))
    assert stranger.get(f"/requests/{row.id}").status_code == 404
    for verb in ("check", "answer", "correct", "withdraw", "reopen", "take-over"):
        assert stranger.post(f"/requests/{row.id}/{verb}", {"reason": "x"}).status_code == 404, verb
    assert "王*" not in stranger.get("/requests").text
    assert stranger.get(f"/requests/new?person={row.person_id}").status_code == 404
    data = {"kind": "access", "channel": "phone", "received_on": clock.today().isoformat()}
    assert stranger.post("/requests/new", {**data, "person": row.person_id}).status_code == 404
    assert visit(make.user(Role.VIEWER)).get("/requests").status_code == 403


def test_the_list_is_searched_narrowed_and_exported(make, visit, user):
    person = make.person("王毅")
    late = _register(make, user, person=person, received_on=clock.today() - timedelta(days=60))
    done = _register(make, user, name="沈括行", reach="15400001111", kind="delete")
    operations.check_identity(done, how="出示证件", by=user)
    operations.answer_request(done, done=True, answer="已删除", by=user)
    browser = visit(user)

    def rows(query: str) -> set[int]:
        text = browser.get(f"/requests?{query}").text
        return {row.id for row in (late, done) if f'href="/requests/{row.id}"' in text}

    assert rows("") == {late.id, done.id}
    assert rows("text=wangyi") == rows("text=王毅") == rows("state=waiting") == rows("overdue=y") == {late.id}
    assert (
        rows("text=沈括") == rows("kind=delete") == rows("state=done") == rows(f"text={done.id}") == {done.id}
    )
    assert rows("state=refused") == set()
    assert rows("mine=y") == {late.id, done.id}
    assert browser.post("/requests/export", {"reason": ""}).status_code == 422
    sheet = browser.post("/requests/export?state=done", {"reason": "督查"})
    lines = list(openpyxl.load_workbook(io.BytesIO(sheet.data)).active.iter_rows(values_only=True))
    assert any("沈**" in line for line in lines)
    assert not any("王*" in line for line in lines)
    verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id.desc())).first()
    assert verbs == "ops.export_requests"
    assert visit(make.user(Role.LIAISON)).post("/requests/export", {"reason": "x"}).status_code == 403


def test_the_home_page_counts_what_waits_and_what_is_late(make, visit, user):
    browser = visit(user)
    assert "/requests?" not in browser.get("/home").text
    _register(make, user, person=make.person(), received_on=clock.today() - timedelta(days=60))
    _register(make, user, person=make.person())
    assert request_queries.counts(user) == (2, 1)
    home = browser.get("/home").text
    assert 'href="/requests?state=waiting"><strong>2</strong>' in home
    assert 'href="/requests?overdue=y"><strong>1</strong>' in home


def test_corrected_withdrawn_and_opened_again_in_the_open(make, visit, user):
    row = _register(make, user, name="王毅", reach="15400001111", received_on=date(2024, 6, 11))
    browser, page = visit(user), f"/requests/{row.id}"
    same = {"kind": "access", "channel": "phone", "received_on": "2024-06-11", "said": "", "name": "王毅"}
    same["reach"] = "15400001111"
    assert browser.post(f"{page}/correct", {**same, "reason": "核对"}).status_code == 409
    assert browser.post(f"{page}/correct", {**same, "kind": "correct", "reason": ""}).status_code == 422
    changed = {**same, "kind": "correct", "received_on": "2024-06-12", "reason": "听错了"}
    assert browser.post(f"{page}/correct", changed).status_code == 303
    row = _one()
    assert (row.kind, row.due_on) == ("correct", request_queries.due_after(date(2024, 6, 12)))
    assert "听错了" in browser.get(page).text
    assert row.changes[0][3]["kind"] == "access"
    assert browser.post(f"{page}/withdraw", {"reason": "重复登记"}).status_code == 303
    assert browser.post(f"{page}/check", {"how": "x"}).status_code == 409
    assert browser.post(f"{page}/take-over").status_code == 409
    assert browser.post(f"{page}/reopen", {"reason": "不是重复"}).status_code == 303
    assert (_one().state, _one().answer, len(_one().changes)) == (RECEIVED, "", 2)
    assert "重复登记" in browser.get(page).text
    assert browser.post(f"{page}/reopen", {"reason": "再来"}).status_code == 409


def test_what_was_done_on_the_card_stands_beside_the_request(make, visit, user):
    person = make.person()
    row = _register(make, user, person=person)
    directory.restrict_person(person, reason="本人异议", by=user)
    page = visit(user).get(f"/requests/{row.id}").text
    assert "限制处理个人信息" in page
    assert f"/people/{person.id}/erase" in page
    assert f"/people/{person.id}/dossier" in page


def test_erasing_empties_the_request_and_keeps_that_there_was_one(make, visit, user):
    person = make.person("王毅")
    row = _register(make, user, person=person, kind="delete", said="王毅要求删除", reach="15400001111")
    operations.check_identity(row, how="王毅出示证件", by=user)
    directory.erase_person(person, why="asked", by=user)
    row = _one()
    assert (row.state, row.kind, row.received_on) == (DONE, "delete", clock.today())
    assert (row.who, row.said, row.reach, row.checked_how, row.answer, row.changes) == (
        "",
        "",
        "",
        "",
        "",
        [],
    )
    assert row.closed_at is not None
    browser = visit(user)
    assert browser.get(f"/requests/{row.id}").status_code == 200
    assert browser.post(f"/requests/{row.id}/reopen", {"reason": "x"}).status_code == 409
    assert f"/requests/{row.id}" in browser.get("/requests").text


def test_erasing_a_guest_does_the_same(make, user):
    guest = make.registration(make.event(), "李丽")
    row = _register(make, user, registration=guest, kind="access", said="李丽要看")
    registrations.erase_guest(guest, why="asked", by=user)
    row = _one()
    assert (row.state, row.who, row.said) == (WITHDRAWN, "", "")


def test_merged_cards_keep_both_requests(make, user):
    kept, gone = make.person(), make.person()
    operations.file_request(gone, kind="access", said="")
    merge = directory.merge_people(kept, gone, take=set(), reason="同一人", by=user)
    assert len(request_queries.of_person(kept.id)) == 1
    back = directory.undo_merge(merge, reason="两个人", by=user)
    assert len(request_queries.of_person(back.id)) == 1


def test_forgotten_three_years_after_the_answer(make, user):
    old, young, waiting = (_register(make, user, name="甲", reach="x") for _ in range(3))
    for row, days in ((old, 1096), (young, 1094)):
        operations.answer_request(row, done=False, answer="无法核实身份", by=user)
        row.closed_at = clock.now() - timedelta(days=days)
    db.session.flush()
    rule = RULES["rights_requests"]
    assert rule.days == 1095
    assert rule.due(rule.before) == 1
    assert rule.forget(rule.before, 500) == 1
    db.session.expire_all()
    left = set(db.session.scalars(select(RightsRequest.id)))
    assert left == {young.id, waiting.id}
