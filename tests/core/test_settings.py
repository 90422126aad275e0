import re

import pytest

from outreach import create_app
from outreach.accounts.operations import remove_demo
from outreach.core import settings
from outreach.core.db import db
from outreach.core.settings import DEVELOPMENT_SECRET, ROOT, Unsafe, read

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
