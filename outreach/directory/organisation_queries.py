"""Who may change an organisation, and what others propose to change."""

from itertools import takewhile

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import joinedload

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core.audit import AuditEntry
from outreach.core.db import Base, db
from outreach.directory.models import Organisation, Person, Post
from outreach.directory.organisation_models import OrganisationProposal
from outreach.directory.queries import select_organisations
from outreach.permissions import Permission

EDIT = Permission.DIRECTORY_EDIT
#: the two ends of a proposal: those who decide, those who proposed
DECIDE, OURS = "decide", "ours"


def editable(user) -> ColumnElement[bool]:
    """The condition on :class:`Organisation` that ``user`` may change it:
    all people who are or were posted there are within reach.

    Where nobody is posted, counties and the city may, and who entered it.
    """
    within = reach(user, EDIT)
    posted = select(Post.id).where(Post.organisation_id == Organisation.id)
    others = posted.join(Person, Person.id == Post.person_id).where(Person.unit_id.not_in(within))
    mine = posted.join(Person, Person.id == Post.person_id).where(Person.unit_id.in_(within))
    above = select(Unit.id).where(Unit.id.in_(within), Unit.level != "township")
    entered = select(AuditEntry.id).where(
        AuditEntry.object_kind == Organisation.__tablename__,
        AuditEntry.object_id == Organisation.id,
        AuditEntry.verb == "directory.add_organisation",
        AuditEntry.user_id == user.id,
    )
    return and_(~others.exists(), or_(mine.exists(), above.exists(), entered.exists()))


def may_edit_organisation(row: Organisation, user) -> bool:
    """Whether ``user`` may change it."""
    chosen = select(Organisation.id).where(Organisation.id == row.id, editable(user))
    return db.session.scalar(chosen) is not None


def keeper(row: Organisation) -> Unit | None:
    """The lowest unit that reaches everybody posted there: whom a proposal waits for.

    None where nobody is posted.
    """
    paths = db.session.scalars(
        select(Unit.path)
        .join(Person, Person.unit_id == Unit.id)
        .join(Post, Post.person_id == Person.id)
        .where(Post.organisation_id == row.id)
        .distinct()
    )
    steps = [path.strip("/").split("/") for path in paths]
    if not steps:
        return None
    shared = list(takewhile(lambda level: len(set(level)) == 1, zip(*steps, strict=False)))
    return db.session.get(Unit, int(shared[-1][0])) if shared else None


def select_organisation_proposals(
    user, *, state: str = "open", side: str = "", text: str = "", kind: str = ""
) -> Select:
    """Proposals this user decides on or whose unit proposed them:
    the open ones oldest first, then those decided, latest first.
    """
    deciding = OrganisationProposal.organisation_id.in_(select(Organisation.id).where(editable(user)))
    ours = or_(
        OrganisationProposal.unit_id.in_(reach(user, EDIT)), OrganisationProposal.proposed_by_id == user.id
    )
    chosen = select(OrganisationProposal).where({DECIDE: deciding, OURS: ours}.get(side, or_(deciding, ours)))
    if state:
        chosen = chosen.where(OrganisationProposal.state == state)
    if text or kind:
        named = select_organisations(text=text, kind=kind).with_only_columns(Organisation.id)
        chosen = chosen.where(OrganisationProposal.organisation_id.in_(named))
    return chosen.order_by(
        OrganisationProposal.decided_at.is_not(None),
        OrganisationProposal.decided_at.desc(),
        OrganisationProposal.id,
    ).options(
        joinedload(OrganisationProposal.organisation),
        joinedload(OrganisationProposal.unit),
        joinedload(OrganisationProposal.proposed_by),
        joinedload(OrganisationProposal.decided_by),
    )


def proposals_of_organisation(row: Organisation, user) -> list[OrganisationProposal]:
    """The latest proposals on an organisation that this user may see."""
    chosen = select_organisation_proposals(user, state="").where(
        OrganisationProposal.organisation_id == row.id
    )
    return list(db.session.scalars(chosen.limit(10)))


def own_open_proposal(row: Organisation, user) -> OrganisationProposal | None:
    """What this user proposed for an organisation and nobody has decided on."""
    return db.session.scalar(
        select(OrganisationProposal).where(
            OrganisationProposal.organisation_id == row.id,
            OrganisationProposal.proposed_by_id == user.id,
            OrganisationProposal.state == "open",
        )
    )


def pointing(row: Organisation) -> list[str]:
    """The tables whose rows point at the organisation and do not go with it."""
    keys = [
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == Organisation.__tablename__ and key.ondelete != "CASCADE"
    ]
    found = {
        table.name
        for table, column in keys
        if db.session.scalar(select(true()).where(select(column).where(column == row.id).exists()))
    }
    return sorted(found)
