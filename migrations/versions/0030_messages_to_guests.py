"""what guests were told, and the texts of an event"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "guest_messages",
        sa.Column("id", KEY, primary_key=True, nullable=False),
        sa.Column("event_id", KEY, sa.ForeignKey("events.id"), nullable=False),
        sa.Column(
            "registration_id",
            KEY,
            sa.ForeignKey("registrations.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("mail_id", KEY, sa.ForeignKey("mails.id", ondelete="SET NULL")),
        sa.Column("sms_id", KEY, sa.ForeignKey("sms.id", ondelete="SET NULL")),
        sa.Column("obstacle", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.String(length=8), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("told_by_id", KEY, sa.ForeignKey("users.id")),
    )
    op.create_index("ix_guest_messages_event_id", "guest_messages", ["event_id", "id"])
    op.create_index("ix_guest_messages_registration_id", "guest_messages", ["registration_id", "kind"])
    op.create_table(
        "message_templates",
        sa.Column("id", KEY, primary_key=True, nullable=False),
        sa.Column("event_id", KEY, sa.ForeignKey("events.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", KEY, sa.ForeignKey("users.id")),
        sa.UniqueConstraint("event_id", "kind", "channel", "locale"),
    )


def downgrade():
    op.drop_table("message_templates")
    op.drop_table("guest_messages")
