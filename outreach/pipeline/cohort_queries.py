"""What became of a summit: invited -> replied -> arrived -> met -> intention -> contract -> registered ->
construction -> production -> paid in, as it stood 3, 6, 12 and 24 months after and today. Counted from rows
each time; no figure is kept.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from sqlalchemy import Date, Select, Subquery, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from outreach.accounts.queries import reach
from outreach.checkin import queries as checkin
from outreach.core import clock
from outreach.core.db import db
from outreach.events.models import Event, Invitation
from outreach.liaison.models import HELD as CONTACT_HELD
from outreach.liaison.models import Contact
from outreach.permissions import Permission
from outreach.pipeline import fact_queries
from outreach.pipeline.agreement_models import FIRST, INCREASE, Agreement
from outreach.pipeline.fact_queries import Line
from outreach.pipeline.follow_models import ProjectState
from outreach.pipeline.models import ENDED, Instalment, Milestone, Project
from outreach.pipeline.queries import (
    CONFIRMED_MONEY,
    MAY_COUNT,
    PROVEN,
    STANDS,
    VALID,
    filtered_projects,
    select_agreements,
    select_projects,
)
from outreach.registrations.models import CONFIRMED, Registration

#: months after the summit; 0: to date
HORIZONS = (3, 6, 12, 24, 0)
PEOPLE_STEPS = ("invited", "replied", "arrived", "met")
PROJECT_STEPS = (
    "signed",
    "intention",
    "contract",
    "registered",
    "construction",
    "statistics",
    "production",
    "capacity",
    "paid",
)
AMOUNTS = ("intended_wan", "agreed_wan", "contracted_wan", "paid_in_wan")
#: kinds that are an intention: signed, and not yet a contract
INTENTIONS = ("intention", "framework")
_ZERO, _NEVER = Decimal(0), date(1900, 1, 1)


@dataclass
class Cohort:
    """One summit.

    ``counts``: horizon -> step or amount -> figure; a horizon that lies in the future is left out.
    ``waiting``: how many of its projects have something that waits for confirmation today
    (``queries.anything_waiting``).
    """

    event: Event
    day: date
    counts: dict[int, dict[str, Decimal | int]] = field(default_factory=dict)
    waiting: int = 0


def deadline(day: date, months: int) -> date:
    """The last day of a horizon."""
    return day + relativedelta(months=months) if months else clock.today()


def _people(event_ids: list[int]) -> dict[int, dict[str, int]]:
    """Event -> invited, replied, arrived: these do not change with the horizon."""
    rows = db.session.execute(
        select(Invitation.event_id, func.count(), func.count(Invitation.answered_at))
        .where(Invitation.event_id.in_(event_ids))
        .group_by(Invitation.event_id)
    )
    found = {key: {"invited": invited, "replied": replied} for key, invited, replied in rows}
    arrived = checkin.arrived_counts(*event_ids)
    return {
        key: {"invited": 0, "replied": 0, **found.get(key, {}), "arrived": arrived.get(key, 0)}
        for key in event_ids
    }


def _met(began: dict[int, date]) -> dict[int, list[date]]:
    """Event -> for each guest, the first day somebody met them at the summit or after it.

    ``began``: event -> its first day.
    """
    day = case(began, value=Registration.event_id)
    rows = db.session.execute(
        select(Registration.event_id, func.min(Contact.day))
        .join(
            Contact,
            and_(
                Contact.person_id == Registration.person_id,
                Contact.state == CONTACT_HELD,
                Contact.day >= day,
            ),
        )
        .where(Registration.event_id.in_(list(began)), Registration.state == CONFIRMED)
        .group_by(Registration.event_id, Registration.person_id)
    )
    found: dict[int, list[date]] = {}
    for key, first in rows:
        found.setdefault(key, []).append(first)
    return found


def select_cohort(user, event_ids) -> Select:
    """The projects whose first signing was at one of these summits, within reach:
    each belongs to one cohort.
    """
    first = select(Agreement.id).where(Agreement.event_id.in_(event_ids), Agreement.counts_as == FIRST, VALID)
    return select_projects(user).where(Project.agreement_id.in_(first))


@dataclass(frozen=True)
class _Frame:
    """What every count is taken from: the cohorts' projects (id, event),
    and each event's deadlines as one row of days.
    """

    projects: Subquery
    days: Subquery
    confirmed: bool

    def place(self, day):
        """The first horizon a day falls into, counted from 0."""
        return case(*((day <= self.days.c[f"day{place}"], place) for place in range(len(HORIZONS))))


def _frame(user, deadlines: dict[int, list[date]], confirmed: bool) -> _Frame:
    # a plain join, which databases look into: several statements are built on it
    mine = (
        select(Project.id, Agreement.event_id)
        .join(Agreement, Agreement.id == Project.agreement_id)
        .where(
            Agreement.event_id.in_(list(deadlines)),
            Agreement.counts_as == FIRST,
            VALID,
            Project.unit_id.in_(reach(user, Permission.PIPELINE_VIEW)),
        )
    ).subquery()
    rows = [
        select(
            literal(key).label("event_id"),
            *(literal(day, Date).label(f"day{place}") for place, day in enumerate(days)),
        )
        for key, days in deadlines.items()
    ]
    return _Frame(mine, union_all(*rows).subquery(), confirmed)


def _milestones(frame: _Frame):
    """(event, kind, horizon, how many, amount)."""
    place, mine, days = frame.place(Milestone.happened_on), frame.projects, frame.days
    chosen = (
        select(
            mine.c.event_id,
            Milestone.kind,
            place,
            func.count(),
            func.sum(Milestone.amount_wan),
        )
        .join(mine, mine.c.id == Milestone.project_id)
        .join(days, days.c.event_id == mine.c.event_id)
        .where(*STANDS)
        .group_by(mine.c.event_id, Milestone.kind, place)
    )
    return db.session.execute(
        chosen.where(Milestone.confirmed_at.is_not(None)) if frame.confirmed else chosen
    )


def _waiting(user, event_ids: list[int]) -> dict[int, int]:
    """Event -> how many projects of its cohort have something that waits for confirmation."""
    chosen = filtered_projects(select_projects(user), waiting="y").join(
        Agreement, Agreement.id == Project.agreement_id
    )
    rows = chosen.where(Agreement.event_id.in_(event_ids)).with_only_columns(Agreement.event_id, func.count())
    return dict(db.session.execute(rows.order_by(None).group_by(Agreement.event_id)).tuples().all())


def _intentions(frame: _Frame):
    """(event, horizon, how many projects had a letter or a framework)."""
    mine, days = frame.projects, frame.days
    first = (
        select(mine.c.event_id, func.min(Milestone.happened_on).label("day"))
        .join(mine, mine.c.id == Milestone.project_id)
        .where(Milestone.kind.in_(INTENTIONS), *STANDS)
        .group_by(mine.c.id, mine.c.event_id)
    )
    rows = (first.where(Milestone.confirmed_at.is_not(None)) if frame.confirmed else first).subquery()
    place = frame.place(rows.c.day)
    return db.session.execute(
        select(rows.c.event_id, place, func.count())
        .join(days, days.c.event_id == rows.c.event_id)
        .group_by(rows.c.event_id, place)
    )


def _money(frame: _Frame):
    """(event, then for each horizon the sum paid in and how many projects it belongs to)."""
    mine, days = frame.projects, frame.days
    sums = [
        func.sum(case((Instalment.paid_on <= days.c[f"day{place}"], Instalment.amount_wan))).label(
            f"sum{place}"
        )
        for place in range(len(HORIZONS))
    ]
    rows = (
        select(mine.c.event_id, *sums)
        .join(mine, mine.c.id == Instalment.project_id)
        .join(days, days.c.event_id == mine.c.event_id)
        .group_by(mine.c.id, mine.c.event_id)
    )
    if frame.confirmed:
        rows = rows.where(CONFIRMED_MONEY)
    each = rows.subquery()
    totals = [
        column
        for place in range(len(HORIZONS))
        for column in (
            func.sum(each.c[f"sum{place}"]),
            func.sum(case((each.c[f"sum{place}"] > 0, 1), else_=0)),
        )
    ]
    return db.session.execute(select(each.c.event_id, *totals).group_by(each.c.event_id))


def _signings(user, frame: _Frame):
    """(event, horizon, what it counts as, how many, intended, agreed,
    contracted without a project of its own). An increase belongs to its first.
    """
    first, days = aliased(Agreement), frame.days
    at = case((Agreement.counts_as == INCREASE, first.event_id), else_=Agreement.event_id)
    place = frame.place(Agreement.signed_on)
    own = exists().where(Project.agreement_id == Agreement.id)
    alone = or_(Agreement.counts_as == INCREASE, ~own)  # what a project of its own does not carry already
    contracts = func.sum(
        case((alone & (Agreement.counts_as == FIRST) & Agreement.contracted_wan.is_not(None), 1), else_=0)
    )
    chosen = select_agreements(user).with_only_columns(
        at,
        place,
        Agreement.counts_as,
        func.count(),
        func.sum(Agreement.intended_wan),
        func.sum(Agreement.agreed_wan),
        func.sum(case((alone, Agreement.contracted_wan))),
        contracts,
    )
    if frame.confirmed:
        chosen = chosen.where(PROVEN)
    return db.session.execute(
        chosen.outerjoin(first, first.id == Agreement.first_id)
        .join(days, days.c.event_id == at)
        .where(Agreement.counts_as.in_((FIRST, INCREASE)), MAY_COUNT)
        .order_by(None)
        .group_by(at, place, Agreement.counts_as)
    )


def _endings(frame: _Frame):
    """(event, horizon, how many projects ended)."""
    mine, days, place = frame.projects, frame.days, frame.place(ProjectState.since_on)
    return db.session.execute(
        select(mine.c.event_id, place, func.count())
        .select_from(ProjectState)
        .join(mine, mine.c.id == ProjectState.project_id)
        .join(days, days.c.event_id == mine.c.event_id)
        .where(ProjectState.state == ENDED)
        .group_by(mine.c.event_id, place)
    )


class _Tally:
    """Figures by event and horizon, added up from the first horizon a row falls into."""

    def __init__(self, event_ids):
        plain = dict.fromkeys((*PROJECT_STEPS, "alive"), 0) | dict.fromkeys(AMOUNTS, _ZERO)
        self.figures = {key: [dict(plain) for _months in HORIZONS] for key in event_ids}

    def add(self, event_id: int, place: int | None, name: str, figure) -> None:
        """From this horizon on."""
        if figure and place is not None:
            for figures in self.figures[event_id][place:]:
                figures[name] += figure


def tally(user, deadlines: dict[int, list[date]], *, confirmed: bool = True) -> _Tally:
    """Every figure of some summits' projects. ``deadlines``: event -> a day for each of ``HORIZONS``, in
    their order; one that lies in the future is the day before everything. The rule of what counts stands here
    and nowhere else.
    """
    made, frame = _Tally(deadlines), _frame(user, deadlines, confirmed)
    for key, kind, place, many, amount in _milestones(frame):
        if kind in PROJECT_STEPS and kind not in INTENTIONS:
            made.add(key, place, kind, many)
        if kind == "contract":
            made.add(key, place, "contracted_wan", amount)
    for key, place, many in _intentions(frame):
        made.add(key, place, "intention", many)
    for key, *sums in _money(frame):
        for place, figures in enumerate(made.figures[key]):
            figures["paid_in_wan"], figures["paid"] = sums[2 * place] or _ZERO, sums[2 * place + 1] or 0
    for key, place, counts_as, many, intended, agreed, contracted, contracts in _signings(user, frame):
        for name in ("signed", "alive") if counts_as == FIRST else ():
            made.add(key, place, name, many)
        made.add(key, place, "intended_wan", intended)
        made.add(key, place, "agreed_wan", agreed)
        made.add(key, place, "contracted_wan", contracted)
        made.add(key, place, "contract", contracts)
    for key, place, many in _endings(frame):
        made.add(key, place, "alive", -many)
    return made


def cohorts(user, events: list[Event], *, confirmed: bool = True) -> list[Cohort]:
    """One cohort for each summit, in a constant number of statements.

    ``confirmed``: only facts a second person has confirmed.
    """
    if not events:
        return []
    ids = [event.id for event in events]
    began = {event.id: event.first_day for event in events}
    days = {key: [deadline(day, months) for months in HORIZONS] for key, day in began.items()}
    told = {key: [day if day <= clock.today() else _NEVER for day in row] for key, row in days.items()}
    people, met, made = _people(ids), _met(began), tally(user, told, confirmed=confirmed)
    waiting = _waiting(user, ids)
    found = []
    for event in events:
        cohort = Cohort(event, began[event.id], waiting=waiting.get(event.id, 0))
        for place, months in enumerate(HORIZONS):
            until = told[event.id][place]
            if until != _NEVER:
                met_by = sum(first <= until for first in met.get(event.id, ()))
                cohort.counts[months] = {**people[event.id], "met": met_by, **made.figures[event.id][place]}
        found.append(cohort)
    return found


def today_counts(user, event: Event, *, confirmed: bool) -> dict[str, Decimal | int]:
    """The figures of one summit's projects as they stand today."""
    return tally(user, {event.id: [clock.today()] * len(HORIZONS)}, confirmed=confirmed).figures[event.id][-1]


