"""Agreements as they are signed: what each kind needs, whose it is, which signing it belongs to."""

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.permissions import Role
from outreach.pipeline import views
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.models import Project
from tests.pipeline.test_milestones import PDF


def _agreement_form(make, **changes) -> dict:
    return {
        "unit_id": make.county.id,
        "kind": "letter",
        "company": "某某有限公司",
        "title": "家居产业园",
        "signed_on": "2024-01-08",
        "contract_by": "",
        "intended_wan": "1.2亿",
        "contracted_wan": "",
        "stated": "",
        "event_id": "0",
        "mobile": "",
        **changes,
    }


def test_a_letter_is_an_intention(make, visit):
    event = make.event()
    person = make.person("李丽", mobiles=["15412345678"])
    answer = visit(make.user()).post(
        "/agreements/new", _agreement_form(make, event_id=event.id, mobile="154 1234 5678")
    )
    assert answer.status_code == 303
    row = db.session.scalar(select(Agreement))
    assert (row.intended_wan, row.contracted_wan, row.event_id, row.person_id) == (
        Decimal(12_000),
        None,
        event.id,
        person.id,
    )


def test_who_brought_it_is_never_dropped_without_a_word(make, visit):
    make.person("外县", unit=make.other_county, mobiles=["15400001111"])
    for typed, words in (
        ("123", "11 位手机号码"),
        ("15499998888", "名录中没有人使用这个号码"),
        ("15400001111", "名录中没有人使用这个号码"),
    ):
        answer = visit(make.user()).post("/agreements/new", _agreement_form(make, mobile=typed))
        assert (answer.status_code, words in answer.text, f'value="{typed}"' in answer.text) == (
            422,
            True,
            True,
        ), typed
    assert db.session.scalar(select(func.count()).select_from(Agreement)) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contracted_wan": "100"}, "只有投资合同才有合同额"),
        ({"kind": "contract"}, "须填写合同额"),
        ({"intended_wan": "about 3"}, "以万元为单位"),
        ({"intended_wan": "-5"}, "以万元为单位"),
        ({"signed_on": "2099-01-01"}, "未来日期"),
        ({"signed_on": ""}, "此项必填"),
        ({"contract_by": "2023-01-01"}, "不能早于"),
        ({"intended_wan": "99999999999"}, "金额过大"),
        ({"company": ""}, "此项必填"),
    ],
)
def test_bad_agreements(make, visit, changes, words):
    answer = visit(make.user()).post("/agreements/new", _agreement_form(make, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="家居产业园"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Agreement)) == 0


def test_an_agreement_needs_an_amount_unless_it_is_about_labour(make, visit):
    browser = visit(make.user())
    assert browser.post("/agreements/new", _agreement_form(make, intended_wan="")).status_code == 422
    assert (
        browser.post("/agreements/new", _agreement_form(make, intended_wan="", kind="labour")).status_code
        == 303
    )


def test_a_project_starts_from_an_agreement_once(make, visit):
    officer, agreement = make.user(Role.INVESTMENT_OFFICER), make.agreement()
    browser = visit(officer)
    data = {"name": "家居产业园项目", "officer_id": officer.id, "industry": "C", "site": ""}
    assert browser.post(f"/agreements/{agreement.id}/project", {**data, "name": ""}).status_code == 422
    assert browser.post(f"/agreements/{agreement.id}/project", data).status_code == 303
    project = db.session.scalar(select(Project))
    assert (project.stage, project.officer_id) == ("intention", officer.id)
    assert browser.post(f"/agreements/{agreement.id}/project", data).status_code == 409


def test_the_scan_of_a_signed_paper_is_opened_by_whoever_may_take_figures_out(make, visit, contracted):
    agreement, officer = contracted.agreement, make.user(Role.INVESTMENT_OFFICER)
    page = f"/agreements/{agreement.id}"
    sent = {"evidence": (io.BytesIO(PDF), "合同.pdf")}
    assert visit(officer).post(f"{page}/papers", sent, content_type="multipart/form-data").status_code == 303
    file_id = db.session.get(Agreement, agreement.id).papers[-1].file_id
    assert visit(officer).post(f"{page}/papers/{file_id}").data == PDF
    assert (
        db.session.scalar(select(AuditEntry.user_id).where(AuditEntry.verb == "pipeline.open_file"))
        == officer.id
    )
    assert visit(officer).get(f"{page}/papers/{file_id}").location == page  # nothing leaves without a trace
    viewer = visit(make.user(Role.VIEWER))
    assert "合同.pdf" in viewer.get(page).text
    assert viewer.post(f"{page}/papers/{file_id}").status_code == 403


def test_a_later_signature_begins_at_the_first_one_however_old_it_is(make, visit, monkeypatch):
    monkeypatch.setattr(views.agreements, "NEWEST", 2)
    old = make.agreement(title="老项目", signed_on=date(2021, 1, 8))
    for _number in range(3):
        make.agreement()
    foreign = make.agreement(make.other_county)
    db.session.commit()
    visitor = visit(make.user())
    assert f'href="/agreements/new?first={old.id}"' in visitor.get(f"/agreements/{old.id}").text
    page = visitor.get(f"/agreements/new?first={old.id}").text
    assert re.search(rf'<option selected value="{old.id}">老项目', page)
    assert 'value="老项目"' in page
    assert f'value="{old.id}">老项目' not in visitor.get("/agreements/new").text
    form = _agreement_form(
        make,
        title="老项目",
        company=old.organisation.name,
        counts_as="upgrade",
        kind="contract",
        contracted_wan="5000",
        intended_wan="",
    )
    assert visitor.post("/agreements/new", {**form, "first_id": old.id}).status_code == 303
    assert db.session.scalar(select(Agreement.counts_as).where(Agreement.first_id == old.id)) == "upgrade"
    assert visitor.post("/agreements/new", {**form, "first_id": foreign.id}).status_code == 422
    assert f'value="{foreign.id}"' not in visitor.get(f"/agreements/new?first={foreign.id}").text
    asked = visitor.post(
        "/agreements/new", _agreement_form(make, title="老项目", company=old.organisation.name)
    )
    assert asked.status_code == 409
    assert f'value="{old.id}">老项目' in asked.text
