"""What became of a summit: invited -> replied -> arrived -> met -> intention -> contract -> registered -> construction -> production -> paid in,
as it stood 3, 6, 12 and 24 months after and today. Counted from rows each time; no figure is kept."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from sqlalchemy import Select, and_, func, select

from outreach.checkin import queries as checkin
from outreach.core import clock
from outreach.core.db import db
from outreach.events.models import Event, Invitation
from outreach.liaison.models import HELD as CONTACT_HELD
from outreach.liaison.models import Contact
from outreach.pipeline import fact_queries
from outreach.pipeline.fact_queries import Line
from outreach.pipeline.follow_models import ProjectState
from outreach.pipeline.models import BINDING, ENDED, FIRST, INCREASE, REVIEW_FROM, Agreement, Instalment, Project
from outreach.pipeline.queries import select_agreements, select_projects
from outreach.registrations.models import CONFIRMED, Registration

#: months after the summit; 0: to date
HORIZONS = (3, 6, 12, 24, 0)
PEOPLE_STEPS = ("invited", "replied", "arrived", "met")
PROJECT_STEPS = ("signed", "intention", "contract", "registered", "construction", "statistics", "production", "capacity", "paid")
AMOUNTS = ("intended_wan", "agreed_wan", "contracted_wan", "paid_in_wan")
_ZERO = Decimal(0)


@dataclass
class Cohort:
    """One summit. ``counts``: horizon -> step or amount -> figure; a horizon that lies in the future is left out."""

    event: Event
    day: date
    counts: dict[int, dict[str, Decimal | int]] = field(default_factory=dict)
    unconfirmed: int = 0


def deadline(day: date, months: int) -> date:
    """The last day of a horizon."""
    return day + relativedelta(months=months) if months else clock.today()


def _people(event_ids: list[int]) -> dict[int, dict[str, int]]:
    """Event -> invited, replied, arrived: these do not change with the horizon."""
    rows = db.session.execute(
        select(Invitation.event_id, func.count(), func.count(Invitation.answered_at)).where(Invitation.event_id.in_(event_ids))
        .group_by(Invitation.event_id)
    )  # fmt: skip
    found = {key: {"invited": invited, "replied": replied} for key, invited, replied in rows}
    arrived = checkin.arrived_counts(*event_ids)
    return {key: {"invited": 0, "replied": 0, **found.get(key, {}), "arrived": arrived.get(key, 0)} for key in event_ids}


def _met(event_ids: list[int]) -> dict[int, list[date]]:
    """Event -> for each guest, the first day somebody met them at the summit or after it."""
    day = func.date(Event.starts_at)
    rows = db.session.execute(
        select(Registration.event_id, func.min(Contact.day)).join(Event, Event.id == Registration.event_id)
        .join(Contact, and_(Contact.person_id == Registration.person_id, Contact.state == CONTACT_HELD, func.date(Contact.day) >= day))
        .where(Registration.event_id.in_(event_ids), Registration.state == CONFIRMED).group_by(Registration.event_id, Registration.person_id)
    )  # fmt: skip
    found: dict[int, list[date]] = {}
    for key, first in rows:
        found.setdefault(key, []).append(first)
    return found


def select_cohort(user, event_ids) -> Select:
    """The projects whose first signing was at one of these summits, within reach: each belongs to one cohort."""
    first = select(Agreement.id).where(Agreement.event_id.in_(event_ids), Agreement.counts_as == FIRST)
    return select_projects(user).where(Project.agreement_id.in_(first))


@dataclass
class Material:
    """The rows that cohorts are counted from, read once for all of them."""

    signings: dict[int, list[Agreement]] = field(default_factory=dict)
    lines: dict[int, list[Line]] = field(default_factory=dict)
    money: dict[int, list[tuple[date, Decimal]]] = field(default_factory=dict)
    ended: dict[int, date] = field(default_factory=dict)


def gather(user, event_ids: list[int], *, confirmed: bool) -> Material:
    """Signings, projects, instalments and endings of some summits, in four statements."""
    made = Material()
    columns = select_agreements(user).with_only_columns(
        Agreement.id, Agreement.event_id, Agreement.first_id, Agreement.counts_as, Agreement.kind, Agreement.signed_on, Agreement.intended_wan,
        Agreement.agreed_wan, Agreement.contracted_wan, Agreement.review_passed,
    )  # fmt: skip
    rows = db.session.execute(columns).all()
    event_of = {row.id: row.event_id for row in rows}
    for row in rows:
        key = row.event_id if row.counts_as == FIRST else event_of.get(row.first_id) if row.counts_as == INCREASE else None
        if key in event_ids:
            made.signings.setdefault(key, []).append(row)
    projects = select_cohort(user, event_ids)
    for line in fact_queries.lines(projects, confirmed=confirmed):
        made.lines.setdefault(line.event_id, []).append(line)
    ids = projects.with_only_columns(Project.id).order_by(None)
    paid = select(Instalment.project_id, Instalment.paid_on, Instalment.amount_wan).where(Instalment.project_id.in_(ids))
    if confirmed:
        paid = paid.where(Instalment.confirmed_at.is_not(None) | Instalment.corrects_id.is_not(None))
    for key, day, amount in db.session.connection().execute(paid):
        made.money.setdefault(key, []).append((day, amount))
    ends = select(ProjectState.project_id, ProjectState.since_on).where(ProjectState.state == ENDED, ProjectState.project_id.in_(ids))
    made.ended = dict(db.session.execute(ends).tuples().all())
    return made


def cohorts(user, events: list[Event], *, confirmed: bool = False) -> list[Cohort]:
    """One cohort for each summit, in a constant number of statements. ``confirmed``: only facts a second person has confirmed."""
    ids = [event.id for event in events]
    people, met, made = _people(ids), _met(ids), gather(user, ids, confirmed=confirmed)
    found = []
    for event in events:
        day = clock.in_zone(event.starts_at, event.zone).date()
        cohort = Cohort(event, day, unconfirmed=sum(line.unconfirmed for line in made.lines.get(event.id, ())))
        for months in HORIZONS:
            until = deadline(day, months)
            if until <= clock.today():
                counts = people[event.id] | {"met": sum(first <= until for first in met.get(event.id, ()))}
                cohort.counts[months] = counts | counted(made, event.id, until)
        found.append(cohort)
    return found


def counted(made: Material, event_id: int, until: date) -> dict[str, Decimal | int]:
    """Every figure of one summit's projects on the day ``until``. The rule of what counts stands here and nowhere else."""
    counts: dict[str, Decimal | int] = dict.fromkeys((*PROJECT_STEPS, "alive", *AMOUNTS), 0)
    counts |= dict.fromkeys(AMOUNTS, _ZERO)
    with_project = {line.agreement_id for line in made.lines.get(event_id, ())}
    for row in made.signings.get(event_id, ()):
        if row.signed_on > until:
            continue
        counts["signed"] += row.counts_as == FIRST
        counts["alive"] += row.counts_as == FIRST
        counts["intended_wan"] += row.intended_wan or 0
        counts["agreed_wan"] += row.agreed_wan or 0
        allowed = row.kind not in BINDING or row.signed_on < REVIEW_FROM or row.review_passed
        if allowed and (row.counts_as == INCREASE or row.id not in with_project):
            counts["contracted_wan"] += row.contracted_wan or 0
    for line in made.lines.get(event_id, ()):
        for step in PROJECT_STEPS[1:-1]:
            counts[step] += reached(line, step, until)
        counts["alive"] -= line.id in made.ended and made.ended[line.id] <= until
        if reached(line, "contract", until):
            counts["contracted_wan"] += line.contracted_wan or 0
        paid = sum((amount for day, amount in made.money.get(line.id, ()) if day <= until), _ZERO)
        counts["paid_in_wan"] += paid
        counts["paid"] += paid > 0
    return counts


