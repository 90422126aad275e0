import os
import re
import subprocess
import sys

import pytest

from outreach import create_app
from outreach.accounts.operations import remove_demo
from outreach.core import settings
from outreach.core.db import db
from outreach.core.settings import DEVELOPMENT_SECRET, ROOT, SETTINGS, Misread, Unsafe, read

GOOD = {
    "YANGUI_ENV": "production",
    "SECRET_KEY": "k3J8" * 10 + "xYz!7",
    "PUBLIC_URL": "https://yangui.example",
}


def _start(app, **changes):
    config = read({**GOOD, **changes})
    config["SQLALCHEMY_DATABASE_URI"] = app.config["SQLALCHEMY_DATABASE_URI"]
    other = create_app(config)
    with other.app_context():
        db.session.remove()
        db.engine.dispose()  # an open connection of another application would outlive the test's database
    return other


def test_production_starts_when_everything_is_safe(app):
    assert _start(app).config["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": DEVELOPMENT_SECRET}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 40}, "SECRET_KEY"),
        ({"PUBLIC_URL": "http://yangui.example"}, "PUBLIC_URL"),
        ({"RATELIMIT_ENABLED": "0"}, "RATELIMIT_ENABLED"),
    ],
)
def test_production_refuses_and_says_which_setting(app, changes, named):
    with pytest.raises(Unsafe, match=named):
        _start(app, **changes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOME_PREFECTURE", "41"),
        ("HOME_PREFECTURE", "410922"),
        ("HOME_PREFECTURE", "4199"),
        ("HOME_PREFECTURE", ""),
        ("YANGUI_ENV", "prod"),
        ("SMTP_TLS", "yes"),
        ("SMS_PROVIDER", "carrier"),
        ("DEFAULT_LOCALE", "zh"),
        ("SMTP_PORT", "smtp"),
        ("UPLOAD_MEGABYTES", "0"),
        ("SESSION_HOURS", "1.5"),
        ("TRUSTED_PROXIES", "-1"),
        ("DATABASE_URL", "mysql://localhost/yangui"),
        ("RATELIMIT_STORAGE_URI", "127.0.0.1:6379"),
    ],
)
def test_a_setting_that_is_not_understood_is_named(name, value):
    with pytest.raises(Misread, match=name):
        read({name: value})


def test_every_setting_that_is_not_understood_is_named_at_once():
    with pytest.raises(Misread) as refused:
        read({"HOME_PREFECTURE": "41", "SMTP_PORT": "x"})
    assert "HOME_PREFECTURE=41" in str(refused.value)
    assert "SMTP_PORT=x" in str(refused.value)


def test_every_default_is_understood():
    assert read({name: default for name, (default, _meaning) in SETTINGS.items()})


def test_a_start_with_a_wrong_setting_is_one_line():
    """Not a traceback: the administrator reads what to change."""
    started = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app.py", "routes"],
        env={**os.environ, "HOME_PREFECTURE": "41"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    assert started.stderr.count("\n") == 1
    assert "HOME_PREFECTURE=41 is no prefecture" in started.stderr


def test_production_refuses_debug(app, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(Unsafe, match="FLASK_DEBUG"):
        _start(app)


def test_production_refuses_demo_accounts_and_says_the_way_out(app, make):
    make.user(demo=True)
    db.session.commit()
    with pytest.raises(Unsafe, match="remove-demo"):
        _start(app)
    remove_demo()
    db.session.commit()
    assert _start(app)


def test_both_readmes_list_the_same_settings_with_the_same_defaults():
    def listed(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        rows = [re.split(r"(?<!\\)\|", line) for line in text.splitlines() if line.startswith("| `")]
        return {
            setting: re.sub(r"[（(].*|.*SQLite.*", "", row[2]).strip()
            for row in rows
            for setting in re.findall(r"`([A-Z_]+)`", row[1])
        }

    english = listed("README.md")
    assert len(english) > 25
    assert listed("README.zh.md") == english


def test_production_says_that_the_package_for_redis_is_missing(app, monkeypatch):
    monkeypatch.setattr(settings, "find_spec", lambda _name: None)
    with pytest.raises(Unsafe, match="requirements-redis.txt"):
        _start(app, RATELIMIT_STORAGE_URI="redis://127.0.0.1/0")
