"""what the columns of a ledger were taken for, and what units said of them"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table("ledger_batches") as table:
        table.add_column(sa.Column("shapes", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "ledger_headings",
        sa.Column("id", KEY, primary_key=True, nullable=False),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.UniqueConstraint("unit_id", "sha256"),
    )


def downgrade():
    op.drop_table("ledger_headings")
    with op.batch_alter_table("ledger_batches") as table:
        table.drop_column("shapes")
