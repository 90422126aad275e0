"""What was entered wrongly is opened again, withdrawn or put back:
lists and lights follow, what stood before stays in sight.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.pipeline import light_queries, meeting_queries, operations
from outreach.pipeline import supervision_queries as supervision

TODAY = clock.today()
SOON = TODAY + timedelta(days=5)


@pytest.fixture
def officer(make):
    return make.user(Role.INVESTMENT_OFFICER)


@pytest.fixture
def project(make, officer):
    return make.project(officer=officer)


def _entry(verb: str) -> AuditEntry:
    return db.session.scalar(select(AuditEntry).where(AuditEntry.verb == verb).order_by(AuditEntry.id.desc()))


def _refused_to_others(make, visit, address: str) -> None:
    """Without a permission 403, from another county 404."""
    stranger = visit(make.user(Role.INVESTMENT_OFFICER, unit=make.other_county))
    assert stranger.post(address, {"reason": "x"}).status_code == 404
    assert visit(make.user(Role.VIEWER)).post(address, {"reason": "x"}).status_code == 403


def _silent_since_long(project) -> None:
    long_ago = clock.now() - timedelta(days=400)
    project.created_at = long_ago
    for row in project.milestones:
        row.entered_at = long_ago
    db.session.flush()


def _rules(project) -> set[str]:
    return {reason.rule for reason in light_queries.reasons_of(project)}


def test_a_step_is_withdrawn_and_put_back(make, visit, project, officer):
    step = operations.plan_step(project, text="约见银行", due_on=TODAY - timedelta(days=1), by=officer)
    db.session.flush()
    browser, address = visit(officer), f"/projects/{project.id}/steps/{step.id}/withdraw"
    _refused_to_others(make, visit, address)
    wrong = browser.post(address, {"reason": ""})
    assert (wrong.status_code, step.withdrawn_at) == (422, None)
    assert "约见银行" in browser.get("/home").text
    assert "约见银行" in browser.get("/board").text
    assert browser.post(address, {"reason": "录到了别的项目"}).status_code == 303
    assert "录到了别的项目" in browser.get(f"/projects/{project.id}").text
    assert "约见银行" not in browser.get("/home").text
    assert project.name not in browser.get("/projects?overdue=y").text
    assert "约见银行" not in browser.get("/board").text
    assert project.next_step is None
    assert browser.post(address, {"reason": "再次"}).status_code == 409
    for verb in ("finish", "postpone", "reopen"):
        data = {"outcome": "x", "due_on": SOON.isoformat(), "reason": "x"}
        assert browser.post(f"/projects/{project.id}/steps/{step.id}/{verb}", data).status_code == 409, verb
    assert _entry("pipeline.withdraw_step").reason == "录到了别的项目"
    assert browser.post(f"/projects/{project.id}/steps/{step.id}/restore").status_code == 303
    assert project.name in browser.get("/projects?overdue=y").text
    assert browser.post(f"/projects/{project.id}/steps/{step.id}/restore").status_code == 409


def test_the_light_forgets_a_step_that_was_not_done(make, visit, project, officer):
    """A step that is done keeps the light off; opened again or withdrawn it does not."""
    _silent_since_long(project)
    step = operations.plan_step(project, text="约见银行", due_on=SOON, by=officer)
    assert "silent" in _rules(project)
    operations.finish_step(step, outcome="谈妥", by=officer)
    db.session.flush()
    assert "silent" not in _rules(project)
    browser, address = visit(officer), f"/projects/{project.id}/steps/{step.id}/reopen"
    _refused_to_others(make, visit, address)
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "点错了"}).status_code == 303
    assert (step.done_at, "silent" in _rules(project)) == (None, True)
    page = browser.get(f"/projects/{project.id}").text
    assert "点错了" in page
    assert "谈妥" in page
    assert browser.post(address, {"reason": "再次"}).status_code == 409
    operations.finish_step(step, outcome="谈妥", by=officer)
    operations.withdraw_step(step, reason="不是本项目的", by=officer)
    db.session.flush()
    assert "silent" in _rules(project)


def test_a_settled_matter_is_opened_again(make, visit, project, officer):
    row = operations.raise_concern(project, text="用电增容", owner="供电公司", due_on=SOON, by=officer)
    operations.settle_concern(row, outcome="已架设专线", by=officer)
    browser, address = visit(officer), f"/projects/{project.id}/concerns/{row.id}/reopen"
    _refused_to_others(make, visit, address)
    elsewhere = make.project(officer=officer)
    assert (
        browser.post(f"/projects/{elsewhere.id}/concerns/{row.id}/reopen", {"reason": "x"}).status_code == 404
    )
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert meeting_queries.open_concerns(make.county) == []
    assert browser.post(address, {"reason": "专线没有通电"}).status_code == 303
    assert meeting_queries.open_concerns(make.county) == [row]
    assert "用电增容" in browser.get("/concerns").text
    page = browser.get(f"/projects/{project.id}").text
    assert "专线没有通电" in page
    assert "已架设专线" in page
    assert browser.post(address, {"reason": "再次"}).status_code == 409
    operations.settle_concern(row, outcome="已通电", by=officer)
    operations.reopen_concern(row, reason="又断了", by=officer)
    assert [one.outcome for one in row.reopenings] == ["已通电", "已架设专线"]


def _issued(project, by, level: str = "reminder"):
    return operations.issue_notice(
        project, level=level, addressee="商务局", text="尽快开工", due_on=SOON, by=by
    )


def test_a_notice_is_withdrawn_and_its_number_stays(make, visit, project, officer):
    """Not by the project's own officer; nor one that a stricter paper followed from."""
    clerk = make.user()
    first = _issued(project, clerk)
    address = f"/projects/{project.id}/notices/{first.id}/withdraw"
    _refused_to_others(make, visit, address)
    assert visit(officer).post(address, {"reason": "x"}).status_code == 409
    first.due_on = TODAY - timedelta(days=1)
    second = _issued(project, clerk, "supervision")
    browser = visit(clerk)
    assert browser.post(address, {"reason": "发错了单位"}).status_code == 409
    second_address = f"/projects/{project.id}/notices/{second.id}/withdraw"
    assert browser.post(second_address, {"reason": ""}).status_code == 422
    assert browser.post(second_address, {"reason": "提醒函已有反馈"}).status_code == 303
    assert browser.post(address, {"reason": "发错了单位"}).status_code == 303
    assert "发错了单位" in browser.get(f"/projects/{project.id}").text
    listed = {
        state: list(db.session.scalars(supervision.select_notices(clerk, state=state)))
        for state in ("", "open", "late", "closed", "withdrawn")
    }
    assert listed == {"": [first, second], "open": [], "late": [], "closed": [], "withdrawn": [first, second]}
    assert first.number in browser.get("/notices?state=withdrawn").text
    for verb in ("receive", "answer", "close", "withdraw", "reopen"):
        data = {"answer": "x", "outcome": "x", "reason": "x"}
        answer = browser.post(f"/projects/{project.id}/notices/{first.id}/{verb}", data)
        assert answer.status_code == 409, verb
    with pytest.raises(Refused, match="提醒函"):
        _issued(project, clerk, "supervision")
    assert _issued(project, clerk).serial == 3


def test_a_closed_notice_is_opened_again_unless_a_later_one_was_issued(make, visit, project, officer):
    clerk = make.user()
    row = _issued(project, clerk)
    operations.answer_notice(row, answer="已进场", by=officer)
    operations.close_notice(row, outcome="属实", by=clerk)
    with pytest.raises(Refused, match="销号"):
        operations.withdraw_notice(row, reason="x", by=clerk)
    browser, address = visit(clerk), f"/projects/{project.id}/notices/{row.id}/reopen"
    _refused_to_others(make, visit, address)
    assert browser.post(address, {"reason": "现场没有人"}).status_code == 303
    assert (row.closed_at, row.answer) == (None, "已进场")
    assert row.number in browser.get("/notices?state=open").text
    assert "现场没有人" in browser.get(f"/projects/{project.id}").text
    operations.close_notice(row, outcome="属实", by=clerk)
    _issued(project, clerk)
    assert browser.post(address, {"reason": "x"}).status_code == 409
