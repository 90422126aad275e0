"""What a rule of the house refuses: the form stands there again as it was typed,
the reason beside its field, and nothing was written.
"""

import io

import pytest
from flask import abort
from sqlalchemy import func, select

from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.pipeline import operations
from outreach.pipeline.models import Instalment, Milestone
from outreach.pipeline.views import projects as project_views


@pytest.fixture
def project(make):
    return make.project()


def _slip(note: str) -> dict:
    proof = (io.BytesIO(b"%PDF-1.4 slip "), "回单.pdf")
    return {
        "paid_on": "2025-03-04",
        "amount_wan": "500",
        "origin": "outside",
        "note": note,
        "evidence": proof,
    }


def _count(model) -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_reason_about_a_field_stands_beside_it_and_what_was_typed_stays(make, visit, project):
    before = _count(Milestone)
    typed = {
        "kind": "contract",
        "happened_on": "2025-03-04",
        "amount_wan": "2800",
        "note": "县政府会议室签约",
        "review": "",
    }
    answer = visit(make.user(Role.INVESTMENT_OFFICER)).post(f"/projects/{project.id}/milestones", typed)
    assert answer.status_code == 422
    field = answer.text.split('name="review"', 1)[1].split("</div>", 1)[0]
    assert "请填写审查文号" in field
    assert all(word in answer.text for word in ("2025-03-04", 'value="2800"', "县政府会议室签约"))
    assert answer.text.count("请填写审查文号") == 2  # above, where the page begins, and beside the field
    assert _count(Milestone) == before


def test_a_reason_about_no_field_stands_above_the_form(make, visit, project):
    typed = _slip("首笔到账")
    answer = visit(make.user(Role.INVESTMENT_OFFICER)).post(f"/projects/{project.id}/instalments", typed)
    assert answer.status_code == 409
    assert answer.text.count("请先登记合同") == 1
    form = answer.text.split(f'action="/projects/{project.id}/instalments"', 1)
    assert form[0].rsplit("<details", 1)[1].split(">", 1)[0].endswith("open")
    assert all(word in form[1] for word in ('value="500"', "首笔到账"))
    assert _count(Instalment) == 0


def test_what_was_written_before_the_refusal_is_taken_back(make, visit, project, monkeypatch):
    enter = operations.enter_milestone

    def late(*given, **more):
        enter(*given, **more)
        db.session.flush()
        raise Refused("太晚了", at="note")

    monkeypatch.setattr(operations, "enter_milestone", late)
    before = _count(Milestone)
    answer = visit(make.user(Role.INVESTMENT_OFFICER)).post(
        f"/projects/{project.id}/milestones", {"kind": "registered", "happened_on": "2025-03-04", "note": "x"}
    )
    assert (answer.status_code, answer.text.count("太晚了")) == (422, 2)
    assert _count(Milestone) == before


def test_a_button_that_is_refused_has_a_page_of_its_own(make, visit):
    event = make.event()
    browser = visit(make.user())
    browser.post(f"/events/{event.id}/hold")
    answer = browser.post(f"/events/{event.id}/hold")
    assert answer.status_code == 409
    assert "无法执行" in answer.text


def test_a_machine_has_the_reason_in_its_own_way(make, visit, project):
    typed = _slip("")
    answer = visit(make.user(Role.INVESTMENT_OFFICER)).post(
        f"/projects/{project.id}/instalments", typed, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 409
    assert "合同" in answer.json["reason"]


def test_when_the_page_itself_is_gone_the_reason_has_a_page_and_stands_on_it_once(
    make, visit, project, monkeypatch
):
    """Between the two runs of the view somebody took the project out of sight."""

    def refused(row, **_values):
        raise Refused("太晚了")

    seen = iter([True])
    found = project_views.project_of

    def once(*given, **more):
        return found(*given, **more) if next(seen, False) else abort(404)

    monkeypatch.setattr(operations, "pay_in", refused)
    monkeypatch.setattr(project_views, "project_of", once)
    answer = visit(make.user(Role.INVESTMENT_OFFICER)).post(f"/projects/{project.id}/instalments", _slip(""))
    assert (answer.status_code, answer.text.count("太晚了")) == (409, 1)
