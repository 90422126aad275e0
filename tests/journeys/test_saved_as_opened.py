"""Whoever opens a form and saves it as it stands has changed nothing."""

import re

import pytest
from sqlalchemy import inspect, select

from outreach.core.db import db
from outreach.directory.models import Organisation
from outreach.events import operations as events
from outreach.registrations import operations as registrations
from outreach.registrations import question_queries
from outreach.registrations.question_models import AFTER

TIMES = ("updated_at", "version", "plan_changed_at")


def _held(row) -> dict:
    db.session.refresh(row)
    return {
        column.key: getattr(row, column.key)
        for column in inspect(type(row)).columns
        if column.key not in TIMES
    }


def _save(browser, action: str):
    """Send the form with this address exactly as a browser that just opened it would."""
    form = next(
        one for one in browser.page.forms if one.method == "POST" and (one.action or action).endswith(action)
    )
    typed = [(name, value) for name, value in form.form_values() if name != "csrf_token"]
    sent: dict = {}
    for name, value in typed:
        sent.setdefault(name, []).append(value)
    answer = browser.post(action, sent)
    assert answer.status_code == 303, re.findall(r'field-error"[^>]*>([^<]*)', answer.text)


def test_a_card(make, visit):
    user = make.user()
    person = make.person(
        "王建国",
        mobiles=["15411110001", "15411110002"],
        company="深圳雁栖软件有限公司",
        title="总经理",
        province="广东省",
        city="深圳市",
        wechat="goose88",
        email="w@example.com",
        birth="1968-10",
        industry="C",
        note="老乡",
    )
    browser, before = visit(user), _held(person)
    numbers, posts = (
        [phone.number for phone in person.phones],
        [(post.organisation.name, post.title, post.until_on) for post in person.posts],
    )
    browser.post(f"/people/{person.id}/edit-form")
    _save(browser, f"/people/{person.id}/edit")
    assert _held(person) == before
    assert [phone.number for phone in person.phones] == numbers
    assert [(post.organisation.name, post.title, post.until_on) for post in person.posts] == posts
    assert db.session.scalars(select(Organisation.name)).all() == ["深圳雁栖软件有限公司"]


def _rows(make, user) -> dict:
    """What is edited -> (row, the address of its form)."""
    event = make.event(title_en="Homecoming", summary="共叙乡情", offer_hours=24, most_companions=2)
    item = events.add_item(event, starts_at=event.starts_at, minutes=20, title="项目签约", by=user)
    gate = make.gate(event)
    gate.letters, gate.questions, gate.opens_at = "a-l", ["带礼品了吗"], event.starts_at
    registrations.ask_the_usual(event, by=user)
    db.session.flush()
    db.session.refresh(event)
    kind, question, project = (
        event.types[0],
        question_queries.questions(event, AFTER)[0],
        make.project(officer=user, site="产业集聚区"),
    )
    at = f"/events/{event.id}"
    return {
        "event": (event, f"{at}/edit"),
        "type": (kind, f"{at}/types/{kind.id}"),
        "item": (item, f"{at}/items/{item.id}"),
        "gate": (gate, f"{at}/gates/{gate.id}/edit"),
        "question": (question, f"{at}/questions/{question.id}"),
        "project": (project, f"/projects/{project.id}/about"),
        "organisation": (project.organisation, f"/organisations/{project.organisation_id}/edit"),
    }


@pytest.mark.parametrize("what", ["event", "type", "item", "gate", "question", "project", "organisation"])
def test_what_has_a_form_of_its_own(make, visit, what):
    user = make.user()
    row, address = _rows(make, user)[what]
    browser, before = visit(user), _held(row)
    assert browser.get(address).status_code == 200
    _save(browser, address)
    assert _held(row) == before
