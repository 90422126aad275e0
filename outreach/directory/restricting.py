"""Whose processing is restricted (PIPL 44-47): the card is kept, found and counted, and the person is in
nothing that goes out.

Whatever writes to people, exports or prints them or puts them forward asks here;
``tests/law/test_ways_out.py`` names every way.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased

from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory.models import Person
from outreach.directory.restriction_models import Restriction

#: condition on the people of a query: nobody asked that they only be kept
FREE = Person.restricted_at.is_(None)


def is_free(key):
    """The same as a condition on a row that points at a person by the column ``key``, or at nobody."""
    held = aliased(Person)
    return ~select(held.id).where(held.id == key, held.restricted_at.is_not(None)).exists()


def restricted_among(ids: Iterable[int | None]) -> set[int]:
    """Those of ``ids`` who are restricted."""
    wanted = {key for key in ids if key}
    chosen = select(Person.id).where(Person.id.in_(wanted), Person.restricted_at.is_not(None))
    return set(db.session.scalars(chosen)) if wanted else set()


def check_free(person: Person) -> None:
    """:class:`Refused` when the person is restricted."""
    if person.restricted_at is not None:
        raise Refused(_("Processing of this person is restricted. Lift the restriction on the card first."))


def of_person(person: Person) -> list[Restriction]:
    """Every restriction of a person, latest first."""
    chosen = select(Restriction).where(Restriction.person_id == person.id)
    return list(
        db.session.scalars(chosen.order_by(Restriction.since_at.desc(), Restriction.id.desc())).unique()
    )


def open_ones(person_id: int) -> list[Restriction]:
    """Those that hold today; two where two restricted cards became one."""
    chosen = select(Restriction).where(Restriction.person_id == person_id, Restriction.lifted_at.is_(None))
    return list(db.session.scalars(chosen.order_by(Restriction.since_at)).unique())
