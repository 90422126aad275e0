"""proposals for organisations"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "organisation_proposals",
        sa.Column("id", KEY, primary_key=True, nullable=False),
        sa.Column(
            "organisation_id", KEY, sa.ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", KEY, sa.ForeignKey("users.id")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by_id", KEY, sa.ForeignKey("users.id")),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    table = "organisation_proposals"
    op.create_index(f"ix_{table}_state_organisation", table, ["state", "organisation_id"])
    for column in ("organisation_id", "unit_id", "proposed_by_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade():
    op.drop_table("organisation_proposals")
