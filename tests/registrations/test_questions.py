"""Questions beyond the base fields: asked, required, conditional, kept only for a while;
changed without harm to old answers.
"""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from outreach.core import clock
from outreach.core.db import db
from outreach.events import operations as events
from outreach.events.models import Event
from outreach.registrations import operations, question_queries
from outreach.registrations.models import Registration
from outreach.registrations.question_models import Answer, Question

GUEST = {
    "request_key": "form-0000000000000001",
    "name": "李丽",
    "company": "某公司",
    "post": "",
    "mobile": "15411110000",
    "email": "",
    "consent": "y",
    "type_id": "",
    "asks": "1",
}


def _ask(event, user, **values) -> Question:
    plain = {
        "label": "饮食要求",
        "label_en": "",
        "kind": "text",
        "choices": [],
        "hint": "",
        "required": False,
        "place": 1,
        "types": [],
        "when_id": None,
        "when_value": "",
        "keep_days": 0,
    }
    return operations.save_question(event, None, by=user, **{**plain, **values})


@pytest.fixture
def user(make):
    return make.user()


def _answers() -> dict:
    return {row.question.label: row.value for row in db.session.scalars(select(Answer))}


def test_an_organiser_writes_them_and_a_guest_answers(make, visit, user):
    event = make.event()
    browser, page = visit(user), f"/events/{event.id}/questions"
    data = {
        "label": "房型",
        "kind": "choice",
        "choices": "单间\n标间",
        "place": "1",
        "when_id": "0",
        "keep_days": "30",
        "required": "y",
    }
    assert browser.post(page, {**data, "choices": "单间"}).status_code == 422
    assert browser.post(page, {**data, "choices": "单间\n单间"}).status_code == 422
    assert browser.post(page, data).status_code == 303
    assert "房型" in browser.get(page).text
    question = db.session.scalar(select(Question))
    guest, form = visit(), f"/e/{event.slug}/register"
    assert "房型" in guest.get(form).text
    assert guest.post(form, GUEST).status_code == 422
    assert guest.post(form, {**GUEST, f"q{question.id}": "套房"}).status_code == 422
    assert db.session.scalar(select(Registration)) is None
    assert guest.post(form, {**GUEST, f"q{question.id}": "标间"}).status_code == 303
    assert _answers() == {"房型": "标间"}


def test_a_question_added_while_a_guest_writes_is_shown_and_nothing_is_lost(make, visit, user):
    event = make.event()
    guest, form = visit(), f"/e/{event.slug}/register"
    assert 'name="asks"' not in guest.get(form).text
    room = _ask(event, user, label="房型", kind="choice", choices=["单间", "标间"], required=True)
    db.session.commit()
    answer = guest.post(form, {key: value for key, value in GUEST.items() if key != "asks"})
    assert answer.status_code == 409
    assert "主办方新增了问题" in answer.text
    assert "房型" in answer.text
    assert "某公司" in answer.text
    assert 'name="asks"' in answer.text
    assert db.session.scalar(select(Registration)) is None
    assert guest.post(form, {**GUEST, f"q{room.id}": "标间"}).status_code == 303
    assert _answers() == {"房型": "标间"}


def test_each_kind_is_kept_as_it_was_given(make, visit, user):
    event = make.event()
    kinds = {
        "text": "少盐",
        "long": "一\r\n二",
        "number": "2.5",
        "day": "2026-12-14",
        "yes_no": "yes",
        "choice": "甲",
        "many": ["甲", "乙"],
    }
    made = {kind: _ask(event, user, label=kind, kind=kind, choices=["甲", "乙"]) for kind in kinds}
    db.session.commit()
    data = {f"q{made[kind].id}": value for kind, value in kinds.items()}
    guest, form = visit(), f"/e/{event.slug}/register"
    assert guest.post(form, {**GUEST, **data, f"q{made['number'].id}": "viele"}).status_code == 422
    assert guest.post(form, {**GUEST, **data, f"q{made['day'].id}": "morgen"}).status_code == 422
    assert guest.post(form, {**GUEST, **data}).status_code == 303
    assert _answers() == kinds


