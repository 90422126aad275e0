"""forms are taken once, a session that was signed out of is over, a WeChat id is no search term"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# an id that is the person's own number, or is spelled as their name ends, goes on finding them by that; so
# does one as short as initials
WECHAT = """
DELETE FROM person_terms WHERE length(term) > 4 AND EXISTS (
    SELECT 1 FROM people
    WHERE people.id = person_terms.person_id
    AND people.wechat <> ''
    AND person_terms.term = lower(people.wechat)
    AND replace(people.pinyin, ' ', '') NOT LIKE '%' || person_terms.term
    AND people.name_key NOT LIKE '%' || person_terms.term
) AND NOT EXISTS (
    SELECT 1 FROM person_phones
    WHERE person_phones.person_id = person_terms.person_id
    AND person_phones.number = person_terms.term
)
"""


def upgrade():
    op.create_table(
        "used_forms",
        sa.Column("digest", sa.String(length=64), primary_key=True),
        sa.Column("location", sa.String(length=500), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_used_forms_used_at", "used_forms", ["used_at"])
    op.create_table(
        "ended_sessions",
        sa.Column("key", sa.String(length=32), primary_key=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_ended_sessions_ended_at", "ended_sessions", ["ended_at"])
    op.execute(WECHAT)


def downgrade():
    op.drop_table("ended_sessions")
    op.drop_table("used_forms")
