"""audit entries know where the request came from and are links of a chain; the worker links old ones too"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

UNLINKED = sa.text("link IS NULL")


def upgrade():
    text = {"nullable": False, "server_default": ""}
    op.add_column("audit_entries", sa.Column("address", sa.String(length=45), **text))
    op.add_column(
        "audit_entries",
        sa.Column("link", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.add_column("audit_entries", sa.Column("digest", sa.String(length=64), **text))
    op.add_column("audit_entries", sa.Column("reason_digest", sa.String(length=64), **text))
    op.create_index("ix_audit_entries_link", "audit_entries", ["link"], unique=True)
    op.create_index(
        "ix_audit_entries_unlinked", "audit_entries", ["id"], sqlite_where=UNLINKED, postgresql_where=UNLINKED
    )


def downgrade():
    op.drop_index("ix_audit_entries_unlinked", table_name="audit_entries")
    op.drop_index("ix_audit_entries_link", table_name="audit_entries")
    for name in ("reason_digest", "digest", "link", "address"):
        op.execute(f"ALTER TABLE audit_entries DROP COLUMN {name}")