def test_what_is_not_asked_is_neither_required_nor_kept(make, visit, user):
    event = make.event()
    media = make.guest_type(event, "媒体")
    stay = _ask(event, user, label="是否住宿", kind="yes_no")
    room = _ask(
        event,
        user,
        label="房型",
        kind="choice",
        choices=["单间", "标间"],
        required=True,
        when_id=stay.id,
        when_value="yes",
        place=2,
    )
    paper = _ask(event, user, label="报社", required=True, types=[media.id], place=3)
    plain = next(row for row in event.types if row is not media)
    db.session.commit()
    guest, form = visit(), f"/e/{event.slug}/register"
    assert (
        guest.post(
            form, {**GUEST, "type_id": plain.id, f"q{room.id}": "单间", f"q{paper.id}": "晚报"}
        ).status_code
        == 303
    )
    assert _answers() == {}  # a blank is no answer
    second = {**GUEST, "mobile": "15422220000", "request_key": "form-0000000000000002"}
    assert guest.post(form, {**second, "type_id": media.id, f"q{stay.id}": "yes"}).status_code == 422
    assert (
        guest.post(
            form,
            {
                **second,
                "type_id": media.id,
                f"q{stay.id}": "yes",
                f"q{room.id}": "单间",
                f"q{paper.id}": "晚报",
            },
        ).status_code
        == 303
    )


def test_a_changed_question_leaves_old_answers_as_they_were(make, visit, user):
    event = make.event()
    old = _ask(event, user, kind="choice", choices=["清真", "素食"])
    row = make.registration(event)
    operations.keep_answers(row, {old.id: "素食"})
    values = {
        name: getattr(old, name)
        for name in (
            "label",
            "label_en",
            "kind",
            "hint",
            "required",
            "types",
            "when_id",
            "when_value",
            "keep_days",
        )
    }
    # only moved
    assert operations.save_question(event, old, by=user, **values, choices=["清真", "素食"], place=9) is old
    new = operations.save_question(event, old, by=user, **values, choices=["无", "素食"], place=9)
    assert new is not old
    assert old.retired_at is not None
    assert [question.id for question in question_queries.questions(event)] == [new.id]
    db.session.commit()
    guest = visit()
    assert (
        guest.post(
            f"/t/{row.page_token}/change",
            {"name": "李丽", "company": "某公司", "post": "", "email": "", f"q{new.id}": "无"},
        ).status_code
        == 303
    )
    assert {answer.question_id: answer.value for answer in question_queries.answers_of(row.id)} == {
        old.id: "素食",
        new.id: "无",
    }
    assert 'value="无"' in guest.get(f"/t/{row.page_token}/change").text


def test_answers_leave_with_the_full_list_and_not_with_the_masked_one(make, visit, user):
    event = make.event()
    question = _ask(event, user)
    operations.keep_answers(make.registration(event), {question.id: "少盐"})
    browser, page = visit(user), f"/events/{event.id}/guests/export"

    def cells(**data):
        sheet = openpyxl.load_workbook(io.BytesIO(browser.post(page, {"reason": "备餐", **data}).data)).active
        return {str(cell.value) for row in sheet.iter_rows() for cell in row}

    assert "少盐" in cells(full="y")
    assert "少盐" not in cells()


def test_answers_go_when_their_days_are_over(make, user):
    event = make.event()
    brief, lasting = _ask(event, user, keep_days=30), _ask(event, user, label="职称")
    operations.keep_answers(make.registration(event), {brief.id: "少盐", lasting.id: "教授"})
    assert operations.forget_answers() == 0
    event.ends_at = clock.now() - timedelta(days=31)
    db.session.flush()
    assert operations.forget_answers() == 1
    assert _answers() == {"职称": "教授"}


def test_a_copy_of_the_event_asks_the_same(make, user):
    event = make.event()
    stay = _ask(event, user, label="是否住宿", kind="yes_no", types=[event.types[0].id])
    _ask(event, user, label="房型", when_id=stay.id, when_value="yes", place=2)
    copy = events.clone_event(event, title="明年", starts_at=event.starts_at + timedelta(days=365), by=user)
    one, two = question_queries.questions(db.session.get(Event, copy.id))
    assert (one.label, one.types, two.when_id) == ("是否住宿", [copy.types[0].id], one.id)


def test_questions_of_another_county_stay_out_of_reach(make, visit, user):
    event = make.event()
    question = _ask(event, user)
    browser = visit(make.user(unit=make.other_county))
    assert browser.post(f"/events/{event.id}/questions/{question.id}/retire").status_code == 404
    mine = visit(user)
    other = make.event()
    db.session.commit()
    assert mine.post(f"/events/{other.id}/questions/{question.id}/retire").status_code == 404
