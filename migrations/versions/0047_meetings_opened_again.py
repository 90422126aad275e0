"""meetings opened again: what each decision changed, so that it can be taken back"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FOREIGN = "fk_meeting_items_step_id_next_steps"


def upgrade():
    with op.batch_alter_table("meetings") as batch:
        batch.add_column(sa.Column("reopened", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("meetings") as batch:
        batch.alter_column("reopened", server_default=None)
    with op.batch_alter_table("meeting_items") as batch:
        batch.add_column(sa.Column("applied", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("was_owner", sa.String(60), nullable=False, server_default=""))
        batch.add_column(sa.Column("was_due_on", sa.Date()))
        batch.add_column(sa.Column("step_id", KEY))
        batch.create_foreign_key(FOREIGN, "next_steps", ["step_id"], ["id"])
    with op.batch_alter_table("meeting_items") as batch:
        batch.alter_column("applied", server_default=None)
        batch.alter_column("was_owner", server_default=None)
    _settled()
    _changed()


ITEMS = sa.table(
    "meeting_items",
    *map(
        sa.column,
        ("id", "meeting_id", "concern_id", "decision", "settled", "applied", "was_owner", "step_id"),
    ),
    sa.column("due_on", sa.Date()),
    sa.column("was_due_on", sa.Date()),
)
MEETINGS = sa.table("meetings", sa.column("id"), sa.column("closed_at"))
CONCERNS = sa.table("concerns", *map(sa.column, ("id", "project_id", "outcome", "settled_at")))
STEPS = sa.table("next_steps", *map(sa.column, ("id", "project_id", "text")), sa.column("due_on", sa.Date()))
AUDIT = sa.table(
    "audit_entries", *map(sa.column, ("id", "verb", "object_id")), sa.column("detail", sa.JSON())
)


def _settled():
    """Matters that a closed meeting settled: their outcome is its decision."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.select(ITEMS.c.id, ITEMS.c.decision, CONCERNS.c.outcome)
        .join(CONCERNS, CONCERNS.c.id == ITEMS.c.concern_id)
        .join(MEETINGS, MEETINGS.c.id == ITEMS.c.meeting_id)
        .where(
            MEETINGS.c.closed_at.is_not(None),
            CONCERNS.c.settled_at.is_not(None),
            ITEMS.c.settled.is_(sa.true()),
        )
    ).all()
    for key, decision, outcome in rows:
        if decision and decision[:300] == outcome:
            bind.execute(sa.update(ITEMS).where(ITEMS.c.id == key).values(applied=sa.true()))


def _changed():
    """Matters that a closed meeting gave to somebody else, as the audit tells; and the step it became."""
    bind = op.get_bind()
    entries = bind.execute(
        sa.select(AUDIT.c.object_id, AUDIT.c.detail)
        .where(AUDIT.c.verb == "pipeline.change_concern")
        .order_by(AUDIT.c.id)
    ).all()
    for concern_id, detail in entries:
        chosen = sa.select(ITEMS.c.id, ITEMS.c.decision, ITEMS.c.due_on, CONCERNS.c.project_id)
        found = bind.execute(
            chosen.join(CONCERNS, CONCERNS.c.id == ITEMS.c.concern_id).where(
                ITEMS.c.meeting_id == detail["meeting"], ITEMS.c.concern_id == concern_id
            )
        ).first()
        if found is None:
            continue
        owner, due_on = detail["before"]
        step = bind.execute(
            sa.select(STEPS.c.id)
            .where(
                STEPS.c.project_id == found.project_id,
                STEPS.c.due_on == found.due_on,
                STEPS.c.text.contains(found.decision[:60], autoescape=True),
            )
            .order_by(STEPS.c.id.desc())
        ).scalar()
        values = {"was_owner": owner, "was_due_on": date.fromisoformat(due_on), "step_id": step}
        bind.execute(sa.update(ITEMS).where(ITEMS.c.id == found.id).values(applied=sa.true(), **values))


def downgrade():
    with op.batch_alter_table("meeting_items") as batch:
        batch.drop_constraint(FOREIGN, type_="foreignkey")
        batch.drop_column("step_id")
        batch.drop_column("was_due_on")
        batch.drop_column("was_owner")
        batch.drop_column("applied")
    with op.batch_alter_table("meetings") as batch:
        batch.drop_column("reopened")
