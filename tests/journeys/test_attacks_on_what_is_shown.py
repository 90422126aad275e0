"""What was tried against feedback, sign-ups, papers, notes and meetings and went wrong once."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import select

from outreach.core import clock
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.refusals import Refused
from outreach.events import operations as events
from outreach.events.models import Material
from outreach.permissions import Role
from outreach.pipeline import (
    bulletin_queries,
    ledger_queries,
    meeting_queries,
    note_queries,
    operations,
    supervision_queries,
)
from outreach.pipeline.ledger_models import LedgerBatch
from outreach.pipeline.meeting_models import Meeting
from outreach.pipeline.models import NextStep, Project
from outreach.reception import operations as reception
from outreach.registrations import operations as registrations
from outreach.registrations import question_queries, sign_up_queries
from outreach.registrations.models import Registration
from outreach.registrations.question_models import AFTER

SOON = clock.today() + timedelta(days=9)


@pytest.fixture
def over(make):
    """An event of an hour ago that asks for feedback, and its guest."""
    event = make.event()
    guest = make.registration(event, email="li@example.org")
    registrations.ask_the_usual(event, by=make.user())
    event.starts_at, event.ends_at = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    db.session.commit()
    return event, guest


def test_a_feedback_question_that_was_answered_and_changed_stays_feedback(make, visit, over):
    event, guest = over
    first = question_queries.questions(event, AFTER)[0]
    visit().post(f"/t/{guest.page_token}/feedback", {f"q{first.id}": "满意"})
    events.hold(event, by=make.user())
    form = {
        "label": "总体印象",
        "kind": "choice",
        "choices": "好\n坏",
        "place": 10,
        "when_id": 0,
        "keep_days": 0,
    }
    # also of an event that was held
    assert visit(make.user()).post(f"/events/{event.id}/questions/{first.id}", form).status_code == 303
    assert len(question_queries.questions(event, AFTER)) == 5
    assert question_queries.questions(event) == []
    assert question_queries.answers_of(guest.id) == []


@pytest.mark.parametrize("given", [{}, {"q0": "x"}])
def test_who_says_nothing_has_not_given_feedback(visit, over, given):
    event, guest = over
    assert visit().post(f"/t/{guest.page_token}/feedback", given).status_code == 422
    assert question_queries.feedback_givers(event) == 0


def test_an_event_that_was_called_off_asks_for_no_feedback(visit, over):
    event, guest = over
    event.state = "cancelled"
    db.session.commit()
    assert visit().get(f"/t/{guest.page_token}/feedback").status_code == 404


def test_nobody_agrees_for_another_companion(make):
    event = make.event(most_companions=1)
    events.invite(event, [make.person()], by=None)
    from outreach.events.models import Invitation

    invitation = db.session.scalar(select(Invitation))
    says = {"answer": "yes", "name": "王建国", "company": "甲", "mobile": "15499990001"}
    registrations.answer(invitation, **says, companions=[("张三", "甲")])
    companion = db.session.scalar(select(Registration).where(Registration.companion_of_id.is_not(None)))
    registrations.change(
        companion, name="张三", company="甲", post="", email="", guest_book=True, photos=True, by=None
    )
    registrations.answer(invitation, **says, companions=[("李四", "甲")])
    assert (companion.name, companion.guest_book_at, companion.photos_at) == ("李四", None, None)


def _item(event, **values):
    return events.add_item(
        event,
        starts_at=event.starts_at,
        minutes=60,
        title="甲",
        title_en="",
        speaker="",
        sign_up=True,
        capacity=None,
        by=None,
        **values,
    )


def test_an_item_keeps_its_sign_up_while_guests_are_on_it_and_tells_them_of_a_move(make):
    event, user = make.event(), make.user()
    item, guest = _item(event), make.registration(event, email="li@example.org")
    registrations.sign_up(guest, item)
    with pytest.raises(Refused):
        events.edit_item(item, sign_up=False, by=user)
    db.session.rollback()


def test_guests_hear_that_what_they_signed_up_for_moves(make):
    event, user = make.event(), make.user()
    item, guest = _item(event), make.registration(event, email="li@example.org")
    make.registration(event, name="赵强", email="zhao@example.org")
    registrations.sign_up(guest, item)
    events.edit_item(item, title="甲组", by=user)
    events.edit_item(item, starts_at=item.starts_at + timedelta(hours=1), by=user)
    letters = db.session.scalars(select(Mail).where(Mail.kind == "registrations/item_moved")).all()
    assert [row.recipient for row in letters] == ["li@example.org"]


def test_after_the_event_the_list_of_who_signed_up_stands(make, visit):
    event = make.event()
    item, guest = _item(event), make.registration(event)
    registrations.sign_up(guest, item)
    event.starts_at, event.ends_at = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    events.hold(event, by=make.user())
    assert visit().post(f"/t/{guest.page_token}/items/{item.id}/give-up").status_code == 409
    assert len(sign_up_queries.guests_of(item.id)) == 1


@pytest.mark.parametrize("way", ["up", "down", "remove"])
def test_a_ceremony_that_was_held_stays(make, visit, way):
    event = make.event()
    values = {
        "unit": make.county,
        "company": "甲",
        "signer": "",
        "counterpart": "",
        "witness": "",
        "intended_wan": None,
        "by": make.user(),
    }
    rows = [reception.save_signing(event, None, title=title, **values) for title in "甲乙"]
    event.state = "held"
    db.session.commit()
    assert visit(make.user()).post(f"/events/{event.id}/ceremony/{rows[0].id}/{way}").status_code == 409


def test_a_share_picture_is_one_page_whatever_is_written(make, visit):
    event = make.event(title="名" * 120, venue="厅" * 120, summary="一\n" * 100 + "长" * 3000)
    answer = visit(make.user()).get(f"/events/{event.id}/share.png")
    assert Image.open(io.BytesIO(answer.data)).size == (1080, 1620)


def test_a_text_in_the_place_of_a_file_is_no_file(make, visit):
    event, project = make.event(), make.project()
    browser = visit(make.user())
    for path, data in (
        (f"/events/{event.id}/materials", {"title": "x", "purpose": "document", "file": "abc"}),
        (f"/events/{event.id}/invitations/sheet", {"file": "abc"}),
        ("/ledgers", {"unit_id": make.county.id, "file": "abc"}),
    ):
        assert browser.post(path, data).status_code == 422, path
    note = {"key": "k" * 20, "text": "x", "seen_by": "all", "attached": "abc", "noted_at": "9" * 30}
    assert browser.post(f"/projects/{project.id}/notes", note).status_code == 303
    assert db.session.scalar(select(Material)) is None


@pytest.mark.parametrize("typed", ["1e9999999", "1e500000", "nan", "-5", "x"])
def test_an_amount_in_the_address_is_one_or_nothing(make, visit, typed):
    page = visit(make.user()).get(f"/agreements/new?intended={typed}")
    assert page.status_code == 200
    assert len(page.text) < 60_000


def test_odd_characters_do_not_stop_a_paper(make, visit):
    project, officer = make.project(), make.user()
    operations.plan_step(project, text="约谈\uffff\x0b", due_on=SOON, by=officer)
    operations.raise_concern(project, text="用\ufffe电", owner="甲", due_on=SOON, by=officer)
    browser = visit(officer)
    for path in (f"/projects/{project.id}/brief.docx", f"/projects/{project.id}/brief.pdf", "/bulletin.docx"):
        assert browser.post(path).status_code == 200, path


def test_the_bulletin_counts_payments_not_mistakes_and_says_what_is_unconfirmed(make, visit):
    from docx import Document

    project, officer = make.project(), make.user()
    operations.enter_milestone(
        project, kind="contract", happened_on=date(2024, 2, 1), amount_wan=Decimal(90), note="", by=officer
    )
    day = date(2024, 2, 6)
    operations.pay_in(
        project, paid_on=day, amount_wan=Decimal(10), note="", file_name="", content=b"", by=officer
    )
    make.confirmed(project)
    for _mistake in range(2):
        wrong = operations.pay_in(
            project, paid_on=day, amount_wan=Decimal(3), note="", file_name="", content=b"", by=officer
        )
        operations.correct_instalment(project, wrong, reason="错", by=officer)
    operations.pay_in(
        project, paid_on=day, amount_wan=Decimal(7), note="", file_name="", content=b"", by=officer
    )
    told = bulletin_queries.bulletin(officer, date(2024, 2, 5), date(2024, 2, 11))
    assert (len(told.paid), told.paid_in_wan) == (1, Decimal(10))
    paper = Document(io.BytesIO(visit(officer).post("/bulletin.docx?first=2024-02-05&last=2024-02-11").data))
    assert "共1笔，合计10万元。另有1项待确认，未计入。" in "".join(
        paragraph.text for paragraph in paper.paragraphs
    )
    links = [relation.target_ref for relation in paper.part.rels.values() if relation.is_external]
    assert all("/bulletin?first=2024-02-05" in link for link in links)


def test_a_ledger_moves_a_planned_day_and_is_taken_back(make, visit):
    project, officer = make.project(name="家居产业园项目"), make.user()
    rows = {"name": project.name, "company": project.organisation.name}
    for start in ("2026-03-01", "2026-09-01"):
        batch = LedgerBatch(
            unit=make.county,
            file=make_file(start),
            rows=[{"line": 3, "values": {**rows, "planned_start": start}, "doubts": [], "stated": ""}],
        )
        db.session.add(batch)
        db.session.flush()
        assert [line.state for line in ledger_queries.look(officer, batch)] == ["changed"]
        assert operations.enter_ledger(batch, by=officer)["refused"] == 0
    assert db.session.get(Project, project.id).planned_start == date(2026, 9, 1)
    assert [row.after for row in supervision_queries.plan_changes_of(project)] == [date(2026, 9, 1)]
    operations.revert_ledger(batch, by=officer)
    assert db.session.get(Project, project.id).planned_start == date(2026, 3, 1)


def make_file(name: str):
    from outreach.core import files

    return files.keep(f"{name}.csv", name.encode(), "text/csv", by=None)


@pytest.fixture
def meeting(make):
    """A meeting of today with one matter."""
    officer = make.user()
    operations.raise_concern(make.project(), text="用电", owner="甲", due_on=SOON, by=officer)
    return operations.plan_meeting(
        make.county, title="联席会议", held_on=clock.today(), place="", chair="", by=officer
    ), officer


def test_a_decision_can_be_taken_back_and_new_matters_join(make, visit, meeting):
    row, officer = meeting
    item = meeting_queries.items(row)[0]
    browser = visit(officer)
    address = f"/meetings/{row.id}/items/{item.id}"
    browser.post(address, {"decision": "去办", "owner": "甲", "due_on": SOON.isoformat()})
    assert browser.post(address, {"decision": ""}).status_code == 303
    assert meeting_queries.items(db.session.get(Meeting, row.id))[0].decision == ""
    operations.raise_concern(make.project(), text="用地", owner="乙", due_on=SOON, by=officer)
    browser.post(f"/meetings/{row.id}/renew")
    assert [one.topic for one in meeting_queries.items(row)] == ["用电", "用地"]
    assert browser.post(f"/meetings/{row.id}/call-off").status_code == 303
    assert db.session.scalar(select(Meeting)) is None
    assert len(meeting_queries.open_concerns(make.county)) == 2


def test_an_ended_project_gets_no_task_and_a_long_decision_says_that_it_goes_on(make, meeting):
    row, officer = meeting
    operations.raise_concern(make.project(), text="用地", owner="乙", due_on=SOON, by=officer)
    operations.renew_agenda(row, by=officer)
    for item in meeting_queries.items(row):
        operations.decide_item(item, decision="办" * 500, owner="甲", due_on=SOON, settled=False, by=officer)
    operations.change_state(
        meeting_queries.items(row)[0].concern.project,
        state="ended",
        since_on=clock.today(),
        reason="撤资",
        by=officer,
    )
    operations.close_meeting(row, present="甲", by=officer)
    [step] = db.session.scalars(select(NextStep))
    assert step.text.endswith("…")
    assert len(step.text) == 200


def test_a_note_of_long_ago_is_of_now_and_an_old_one_can_be_taken_back(make, visit):
    project, officer = make.project(), make.user(Role.INVESTMENT_OFFICER)
    note = operations.add_note(
        project,
        key="k" * 20,
        text="x",
        seen_by="all",
        attached=[],
        noted_at=clock.now() - timedelta(days=9000),
        by=officer,
    )
    assert clock.now() - note.noted_at < timedelta(minutes=1)
    note.noted_at = clock.now() - timedelta(days=3)
    for number in range(101):
        operations.add_note(
            project, key=f"more-{number:020d}", text="y", seen_by="all", attached=[], by=officer
        )
    assert note not in note_queries.notes(officer, project)
    assert visit(officer).post(f"/projects/{project.id}/notes/{note.id}/withdraw").status_code == 303


def test_a_guests_feedback_is_shown_to_nobody_again(visit, over):
    event, guest = over
    question = question_queries.questions(event, AFTER)[0]
    browser = visit()
    # the choices stand there, none is ticked
    assert "满意" in browser.post(f"/t/{guest.page_token}/feedback", {f"q{question.id}": "不满意"}).text
    for page in (browser.page, (browser.get(f"/t/{guest.page_token}/feedback"), browser.page)[1]):
        assert page.xpath("//input[@checked]") == []


def test_everything_that_points_at_a_project_keeps_its_ledger_from_being_taken_back():
    from outreach.core.db import Base

    facts = {"milestones", "instalments", "next_steps"}
    pointing = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "projects"
    }
    assert pointing - facts == {model.__tablename__ for model in ledger_queries.ADDED}


def test_who_sends_somebody_does_not_agree_for_them(make):
    event = make.event()
    events.invite(event, [make.person()], by=None)
    from outreach.events.models import Invitation

    invitation = db.session.scalar(select(Invitation))
    says = {"company": "甲", "guest_book": True, "photos": True}
    registrations.answer(invitation, answer="yes", name="王建国", mobile="15499990001", **says)
    proxy = registrations.answer(invitation, answer="proxy", name="李代", mobile="15499990002", **says)
    assert (proxy.name, proxy.guest_book_at, proxy.photos_at) == ("李代", None, None)


def test_a_consent_that_was_taken_back_was_given_once(make):
    from outreach.core.audit import AuditEntry

    guest = make.registration(make.event(), guest_book=True)
    registrations.change(
        guest, name="李丽", company="甲", post="", email="", guest_book=False, photos=False, by=None
    )
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "registrations.agree"))
    assert (entry.detail["before"]["guest_book"], entry.detail["after"]["guest_book"]) == (True, False)


def test_a_co_host_may_say_that_it_signed_there(make, visit):
    event = make.event(co_hosts=[make.other_county])
    browser = visit(make.user(Role.INVESTMENT_OFFICER, unit=make.other_county))
    page = browser.get(f"/agreements/new?event={event.id}")
    assert page.status_code == 200
    assert event.title in page.text


def test_amounts_of_ended_projects_are_nowhere_in_the_places(make):
    from outreach.pipeline import place_queries

    project, officer = make.project(), make.user()
    operations.enter_milestone(
        project, kind="contract", happened_on=date(2024, 2, 1), amount_wan=Decimal(90), note="", by=officer
    )
    make.confirmed(project)
    assert place_queries.places(officer)[0].contracted_wan == 90
    operations.change_state(project, state="ended", since_on=clock.today(), reason="撤资", by=officer)
    [county] = place_queries.places(officer)
    assert (county.total, county.ended, county.contracted_wan) == (0, 1, 0)


def test_a_decision_keeps_what_the_matter_was_before(make, meeting):
    from outreach.core.audit import AuditEntry

    row, officer = meeting
    item = meeting_queries.items(row)[0]
    with pytest.raises(Refused):
        operations.decide_item(item, decision="", owner="", due_on=None, settled=True, by=officer)
    later = SOON + timedelta(days=30)
    operations.decide_item(item, decision="去办", owner="乙", due_on=later, settled=False, by=officer)
    operations.add_topic(row, topic="别的事", by=officer)
    assert operations.close_meeting(row, present="甲", by=officer) == 1
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "pipeline.change_concern"))
    assert (entry.detail["before"], entry.detail["after"]) == (
        ["甲", SOON.isoformat()],
        ["乙", later.isoformat()],
    )


@pytest.mark.parametrize(("verdict", "words"), [(1, "未通过"), (2, "没有响应")])
def test_every_file_of_a_form_is_looked_at_before_the_database(
    app, make, visit, monkeypatch, tmp_path, verdict, words
):
    script = tmp_path / "scanner"
    script.write_text(f'#!/bin/sh\nif grep -q evil "$1"; then exit {verdict}; fi\nexit 0\n')
    script.chmod(0o755)
    project, browser = make.project(), visit(make.user())
    monkeypatch.setitem(app.config, "FILE_SCANNER", str(script))
    looked = []
    from outreach.core import files

    real = files._objection
    monkeypatch.setattr(files, "_objection", lambda content: looked.append(content) or real(content))
    data = {"key": "k" * 20, "text": "x", "seen_by": "all", "noted_at": ""}
    attached = [(io.BytesIO(b"%PDF-1.7 good"), "a.pdf"), (io.BytesIO(b"%PDF-1.7 evil"), "b.pdf")]
    answer = browser.post(
        f"/projects/{project.id}/notes", {**data, "attached": attached}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert len(looked) == 2  # each once, beforehand
    sheet = {"file": (io.BytesIO(b"name,evil"), "a.csv")}
    event = make.event()
    assert (
        browser.post(
            f"/events/{event.id}/invitations/sheet", sheet, content_type="multipart/form-data"
        ).status_code
        == 422
    )