def reached(line: Line, step: str, until: date, confirmed: bool) -> bool:
    """Whether a project had reached a step on that day.

    An intention is every signed paper that is not yet more.
    """
    days = line.confirmed if confirmed else line.began
    if step == "intention":
        return any(days[kind] <= until for kind in INTENTIONS if kind in days)
    return step in days and days[step] <= until


def behind(
    user, event_id: int, step: str, until: date, *, confirmed: bool
) -> tuple[list[Agreement], list[int]]:
    """(first signings, project ids) that one figure of a cohort was counted from; found row by row."""
    projects = select_cohort(user, [event_id])
    ids = projects.with_only_columns(Project.id).order_by(None)
    firsts = select_agreements(user).where(
        Agreement.event_id == event_id, Agreement.counts_as == FIRST, Agreement.signed_on <= until, MAY_COUNT
    )
    if confirmed:
        firsts = firsts.where(PROVEN)
    if step in ("signed", "alive"):
        chosen = firsts
        if step == "alive":
            gone = select(ProjectState.project_id).where(
                ProjectState.state == ENDED, ProjectState.since_on <= until
            )
            ended = select(Project.agreement_id).where(
                Project.id.in_(gone), Project.agreement_id.is_not(None)
            )
            chosen = chosen.where(Agreement.id.not_in(ended))
        return list(db.session.scalars(chosen.order_by(Agreement.signed_on, Agreement.id)).unique()), []
    if step == "paid":
        paid = select(Instalment.project_id).where(
            Instalment.project_id.in_(ids), Instalment.paid_on <= until
        )
        if confirmed:
            paid = paid.where(CONFIRMED_MONEY)
        return [], list(
            db.session.scalars(
                paid.group_by(Instalment.project_id).having(func.sum(Instalment.amount_wan) > 0)
            )
        )
    found = [line.id for line in fact_queries.lines(projects) if reached(line, step, until, confirmed)]
    if step != "contract":
        return [], found
    alone = firsts.where(
        Agreement.contracted_wan.is_not(None), ~exists().where(Project.agreement_id == Agreement.id)
    )
    return list(db.session.scalars(alone.order_by(Agreement.id)).unique()), found
