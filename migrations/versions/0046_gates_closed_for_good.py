"""gates that are closed for good"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("gates") as batch:
        batch.add_column(sa.Column("ended_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("ended_why", sa.String(200), nullable=False, server_default=""))
    with op.batch_alter_table("gates") as batch:
        batch.alter_column("ended_why", server_default=None)


def downgrade():
    with op.batch_alter_table("gates") as batch:
        batch.drop_column("ended_why")
        batch.drop_column("ended_at")
