"""trips that change"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("at", sa.Time(), nullable=True))

    with op.batch_alter_table("trips", schema=None) as batch_op:
        batch_op.add_column(sa.Column("called_off", sa.String(length=200), nullable=False, server_default=""))

    # a year of silence was a mark; now it is any number of days
    op.execute("UPDATE saved_views SET query = replace(query, 'mark=silent', 'silent=365')")


def downgrade():
    with op.batch_alter_table("trips", schema=None) as batch_op:
        batch_op.drop_column("called_off")

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_column("at")
