"""places of a guest type that are kept for invited guests"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("guest_types") as table:
        table.add_column(sa.Column("reserved", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("reserved_until", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("guest_types") as table:
        table.drop_column("reserved_until")
        table.drop_column("reserved")
