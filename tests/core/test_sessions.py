"""The signed cookie: one signer for each application, and what another secret signed says nothing."""

import pytest
from flask import Flask, session

from outreach.core import sessions


@pytest.fixture
def house():
    """``house(secret)``: an application that counts its visits in the session."""

    def build(secret: str) -> Flask:
        app = Flask("house")
        app.secret_key = secret
        sessions.install(app)

        @app.get("/")
        def count():
            session["visits"] = session.get("visits", 0) + 1
            return str(session["visits"])

        return app

    return build


def test_a_session_goes_on_and_its_signer_is_made_once(house):
    app = house("one secret")
    client = app.test_client()
    assert [client.get("/").text for _visit in range(3)] == ["1", "2", "3"]
    signer = app.session_interface.get_signing_serializer
    assert signer(app) is signer(app)


def test_what_another_secret_signed_is_no_session(house):
    ours, theirs = house("one secret").test_client(), house("another secret").test_client()
    assert [ours.get("/").text, theirs.get("/").text, theirs.get("/").text] == ["1", "1", "2"]
    ours.set_cookie("session", theirs.get_cookie("session").value)
    assert ours.get("/").text == "1"
