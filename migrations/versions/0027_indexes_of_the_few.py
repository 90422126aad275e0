"""a registration and a scan write no index for what most of them have not"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FEW = [
    ("scans", "device_id"),
    ("scans", "earlier_id"),
    ("registrations", "invitation_id"),
    ("registrations", "companion_of_id"),
]


def upgrade():
    for table, column in FEW:
        told = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"ix_{table}_{column}", table)
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_where=told, sqlite_where=told)


def downgrade():
    for table, column in FEW:
        op.drop_index(f"ix_{table}_{column}", table)
        op.create_index(f"ix_{table}_{column}", table, [column])
