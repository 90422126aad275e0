"""The funnel: registered -> screened -> key -> invited -> registered -> arrived -> signed -> landed -> paid
in.

Every figure is counted from rows at the moment of asking. Intended, contracted and paid-in amounts stand side
by side and are never added to each other.
"""

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.checkin import queries as checkin
from outreach.core.db import db
from outreach.directory.models import KEY, SCREENED, TIERS, Person
from outreach.events import queries as events
from outreach.events.models import CLOSED, HELD, PUBLISHED, Event
from outreach.permissions import Permission
from outreach.pipeline import sum_queries as pipeline
from outreach.pipeline.sum_queries import Sums
from outreach.registrations import queries as registrations


@dataclass
class Line:
    """The funnel of one county, one summit or the whole reach.

    People counts are cumulative: registered includes all.
    """

    name: str
    unit: Unit | None = None
    event: Event | None = None
    people: int = 0
    screened: int = 0
    key: int = 0
    invited: int = 0
    guests: int = 0
    arrived: int = 0
    sums: Sums = None

    def __post_init__(self):
        self.sums = self.sums or Sums()


def _people(user) -> dict[int, dict[int, int]]:
    rows = db.session.execute(
        select(Unit.path, Person.tier, func.count())
        .join(Person, Person.unit_id == Unit.id)
        .where(Unit.id.in_(reach(user, Permission.DIRECTORY_VIEW)))
        .group_by(Unit.path, Person.tier)
    )
    found: dict[int, dict[int, int]] = {}
    for path, tier, count in rows:
        line = found.setdefault(Unit(path=path).county_id, dict.fromkeys(TIERS, 0))
        line[tier] += count
    return found


def summits(user, permission: Permission = Permission.REGISTRATIONS_VIEW) -> Select:
    """The events whose guests the funnel counts: published ones and all that came of them."""
    return events.select_visible(user, permission).where(Event.state.in_((PUBLISHED, CLOSED, HELD)))


def _townships_reached(user) -> dict[int, str]:
    """County id -> names of the townships that ``user`` reaches there without reaching the county itself."""
    rows = db.session.scalars(select(Unit).where(Unit.id.in_(reach(user, Permission.DIRECTORY_VIEW)))).all()
    counties = {unit.id for unit in rows if unit.level != "township"}
    found: dict[int, list[str]] = {}
    for unit in rows:
        if unit.level == "township" and unit.county_id not in counties:
            found.setdefault(unit.county_id, []).append(unit.shown)
    return {county: "、".join(names) for county, names in found.items()}


def lines(user) -> tuple[Line, list[Line], list[Line]]:
    """(the whole, by county, by summit) within ``user``'s reach, in a constant number of queries."""
    people = _people(user)
    whole_sums, by_unit, by_event = pipeline.sums(user)
    invited, guests, arrived = (
        events.invited_counts(),
        registrations.counts_by_event(),
        checkin.arrived_counts(),
    )
    visible = db.session.scalars(summits(user).order_by(Event.starts_at.desc())).all()
    counties = db.session.scalars(
        select(Unit).where(Unit.level.in_(("city", "county"))).order_by(Unit.place_code)
    ).all()
    by_county = {unit.id: Line(unit.shown, unit=unit, sums=by_unit.get(unit.id)) for unit in counties}
    for unit_id, tiers in people.items():
        line = by_county.setdefault(unit_id, Line("–"))
        line.people, line.screened, line.key = (sum(tiers.values()), tiers[SCREENED] + tiers[KEY], tiers[KEY])
    by_summit = []
    for event in visible:
        line = Line(event.shown, event=event, sums=by_event.get(event.id))
        line.invited, line.guests, line.arrived = (
            counts.get(event.id, 0) for counts in (invited, guests, arrived)
        )
        by_summit.append(line)
        county = by_county.get(event.unit.county_id)
        if county:
            county.invited, county.guests, county.arrived = (
                county.invited + line.invited,
                county.guests + line.guests,
                county.arrived + line.arrived,
            )
    whole = Line("", sums=whole_sums)
    for name in ("people", "screened", "key", "invited", "guests", "arrived"):
        source = by_county.values() if name in ("people", "screened", "key") else by_summit
        setattr(whole, name, sum(getattr(line, name) for line in source))
    for unit_id, name in _townships_reached(user).items():
        by_county[unit_id].name = name
    used = [
        line
        for line in by_county.values()
        if line.people or line.invited or line.sums.signed or line.sums.contracts
    ]
    return whole, used, by_summit
