"""The live board: who is here by type, county and leader, who of the key list is missing, how the gates are,
arrivals over time.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from outreach.accounts.models import Unit
from outreach.accounts.queries import counties
from outreach.checkin.device_models import DEPARTURE
from outreach.checkin.models import ADMITTED, UNDONE, Scan
from outreach.core.db import db
from outreach.directory.models import KEY, Person
from outreach.directory.queries import home_county
from outreach.events.models import Event, GuestType
from outreach.liaison import queries as liaison
from outreach.liaison.models import LeaderPost
from outreach.registrations.models import CONFIRMED, Registration

FIVE = timedelta(minutes=5)
#: so many columns the plot has at most
COLUMNS = 36


@dataclass
class Line:
    """One type, county or leader."""

    name: str
    expected: int = 0
    arrived: int = 0


@dataclass
class Board:
    """Everything on the board, counted in one pass over the guests."""

    expected: int = 0
    arrived: int = 0
    by_type: dict = field(default_factory=dict)
    by_county: dict = field(default_factory=dict)
    by_leader: dict = field(default_factory=dict)
    plot: list[tuple[datetime, int]] = field(default_factory=list)


def _first_admissions(event: Event) -> dict[int, datetime]:
    undo = aliased(Scan)
    undone = select(undo.id).where(undo.earlier_id == Scan.id, undo.verdict == UNDONE).exists()
    chosen = select(Scan.registration_id, func.min(Scan.at)).where(
        Scan.event_id == event.id,
        Scan.verdict == ADMITTED,
        ~Scan.scope.startswith(DEPARTURE),
        ~undone,
        Scan.registration_id.is_not(None),
    )
    return dict(db.session.execute(chosen.group_by(Scan.registration_id)).tuples().all())


def board(event: Event) -> Board:
    """The board as it stands; five statements however many guests there are."""
    here = _first_admissions(event)
    rows = db.session.execute(
        select(Registration.id, Registration.person_id, Registration.type_id, home_county())
        .outerjoin(GuestType, GuestType.id == Registration.type_id)
        .outerjoin(Person, Person.id == Registration.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Registration.event_id == event.id, Registration.state == CONFIRMED)
        .order_by(GuestType.place, GuestType.id)
    ).all()
    places = {unit.place_code: unit.shown for unit in counties()}
    leaders = liaison.leaders_of([row.person_id for row in rows if row.person_id]) if rows else {}
    posts = (
        db.session.scalars(select(LeaderPost).where(LeaderPost.id.in_(set(leaders.values())))).unique()
        if leaders
        else []
    )
    titles = {row.id: f"{row.title} {row.holder}".strip() for row in posts}
    types = {row.id: row.shown for row in event.types}
    made = Board()
    for key, person, kind, county in rows:
        came = key in here
        made.expected += 1
        made.arrived += came
        for lines, name in (
            (made.by_type, types.get(kind, "–")),
            (made.by_county, places.get(county, "–")),
            (made.by_leader, titles.get(leaders.get(person))),
        ):
            if name:
                line = lines.setdefault(name, Line(name))
                line.expected += 1
                line.arrived += came
    made.plot = _plot(list(here.values()))
    return made


def _plot(times: list[datetime]) -> list[tuple[datetime, int]]:
    """Arrivals per five minutes, at most the last ``COLUMNS`` of them."""
    if not times:
        return []
    counts: dict[datetime, int] = {}
    for at in times:
        begin = at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)
        counts[begin] = counts.get(begin, 0) + 1
    last = max(counts)
    first = max(min(counts), last - (COLUMNS - 1) * FIVE)
    steps = int((last - first) / FIVE) + 1
    return [(first + step * FIVE, counts.get(first + step * FIVE, 0)) for step in range(steps)]


def key_people(event: Event) -> list[tuple[Registration, datetime | None]]:
    """(guest of the key list, when admitted or None), the missing first."""
    here = _first_admissions(event)
    chosen = (
        select(Registration)
        .join(Person, Person.id == Registration.person_id)
        .where(Registration.event_id == event.id, Registration.state == CONFIRMED, Person.tier == KEY)
    )
    rows = db.session.scalars(
        chosen.options(joinedload(Registration.type)).order_by(Registration.name, Registration.id)
    )
    return sorted(((row, here.get(row.id)) for row in rows), key=lambda pair: pair[1] is not None)
