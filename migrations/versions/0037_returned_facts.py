"""facts that were returned to who entered them"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("milestones", "instalments")


def upgrade():
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
            table.add_column(sa.Column("returned_by_id", KEY, nullable=True))
            table.add_column(sa.Column("returned_why", sa.String(300), nullable=False, server_default=""))
            table.create_foreign_key(f"fk_{name}_returned_by_id_users", "users", ["returned_by_id"], ["id"])


def downgrade():
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"fk_{name}_returned_by_id_users", type_="foreignkey")
            table.drop_column("returned_why")
            table.drop_column("returned_by_id")
            table.drop_column("returned_at")
