"""invited and placed"""

import base64
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("mobile", sa.String(length=11), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("fault", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms")),
    )
    with op.batch_alter_table("sms", schema=None) as batch_op:
        batch_op.create_index("ix_sms_mobile_due_at", ["mobile", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sms_state"), ["state"], unique=False)

    op.create_table(
        "sms_opt_outs",
        sa.Column("mobile", sa.String(length=11), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mobile", name=op.f("pk_sms_opt_outs")),
    )
    op.create_table(
        "guest_types",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("name_en", sa.String(length=40), nullable=False),
        sa.Column("colour", sa.String(length=8), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("approval", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_guest_types_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_types")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_guest_types_event_id_name")),
    )
    op.create_table(
        "invitation_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sms_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_invitation_messages_invitation_id_invitations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_invitation_messages_mail_id_mails")),
        sa.ForeignKeyConstraint(["sms_id"], ["sms.id"], name=op.f("fk_invitation_messages_sms_id_sms")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["users.id"], name=op.f("fk_invitation_messages_written_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_messages")),
    )
    with op.batch_alter_table("invitation_messages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitation_messages_invitation_id"), ["invitation_id"], unique=False
        )

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="talk"))
        batch_op.add_column(sa.Column("hosts", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("offer_hours", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("most_companions", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("letter", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reply_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("cloned_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_events_cloned_from_id_events"), "events", ["cloned_from_id"], ["id"]
        )

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(length=26), nullable=True))
        batch_op.add_column(
            sa.Column("type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("wave", sa.String(length=30), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("answer", sa.String(length=8), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("excuse", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("companions", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_invitations_type_id"), ["type_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_invitations_post_id_leader_posts"), "leader_posts", ["post_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_invitations_type_id_guest_types"), "guest_types", ["type_id"], ["id"]
        )

    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("companion_of_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("stands_in_for", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=200), nullable=False, server_default=""))
        batch_op.drop_index(batch_op.f("ix_registrations_event_id_state"))
        batch_op.create_index(
            "ix_registrations_event_id_state", ["event_id", "state", "type_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_registrations_companion_of_id"), ["companion_of_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_registrations_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_registrations_companion_of_id_registrations"),
            "registrations",
            ["companion_of_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_registrations_invitation_id_invitations"),
            "invitations",
            ["invitation_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_registrations_type_id_guest_types"), "guest_types", ["type_id"], ["id"]
        )

    _fill(op.get_bind())
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.alter_column("code", existing_type=sa.String(length=26), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_invitations_code"), ["code"])


def _fill(connection):
    """Every event gets its first guest type, every guest and invited person has it,
    every invitation its personal address.
    """
    connection.execute(
        sa.text(
            "INSERT INTO guest_types (event_id, name, name_en, colour, place, approval, public) "
            "SELECT id, '嘉宾', 'Guest', 'grey', 100, :no, :yes FROM events"
        ),
        {"no": False, "yes": True},
    )
    for table in ("registrations", "invitations"):
        connection.execute(
            sa.text(
                f"UPDATE {table} SET type_id = (SELECT id FROM guest_types WHERE guest_types.event_id "
                f"= {table}.event_id)"
            )
        )
    keys = [row[0] for row in connection.execute(sa.text("SELECT id FROM invitations"))]
    for key in keys:
        code = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
        connection.execute(
            sa.text("UPDATE invitations SET code = :code WHERE id = :key"), {"code": code, "key": key}
        )


def downgrade():
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_registrations_type_id_guest_types"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_registrations_invitation_id_invitations"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_registrations_companion_of_id_registrations"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_registrations_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_registrations_companion_of_id"))
        batch_op.drop_index("ix_registrations_event_id_state")
        batch_op.create_index(
            batch_op.f("ix_registrations_event_id_state"), ["event_id", "state"], unique=False
        )
        batch_op.drop_column("reason")
        batch_op.drop_column("offered_until")
        batch_op.drop_column("stands_in_for")
        batch_op.drop_column("companion_of_id")
        batch_op.drop_column("invitation_id")
        batch_op.drop_column("type_id")

    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_column("refused_at")

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_invitations_type_id_guest_types"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_invitations_post_id_leader_posts"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_invitations_code"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_invitations_type_id"))
        batch_op.drop_column("answered_at")
        batch_op.drop_column("opened_at")
        batch_op.drop_column("companions")
        batch_op.drop_column("excuse")
        batch_op.drop_column("answer")
        batch_op.drop_column("wave")
        batch_op.drop_column("post_id")
        batch_op.drop_column("type_id")
        batch_op.drop_column("code")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_events_cloned_from_id_events"), type_="foreignkey")
        batch_op.drop_column("cloned_from_id")
        batch_op.drop_column("reply_by")
        batch_op.drop_column("letter")
        batch_op.drop_column("most_companions")
        batch_op.drop_column("offer_hours")
        batch_op.drop_column("hosts")
        batch_op.drop_column("kind")

    with op.batch_alter_table("invitation_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_messages_invitation_id"))

    op.drop_table("invitation_messages")
    op.drop_table("guest_types")
    op.drop_table("sms_opt_outs")
    with op.batch_alter_table("sms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sms_state"))
        batch_op.drop_index("ix_sms_mobile_due_at")

    op.drop_table("sms")
