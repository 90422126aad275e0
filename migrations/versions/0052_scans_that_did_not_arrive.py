"""devices number their scans; scans that did not arrive are settled"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table("gate_devices") as batch:
        batch.add_column(sa.Column("numbered", sa.Integer, nullable=False, server_default="0"))
    with op.batch_alter_table("gate_devices") as batch:
        batch.alter_column("numbered", server_default=None)
    op.add_column("scans", sa.Column("number", sa.Integer))
    op.add_column("door_problems", sa.Column("number", sa.Integer))
    numbered = sa.text("number IS NOT NULL")
    op.create_index(
        "ix_scans_device_id_number",
        "scans",
        ["device_id", "number"],
        sqlite_where=numbered,
        postgresql_where=numbered,
    )
    op.create_table(
        "gate_losses",
        sa.Column("id", KEY, nullable=False),
        sa.Column("device_id", KEY, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("numbered", sa.Integer, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by_id", KEY),
        sa.Column("reopened_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["gate_devices.id"],
            name="fk_gate_losses_device_id_gate_devices",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["settled_by_id"], ["users.id"], name="fk_gate_losses_settled_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_losses"),
    )
    op.create_index("ix_gate_losses_device_id", "gate_losses", ["device_id"])


def downgrade():
    op.drop_table("gate_losses")
    op.drop_index("ix_scans_device_id_number", "scans")
    for table, column in (("door_problems", "number"), ("scans", "number"), ("gate_devices", "numbered")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
