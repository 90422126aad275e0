"""Registering what people ask about their data, checking who asks, answering, correcting, withdrawing,
opening again.
"""

from collections import Counter
from datetime import date, datetime

from sqlalchemy import delete

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory.models import Person
from outreach.ops import request_queries as queries
from outreach.ops.request_models import (
    CHECKED,
    CLOSED,
    DONE,
    RECEIVED,
    REFUSED,
    WITHDRAWN,
    Channel,
    Kind,
    RightsRequest,
)
from outreach.registrations.models import Registration

_EMPTY = {"name": "", "reach": "", "said": "", "checked_how": "", "answer": "", "changes": []}


def register_request(
    unit: Unit,
    *,
    kind: str,
    channel: str,
    received_on: date,
    said: str,
    by: User | None,
    person: Person | None = None,
    registration: Registration | None = None,
    name: str = "",
    reach: str = "",
) -> RightsRequest:
    """A request, due :data:`WORKING_DAYS` working days later. Who registers it handles it until somebody
    else does.
    """
    row = RightsRequest(
        unit=unit,
        kind=kind,
        channel=channel,
        received_on=received_on,
        due_on=queries.due_after(received_on),
        said=said,
        person_id=getattr(person, "id", None),
        registration_id=getattr(registration, "id", None),
        name="" if person or registration else name,
        reach=reach,
        handler_id=getattr(by, "id", None),
        created_by_id=getattr(by, "id", None),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(by, "ops.register_request", row, kind=kind, channel=channel)
    return row


def file_request(person: Person, *, kind: str, said: str) -> RightsRequest:
    """The person asks on their own page. One that waits already is the same request: what is written comes
    to it.
    """
    lock(person)
    earlier = queries.waiting_of(person.id, Kind(kind))
    if earlier is not None:
        lock(earlier)
        if said and said not in earlier.said:
            earlier.said = f"{earlier.said}\n{said}".strip()
        audit.record(None, "ops.file_request", earlier, kind=kind, again=True)
        return earlier
    row = register_request(
        person.unit,
        kind=kind,
        channel=Channel.PAGE,
        received_on=clock.today(),
        said=said,
        person=person,
        by=None,
    )
    audit.record(None, "ops.file_request", row, kind=kind)
    return row


def pass_on_erasure(rows: list[Registration], *, unit: Unit, by: User) -> int:
    """``unit`` erased somebody who is perhaps a guest of others too: each of them gets one request,
    unless one waits. How many.
    """
    waiting = queries.guests_waiting([row.id for row in rows], Kind.DELETE)
    told = {row.event.unit_id for row in rows if row.id in waiting}
    count = 0
    for row in rows:
        if row.event.unit_id in told:
            continue
        told.add(row.event.unit_id)
        request = register_request(
            row.event.unit,
            kind=Kind.DELETE,
            channel=Channel.UNIT,
            received_on=clock.today(),
            said=_(
                "%(unit)s erased a person of the same name and number on %(day)s. Find out whether this "
                "guest is that person, and erase the guest if so.",
                unit=unit.shown,
                day=clock.today().isoformat(),
            ),
            registration=row,
            by=None,
        )
        request.created_by_id = by.id
        audit.record(by, "ops.pass_on_erasure", request)
        count += 1
    return count


def take_over(row: RightsRequest, *, by: User) -> None:
    """Somebody else handles it from now on."""
    lock(row)
    if row.state in CLOSED:
        raise Refused(_("This request is closed."))
    row.handler_id = by.id
    audit.record(by, "ops.take_over", row)


def check_identity(row: RightsRequest, *, how: str, by: User) -> None:
    """It is the person who asks; how that is known stays on record."""
    lock(row)
    if row.state != RECEIVED:
        raise Refused(_("This request is checked or closed already."))
    row.move(CHECKED)
    row.checked_at, row.checked_by_id, row.checked_how = clock.now(), by.id, how
    row.handler_id = row.handler_id or by.id
    audit.record(by, "ops.check_identity", row)


def answer_request(row: RightsRequest, *, done: bool, answer: str, by: User) -> None:
    """It was done, or refused; the person reads the answer. What was never checked can only be refused."""
    lock(row)
    if row.state in CLOSED:
        raise Refused(_("This request is closed."))
    if done and row.state == RECEIVED:
        raise Refused(_("Check first that it is the person who asks."))
    row.move(DONE if done else REFUSED)
    _close(row, answer, by)
    audit.record(by, "ops.answer_request", row, done=done)


def withdraw_request(row: RightsRequest, *, reason: str, by: User | None) -> None:
    """Entered by mistake, or the person asks no longer (``by`` is None: on their own page). It stays on
    record with the reason.
    """
    lock(row)
    row.move(WITHDRAWN)
    _close(row, reason, by)
    audit.record(by, "ops.withdraw_request", row, reason=reason)


def _close(row: RightsRequest, answer: str, by: User | None) -> None:
    row.answer, row.closed_at, row.closed_by_id = answer, clock.now(), getattr(by, "id", None)
    row.handler_id = row.handler_id or getattr(by, "id", None)


def reopen_request(row: RightsRequest, *, reason: str, by: User) -> None:
    """The answer, the refusal or the withdrawal was a mistake: what stood stays in its history, the day it
    is due stays too.
    """
    lock(row)
    if row.state not in CLOSED or row.closed_at is None:
        raise Refused(_("This request is open already."))
    if row.erased_at is not None:
        raise Refused(_("The person was erased: there is nothing left to answer."))
    before = {"state": row.state, "answer": row.answer, "closed_at": row.closed_at.isoformat()}
    _note(row, reason, before, by)
    row.move(CHECKED if row.checked_at else RECEIVED)
    row.answer, row.closed_at, row.closed_by_id = "", None, None
    audit.record(by, "ops.reopen_request", row, reason=reason)


def correct_request(row: RightsRequest, *, reason: str, by: User, **values) -> None:
    """What was entered wrongly; the old values stay in its history. Another day of receipt gives another day
    it is due.
    """
    lock(row)
    if row.erased_at is not None:
        raise Refused(_("The person was erased: there is nothing left to correct."))
    if row.person_id or row.registration_id:
        values.pop("name", None)
    changed = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        raise Refused(_("Nothing was changed."))
    _note(row, reason, {name: _plain(value) for name, value in changed.items()}, by)
    for name in changed:
        setattr(row, name, values[name])
    if "received_on" in changed:
        row.due_on = queries.due_after(row.received_on)
    audit.record(by, "ops.correct_request", row, reason=reason, fields=sorted(changed))


def _note(row: RightsRequest, reason: str, before: dict, by: User) -> None:
    row.changes = [*row.changes, [clock.now().isoformat(), by.name, reason, before]]


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def export_requests(*, count: int, reason: str, by: User) -> None:
    """Leave the trace of the register taken out of the house."""
    audit.record(by, "ops.export_requests", reason=reason, count=count)


def forget_asking(rows: list[RightsRequest], *, by: User | None) -> Counter:
    """Requests of an erased person keep kind, days and outcome. One for deletion that waits is done by it;
    others have nobody left to answer.
    """
    for row in rows:
        if row.state in (RECEIVED, CHECKED):
            row.state = DONE if row.kind == Kind.DELETE else WITHDRAWN
            row.closed_at, row.closed_by_id = clock.now(), getattr(by, "id", None)
        for name, value in _EMPTY.items():
            setattr(row, name, value)
        row.erased_at = row.erased_at or clock.now()
    if rows:
        audit.record(by, "ops.forget_asking", count=len(rows))
    return Counter(rights_requests=len(rows))


def forget_requests(before: datetime, most: int) -> int:
    """At most so many requests that were closed before this moment are deleted; how many."""
    ids = list(db.session.scalars(queries.closed_before(before).order_by(RightsRequest.id).limit(most)))
    db.session.execute(delete(RightsRequest).where(RightsRequest.id.in_(ids)))
    if ids:
        audit.record(None, "ops.forget_requests", count=len(ids))
    return len(ids)
