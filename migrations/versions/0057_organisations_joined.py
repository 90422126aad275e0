"""two organisations can be made one, and two again"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "organisation_merges",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kept_id", KEY, nullable=False),
        sa.Column("gone_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("take", sa.JSON(), nullable=False),
        sa.Column("gone", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("lost_key", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_organisation_merges_unit_id_units"),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["users.id"], name="fk_organisation_merges_proposed_by_id_users"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name="fk_organisation_merges_decided_by_id_users"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_merges"),
        sqlite_autoincrement=True,
    )
    for name in ("kept_id", "gone_id", "unit_id", "lost_key"):
        op.create_index(f"ix_organisation_merges_{name}", "organisation_merges", [name])


def downgrade():
    op.drop_table("organisation_merges")
