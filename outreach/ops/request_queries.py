"""Reads of people's requests about their data."""

from collections.abc import Iterable
from datetime import date, datetime, time

from sqlalchemy import Select, and_, case, false, func, or_, select
from sqlalchemy.orm import joinedload

from outreach.accounts.queries import reach
from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.directory import queries as directory
from outreach.directory.models import Person
from outreach.ops.request_models import CLOSED, WAITING, WORKING_DAYS, Kind, RightsRequest
from outreach.permissions import Permission
from outreach.pipeline import rule_queries, workdays
from outreach.registrations import queries as guests
from outreach.registrations.models import Registration

MAY = Permission.DIRECTORY_EDIT
#: deeds on a card that answer a request
ANSWERING = (
    "directory.show_dossier",
    "directory.give_copy",
    "directory.edit_person",
    "directory.apply_correction",
    "directory.choose",
    "directory.restrict_person",
    "directory.lift_restriction",
    "directory.erase_person",
)


def due_after(received: date) -> date:
    """The day by which a request of this day is answered."""
    return workdays.after(received, WORKING_DAYS, rule_queries.own_days())


def select_requests(
    user,
    permission: Permission = MAY,
    *,
    text: str = "",
    state: str = "",
    kind: str = "",
    overdue: bool = False,
    mine: bool = False,
) -> Select:
    """The requests that units within reach answer, the soonest due first, then what is closed. ``state``:
    one of the model's, or ``waiting``.
    """
    chosen = select(RightsRequest).where(RightsRequest.unit_id.in_(reach(user, permission)))
    if text.strip():
        chosen = chosen.where(_named(user, text))
    if state == "waiting" or overdue:
        chosen = chosen.where(RightsRequest.state.in_(WAITING))
    elif state:
        chosen = chosen.where(RightsRequest.state == state)
    if overdue:
        chosen = chosen.where(RightsRequest.due_on < clock.today())
    if kind:
        chosen = chosen.where(RightsRequest.kind == kind)
    if mine:
        chosen = chosen.where(RightsRequest.handler_id == user.id)
    over = RightsRequest.state.in_(CLOSED)
    return chosen.options(
        joinedload(RightsRequest.person),
        joinedload(RightsRequest.registration),
        joinedload(RightsRequest.handler),
    ).order_by(over, RightsRequest.due_on, RightsRequest.id)


def _named(user, text: str):
    """The request is of somebody whom these words find, on a card or as a guest, or bears the number
    ``text``.
    """
    word = text.strip()
    people = directory.searched(select(Person.id).where(Person.unit_id.in_(reach(user, MAY))), word)
    asking = select(RightsRequest.registration_id).where(RightsRequest.registration_id.is_not(None))
    rows = guests.searched(select(Registration).where(Registration.id.in_(asking)), word)
    number = RightsRequest.id == int(word) if word.isdecimal() and len(word) < 10 else false()
    return or_(
        number,
        RightsRequest.name.contains(word, autoescape=True),
        RightsRequest.person_id.in_(people),
        RightsRequest.registration_id.in_(rows.with_only_columns(Registration.id).order_by(None)),
    )


def counts(user) -> tuple[int, int]:
    """(waiting, of these overdue) within reach."""
    late = func.coalesce(func.sum(_one_if(RightsRequest.due_on < clock.today())), 0)
    row = db.session.execute(
        select(func.count(), late).where(
            RightsRequest.unit_id.in_(reach(user, MAY)), RightsRequest.state.in_(WAITING)
        )
    ).one()
    return int(row[0]), int(row[1])


def _one_if(condition):
    return case((condition, 1), else_=0)


def of_person(person_id: int) -> list[RightsRequest]:
    """What a person asked, latest first."""
    chosen = select(RightsRequest).where(RightsRequest.person_id == person_id)
    return list(db.session.scalars(chosen.order_by(RightsRequest.id.desc())).unique())


def of_guests(ids: Iterable[int]) -> list[RightsRequest]:
    """What guests who are on no card asked, latest first."""
    chosen = select(RightsRequest).where(RightsRequest.registration_id.in_(list(ids)))
    return list(db.session.scalars(chosen.order_by(RightsRequest.id.desc())).unique())


def waiting_of(person_id: int, kind: Kind) -> RightsRequest | None:
    """The request of this kind that a person waits for."""
    chosen = select(RightsRequest).where(
        RightsRequest.person_id == person_id, RightsRequest.kind == kind, RightsRequest.state.in_(WAITING)
    )
    return db.session.scalars(chosen.order_by(RightsRequest.id).limit(1)).unique().first()


def guests_waiting(ids: Iterable[int], kind: Kind) -> set[int]:
    """Those of these guests for whom a request of this kind waits."""
    chosen = select(RightsRequest.registration_id).where(
        RightsRequest.registration_id.in_(list(ids)),
        RightsRequest.kind == kind,
        RightsRequest.state.in_(WAITING),
    )
    return set(db.session.scalars(chosen))


def people_asking(ids) -> set[int]:
    """Those of ``ids`` who ever asked."""
    chosen = select(RightsRequest.person_id).where(RightsRequest.person_id.in_(ids))
    return set(db.session.scalars(chosen))


def deeds(row: RightsRequest) -> list[AuditEntry]:
    """What was done on the card between the request and its answer, from the audit."""
    if row.person_id is None:
        return []
    start = clock.local(datetime.combine(row.received_on, time()), "Asia/Shanghai")
    chosen = select(AuditEntry).where(
        AuditEntry.object_kind == Person.__tablename__,
        AuditEntry.object_id == row.person_id,
        AuditEntry.verb.in_(ANSWERING),
        AuditEntry.at >= start,
    )
    if row.closed_at is not None:
        chosen = chosen.where(AuditEntry.at <= row.closed_at)
    return list(db.session.scalars(chosen.order_by(AuditEntry.id)))


def closed_before(before: datetime | None) -> Select:
    """Requests answered or withdrawn before this moment; ``None``: all that are."""
    held = [RightsRequest.closed_at.is_not(None), RightsRequest.state.in_(CLOSED)]
    if before is not None:
        held.append(RightsRequest.closed_at < before)
    return select(RightsRequest.id).where(and_(*held))


def closed_count(before: datetime | None) -> int:
    """How many those are."""
    return db.session.scalar(select(func.count()).select_from(closed_before(before).subquery())) or 0
