"""answers to yes/no questions, and conditions on them, are the values yes and no"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

QUESTIONS = sa.table(
    "questions",
    sa.column("id", sa.BigInteger),
    sa.column("kind", sa.String),
    sa.column("when_id", sa.BigInteger),
    sa.column("when_value", sa.String),
)
ANSWERS = sa.table(
    "answers",
    sa.column("id", sa.BigInteger),
    sa.column("question_id", sa.BigInteger),
    sa.column("value", sa.JSON),
)


def _write(values: dict, conditions: dict):
    connection = op.get_bind()
    yes_no = sa.select(QUESTIONS.c.id).where(QUESTIONS.c.kind == "yes_no")
    chosen = sa.select(ANSWERS.c.id, ANSWERS.c.value).where(ANSWERS.c.question_id.in_(yes_no))
    for key, value in connection.execute(chosen).all():
        if isinstance(value, bool | str) and value in values:
            connection.execute(sa.update(ANSWERS).where(ANSWERS.c.id == key).values(value=values[value]))
    parents = set(connection.scalars(yes_no))
    rows = connection.execute(
        sa.select(QUESTIONS.c.id, QUESTIONS.c.when_id, QUESTIONS.c.when_value).where(
            QUESTIONS.c.when_id.is_not(None)
        )
    ).all()
    for key, parent, value in rows:
        if parent in parents and value in conditions:
            connection.execute(
                sa.update(QUESTIONS).where(QUESTIONS.c.id == key).values(when_value=conditions[value])
            )


def upgrade():
    _write({True: "yes", False: "no"}, {"是": "yes", "否": "no"})


def downgrade():
    _write({"yes": True, "no": False}, {"yes": "是", "no": "否"})
