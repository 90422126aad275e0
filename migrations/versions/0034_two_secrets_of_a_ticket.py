"""the key of a guest's page, apart from the code that is shown at the door"""

import base64
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def _token() -> str:
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def upgrade():
    with op.batch_alter_table("registrations") as table:
        table.add_column(sa.Column("page_token", sa.String(26), nullable=False, server_default=""))
        # every guest so far holds a link with the code: it opens the page until the event is over
        table.add_column(
            sa.Column("code_opens_page", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    rows = sa.table(
        "registrations",
        sa.column("id", sa.BigInteger),
        sa.column("page_token", sa.String),
        sa.column("code_opens_page", sa.Boolean),
    )
    connection = op.get_bind()
    ids = list(connection.scalars(sa.select(rows.c.id).order_by(rows.c.id)))
    fill = (
        sa.update(rows)
        .where(rows.c.id == sa.bindparam("row"))
        .values(page_token=sa.bindparam("token"), code_opens_page=sa.true())
    )
    for start in range(0, len(ids), AT_ONCE):
        connection.execute(fill, [{"row": key, "token": _token()} for key in ids[start : start + AT_ONCE]])
    op.create_index("ix_registrations_page_token", "registrations", ["page_token"], unique=True)


def downgrade():
    op.drop_index("ix_registrations_page_token", "registrations")
    with op.batch_alter_table("registrations") as table:
        table.drop_column("code_opens_page")
        table.drop_column("page_token")
