"""People as a list shows them: one plain row each, read in one statement, past the session's objects."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import aliased

from outreach.accounts.models import Place, Unit
from outreach.core.db import fetch
from outreach.directory.models import COMPANY, Organisation, Person, PersonPhone, Post


class Line(NamedTuple):
    """One person in a list.

    ``mobile`` is the first one; company and title are those of the post the card shows.
    """

    id: int
    name: str
    tier: int
    home: str
    city: str
    province: str
    updated_at: datetime
    mobile: str | None
    company: str | None
    title: str | None
    restricted_at: datetime | None


_mobile = (
    select(PersonPhone.number)
    .where(PersonPhone.person_id == Person.id, PersonPhone.kind == "mobile")
    .order_by(PersonPhone.id)
    .limit(1)
    .correlate(Person)
    .scalar_subquery()
)
_held, _holder = aliased(Post), aliased(Organisation)
#: as ``Person.company``: held today, a company's before any other, the first entered
_post = (
    select(_held.id)
    .join(_holder, _holder.id == _held.organisation_id)
    .where(_held.person_id == Person.id, _held.until_on.is_(None))
    .order_by(case((_holder.kind == COMPANY, 0), else_=1), _held.id)
    .limit(1)
    .correlate(Person)
    .scalar_subquery()
)
_LINES = (
    select(
        Person.id,
        Person.name,
        Person.tier,
        case((Place.name.is_not(None), Place.name), else_=Unit.name),
        Person.city,
        Person.province,
        Person.updated_at,
        _mobile,
        Organisation.name,
        Post.title,
        Person.restricted_at,
    )
    .join(Unit, Unit.id == Person.unit_id)
    .outerjoin(Place, Place.code == Person.home_code)
    .outerjoin(Post, Post.id == _post)
    .outerjoin(Organisation, Organisation.id == Post.organisation_id)
    .where(Person.id.in_(bindparam("ids", expanding=True)))
)


def lines(ids: list[int]) -> list[Line]:
    """The people of ``ids`` in that order. Whose they are was asked when the ids were chosen."""
    found = {row[0]: Line._make(row) for row in fetch(_LINES, {"ids": ids})}
    return [found[one] for one in ids if one in found]
