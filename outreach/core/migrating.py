"""``flask db`` and what ``flask_migrate`` looks for in the application, put together when they are asked for.

Alembic and what it brings take 8 MB, and web processes never migrate.
"""

import click
from flask import Flask
from werkzeug.local import LocalProxy

from outreach.core.db import db
from outreach.core.settings import ROOT


class _Commands(click.Command):
    """``flask db``: stands for the commands of ``flask_migrate`` until one of them is called."""

    def make_context(self, info_name, args, parent=None, **extra) -> click.Context:
        """The context of theirs instead of one of its own."""
        from flask_migrate import cli  # noqa: PLC0415 - see above

        return cli.db.make_context(info_name, args, parent=parent, **extra)


def install(app: Flask) -> None:
    """Make both known to the application."""

    def made():
        from flask_migrate import Migrate  # noqa: PLC0415 - see above

        migrate = Migrate(command="migrations")
        migrate.init_app(app, db, str(ROOT / "migrations"), compare_type=True, render_as_batch=True)
        return app.extensions["migrate"]

    app.cli.add_command(_Commands("db", help="Perform database migrations."))
    app.extensions["migrate"] = LocalProxy(made)
