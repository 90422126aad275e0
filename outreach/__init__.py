"""Yangui 雁归. ``DOMAINS`` is the law of imports; ``create_app`` puts the house together."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from outreach.core import (
    access,
    compressing,
    db,
    hosts,
    http_request,
    i18n,
    latin,
    lists,
    logs,
    masking,
    migrating,
    sessions,
    settings,
    web,
)

#: A domain may import the domains named before it, never one after it.
DOMAINS = (
    "accounts",
    "imports",
    "directory",
    "liaison",
    "events",
    "registrations",
    "reception",
    "checkin",
    "pipeline",
    "ops",
    "desk",
)

#: what a domain may bring, in the order in which it is loaded
PARTS = ("models", "messages", "listeners", "tasks", "views", "public", "api", "commands")


def create_app(overrides: dict | None = None) -> Flask:
    """The application, configured from the environment and ``overrides``.

    Raises ``settings.Unsafe`` in production.
    """
    app = Flask("outreach", root_path=str(settings.ROOT), instance_path=str(settings.INSTANCE.resolve()))
    app.request_class = http_request.NamedPartsRequest
    app.config.update(settings.read())
    app.config.update(overrides or {})
    settings.check_production(app.config)
    if not app.testing:
        logs.configure(production=app.config["PRODUCTION"])
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        settings.INSTANCE.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.db.init_app(app)
    for core in (migrating, compressing, sessions, i18n, latin, hosts, web, masking, lists):
        core.install(app)
    _furnish(app)
    import_module("outreach.accounts.views").login_manager.init_app(app)
    access.check_routes(app)
    if app.config["PRODUCTION"]:
        import_module("outreach.ops.safety").check_accounts(app)
    return app


def _furnish(app: Flask) -> None:
    """Import what each domain has and register its blueprints, in the order of the law."""
    for domain in DOMAINS:
        for part in PARTS:
            if find_spec(f"outreach.{domain}.{part}") is None:
                continue
            module = import_module(f"outreach.{domain}.{part}")
            if hasattr(module, "bp"):
                app.register_blueprint(module.bp)
