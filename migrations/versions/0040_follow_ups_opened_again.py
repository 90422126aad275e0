"""follow-ups that are opened again"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("follow_ups") as batch:
        batch.add_column(sa.Column("reopened", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("follow_ups") as batch:
        batch.alter_column("reopened", server_default=None)


def downgrade():
    with op.batch_alter_table("follow_ups") as batch:
        batch.drop_column("reopened")
