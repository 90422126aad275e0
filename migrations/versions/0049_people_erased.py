"""people and guests can be erased; digests know them again"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table("people") as table:
        table.alter_column("unit_id", existing_type=KEY, nullable=True)
        table.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("erased_unit_id", KEY, nullable=True))
        table.create_foreign_key("fk_people_erased_unit_id_units", "units", ["erased_unit_id"], ["id"])
    op.add_column("registrations", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "tombstones",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_tombstones_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tombstones"),
        sa.UniqueConstraint("digest", "person_id", name="uq_tombstones_digest_person_id"),
    )
    op.create_index("ix_tombstones_person_id", "tombstones", ["person_id"])


def downgrade():
    op.drop_table("tombstones")
    op.drop_column("registrations", "erased_at")
    op.execute("UPDATE people SET unit_id = erased_unit_id WHERE unit_id IS NULL")
    with op.batch_alter_table("people") as table:
        table.drop_constraint("fk_people_erased_unit_id_units", type_="foreignkey")
        table.drop_column("erased_unit_id")
        table.drop_column("erased_at")
        table.alter_column("unit_id", existing_type=KEY, nullable=False)
