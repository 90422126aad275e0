"""the first and the last registration of an event are found without counting"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_registrations_event_id_id", "registrations", ["event_id", "id"])


def downgrade():
    op.drop_index("ix_registrations_event_id_id", "registrations")
