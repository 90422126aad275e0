"""what was changed of a guest's details, by whom"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "registration_changes",
        sa.Column("id", KEY, primary_key=True),
        sa.Column(
            "registration_id",
            KEY,
            sa.ForeignKey(
                "registrations.id",
                name="fk_registration_changes_registration_id_registrations",
                ondelete="CASCADE",
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "by_id", KEY, sa.ForeignKey("users.id", name="fk_registration_changes_by_id_users"), nullable=True
        ),
        sa.Column("detail", sa.String(20), nullable=False),
        sa.Column(
            "question_id",
            KEY,
            sa.ForeignKey(
                "questions.id", name="fk_registration_changes_question_id_questions", ondelete="CASCADE"
            ),
            nullable=True,
        ),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
    )
    op.create_index("ix_registration_changes_registration_id", "registration_changes", ["registration_id"])
    op.create_index("ix_registration_changes_question_id", "registration_changes", ["question_id"])


def downgrade():
    op.drop_table("registration_changes")
