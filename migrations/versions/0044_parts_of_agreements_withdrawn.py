"""parties, promises and scans withdrawn, promises opened again"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITHDRAWN = ("agreement_parties", "clauses", "agreement_papers")


def upgrade():
    with op.batch_alter_table("clauses") as batch:
        batch.add_column(sa.Column("reopened", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("clauses") as batch:
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
    with op.batch_alter_table("clauses") as batch:
        batch.drop_column("reopened")
