"""A real server on 127.0.0.1 over the test's database, and headless Chromium."""

import os
import shutil
import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from outreach.core.db import db
from outreach.core.settings import ROOT

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESK = {"viewport": {"width": 1440, "height": 900}}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
SCREENSHOTS = ROOT / "screenshots"


def chromium() -> str:
    """Where the browser is."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    assert found, "no Chromium: run tests/browser/install-chromium"
    return found


@pytest.fixture
def server(app):
    """The address of the application; ends with the test."""
    db.session.commit()
    served = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{served.server_port}"
    before, app.config["PUBLIC_URL"] = app.config["PUBLIC_URL"], address
    yield address
    app.config["PUBLIC_URL"] = before
    served.shutdown()
    thread.join()


@contextmanager
def launched(*flags: str):
    """A browser, with more flags when a test needs a camera."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *flags])
        yield browser
        browser.close()


@pytest.fixture
def browser():
    """Headless Chromium."""
    with launched() as running:
        yield running


def accessible(page) -> None:
    """No serious violation that axe finds (WCAG 2 A, AA and 2.2)."""
    page.evaluate(AXE)
    found = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    serious = [
        (rule["id"], rule["help"], [node["html"][:160] for node in rule["nodes"][:3]])
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
    ]
    assert not serious, f"{page.url}: {serious}"


def fits(page) -> None:
    """Nothing wider than the screen."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def looked_at(page, name: str) -> None:
    """Checks of every page the thread shows, and a picture of it in screenshots/."""
    page.wait_for_load_state()
    accessible(page)
    fits(page)
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
