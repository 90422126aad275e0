"""Reads of who signed up for which item of the programme."""

from sqlalchemy import func, select

from outreach.core.db import db
from outreach.directory.restricting import is_free
from outreach.events.models import ProgrammeItem
from outreach.registrations.models import TAKEN, Registration, SignUp

_COUNTING = (
    select(SignUp)
    .join(Registration, Registration.id == SignUp.registration_id)
    .where(Registration.state.in_(TAKEN))
)


def taken(event_id: int) -> dict[int, int]:
    """Item id -> places taken, of guests who still mean to come."""
    chosen = (
        _COUNTING.with_only_columns(SignUp.item_id, func.count())
        .where(Registration.event_id == event_id)
        .group_by(SignUp.item_id)
    )
    return dict(db.session.execute(chosen).tuples().all())


def items_of(registration_id: int) -> list[ProgrammeItem]:
    """What a guest signed up for."""
    chosen = (
        select(ProgrammeItem)
        .join(SignUp, SignUp.item_id == ProgrammeItem.id)
        .where(SignUp.registration_id == registration_id)
    )
    return list(db.session.scalars(chosen))


def sign_ups_of(registration_id: int) -> list[SignUp]:
    """The same as rows."""
    return list(db.session.scalars(select(SignUp).where(SignUp.registration_id == registration_id)))


def of_guest(registration_id: int, item_id: int) -> SignUp | None:
    """The row of one guest and one item."""
    return db.session.scalar(
        select(SignUp).where(SignUp.registration_id == registration_id, SignUp.item_id == item_id)
    )


def guests_of(item_id: int, *, free: bool = False) -> list[Registration]:
    """Who comes to an item, in the order in which they signed up; ``free``: without who is restricted, for a
    list that leaves the house.
    """
    chosen = _COUNTING.with_only_columns(Registration).where(SignUp.item_id == item_id).order_by(SignUp.id)
    if free:
        chosen = chosen.where(is_free(Registration.person_id))
    return list(db.session.scalars(chosen))
