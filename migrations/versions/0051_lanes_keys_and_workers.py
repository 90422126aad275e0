"""lanes and keys of jobs, workers, liveness"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

#: a table that is made anew keeps giving numbers that never come again
NEVER_AGAIN = {"sqlite_autoincrement": True}
RECURRING = (
    "liaison.remind",
    "ops.forget_old",
    "reception.forget_travel",
    "registrations.forget_answers",
    "registrations.lapse_offers",
    "registrations.remind",
)
OPEN = sa.text("finished_at IS NULL")
UNSENT = sa.text("sent_at IS NULL AND refused_at IS NULL")


def upgrade():
    with op.batch_alter_table("jobs", table_kwargs=NEVER_AGAIN) as batch:
        batch.add_column(sa.Column("lane", sa.SmallInteger(), nullable=False, server_default="10"))
        batch.add_column(sa.Column("key", sa.String(120)))
        batch.add_column(sa.Column("worker", sa.String(80), nullable=False, server_default=""))
        batch.add_column(sa.Column("ran_at", sa.DateTime(timezone=True)))
        batch.drop_index("ix_jobs_due_at")
    op.create_table(
        "workers",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("lanes", sa.String(40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "liveness",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
    )
    _one_job_each()
    op.execute("UPDATE mails SET message_id = '<mail-' || id || '@yangui>' WHERE message_id = ''")
    with op.batch_alter_table("jobs", table_kwargs=NEVER_AGAIN) as batch:
        batch.alter_column("lane", server_default=None)
        batch.alter_column("worker", server_default=None)
        batch.create_index("uq_jobs_key_open", ["key"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
        batch.create_index(
            "ix_jobs_lane_due_at_open", ["lane", "due_at"], sqlite_where=OPEN, postgresql_where=OPEN
        )
    op.create_index("ix_mails_unsent", "mails", ["id"], sqlite_where=UNSENT, postgresql_where=UNSENT)


def _one_job_each():
    """Several chains of a recurring job may stand, and several jobs for one letter:
    the first of each stays and gets its key.
    """
    connection = op.get_bind()
    jobs = connection.execute(
        sa.text("SELECT id, task, arguments FROM jobs WHERE finished_at IS NULL ORDER BY due_at, id")
    ).all()
    seen, second, keyed = set(), [], []
    for job_id, task, stored in jobs:
        arguments = json.loads(stored) if isinstance(stored, str) else stored
        key = _key(task, arguments if isinstance(arguments, dict) else {})
        if key in seen:
            second.append({"id": job_id})
        elif key:
            seen.add(key)
            keyed.append({"id": job_id, "key": key})
    if second:
        connection.execute(sa.text("DELETE FROM jobs WHERE id = :id"), second)
    if keyed:
        connection.execute(sa.text("UPDATE jobs SET key = :key WHERE id = :id"), keyed)


def _key(task, arguments):
    if task in RECURRING:
        return task
    if task == "mail.send" and "mail_id" in arguments:
        return f"mail-{arguments['mail_id']}"
    if task == "sms.send" and "sms_id" in arguments:
        return f"sms-{arguments['sms_id']}"
    return None


def downgrade():
    op.drop_index("ix_mails_unsent", "mails")
    op.drop_table("liveness")
    op.drop_table("workers")
    with op.batch_alter_table("jobs", table_kwargs=NEVER_AGAIN) as batch:
        batch.drop_index("ix_jobs_lane_due_at_open")
        batch.drop_index("uq_jobs_key_open")
        for name in ("ran_at", "worker", "key", "lane"):
            batch.drop_column(name)
        batch.create_index("ix_jobs_due_at", ["due_at"])
