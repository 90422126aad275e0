"""letters are counted by recipient"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_mails_recipient_written_at", "mails", ["recipient", "written_at"])


def downgrade():
    op.drop_index("ix_mails_recipient_written_at", "mails")
