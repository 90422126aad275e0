"""Notes with files and who may see them; the scanner; planned days that move;
what others entered and somebody confirms.
"""

import io
import stat
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from outreach.core import clock, files
from outreach.core.db import db
from outreach.core.files import StoredFile
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.pipeline import (
    confirming_queries,
    note_queries,
    operations,
    report_queries,
    supervision_queries,
)
from outreach.pipeline.note_models import ProjectNote

PDF = b"%PDF-1.7\n"
KEY = "a-note-from-the-site-1"


def _send(browser, project, *, content=PDF, name="照片.pdf", **values):
    data = {"key": KEY, "text": "主体封顶", "seen_by": "all", "noted_at": "", **values}
    if content is not None:
        data["attached"] = [(io.BytesIO(content), name), (io.BytesIO(content + b"2"), f"二{name}")]
    return browser.post(f"/projects/{project.id}/notes", data, content_type="multipart/form-data")


@pytest.fixture
def project(make):
    return make.project()


def test_a_note_keeps_its_files_and_sent_twice_is_one(make, visit, project):
    officer = make.user(Role.INVESTMENT_OFFICER)
    browser = visit(officer)
    for _again in range(2):
        assert _send(browser, project).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(ProjectNote)) == 1
    page = browser.get(f"/projects/{project.id}").text
    assert "主体封顶" in page
    note = db.session.scalar(select(ProjectNote))
    assert [one.file.name for one in note.files] == ["照片.pdf", "二照片.pdf"]
    answer = browser.post(f"/projects/{project.id}/notes/files/{note.files[0].file_id}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with pytest.raises(Refused):
        operations.add_note(make.project(), key=KEY, text="x", seen_by="all", attached=[], by=officer)


@pytest.mark.parametrize(
    ("seen_by", "officer_sees", "viewer_sees"),
    [("all", True, True), ("editors", True, False), ("mine", False, False)],
)
def test_only_those_see_a_note_who_may(make, visit, project, seen_by, officer_sees, viewer_sees):
    writer, officer, viewer = (
        make.user(Role.INVESTMENT_OFFICER),
        make.user(Role.INVESTMENT_OFFICER),
        make.user(Role.VIEWER),
    )
    operations.add_note(
        project, key=KEY, text="只给某些人看", seen_by=seen_by, attached=[("a.pdf", PDF)], by=writer
    )
    file_id = db.session.scalar(select(ProjectNote)).files[0].file_id
    for user, sees in ((writer, True), (officer, officer_sees), (viewer, viewer_sees)):
        browser = visit(user)
        assert ("只给某些人看" in browser.get(f"/projects/{project.id}").text) is sees
        assert browser.post(f"/projects/{project.id}/notes/files/{file_id}").status_code == (
            200 if sees else 404
        )
    stranger = visit(make.user(Role.ADMINISTRATOR, unit=make.other_county))
    assert stranger.post(f"/projects/{project.id}/notes/files/{file_id}").status_code == 404


def test_a_note_is_taken_back_by_its_writer_and_put_back(make, visit, project):
    writer, other = make.user(Role.INVESTMENT_OFFICER), make.user(Role.INVESTMENT_OFFICER)
    note = operations.add_note(project, key=KEY, text="写错了", seen_by="all", attached=[], by=writer)
    assert visit(other).post(f"/projects/{project.id}/notes/{note.id}/withdraw").status_code == 409
    visit(writer).post(f"/projects/{project.id}/notes/{note.id}/withdraw")
    assert note_queries.notes(other, project) == []
    visit(writer).post(f"/projects/{project.id}/notes/{note.id}/restore")
    assert [row.text for row in note_queries.notes(other, project)] == ["写错了"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [(b"MZ\x90\x00", "a.exe", "照片"), (b"PK\x03\x04zip", "a.zip", "照片"), (None, "", "")],
)
def test_what_a_note_takes(make, visit, project, content, name, words):
    answer = _send(
        visit(make.user()), project, content=content, name=name, text="" if content is None else "看现场"
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(func.count()).select_from(ProjectNote)) == 0


def test_word_and_excel_are_taken_by_ending_and_content():
    assert files.office_type("请示.docx", files.ZIP).endswith("document")
    assert files.office_type("表.XLS", files.OLE) == "application/vnd.ms-excel"
    with pytest.raises(Refused):
        files.office_type("请示.docx", files.OLE)


def test_a_clock_that_is_ahead_counts_as_now(make, project):
    ahead = clock.now() + timedelta(days=3)
    note = operations.add_note(
        project, key=KEY, text="x", seen_by="all", attached=[], noted_at=ahead, by=make.user()
    )
    assert note.noted_at <= clock.now()


@pytest.mark.parametrize(("verdict", "kept"), [(0, True), (1, False), (None, False)])
def test_the_scanner_is_asked_before_a_file_is_kept(app, tmp_path, monkeypatch, verdict, kept):
    script = tmp_path / "scanner"
    script.write_text(f'#!/bin/sh\ntest -s "$1" || exit 7\nexit {verdict}\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setitem(
        app.config, "FILE_SCANNER", str(script) if verdict is not None else str(tmp_path / "missing")
    )
    content = f"%PDF-1.7 {verdict}".encode()
    if kept:
        assert files.keep("a.pdf", content, "application/pdf", by=None).path.read_bytes() == content
        return
    with pytest.raises(Refused):
        files.keep("a.pdf", content, "application/pdf", by=None)
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert not [path for path in files.folder().rglob("*") if path.is_file() and path.read_bytes() == content]


def test_a_plan_moves_only_with_a_reason_and_shows_that_it_did(make, visit, project):
    officer = make.user(Role.INVESTMENT_OFFICER)
    browser = visit(officer)
    page = {"planned_start": "2026-03-01", "post_id": 0, "chamber_id": 0}
    # set for the first time: no reason
    assert browser.post(f"/projects/{project.id}/about", page).status_code == 303
    page["planned_start"] = "2026-09-01"
    refused = browser.post(f"/projects/{project.id}/about", page)
    assert refused.status_code == 422
    assert "为什么" in refused.text or "原因" in refused.text
    assert (
        browser.post(f"/projects/{project.id}/about", {**page, "reason": "土地报批延期"}).status_code == 303
    )
    [change] = supervision_queries.plan_changes_of(project)
    assert (change.before, change.after, change.reason) == (
        date(2026, 3, 1),
        date(2026, 9, 1),
        "土地报批延期",
    )
    assert "土地报批延期" in browser.get(f"/projects/{project.id}").text


def _waiting(user) -> int:
    return len(list(db.session.execute(confirming_queries.select_waiting(user))))


def test_money_that_others_entered_waits_to_be_confirmed(make, visit):
    project, writer, other = (
        make.project(),
        make.user(Role.INVESTMENT_OFFICER),
        make.user(Role.INVESTMENT_OFFICER),
    )
    operations.enter_milestone(
        project, kind="contract", happened_on=date(2024, 2, 1), amount_wan=Decimal(900), note="", by=None
    )
    milestones = _waiting(writer)
    row = operations.pay_in(
        project,
        paid_on=date(2024, 3, 1),
        amount_wan=Decimal(70),
        note="",
        file_name="a.pdf",
        content=PDF,
        by=writer,
    )
    assert _waiting(writer) == milestones  # one's own entry is confirmed by somebody else
    assert _waiting(other) == milestones + 1
    assert "70 万元" in visit(other).get("/unconfirmed").text
    operations.confirm(project, row, by=other)
    assert _waiting(other) == milestones
    wrong = operations.pay_in(
        project,
        paid_on=date(2024, 3, 2),
        amount_wan=Decimal(5),
        note="",
        file_name="",
        content=b"",
        by=writer,
    )
    operations.correct_instalment(project, wrong, reason="重复", by=writer)
    assert _waiting(other) == milestones  # what was taken back needs nobody's word


def test_a_pause_that_is_dated_back_takes_no_debt_away(make):
    project, officer = make.project(), make.user()
    operations.enter_milestone(
        project, kind="contract", happened_on=date(2024, 2, 1), amount_wan=Decimal(900), note="", by=None
    )
    month = report_queries.last_month()

    def owing() -> set[int]:
        return {row.id for row in db.session.scalars(report_queries.select_owed(officer, month)).unique()}

    operations.change_state(project, state="paused", since_on=month, reason="停工", by=officer)
    late = clock.today() > report_queries.due_on(month)
    assert (project.id in owing()) is late
    state = supervision_queries.states_of(project)[0]
    state.entered_at = clock.now() - timedelta(days=60)
    db.session.flush()
    assert project.id not in owing()


def test_only_who_rules_sets_the_limits_of_lights(make, visit):
    values = {"unit_id": make.county.id, "name": "silent", "yellow": 10, "red": 20}
    assert visit(make.user(Role.INVESTMENT_OFFICER)).post("/rules/lights", values).status_code == 403
    assert visit(make.user(Role.ORGANISER)).post("/rules/lights", values).status_code == 303
    assert visit(make.user(Role.ORGANISER)).post("/rules/lights", {**values, "red": 2000}).status_code == 422


def test_a_contract_has_the_review_of_its_own_paper(make):
    agreement = make.agreement(
        kind="contract", signed_on=date(2025, 3, 1), contracted_wan=Decimal(900), intended_wan=None
    )
    operations.review(agreement, number="审〔2025〕1号", day=date(2025, 2, 1), passed=True, by=make.user())
    project = make.project(agreement)
    operations.withdraw_milestone(project, project.standing["contract"], reason="日期有误", by=make.user())
    row = operations.enter_milestone(
        project, kind="contract", happened_on=date(2025, 3, 2), amount_wan=Decimal(900), note="", by=None
    )
    assert row.review == "审〔2025〕1号"


def test_a_number_somebody_wrote_is_for_those_who_may_see_numbers(make, visit):
    officer = make.user(Role.INVESTMENT_OFFICER)
    project = make.project(officer=officer, site="联系 13812345678")
    operations.plan_step(project, text="打给 138 1234 5678", due_on=clock.today(), by=officer)
    operations.raise_concern(
        project, text="找 13812345678 协调", owner="李主任 13812345678", due_on=clock.today(), by=officer
    )
    viewer = visit(make.user(Role.VIEWER))
    for address in (f"/projects/{project.id}", "/concerns", "/bulletin", "/projects"):
        page = viewer.get(address).text
        assert "1234" not in page, address
    assert "138****5678" in viewer.get(f"/projects/{project.id}").text
    assert "打给 138 1234 5678" in visit(officer).get(f"/projects/{project.id}").text


def test_a_small_deed_that_is_refused_stands_open_with_what_was_typed(make, visit):
    officer = make.user(Role.INVESTMENT_OFFICER)
    project = make.project(officer=officer)
    steps = [
        operations.plan_step(project, text=text, due_on=clock.today(), by=officer) for text in ("甲", "乙")
    ]
    browser, later = visit(officer), (clock.today() + timedelta(days=9)).isoformat()
    answer = browser.post(
        f"/projects/{project.id}/steps/{steps[0].id}/postpone", {"due_on": later, "reason": ""}
    )
    assert answer.status_code == 422
    (open_one,) = browser.page.xpath("//section[@id='steps']//details[@open]")
    assert open_one.xpath(".//input[@name='due_on']/@value") == [later]
    assert "此项必填" in open_one.text_content()
    assert browser.page.xpath(
        "//details[not(@open)]//form[contains(@action, '/postpone')]//input[@name='due_on']/@value"
    ) == [""]
    answer = browser.post(f"/projects/{project.id}/steps/{steps[1].id}/finish", {"outcome": ""})
    assert len(browser.page.xpath("//section[@id='steps']//details[@open]//p[@class='field-error']")) == 1


def test_a_lead_is_entered_once(make, visit):
    officer = make.user(Role.INVESTMENT_OFFICER)
    browser = visit(officer)
    sent = {
        "unit_id": make.county.id,
        "name": "粮食深加工",
        "company": "甲有限公司",
        "officer_id": officer.id,
        "person_id": 0,
        "source": "",
    }
    assert browser.post("/projects/new", sent).status_code == 303
    answer = browser.post("/projects/new", sent)
    assert answer.status_code == 422
    assert "已有同名" in answer.text


def test_a_lead_leads_to_its_agreement_and_is_taken_on(make, visit):
    officer = make.user(Role.INVESTMENT_OFFICER)
    lead = operations.open_lead(
        make.county,
        name="粮食深加工",
        company="甲有限公司",
        officer=officer,
        person=None,
        source="",
        by=officer,
    )
    operations.open_lead(
        make.county, name="别的", company="乙有限公司", officer=officer, person=None, source="", by=officer
    )
    browser = visit(officer)
    link = (
        browser.get(f"/projects/{lead.id}")
        and browser.page.xpath("//a[contains(@href, '/agreements/new')]/@href")[0]
    )
    browser.get(link)
    assert (
        browser.page.xpath("//input[@name='title']/@value"),
        browser.page.xpath("//input[@name='company']/@value"),
    ) == (
        ["粮食深加工"],
        ["甲有限公司"],
    )
    agreement = make.agreement(title="粮食深加工", company="甲有限公司")
    browser.get(f"/agreements/{agreement.id}")
    assert browser.page.xpath("//select[@name='lead_id']/option[@selected]/@value") == [str(lead.id)]
