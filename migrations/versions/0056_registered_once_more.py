"""the same name and number registered once more: a page like a new guest's, and no place"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table("registrations", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("repeats_id", KEY, nullable=True))
        table.add_column(sa.Column("appears_as", sa.String(length=10), nullable=True))
        table.create_foreign_key(
            "fk_registrations_repeats_id_registrations", "registrations", ["repeats_id"], ["id"]
        )
        table.create_index("ix_registrations_repeats_id", ["repeats_id"])


def downgrade():
    with op.batch_alter_table("registrations", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_index("ix_registrations_repeats_id")
        table.drop_constraint("fk_registrations_repeats_id_registrations", type_="foreignkey")
        table.drop_column("appears_as")
        table.drop_column("repeats_id")
