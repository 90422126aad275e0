"""wrong passwords are counted by name and address"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sign_in_tries",
        sa.Column("digest", sa.String(length=64), primary_key=True, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_sign_in_tries_login", "sign_in_tries", ["login"])
    op.create_index("ix_sign_in_tries_failed_at", "sign_in_tries", ["failed_at"])
    for name in ("failures", "locked_until"):  # the table is not made anew: every other one points at it
        op.execute(f"ALTER TABLE users DROP COLUMN {name}")


def downgrade():
    op.add_column("users", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.drop_table("sign_in_tries")
