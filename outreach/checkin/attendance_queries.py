"""After the event: who was invited, said yes, had a place and came, by guest type and by home county.

Counted from rows each time.
"""

from dataclasses import dataclass

from sqlalchemy import case, func, select

from outreach.accounts.models import Unit
from outreach.accounts.queries import counties
from outreach.checkin.queries import standing_scans
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.directory.models import Person
from outreach.directory.queries import home_county
from outreach.events.models import PROXY, YES, Event, Invitation
from outreach.registrations.models import CONFIRMED, Registration

#: the columns of a line, in their order
STEPS = ("invited", "answered_yes", "placed", "arrived")


@dataclass
class Line:
    """One guest type or county.

    ``key`` is the type's id or the county's division code, None for those without one.
    """

    name: str
    key: object = None
    invited: int = 0
    answered_yes: int = 0
    placed: int = 0
    arrived: int = 0


def _counts(event: Event, of_invitation, of_registration, joins) -> dict[str, dict]:
    invited = (
        joins(select(of_invitation, func.count()).select_from(Invitation), Invitation)
        .where(Invitation.event_id == event.id)
        .group_by(of_invitation)
    )
    placed = joins(select(of_registration, func.count()).select_from(Registration), Registration)
    placed = placed.where(Registration.event_id == event.id, Registration.state == CONFIRMED).group_by(
        of_registration
    )
    chosen = {
        "invited": invited,
        "answered_yes": invited.where(Invitation.answer.in_((YES, PROXY))),
        "placed": placed,
        "arrived": placed.where(Registration.id.in_(standing_scans(event))),
    }
    return {step: dict(db.session.execute(statement).all()) for step, statement in chosen.items()}


def _lines(counts: dict[str, dict], names: dict, other: str = "–") -> list[Line]:
    keys = {key for found in counts.values() for key in found}
    lines = [
        Line(names.get(key, other), key, **{step: counts[step].get(key, 0) for step in STEPS}) for key in keys
    ]
    order = {key: place for place, key in enumerate(names)}
    return sorted(lines, key=lambda line: (order.get(line.key, len(order)), line.name))


def by_type(event: Event) -> list[Line]:
    """A line for each guest type, in the order of the types."""
    counts = _counts(event, Invitation.type_id, Registration.type_id, lambda statement, _model: statement)
    return _lines(counts, {row.id: row.shown for row in event.types})


def by_county(event: Event) -> list[Line]:
    """A line for each county the people come from; guests without a card, or from elsewhere,
    stand together.
    """
    names = {unit.place_code: unit.shown for unit in counties()}
    code = case((home_county().in_(names), home_county()))

    def joins(statement, model):
        return statement.outerjoin(Person, Person.id == model.person_id).outerjoin(
            Unit, Unit.id == Person.unit_id
        )

    return _lines(_counts(event, code, code, joins), names, _("From elsewhere"))


def total(lines: list[Line]) -> Line:
    """The sum of all lines."""
    return Line("", None, **{step: sum(getattr(line, step) for line in lines) for step in STEPS})


def arrived(event: Event) -> list[Registration]:
    """The guests who were there."""
    chosen = select(Registration).where(
        Registration.event_id == event.id, Registration.id.in_(standing_scans(event))
    )
    return list(db.session.scalars(chosen.order_by(Registration.id)))
