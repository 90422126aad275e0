"""agreements corrected and voided"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table("agreements") as batch:
        batch.add_column(sa.Column("voided_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("void_reason", sa.String(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column("voided_by_id", KEY))
        batch.create_foreign_key("fk_agreements_voided_by_id_users", "users", ["voided_by_id"], ["id"])
    with op.batch_alter_table("agreements") as batch:
        batch.alter_column("void_reason", server_default=None)
    op.create_table(
        "agreement_corrections",
        sa.Column("id", KEY, primary_key=True, nullable=False),
        sa.Column("agreement_id", KEY, sa.ForeignKey("agreements.id", ondelete="CASCADE"), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=200), nullable=False),
        sa.Column("after", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by_id", KEY, sa.ForeignKey("users.id")),
    )
    op.create_index("ix_agreement_corrections_agreement_id", "agreement_corrections", ["agreement_id"])


def downgrade():
    op.drop_table("agreement_corrections")
    with op.batch_alter_table("agreements") as batch:
        batch.drop_constraint("fk_agreements_voided_by_id_users", type_="foreignkey")
        batch.drop_column("voided_by_id")
        batch.drop_column("void_reason")
        batch.drop_column("voided_at")
