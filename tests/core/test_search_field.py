"""Searching by a whole number is for who may see numbers, and leaves an entry;
the last four digits find for everybody.
"""

import pytest
from sqlalchemy import func, select

from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.search_field import SearchField
from outreach.core.web import limiter
from outreach.permissions import Role
from tests.core.test_form_limits import _below

NUMBER = "15400207777"


def _entries() -> int:
    chosen = select(func.count()).where(AuditEntry.verb == "core.search_number")
    return db.session.scalar(chosen) or 0


@pytest.fixture
def lists(make):
    """Address -> somebody found there, and somebody else with the same last four digits."""
    event = make.event()
    for name, mobile, company in (
        ("王建国", NUMBER, "甲甲公司"),
        ("李建国", "13800007777", "乙乙公司"),
        ("赵六", "15400201111", "丙丙公司"),
    ):
        make.registration(event, name, mobile=mobile, company=company)
        make.person(name, mobiles=[mobile], company=company)
    return ("/people", f"/events/{event.id}/guests", f"/events/{event.id}/arrivals")


@pytest.mark.parametrize(
    "typed", [NUMBER, "154 0020 7777", "+86 154-0020-7777", "１５４００２０７７７７", f"王 {NUMBER}"]
)
def test_a_viewer_finds_by_the_last_four_digits_and_no_more(lists, make, visit, typed):
    viewer = visit(make.user(Role.VIEWER))
    for address in lists:
        page = viewer.get(address, query_string={"text": typed.replace("王 ", "")}).text
        # both: whether the middle was right is not told
        assert ("甲甲公司" in page, "乙乙公司" in page, "丙丙公司" in page) == (True, True, False), address
    wrong = viewer.get(
        "/people", query_string={"text": typed.replace("0020", "0099").replace("００２０", "００９９")}
    )
    assert "甲甲公司" in wrong.text
    assert _entries() == 0


def test_who_may_see_numbers_finds_by_the_whole_one_and_it_is_noted(lists, make, visit):
    user = make.user(Role.ORGANISER)
    browser = visit(user)
    for place, address in enumerate(lists, 1):
        page = browser.get(address, query_string={"text": NUMBER}).text
        assert ("甲甲公司" in page, "乙乙公司" in page) == (True, False), address
        assert _entries() == place
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "core.search_number"))
    assert entry.user_id == user.id
    assert "7777" not in str(entry.detail)
    assert "甲甲公司" not in browser.get("/people", query_string={"text": "15400997777"}).text


def test_names_and_tickets_leave_no_entry(lists, make, visit):
    browser = visit(make.user(Role.ORGANISER))
    for typed in ("王建国", "7777", "2024", "清丰某公司", "ABCDEFG234567ABCDEFG234567"):
        assert browser.get("/people", query_string={"text": typed}).status_code == 200
    assert _entries() == 0


def test_last_digits_are_tried_a_minute_at_a_time(lists, make, visit):
    viewer = visit(make.user(Role.VIEWER))
    limiter.enabled = True
    limiter.reset()
    try:
        answers = [
            viewer.get("/people", query_string={"text": f"{place:04d}"}).status_code for place in range(62)
        ]
        assert viewer.get("/people", query_string={"text": "王"}).status_code == 200
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers.count(429) == 2


def test_every_search_that_finds_by_number_asks(app):
    from outreach.core.forms import Filters

    for form in _below(Filters):
        field = getattr(form, "text", None)
        if field is not None and "phone" in str(
            field.args[0]._args[0] if hasattr(field.args[0], "_args") else field.args[0]
        ):
            assert issubclass(field.field_class, SearchField), form
