"""Projects by county and park: where what stands. Counted from the same lines as every other figure."""

from dataclasses import dataclass, field
from decimal import Decimal

from outreach.accounts.queries import county_ids, hosts_for_choice
from outreach.core.db import db
from outreach.pipeline import fact_queries
from outreach.pipeline.models import ENDED, LEAD, Project
from outreach.pipeline.queries import select_projects

#: how far projects came, in four steps; each project stands in one
STEPS = ("talking", "signed", "building", "producing")
_STEP_OF = {
    LEAD: "talking",
    "visited": "talking",
    "talks": "talking",
    "construction": "building",
    "statistics": "building",
    "production": "producing",
    "capacity": "producing",
}


@dataclass
class Place:
    """One county, or one park in it (``name`` empty: no park is named).

    Ended projects are counted apart, and their amounts in none. A project stands in the step of its furthest
    confirmed milestone; ``waiting``: how many have something further that waits.
    """

    key: object
    name: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STEPS, 0))
    ended: int = 0
    contracted_wan: Decimal = Decimal(0)
    paid_in_wan: Decimal = Decimal(0)
    paid_waiting_wan: Decimal = Decimal(0)
    waiting: int = 0
    parks: list["Place"] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The projects that have not ended."""
        return sum(self.counts.values())

    def add(self, line: fact_queries.Line) -> None:
        """Count one project."""
        if line.state == ENDED:
            self.ended += 1
        else:
            confirmed = _STEP_OF.get(line.confirmed_stage, "signed")
            self.counts[confirmed] += 1
            self.waiting += confirmed != _STEP_OF.get(line.stage, "signed")
            self.contracted_wan += line.contracted_wan or 0
            self.paid_in_wan += line.paid_in_wan
            self.paid_waiting_wan += line.paid_waiting_wan


def places(user) -> list[Place]:
    """Every county within reach that has a project, in the order of the division codes, with its parks,
    the fullest first.
    """
    chosen = select_projects(user)
    parks = {
        key: park.strip()
        for key, park in db.session.execute(
            chosen.with_only_columns(Project.id, Project.park).order_by(None)
        ).tuples()
    }
    counties = county_ids()
    found = {key: Place(key, name) for key, name in hosts_for_choice()}
    within: dict[tuple, Place] = {}
    for line in fact_queries.lines(chosen):
        county = found[counties[line.unit_id]]
        park = within.get((county.key, parks[line.id]))
        if park is None:
            park = within[county.key, parks[line.id]] = Place(parks[line.id], parks[line.id])
            county.parks.append(park)
        county.add(line)
        park.add(line)
    for county in found.values():
        county.parks.sort(key=lambda park: (-park.total, not park.name, park.name))
    return [county for county in found.values() if county.parks]
