"""steps, matters and notices opened again and withdrawn"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REOPENED = ("next_steps", "concerns", "notices")
WITHDRAWN = ("next_steps", "notices")


def upgrade():
    for name in REOPENED:
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("reopened", sa.JSON(), nullable=False, server_default="[]"))
        with op.batch_alter_table(name) as batch:
            batch.alter_column("reopened", server_default=None)
    for name in WITHDRAWN:
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
            batch.add_column(sa.Column("withdrawn_why", sa.String(200), nullable=False, server_default=""))
            batch.add_column(sa.Column("withdrawn_by_id", KEY))
            batch.create_foreign_key(f"fk_{name}_withdrawn_by_id_users", "users", ["withdrawn_by_id"], ["id"])
        with op.batch_alter_table(name) as batch:
            batch.alter_column("withdrawn_why", server_default=None)


def downgrade():
    for name in WITHDRAWN:
        with op.batch_alter_table(name) as batch:
            batch.drop_constraint(f"fk_{name}_withdrawn_by_id_users", type_="foreignkey")
            batch.drop_column("withdrawn_by_id")
            batch.drop_column("withdrawn_why")
            batch.drop_column("withdrawn_at")
    for name in REOPENED:
        with op.batch_alter_table(name) as batch:
            batch.drop_column("reopened")
