"""A form that makes something is taken once: a second tap, Back and again, two at the same moment."""

import io
import threading
from contextvars import Context

import pytest
from flask import request

from outreach.core import clock, once
from outreach.core.db import db
from outreach.permissions import Role
from outreach.pipeline.models import NextStep
from tests.visitor import Visitor


@pytest.fixture
def desk(make, visit):
    user = make.user(Role.INVESTMENT_OFFICER)
    project = make.project(officer=user)
    db.session.commit()
    return (
        visit(user),
        f"/projects/{project.id}/steps",
        {"text": "约谈合同条款", "due_on": clock.today().isoformat(), "once": "a" * 32},
    )


def _steps() -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count(NextStep.id)))


def test_the_same_form_twice_makes_one_and_leads_where_the_first_led(desk):
    browser, address, sent = desk
    first, second = browser.post(address, sent), browser.post(address, sent)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert _steps() == 1
    assert "已经录入" in browser.get(second.location).text


@pytest.mark.parametrize("other", [{"once": "b" * 32, "due_on": "2099-12-31"}, {"text": "另一件事"}])
def test_another_form_or_another_text_is_another_deed(desk, other):
    browser, address, sent = desk
    for values in (sent, {**sent, **other}):
        assert browser.post(address, values).status_code == 303
    assert _steps() == 2


def test_another_file_of_the_same_name_and_size_is_another_deed(desk, app):
    digests = []
    for content in (b"%PDF-1.4 one", b"%PDF-1.4 two", b"%PDF-1.4 two"):
        with app.test_request_context(
            "/x", method="POST", data={"once": "a", "file": (io.BytesIO(content), "slip.pdf")}
        ):
            digests.append(once._digest())
            assert request.files["file"].read() == content
    assert len(set(digests)) == 2


def test_a_form_with_a_mistake_is_not_used_up(desk):
    browser, address, sent = desk
    assert browser.post(address, {**sent, "due_on": "2020-01-01"}).status_code == 422
    assert browser.post(address, sent).status_code == 303
    assert _steps() == 1


def test_somebody_else_with_the_same_key_is_not_taken_for_it(desk, make, visit):
    browser, address, sent = desk
    browser.post(address, sent)
    answer = visit(make.user(Role.INVESTMENT_OFFICER)).post(address, sent)
    assert answer.status_code == 422  # the view itself looked: the step stands already
    assert "已经安排" in answer.text


def test_two_at_the_same_moment_make_one(desk, app):
    browser, address, sent = desk
    token = browser._token()
    cookie = browser.client.get_cookie("yangui").value
    db.session.commit()
    answers = []

    def send():
        client = Visitor(app).client
        client.set_cookie("yangui", cookie)
        answers.append(client.post(address, data=sent, headers={"X-CSRFToken": token}).status_code)

    threads = [threading.Thread(target=Context().run, args=(send,)) for _tap in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 4
    assert _steps() == 1


def test_what_is_old_is_forgotten(desk):
    browser, address, sent = desk
    browser.post(address, sent)
    db.session.execute(db.update(once.UsedForm).values(used_at=clock.now() - once.KEPT * 2))
    db.session.commit()
    browser.post(address, {**sent, "text": "另一件事"})
    assert db.session.scalar(db.select(db.func.count()).select_from(once.UsedForm)) == 1
