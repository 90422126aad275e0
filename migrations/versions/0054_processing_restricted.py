"""processing of a person can be restricted"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RESTRICTED = sa.text("restricted_at IS NOT NULL")


def upgrade():
    op.add_column("people", sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_people_restricted", "people", ["id"], sqlite_where=RESTRICTED, postgresql_where=RESTRICTED
    )
    op.create_table(
        "restrictions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", KEY, nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", KEY, nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", KEY, nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_restrictions_person_id_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_restrictions_by_id_users"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_restrictions_unit_id_units"),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["users.id"], name="fk_restrictions_lifted_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_restrictions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_restrictions_person_id", "restrictions", ["person_id"])


def downgrade():
    op.drop_table("restrictions")
    op.drop_index("ix_people_restricted", table_name="people")
    op.execute("ALTER TABLE people DROP COLUMN restricted_at")
