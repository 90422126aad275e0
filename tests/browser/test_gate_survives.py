"""A gate outlives its server being killed in the middle of a sync,
and its own page being replaced by a new version.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from outreach.checkin import api
from outreach.core.settings import ROOT
from tests.bench import door as prepared
from tests.bench.server import environment, free_port
from tests.browser.conftest import PHONE
from tests.browser.test_gates import PIN, door, join, say, scan, sent, unlock

__all__ = ["door"]  # a fixture of the other file


@pytest.fixture
def house(monkeypatch):
    """(start a production server on a port of its own, kill it with -9, its database,
    what ``prepared`` made).
    """
    monkeypatch.setattr(prepared, "GUESTS", 60)
    settings = environment("sqlite")
    made, port, running = prepared._house(settings), free_port(), []
    command = [
        str(Path(sys.executable).with_name("granian")),
        "--interface",
        "wsgi",
        "app:app",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]

    def start():
        running.append(
            subprocess.Popen(
                [*command, "--workers", "1", "--no-ws", "--log-level", "error"],
                env=settings,
                cwd=ROOT,
                start_new_session=True,
            )
        )
        for _try in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return f"http://127.0.0.1:{port}"
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill():
        for process in running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)

    yield start, kill, Path(settings["YANGUI_INSTANCE"]) / "yangui.db", made
    kill()


def test_a_server_killed_in_the_middle_of_a_sync(browser, house):
    start, kill, database, made = house
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(f"{start()}/door/#{made['token']}")
    page.fill("#join-pin", PIN)
    page.fill("#join-again", PIN)
    page.click("form[data-form=join] button")
    expect(page.locator("#arrived")).to_have_text("0 / 60", timeout=20_000)
    context.set_offline(True)
    for ticket in made["tickets"][:40]:
        scan(page, ticket, "admitted")
    expect(page.locator("#queue")).to_have_text("40 条待上传")
    with page.expect_request("**/door/sync"):
        context.set_offline(False)
    kill()
    page.wait_for_timeout(500)
    scan(page, made["tickets"][40], "admitted")
    page.reload()
    start()
    unlock(page)
    sent(page)
    with sqlite3.connect(database) as connection:
        counts = connection.execute(
            "SELECT count(*), count(DISTINCT key), count(DISTINCT registration_id) FROM scans"
        ).fetchone()
    assert counts == (41, 41, 41)


def test_a_new_version_comes_in_while_scans_wait(browser, server, door, monkeypatch):
    event, gates, guests, user = door
    said = [say(event, guest) for guest in guests[:2]]
    context = browser.new_context(**PHONE)
    page = context.new_page()
    join(page, server, gates[0], user)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    scan(page, said[0], "admitted")
    # before the network is back: the house does not answer yet
    page.route("**/door/sync", lambda route: route.abort())
    context.set_offline(False)
    monkeypatch.setattr(api, "_version", lambda: "another-one")
    page.evaluate(
        "navigator.serviceWorker.getRegistration('/door/').then((found) => found.update()).then(() => true)"
    )
    expect.set_options(timeout=10_000)
    page.wait_for_timeout(1500)
    assert [name for name in page.evaluate("caches.keys()") if name.startswith("yangui-door-")] == [
        "yangui-door-another-one"
    ]
    page.reload()
    expect(page.locator("#door")).to_have_attribute("data-version", "another-one")
    expect(page.locator("#queue")).to_have_text("1 条待上传")
    scan(page, said[1], "admitted")
    page.unroute("**/door/sync")
    unlock(page)
    sent(page)


def test_a_gate_keeps_its_language_without_network(browser, server, door):
    event, gates, guests, user = door
    context = browser.new_context(**PHONE)
    page = context.new_page()
    join(page, server, gates[0], user)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(page.locator(".when-open")).to_be_visible()
    page.click(".door-language a")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    unlock(page)
    for offline in (False, True):
        context.set_offline(offline)
        page.goto(f"{server}/door/")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("#unlock")).to_be_visible()
        expect(page.locator(".when-open")).to_be_hidden()
    scan(page, say(event, guests[0]), "admitted")
