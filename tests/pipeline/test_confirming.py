"""The desk for confirming: evidence beside the row, many at once, never one's own, returned with a reason."""

import io
import threading
import time
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import func, select

from outreach.core import clock, files, previews
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.desk import waiting as home
from outreach.permissions import Role
from outreach.pipeline import confirming_queries, operations
from outreach.pipeline.models import Milestone
from outreach.pipeline.operations import facts


def _png(colour: str = "red") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(kept, "PNG")
    return kept.getvalue()


def _pdf() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (200, 280), "white").save(kept, "PDF")
    return kept.getvalue()


@pytest.fixture
def officer(make):
    return make.user(Role.INVESTMENT_OFFICER)


@pytest.fixture
def checker(make):
    return make.user(Role.INVESTMENT_OFFICER)


@pytest.fixture
def project(make, officer):
    """Registered with a picture, building without any proof; its signature has a scan."""
    row = make.project(officer=officer, by=officer)
    for kind, name, content in (("registered", "执照.png", _png()), ("construction", "", b"")):
        operations.enter_milestone(
            row,
            kind=kind,
            happened_on=date(2024, 6, 1),
            amount_wan=None,
            note="",
            file_name=name,
            content=content,
            by=officer,
        )
    db.session.commit()
    return row


def _key(project, kind: str) -> str:
    return f"milestones-{project.standing[kind].id}"


def _look(browser, project, kind: str):
    return browser.post(f"/unconfirmed/milestones/{project.id}/{project.standing[kind].id}", {})


def test_the_evidence_stands_beside_its_row_and_looking_leaves_a_trace(project, checker, visit):
    text = _look(visit(checker), project, "registered").text
    assert 'src="data:image/jpeg;base64,' in text
    looked = select(AuditEntry.user_id).where(AuditEntry.verb == "pipeline.open_file")
    assert db.session.scalars(looked).all() == [checker.id]


def test_a_pdf_is_shown_as_pictures_and_a_broken_one_is_said(app):
    file = files.keep("回单.pdf", _pdf(), "application/pdf", by=None)
    assert len(previews.pictures(file.path, file.media_type)) == 1
    broken = files.keep("坏.pdf", b"%PDF-1.4 nothing", "application/pdf", by=None)
    assert previews.pictures(broken.path, broken.media_type) == []


def test_many_are_confirmed_at_once_and_those_refused_are_named(project, checker, visit):
    browser = visit(checker)
    sent = {"fact": [_key(project, "registered"), _key(project, "construction")]}
    text = browser.post("/unconfirmed/confirm", sent).text
    assert "未予确认" in text
    assert "缺少证明材料" in text or "证明" in text
    db.session.expire_all()
    assert {kind: bool(row.confirmed_at) for kind, row in project.standing.items()} == {
        "intention": False,
        "registered": True,
        "construction": False,
    }
    # sent twice: what one has confirmed oneself is no refusal
    answer = browser.post("/unconfirmed/confirm", {"fact": [_key(project, "registered")]})
    assert answer.status_code == 303


def test_nobody_confirms_their_own_and_no_key_reaches_another_county(make, project, officer, visit):
    text = visit(officer).post("/unconfirmed/confirm", {"fact": [_key(project, "registered")]}).text
    assert "他人" in text
    stranger = visit(make.user(Role.INVESTMENT_OFFICER, unit=make.other_county))
    for sent in ([_key(project, "registered")], ["milestones-99999999999999", "x-1", "milestones-x", ""], []):
        assert stranger.post("/unconfirmed/confirm", {"fact": sent}).status_code == 303
    assert _look(stranger, project, "registered").status_code == 404
    confirmed = select(func.count()).where(Milestone.confirmed_at.is_not(None))
    assert db.session.scalar(confirmed) == 0