def reached(line: Line, step: str, until: date) -> bool:
    """Whether a project had reached a step on that day. An intention is every signed paper that is not yet more."""
    if step == "intention":
        return any(line.began[kind] <= until for kind in ("intention", "framework") if kind in line.began)
    return step in line.began and line.began[step] <= until


def behind(user, event_id: int, step: str, until: date, *, confirmed: bool) -> tuple[list[Agreement], list[int]]:
    """(first signings, project ids) that one figure of a cohort was counted from."""
    made = gather(user, [event_id], confirmed=confirmed)
    lines = made.lines.get(event_id, [])
    if step in ("signed", "alive"):
        gone = {line.agreement_id for line in lines if line.id in made.ended and made.ended[line.id] <= until} if step == "alive" else set()
        keys = [
            row.id for row in made.signings.get(event_id, ()) if row.counts_as == FIRST and row.signed_on <= until and row.id not in gone
        ]
        chosen = select_agreements(user).where(Agreement.id.in_(keys)).order_by(Agreement.signed_on, Agreement.id)
        return list(db.session.scalars(chosen).unique()), []
    if step == "paid":
        paid = {key for key, rows in made.money.items() if sum((amount for day, amount in rows if day <= until), _ZERO) > 0}
        return [], [line.id for line in lines if line.id in paid]
    return [], [line.id for line in lines if reached(line, step, until)]
