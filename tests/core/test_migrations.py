"""The schema after the upgrade equals the models, and goes down and up again, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from outreach.core.db import Base, db
from outreach.core.settings import ROOT

FOLDER = str(ROOT / "migrations")


def _differences():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)


def test_upgrade_equals_the_models(app):
    assert _differences() == []


def test_down_and_up_again(app):
    db.session.remove()
    downgrade(directory=FOLDER, revision="base")
    upgrade(directory=FOLDER)
    assert _differences() == []
