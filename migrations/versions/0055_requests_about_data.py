"""what people ask about their data is registered"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "rights_requests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("registration_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("reach", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("handler_id", KEY, nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("checked_by_id", KEY, nullable=True),
        sa.Column("checked_how", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by_id", KEY, nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", KEY, nullable=True),
        sa.Column("erased_at", MOMENT, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_rights_requests_{column}_{table}")
            for column, table in (
                ("unit_id", "units"),
                ("person_id", "people"),
                ("registration_id", "registrations"),
                ("handler_id", "users"),
                ("checked_by_id", "users"),
                ("closed_by_id", "users"),
                ("created_by_id", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rights_requests"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rights_requests_unit_id_state", "rights_requests", ["unit_id", "state", "due_on"])
    op.create_index("ix_rights_requests_person_id", "rights_requests", ["person_id"])
    op.create_index("ix_rights_requests_registration_id", "rights_requests", ["registration_id"])


def downgrade():
    op.drop_table("rights_requests")
