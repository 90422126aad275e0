"""What production refuses beyond settings: accounts whose password everybody can read in the README."""

from sqlalchemy import inspect

from outreach.accounts import queries
from outreach.core.db import db
from outreach.core.settings import Unsafe


def check_accounts(app) -> None:
    """Raise :class:`Unsafe` when the database holds demo accounts.

    Before the first migration there are none.
    """
    with app.app_context():
        if not inspect(db.engine).has_table("users"):
            return
        demo = queries.demo_logins()
        db.session.remove()
        db.engine.dispose()  # workers that are forked later open connections of their own
    if demo:
        raise Unsafe(
            "Yangui does not start in production: the database holds demo accounts ("
            + ", ".join(demo)
            + "). Close them with: YANGUI_ENV=development flask remove-demo"
        )
