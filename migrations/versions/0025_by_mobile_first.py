"""the registrations of a number are found by the number first"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_registrations_mobile_event_id", "registrations", ["mobile", "event_id"])
    op.drop_index("ix_registrations_event_id_mobile", "registrations")


def downgrade():
    op.create_index("ix_registrations_event_id_mobile", "registrations", ["event_id", "mobile"])
    op.drop_index("ix_registrations_mobile_event_id", "registrations")
