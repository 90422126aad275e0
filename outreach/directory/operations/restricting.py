"""Restricting the processing of a person and lifting it again; both stay on record."""

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import restricting
from outreach.directory.announcements import people_restricted
from outreach.directory.models import Person
from outreach.directory.restriction_models import Restriction
from outreach.permissions import ROLES, Permission, Role


def restrict_person(person: Person, *, reason: str, by: User) -> Restriction:
    """The card is only kept from now on; what waits in the outbox for the person and they did not set off is
    not sent.
    """
    lock(person)
    if person.restricted_at is not None:
        raise Refused(_("Processing of this person is restricted already."))
    role, unit = _part_of(by, person.unit)
    row = Restriction(
        person_id=person.id, reason=reason, by_id=by.id, role=role, unit=unit, since_at=clock.now()
    )
    db.session.add(row)
    person.restricted_at = row.since_at
    db.session.flush()
    withdrawn = sum(people_restricted(person.id))
    audit.record(by, "directory.restrict_person", person, reason=reason, withdrawn=withdrawn)
    return row


def lift_restriction(person: Person, *, reason: str, by: User) -> None:
    """The card is used again; what was withdrawn meanwhile is not written once more by itself."""
    lock(person)
    if person.restricted_at is None:
        raise Refused(_("Processing of this person is not restricted."))
    for row in restricting.open_ones(person.id):
        row.lifted_at, row.lifted_by_id, row.lifted_why = clock.now(), by.id, reason
    person.restricted_at = None
    audit.record(by, "directory.lift_restriction", person, reason=reason)


def _part_of(by: User, unit: Unit) -> tuple[str, Unit]:
    """In which role, of which unit, the user edits cards of ``unit``."""
    for grant in by.grants:
        if Permission.DIRECTORY_EDIT in ROLES[Role(grant.role)] and unit.path.startswith(grant.unit.path):
            return grant.role, grant.unit
    return "", unit
