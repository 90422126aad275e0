"""telephone numbers in E.164: columns widened, mainland numbers as typed so far converted"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

#: table, column, its length before
COLUMNS = (
    ("registrations", "mobile", 11),
    ("person_phones", "number", 20),
    ("sms", "mobile", 11),
    ("sms_opt_outs", "mobile", 11),
)
LANDLINE = re.compile(r"0(10|2[0-9]|[3-9][0-9]{2})-?([0-9]{7,8})")
STORED = re.compile(r"\+86(10|2[0-9]|[3-9][0-9]{2})([0-9]{7,8})(;ext=.*)?")
PORTION = 5000


def upgrade():
    for name, column, length in COLUMNS:
        with op.batch_alter_table(name) as table:
            table.alter_column(
                column, existing_type=sa.String(length), type_=sa.String(32), existing_nullable=False
            )
        op.execute(
            f"UPDATE {name} SET {column} = '+86' || {column} WHERE length({column}) = 11 AND {column} "
            f"LIKE '1%'"
        )
        _convert(name, column, "0%", LANDLINE, lambda match: f"+86{match[1]}{match[2]}")


def downgrade():
    """Numbers of other countries have no form that fits the narrow columns:
    they are kept, cut to the column, as digits.
    """
    for name, column, length in reversed(COLUMNS):
        op.execute(
            f"UPDATE {name} SET {column} = substr({column}, 4)"
            f" WHERE length({column}) = 14 AND {column} LIKE '+861%'"
        )
        _convert(name, column, "+86%", STORED, lambda match: f"0{match[1]}-{match[2]}")
        op.execute(
            f"UPDATE {name} SET {column} = substr({column}, 2, {length}) WHERE length({column}) > {length}"
        )
        with op.batch_alter_table(name) as table:
            table.alter_column(
                column, existing_type=sa.String(32), type_=sa.String(length), existing_nullable=False
            )


def _convert(name, column, like, pattern, written):
    """Numbers that only a pattern tells apart, each distinct one once."""
    table = sa.table(name, sa.column(column, sa.String))
    place = table.c[column]
    connection = op.get_bind()
    found = connection.scalars(sa.select(place).where(place.like(like)).distinct()).all()
    pairs = [{"old": text, "new": written(match)} for text in found if (match := pattern.fullmatch(text))]
    change = sa.update(table).where(place == sa.bindparam("old")).values({column: sa.bindparam("new")})
    for start in range(0, len(pairs), PORTION):
        connection.execute(change, pairs[start : start + PORTION])
