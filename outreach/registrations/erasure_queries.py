"""Reads of erasing guests: which registrations are one person's, and what is known of them there."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from outreach.accounts.queries import reach
from outreach.core.db import db
from outreach.core.erasing import Traces
from outreach.directory import names
from outreach.events.models import Event, Invitation
from outreach.permissions import Permission
from outreach.registrations.models import Registration


def of_person(person_id: int) -> list[Registration]:
    """The registrations of a card, not those of who comes instead."""
    chosen = select(Registration).where(Registration.person_id == person_id, Registration.erased_at.is_(None))
    return list(db.session.scalars(chosen.order_by(Registration.id)))


def alike(traces: Traces, by) -> list[Registration]:
    """Registrations without a card by one of these names with one of these numbers, at events where ``by``
    may edit guests: the same person. What lies with others is theirs to look at (:func:`elsewhere`).
    """
    return [row for row in _likely(traces) if row.event.unit_id in _units(by)]


def elsewhere(traces: Traces, by) -> list[Registration]:
    """The same at the events of others: it may be somebody else, and it is not for ``by`` to decide."""
    return [row for row in _likely(traces) if row.event.unit_id not in _units(by)]


def going(person_id: int, traces: Traces, by) -> list[Registration]:
    """What goes with a card: linked to it, wherever that is, or like it and within reach."""
    return [*of_person(person_id), *alike(traces, by)]


def _units(by) -> set[int]:
    return set(db.session.scalars(reach(by, Permission.REGISTRATIONS_EDIT)))


def _likely(traces: Traces) -> list[Registration]:
    keys = {names.key(name) for name in traces.names}
    chosen = select(Registration).where(
        Registration.mobile.in_(sorted(traces.numbers)),
        Registration.person_id.is_(None),
        Registration.erased_at.is_(None),
    )
    return [
        row for row in db.session.scalars(chosen.order_by(Registration.id)) if names.key(row.name) in keys
    ]


def same_guest(row: Registration, by) -> list[Registration]:
    """This registration and every other one without a card by the same name and number within reach."""
    found = {one.id: one for one in (row, *alike(traces_of([row]), by))}
    return [found[key] for key in sorted(found)]


def proxies(person_id: int) -> list[int]:
    """Registrations of others who come in this person's place: they name the person."""
    invited = select(Invitation.id).where(Invitation.person_id == person_id)
    chosen = select(Registration.id).where(
        Registration.invitation_id.in_(invited), Registration.stands_in_for != ""
    )
    return list(db.session.scalars(chosen))


def traces_of(rows: Iterable[Registration]) -> Traces:
    """What these registrations say of who it is."""
    rows = list(rows)
    return Traces(
        names=frozenset(row.name for row in rows),
        numbers=frozenset(row.mobile for row in rows) - {""},
        addresses=frozenset(row.email for row in rows) - {""},
    )


def borne(traces: Traces, person_id: int | None, registration_ids: frozenset[int], by) -> set[str]:
    """Names (also as a part of longer ones), numbers and addresses that guests have who are somebody else,
    or whom ``by`` cannot erase.
    """
    own = {*registration_ids, *(row.id for row in alike(traces, by))}
    others = select(Registration.name, Registration.mobile, Registration.email).where(
        Registration.id.not_in(own),
        Registration.erased_at.is_(None),
        or_(Registration.person_id.is_(None), Registration.person_id != (person_id or 0)),
        or_(
            *(Registration.name.contains(name, autoescape=True) for name in traces.names),
            Registration.mobile.in_(sorted(traces.numbers)),
            func.lower(Registration.email).in_([address.lower() for address in traces.addresses]),
        ),
    )
    found: set[str] = set()
    for name, mobile, email in db.session.execute(others):
        found |= {one for one in traces.names if one in name}
        found |= {mobile} & traces.numbers
        found |= {one for one in traces.addresses if one.lower() == email.lower()}
    return found


def outlived(before: datetime | None, most: int | None = None) -> Select:
    """Guests of events that ended before this moment who still have a name; ``None``: of all events."""
    chosen = select(Registration.id).where(Registration.erased_at.is_(None))
    if before is not None:
        chosen = chosen.join(Event, Event.id == Registration.event_id).where(Event.ends_at < before)
    return chosen.order_by(Registration.id).limit(most)


def outlived_count(before: datetime | None) -> int:
    """How many those are."""
    return db.session.scalar(select(func.count()).select_from(outlived(before).subquery())) or 0
