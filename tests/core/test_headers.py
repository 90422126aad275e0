"""What every answer says to browsers and search engines."""

import re
from contextvars import Context

import pytest

from outreach import create_app
from outreach.core.db import db
from outreach.core.hosts import is_host
from outreach.core.settings import ROOT, read


def test_an_https_site_is_https_only(app):
    config = read({"PUBLIC_URL": "https://yangui.example"})
    other = create_app({**config, "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"]})
    answer = Context().run(other.test_client().get, "/sign-in")
    with other.app_context():
        db.session.remove()
        db.engine.dispose()
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_site_without_https_does_not_say_so(visit):
    assert "Strict-Transport-Security" not in visit().get("/sign-in").headers


@pytest.mark.parametrize(
    "address",
    [
        "/t/{page}",
        "/t/{page}/change",
        "/i/none",
        "/c/none",
        "/T/{code}",
        "/e/{slug}/register",
        "/sign-in",
        "/door/",
        "/nothing",
    ],
)
def test_secret_pages_and_pages_of_staff_are_not_listed(make, visit, address):
    event = make.event()
    guest = make.registration(event)
    address = address.format(page=guest.page_token, code=guest.code, slug=event.slug)
    browser = visit()
    answer = browser.get(address)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    if browser.page is not None and answer.status_code == 200:
        assert browser.page.xpath("//meta[@name='robots']/@content") == ["noindex, nofollow"]


def test_what_an_event_shows_to_the_public_may_be_listed(make, visit):
    event = make.event()
    browser = visit()
    for address in ("/", f"/e/{event.slug}", "/privacy"):
        assert "X-Robots-Tag" not in browser.get(address).headers
        assert not browser.page.xpath("//meta[@name='robots']")


def test_every_route_with_a_secret_is_kept_from_search_engines(app):
    secret = [rule for rule in app.url_map.iter_rules() if {"code", "token", "shown"} & set(rule.arguments)]
    assert len(secret) > 20
    assert not [rule for rule in secret if getattr(app.view_functions[rule.endpoint], "indexed", False)]


@pytest.mark.parametrize("target", ["/home\r\nSet-Cookie: a=b", "/home\n", "/\x00", "/ho\u2028me"])
def test_control_characters_in_an_address_are_no_request(make, visit, target):
    user = make.user()
    assert visit().post("/language", {"lang": "en", "onwards": target}).status_code == 400
    sent = {"login": user.login, "password": "Wild-Goose-7", "onwards": target}
    assert visit().post("/sign-in", sent).status_code in (303, 400)


def test_the_log_of_the_sample_proxy_keeps_no_secret(app):
    sample = (ROOT / "docs" / "ops" / "deploy.md").read_text(encoding="utf-8")
    pattern = re.compile(
        re.search(r"map \$uri \S+ \{ ~\*(\S+)", sample)[1].replace("(?<", "(?P<"), re.IGNORECASE
    )
    assert "$http_referer" not in sample.split("log_format")[1].split("\n")[0]
    public = [
        rule
        for rule in app.url_map.iter_rules()
        if {"code", "token"} & set(rule.arguments)
        and app.view_functions[rule.endpoint].access == "open_to_all"
    ]
    assert len(public) > 15
    assert not [rule.rule for rule in public if not pattern.match(rule.rule)]


@pytest.mark.parametrize("host", ["a" * 300, "a..b", "xn--a\x80", "é.example", "[::1", "a b", "a/b"])
def test_what_is_no_host_is_refused_in_a_line(app, host):
    answer = app.test_client().get("/sign-in", environ_overrides={"HTTP_HOST": host})
    assert (answer.status_code, answer.text) == (400, "This is no host name.\n")


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8000", "[::1]:80", "yangui.example.", "xn--fiqs8s.cn", "web_1:8000"]
)
def test_what_is_a_host_is_served(app, host):
    assert app.test_client().get("/sign-in", environ_overrides={"HTTP_HOST": host}).status_code == 200


def test_what_cannot_be_decoded_is_no_host():
    assert not is_host("xn--" + "a" * 59)
    assert is_host("xn--fiqs8s")