def test_a_returned_entry_is_told_to_who_entered_it_and_comes_back(project, officer, checker, visit):
    fact, browser = project.standing["construction"], visit(checker)
    address = f"/unconfirmed/milestones/{project.id}/{fact.id}"
    assert browser.post(f"{address}/return", {"reason": ""}).status_code == 422
    assert browser.post(f"{address}/return", {"reason": "照片看不出开工"}).status_code == 303
    db.session.expire_all()
    assert fact.returned_why == "照片看不出开工"
    told = {str(line.words): line.count for line in home.lines(officer)}
    assert 1 in [count for words, count in told.items() if "退回" in words]
    own = visit(officer)
    assert "照片看不出开工" in own.get("/unconfirmed?returned=y").text
    assert "照片看不出开工" in own.get(f"/projects/{project.id}").text
    assert _key(project, "construction") not in browser.get("/unconfirmed").text
    operations.add_evidence(project, fact, file_name="开工.png", content=_png("blue"), by=officer)
    db.session.commit()
    assert _key(project, "construction") in browser.get("/unconfirmed").text


def test_a_return_is_no_way_around_the_rules(project, officer, checker):
    fact = project.standing["registered"]
    with pytest.raises(Refused, match="自行"):
        operations.return_fact(project, fact, reason="x", by=officer)
    with pytest.raises(Refused):
        operations.present_again(project, fact, by=officer)
    operations.confirm(project, fact, by=checker)
    with pytest.raises(Refused, match="已确认"):
        operations.return_fact(project, fact, reason="x", by=checker)


def test_search_filters_age_and_export(make, project, officer, checker, visit):
    operations.pay_in(
        make.project(
            make.agreement(kind="contract", contracted_wan=Decimal(9), intended_wan=None), name="有钱"
        ),
        paid_on=date(2024, 6, 2),
        amount_wan=Decimal(3),
        note="",
        file_name="a.pdf",
        content=b"%PDF-1.4 slip",
        by=officer,
    )
    project.standing["registered"].entered_at = clock.now() - timedelta(days=40)
    db.session.commit()

    def found(**filters):
        chosen = confirming_queries.select_waiting(checker, **filters)
        return [row.kind for row in confirming_queries.rows(db.session.execute(chosen))]

    assert found() == ["registered", "intention", "construction", "contract", "money"]
    assert (found(kind="money"), found(kind="contract"), found(age=30)) == (
        ["money"],
        ["contract"],
        ["registered"],
    )
    assert (found(text="有钱"), found(unit=make.other_county.id)) == (["contract", "money"], [])
    assert found(officer=officer.id) == ["registered", "intention", "construction"]
    sheet = openpyxl.load_workbook(
        io.BytesIO(visit(checker).post("/unconfirmed/export?kind=money").data)
    ).active
    assert [cell.value for cell in sheet["A"][3:4]] == ["有钱"]
    for query in ("unit=x", "officer=999999", "age=-1", "page=99", "kind=nothing"):
        assert visit(checker).get(f"/unconfirmed?{query}").status_code == 200


def test_two_people_confirm_one_fact_at_once_and_one_of_them_has(
    make, project, checker, visit, app, monkeypatch
):
    """The second waits for the first, sees that it is confirmed, and is told so: one confirmation,
    one trace.
    """
    other = make.user(Role.INVESTMENT_OFFICER)
    fact, stands = project.standing["registered"], facts._stands
    # long enough between the question and the entry that the other would pass it meanwhile, were they not
    # held up
    monkeypatch.setattr(facts, "_stands", lambda *given: time.sleep(0.4) or stands(*given))
    browsers = {user.id: visit(user) for user in (checker, other)}
    sent, start, answers = {"fact": [_key(project, "registered")]}, threading.Barrier(2), {}

    def confirm(user_id: int) -> None:
        with app.app_context():
            headers = {"X-CSRFToken": browsers[user_id]._token()}
            start.wait()
            answers[user_id] = browsers[user_id].client.post(
                "/unconfirmed/confirm", data=sent, headers=headers
            )
            db.session.remove()

    fact_id = fact.id
    db.session.commit()
    threads = [threading.Thread(target=confirm, args=(key,)) for key in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    traces = db.session.scalars(
        select(AuditEntry.user_id).where(
            AuditEntry.verb == "pipeline.confirm", AuditEntry.object_id == fact_id
        )
    ).all()
    assert traces == [fact.confirmed_by_id]
    late = next(key for key in browsers if key != fact.confirmed_by_id)
    assert (answers[fact.confirmed_by_id].status_code, answers[late].status_code) == (303, 200)
    assert "已确认" in answers[late].text
