"""招商周报: what it tells, and of which week."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from outreach.core.clock import today
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.follow_models import Concern
from outreach.pipeline.models import Instalment, Milestone, NextStep, Project


@dataclass
class Bulletin:
    """``signed``: what counts, by the day of signing; ``reached``: milestones that stand;
    the amounts are never added together.

    Each list holds what is proven; ``…_waiting`` what was entered and waits, which no figure counts.
    """

    first: date
    last: date
    signed: list[Agreement]
    leads: int
    reached: list[Milestone]
    paid: list[Instalment]
    red: list[tuple[Project, list]]
    reds: int
    concerns: list[Concern]
    settled: int
    coming: list[NextStep]
    signed_waiting: list[Agreement]
    reached_waiting: list[Milestone]
    paid_waiting: list[Instalment]

    @property
    def intended_wan(self) -> Decimal:
        """What the signatures of these days intend."""
        return sum((row.intended_wan or Decimal(0) for row in self.signed), Decimal(0))

    @property
    def paid_in_wan(self) -> Decimal:
        """Money that landed in these days, counter-entries taken off."""
        return sum((row.amount_wan for row in self.paid), Decimal(0))


def last_week() -> tuple[date, date]:
    """Monday and Sunday of the week that is over."""
    monday = today() - timedelta(days=today().weekday() + 7)
    return monday, monday + timedelta(days=6)
