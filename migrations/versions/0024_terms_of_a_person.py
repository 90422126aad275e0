"""the index of a person's terms holds the terms"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_index("ix_person_terms_person_id", "person_terms")
    op.create_index("ix_person_terms_person_id", "person_terms", ["person_id", "term"])


def downgrade():
    op.drop_index("ix_person_terms_person_id", "person_terms")
    op.create_index("ix_person_terms_person_id", "person_terms", ["person_id"])
