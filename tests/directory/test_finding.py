"""Filters, orders, saved views and tags of the list of people."""

from datetime import timedelta

import pytest

from outreach.checkin import operations as checkin
from outreach.core.clock import today
from outreach.core.db import db
from outreach.directory import operations, queries
from outreach.directory.models import Person
from outreach.directory.view_models import SavedView
from outreach.liaison import operations as liaison


def _names(user, **values) -> list[str]:
    return sorted(
        person.name
        for person in db.session.scalars(queries.filtered(queries.select_visible(user), **values)).unique()
    )


@pytest.fixture
def some(make):
    user = make.user()
    one = make.person("王一", company="深圳濮阳商会", title="会长", home_village="赵庄")
    two = make.person("王二")
    operations.tag([one], add="校友", remove="", by=user)
    operations.choose(one, choices={"printed": ["mobile"]}, via="纸质", by=user)
    post = liaison.add_post(make.county, title="县长", holder="", rank=1, from_on=today(), user=None, by=None)
    liaison.pair(post, one, rhythm_days=90, clerk=None, by=None)
    make.contact(one, day=today() - timedelta(days=9), by=user)
    event = make.event(days=0)
    guest = make.registration(event, name="王一", mobile=one.mobile)
    checkin.admit(event, guest, key="k" * 20, gate=None, device_at=None, by=user)
    make.agreement(person=two)
    return user


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"village": "赵"}, ["王一"]),
        ({"chamber": "濮阳商会"}, ["王一"]),
        ({"tag": "校友"}, ["王一"]),
        ({"tag": "校"}, []),
        ({"consent": "printed"}, ["王一"]),
        ({"consent": "none"}, ["王二"]),
        ({"mark": "paired"}, ["王一"]),
        ({"mark": "unpaired"}, ["王二"]),
        ({"silent": 365}, ["王二"]),
        ({"silent": 365, "mark": "paired"}, []),
        ({"mark": "attended"}, ["王一"]),
        ({"mark": "project"}, ["王二"]),
        ({"mark": "nonsense"}, ["王一", "王二"]),
        ({"tag": "%"}, []),
    ],
)
def test_filters(some, values, names):
    assert _names(some, **values) == names


def test_the_list_sorts_by_strokes(make, visit):
    for name in ("王沪宁", "王毅", "丁薛祥"):
        make.person(name)
    browser = visit(make.user())

    def order(sort):
        text = browser.get(f"/people?sort={sort}").text
        ids = {
            name: f'/people/{db.session.scalar(db.select(Person.id).where(Person.name == name))}"'
            for name in ("王沪宁", "王毅", "丁薛祥")
        }
        return sorted(ids, key=lambda name: text.index(ids[name]))

    assert order("surname_strokes") == ["丁薛祥", "王毅", "王沪宁"]
    assert order("name_strokes") == ["丁薛祥", "王沪宁", "王毅"]


def test_a_view_is_saved_with_an_address_and_shared(make, visit):
    author, colleague, other = make.user(), make.user(), make.user(unit=make.other_county)
    browser = visit(author)
    assert (
        browser.post("/people/views?tier=3&city=深圳市", {"name": "深圳重点", "shared": "y"}).status_code
        == 303
    )
    view = db.session.scalar(db.select(SavedView))
    assert browser.get(f"/people/views/{view.id}").location.endswith(
        "/people?tier=3&city=%E6%B7%B1%E5%9C%B3%E5%B8%82"
    )
    assert "深圳重点" in visit(colleague).get("/people").text
    assert "深圳重点" not in visit(other).get("/people").text
    assert visit(other).get(f"/people/views/{view.id}").status_code == 404
    assert visit(colleague).post(f"/people/views/{view.id}/remove").status_code == 409
    assert browser.post(f"/people/views/{view.id}/remove").status_code == 303
    assert browser.post("/people/views", {"name": "空"}).status_code == 409


def test_tags(make, visit):
    person = make.person()
    browser = visit(make.user())
    for number in range(12):
        browser.post(f"/people/{person.id}/tags", {"add": f"标签{number}"})
    assert browser.post(f"/people/{person.id}/tags", {"add": "再一个"}).status_code == 409
    browser.post(f"/people/{person.id}/tags", {"remove": "标签3"})
    assert len(db.session.get(Person, person.id).tags) == 11


def test_a_word_that_very_many_match_is_cut_within_what_one_may_see(make, visit, monkeypatch):
    monkeypatch.setattr(queries, "MOST_FOUND", 3)
    monkeypatch.setattr(queries, "LARGE", 0)
    for number in range(4):
        make.person(f"王{number}外", unit=make.other_county)
    for number in range(5):
        make.person(f"王{number}内")
    user = make.user()
    chosen = queries.select_visible(user)
    shown = list(db.session.scalars(queries.filtered(chosen, text="王", cut=True)).unique())
    assert len(shown) == 3
    assert {person.name[-1] for person in shown} == {"内"}
    assert len(_names(user, text="王")) == 5
    assert "导出包含全部" in visit(user).get("/people?text=王").text


def test_every_word_must_match_in_the_list_as_in_the_export(make, monkeypatch):
    monkeypatch.setattr(queries, "LARGE", 0)
    make.person("王建", company="深圳甲有限公司")
    make.person("王建", company="北京乙有限公司")
    make.person("李建", company="深圳甲有限公司")
    user = make.user()
    for text in ("王 深圳", "深圳 王", "wj 甲有", "王 没有", "深圳", "建 公司"):
        assert _names(user, text=text, cut=True) == _names(user, text=text), text
