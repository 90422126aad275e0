"""What agreements and projects add up to, as the home page and the reports show it.

Every figure is a sum over rows.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from outreach.accounts.queries import county_ids
from outreach.core.db import db
from outreach.pipeline import fact_queries
from outreach.pipeline.agreement_models import FIRST, INCREASE, Agreement, may_count
from outreach.pipeline.queries import PROVEN, select_agreements, select_projects

#: size bands in 万元, from the largest; each includes the larger ones (含以上)
BANDS = (
    ("100y", 1_000_000),
    ("50y", 500_000),
    ("10y", 100_000),
    ("5y", 50_000),
    ("1y", 10_000),
    ("5kw", 5_000),
    ("1kw", 1_000),
)

#: the figures that may have something waiting beside them
WAITING = ("signed", "intended", "agreed", "contracted", "landed", "paid")
_ZERO = Decimal(0)


@dataclass
class Sums:
    """What a set of agreements and projects adds up to. The five amounts are never added to each other.

    Each counts what is proven; what waits for its proof stands beside it in ``waiting`` (how many rows) and
    ``waiting_wan`` (their amounts), by the name of the figure, and is part of none.
    """

    signed: int = 0
    intending: int = 0  # signatures and increases that name an intended amount
    intended_wan: Decimal = Decimal(0)
    agreed_wan: Decimal = _ZERO
    contracts: int = 0
    contracted_wan: Decimal = Decimal(0)
    landed: int = 0
    paid_in_wan: Decimal = Decimal(0)
    completed_wan: Decimal = Decimal(0)
    bands: dict = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WAITING, 0))
    waiting_wan: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(WAITING, _ZERO))

    def add_agreement(self, row, has_project: bool) -> None:
        """Count a signature and what it intends; a contract that is no project yet counts as a contract here.

        A project counts at its first signing; an increase adds the difference it names; whatever else is
        signed later adds nothing.
        """
        if not may_count(row):  # void, or a contract without its review
            return
        if row.counts_as not in (FIRST, INCREASE):
            return
        if not row.proven:
            self._add_unproven(row, has_project)
            return
        self.signed += row.counts_as == FIRST
        self.intending += row.intended_wan is not None
        self.intended_wan += row.intended_wan or 0
        self.agreed_wan += row.agreed_wan or 0
        if row.contracted_wan is not None and not has_project:
            self.contracts += row.counts_as == FIRST
            self.contracted_wan += row.contracted_wan

    def _add_unproven(self, row, has_project: bool) -> None:
        """A signature whose scan is not on file."""
        self.waiting["signed"] += row.counts_as == FIRST
        self._wait("intended", row.intended_wan)
        self._wait("agreed", row.agreed_wan)
        if not has_project:
            self._wait("contracted", row.contracted_wan)

    def _wait(self, name: str, amount: Decimal | None) -> None:
        if amount is not None:
            self.waiting[name] += 1
            self.waiting_wan[name] += amount

    def add_project(self, row: fact_queries.Line) -> None:
        """Count what a project has become. A size is that of its contract; an intention has none."""
        self._wait("contracted", row.contracted_waiting_wan)
        self._wait("paid", row.paid_waiting_wan or None)
        self.waiting["landed"] += row.landing_waits
        contracted = row.contracted_wan
        if contracted is not None:
            self.contracts += 1
            self.contracted_wan += contracted
        self.paid_in_wan += row.paid_in_wan
        self.completed_wan += row.completed_wan
        if row.landed:
            self.landed += 1
            for name, least in BANDS:
                self.bands[name] = self.bands.get(name, 0) + ((contracted or 0) >= least)


def sums(user) -> tuple[Sums, dict[int, Sums], dict[int, Sums]]:
    """(all, by county unit id, by event id) within ``user``'s reach, from the rows,
    in a constant number of queries.
    """
    whole, by_unit, by_event = Sums(), {}, {}
    projects = fact_queries.lines(select_projects(user))
    counties = county_ids()
    with_project = {project.agreement_id for project in projects}
    columns = (
        Agreement.id,
        Agreement.unit_id,
        Agreement.event_id,
        Agreement.first_id,
        Agreement.kind,
        Agreement.counts_as,
        Agreement.signed_on,
        Agreement.review_passed,
        Agreement.voided_at,
        Agreement.intended_wan,
        Agreement.agreed_wan,
        Agreement.contracted_wan,
        PROVEN.label("proven"),
    )
    agreements = db.session.execute(select_agreements(user).with_only_columns(*columns)).all()
    event_of = {agreement.id: agreement.event_id for agreement in agreements}
    for agreement in agreements:  # an increase belongs to the summit of its first signing
        event_id = event_of.get(agreement.first_id) if agreement.counts_as == INCREASE else agreement.event_id
        for part in _parts(whole, by_unit, by_event, counties[agreement.unit_id], event_id):
            part.add_agreement(agreement, agreement.id in with_project)
    for project in projects:
        for part in _parts(whole, by_unit, by_event, counties[project.unit_id], project.event_id):
            part.add_project(project)
    return whole, by_unit, by_event


def _parts(
    whole: Sums, by_unit: dict, by_event: dict, county_id: int | None, event_id: int | None
) -> list[Sums]:
    parts = [whole, by_unit.setdefault(county_id, Sums())]
    if event_id:
        parts.append(by_event.setdefault(event_id, Sums()))
    return parts
