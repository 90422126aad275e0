"""Alembic's environment: the models are the truth, the database follows. Started through Flask-Migrate."""

from alembic import context
from flask import current_app

#: another database than the application's own, for one that is restored beside it
engine = context.config.attributes.get("engine") or current_app.extensions["migrate"].db.engine
metadata = current_app.extensions["migrate"].db.metadata


def plain_type(kind: str, item, _context):
    """Write our own column types as what they are in the database:
    a migration never imports the application.
    """
    return (
        f"sa.{item.impl!r}"
        if kind == "type" and hasattr(item, "cache_ok") and hasattr(item, "impl")
        else False
    )


def run() -> None:
    """Upgrade or compare over one connection, in one transaction per migration."""
    with engine.connect() as connection:
        sqlite = connection.connection.dbapi_connection if connection.dialect.name == "sqlite" else None
        # batch mode drops tables that others point at; said before any transaction, where alone it is heard
        if sqlite:
            sqlite.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=metadata,
            transaction_per_migration=True,
            render_item=plain_type,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite:
            broken = sqlite.execute("PRAGMA foreign_key_check").fetchall()
            sqlite.execute("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(f"the migration left rows that point at nothing: {broken[:5]}")


run()
