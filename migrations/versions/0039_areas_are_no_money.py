"""areas are no money"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

#: an area stood in the money type, as whole millionths; it stands as whole hundredths
SMALLER = 10_000


def upgrade():
    for name in ("land_mu", "plant_m2"):
        op.execute(
            f"UPDATE projects SET {name} = CAST(ROUND({name} / {SMALLER}.0) AS BIGINT) WHERE {name} IS NOT "
            f"NULL"
        )


def downgrade():
    for name in ("land_mu", "plant_m2"):
        op.execute(f"UPDATE projects SET {name} = {name} * {SMALLER} WHERE {name} IS NOT NULL")
