"""a line of a roster without a number is known when it comes again"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("batch_rows", sa.Column("said", sa.String(length=64), nullable=True))
    told = sa.text("said IS NOT NULL")
    op.create_index("ix_batch_rows_said", "batch_rows", ["said"], postgresql_where=told, sqlite_where=told)


def downgrade():
    op.drop_index("ix_batch_rows_said", "batch_rows")
    op.drop_column("batch_rows", "said")
