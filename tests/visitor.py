"""A browser without a screen that checks every page it is given, whatever the test was about."""

import re
import time
from contextvars import Context
from functools import partial

from itsdangerous import URLSafeTimedSerializer
from lxml import html

from outreach.core.db import db

PASSED_OVER = ("submit", "hidden", "button", "checkbox", "file")


class Visitor:
    """A test client with a token for every form, and the house's rules for pages."""

    def __init__(self, app):
        self.client = app.test_client()
        self.app = app
        self.page = None

    def sign_in(self, user) -> None:
        """Sign in without the form (which has tests of its own)."""
        with self.client.session_transaction() as session:
            session.permanent = True
            session.update(
                _user_id=str(user.id),
                _fresh=True,
                epoch=user.epoch,
                began=int(time.time()),
                seen=int(time.time()),
            )

    def get(self, address: str, **options):
        """GET; the answer, its page checked."""
        return self._checked(self.send("GET", address, **options), options)

    def post(self, address: str, data=None, **options):
        """POST with the token; the answer, its page checked."""
        headers = {"X-CSRFToken": self._token(), **options.pop("headers", {})}
        return self._checked(
            self.send("POST", address, data=data, headers=headers, **options), {"headers": headers}
        )

    def fragment(self, address: str, **options):
        """GET as htmx does."""
        return self.send("GET", address, headers={"HX-Request": "true"}, **options)

    def post_fragment(self, address: str, data=None):
        """POST as htmx does."""
        return self.post(address, data, headers={"HX-Request": "true"})

    def _token(self) -> str:
        with self.client.session_transaction() as session:
            raw = session.setdefault("csrf_token", "a" * 40)
        return URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(raw)

    def send(self, method: str, address: str, **options):
        """In a context of its own, as a server would: what the test made is committed first."""
        db.session.commit()
        answer = Context().run(partial(self.client.open, address, method=method, **options))
        db.session.expire_all()
        return answer

    def _checked(self, answer, options):
        kind = answer.headers.get("Content-Type", "")
        self.page = None
        whole = kind.startswith("text/html") and answer.data and answer.status_code not in (301, 302, 303)
        if whole and "HX-Request" not in options.get("headers", {}):
            self.page = html.fromstring(answer.get_data(as_text=True))
            check(self.page, answer)
        return answer


def check(page, answer) -> None:
    """One h1, a title that starts with it, lang, no duplicate id, labels, tokens, no empty link,
    nothing inline.
    """
    assert page.get("lang") in ("zh-Hans", "en"), "html lang"
    headings = page.findall(".//h1")
    assert len(headings) == 1, f"{len(headings)} h1"
    heading = " ".join(headings[0].text_content().split())
    title = " ".join(page.find(".//title").text.split())
    assert heading, "an empty h1"
    title = re.sub("^(错误：|Error: )", "", title)  # a page that answers a refused form says so first
    assert title.startswith(heading), f"title {title!r} does not start with h1 {heading!r}"
    ids = [node.get("id") for node in page.iter() if isinstance(node.tag, str) and node.get("id")]
    double = {name for name in ids if ids.count(name) > 1}
    assert not double, f"ids stand twice: {double}"
    for node in page.iter("input", "select", "textarea"):
        if node.get("type") in PASSED_OVER and node.tag == "input":
            continue
        named = page.xpath("//label[@for=$id]", id=node.get("id") or "-") or node.get("aria-label")
        assert named, f"no label for {node.get('name')}"
    for form in page.iter("form"):
        if (form.get("method") or "").lower() == "post":
            assert form.xpath(".//input[@name='csrf_token']"), f"no token in {form.get('action')}"
    for link in page.iter("a"):
        assert link.text_content().strip() or link.get("aria-label"), f"empty link {link.get('href')}"
    text = answer.get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son[a-z]+=|\sstyle=|<style", text), (
        "inline script or style"
    )
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
