"""The request: transaction, refusals, errors, headers, sessions, languages."""

import io
import time

from sqlalchemy import func, select

from outreach.core import web
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.permissions import Role


def test_a_post_without_token_is_refused(app, make, visit):
    user = make.user()
    browser = visit(user)
    answer = browser.send("POST", "/users/new", data={})
    assert answer.status_code == 400


def test_headers_are_strict(visit):
    answer = visit().get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_missing_page_is_said_in_the_visitors_language(visit):
    assert "没有找到" in visit().get("/nothing-here").text
    assert "Not found" in visit().get("/nothing-here?lang=en").text


def test_language_is_remembered_by_post_only(visit):
    browser = visit()
    assert "登录" in browser.get("/sign-in").text
    browser.post("/language", {"lang": "en", "onwards": "/sign-in"})
    assert "Sign in" in browser.get("/sign-in").text


def test_language_never_leads_to_another_house(visit):
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = visit().post("/language", {"lang": "en", "onwards": target})
        assert "evil" not in answer.headers["Location"]


def test_an_idle_session_ends(make, visit):
    browser = visit(make.user())
    assert browser.get("/home").status_code == 200
    with browser.client.session_transaction() as session:
        session["seen"] = int(time.time()) - 31 * 60
    assert browser.get("/home").status_code == 401


def test_a_session_ends_after_twelve_hours_also_in_use(make, visit):
    browser = visit(make.user())
    with browser.client.session_transaction() as session:
        session["began"] = int(time.time()) - 13 * 3600
    assert browser.get("/home").status_code == 401


def test_a_refused_operation_writes_nothing(make, visit):
    user, person = make.user(), make.person()
    browser = visit(user)
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    answer = browser.post(f"/people/{person.id}/tier", {"tier": "1", "reason": "same as before"})
    assert answer.status_code == 409
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_a_reload_of_what_only_takes_deeds_leads_to_the_page_above(make, visit):
    person = make.person()
    browser = visit(make.user())
    assert browser.get(f"/people/{person.id}/unmask").location == f"/people/{person.id}"
    assert browser.get(f"/people/{person.id}/unmask?from=list").location == f"/people/{person.id}?from=list"
    assert browser.fragment(f"/people/{person.id}/unmask").status_code == 405
    assert browser.get("/door/sync", headers={"Accept": "application/json"}).status_code == 405
    assert browser.get("/language").status_code == 405  # nothing stands above it


def test_what_is_too_large_is_told_with_the_limit(app, make, visit):
    answer = visit(make.user()).post(
        "/rosters",
        {"file": (io.BytesIO(b"x" * ((20 << 20) + 1)), "a.csv")},
        content_type="multipart/form-data",
    )
    assert (answer.status_code, "20 MB" in answer.text) == (413, True)


def test_a_get_never_writes(make, visit):
    user, person, event = make.user(Role.ADMINISTRATOR, unit=make.city), make.person(), make.event()
    browser = visit(user)
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    for address in (
        "/home",
        "/people",
        f"/people/{person.id}",
        f"/events/{event.id}",
        f"/e/{event.slug}",
        "/board",
        "/users",
    ):
        assert browser.get(address).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_a_refused_form_counts_once_against_the_throttle(make, visit):
    event, browser = make.event(capacity=50), visit()
    numbers = [f"1541111{place:04d}" for place in range(31)]  # one number alone is throttled sooner
    sent = {
        "name": "李四",
        "company": "x",
        "request_key": "request-key-0123456787",
    }
    web.limiter.enabled = True
    web.limiter.reset()
    try:
        answers = [
            browser.post(f"/e/{event.slug}/register", data={**sent, "mobile": number}).status_code
            for number in numbers
        ]
    finally:
        web.limiter.enabled = False
        web.limiter.reset()
    assert answers == [422] * 30 + [429]


def test_a_paste_of_many_megabytes_is_refused_in_words(make, visit):
    answer = visit().post(f"/e/{make.event().slug}/register", data={"name": "王" * 1_200_000})
    assert answer.status_code == 413
    assert "文字太长" in answer.text
    assert len(answer.data) < 20_000


def test_the_menu_keeps_its_place_after_a_mistake_and_odd_addresses_do_no_harm(make, visit):
    browser = visit(make.user())
    assert browser.post("/rosters", {}).status_code == 422
    assert [link.get("href") for link in browser.page.xpath("//nav//a[@aria-current='page']")] == ["/rosters"]
    for address in ("/door/sync", "/door/join", "/projects/1/steps"):
        assert browser.get(address).status_code in (302, 404, 405), address
