"""names and organisations are known by simplified characters, compound surnames sort as surnames

Traditional names get the key, the order and the search terms of their simplified spelling. An organisation
whose new key is taken by another one keeps its old key: which of the two is right is for people to say.
"""

import sqlalchemy as sa
from alembic import op

from outreach.core.masking import COMPOUND_SURNAMES
from outreach.directory import names, terms

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

people = sa.table(
    "people",
    sa.column("id"),
    sa.column("name"),
    sa.column("name_key"),
    sa.column("pinyin"),
    sa.column("stroke_surname"),
    sa.column("stroke_name"),
)
person_terms = sa.table("person_terms", sa.column("term"), sa.column("person_id"))
organisations = sa.table("organisations", sa.column("id"), sa.column("name"), sa.column("name_key"))
organisation_terms = sa.table("organisation_terms", sa.column("term"), sa.column("organisation_id"))


def upgrade():
    connection = op.get_bind()
    rows = connection.execute(sa.select(people.c.id, people.c.name, people.c.name_key)).all()
    for person_id, name, key in rows:
        changed = names.key(name) != key
        if not changed and names.key(name)[:2] not in COMPOUND_SURNAMES:
            continue
        connection.execute(sa.update(people).where(people.c.id == person_id).values(**names.sort_keys(name)))
        if changed:
            _add(connection, person_terms, "person_id", person_id, terms.of_name(name))
    rows = connection.execute(
        sa.select(organisations.c.id, organisations.c.name, organisations.c.name_key)
    ).all()
    taken = {key for _id, _name, key in rows}
    for organisation_id, name, key in rows:
        wanted = names.organisation_key(name)
        if wanted != key and wanted not in taken:
            taken.add(wanted)
            connection.execute(
                sa.update(organisations).where(organisations.c.id == organisation_id).values(name_key=wanted)
            )
        if wanted != key:
            _add(
                connection,
                organisation_terms,
                "organisation_id",
                organisation_id,
                terms.of_organisation(name),
            )


def _add(connection, table, column, key, wanted):
    have = set(connection.scalars(sa.select(table.c.term).where(table.c[column] == key)))
    new = [{"term": term, column: key} for term in sorted(wanted - have - {""})]
    if new:
        connection.execute(sa.insert(table), new)


def downgrade():
    pass  # what was added finds the same people; nothing was taken away
