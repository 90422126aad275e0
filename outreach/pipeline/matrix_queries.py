"""County by month, and the same by industry, origin, chamber and leader:
counted from rows, never from one another.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, select

from outreach.accounts.models import Unit
from outreach.core.db import db
from outreach.directory.models import INDUSTRIES, Organisation
from outreach.liaison.models import LeaderPost
from outreach.pipeline.models import Instalment, Milestone, Project
from outreach.pipeline.queries import CONFIRMED, CONFIRMED_MONEY, STANDS, WAITING_MONEY, select_projects

#: what is measured: contracts (count), contracted (万元), paid in (万元), construction begun, production
#: begun (counts)
MEASURES = ("contract", "contracted_wan", "paid_in_wan", "construction", "production")
DIMENSIONS = ("county", "industry", "origin", "chamber", "leader")
_ZERO = Decimal(0)


@dataclass
class Row:
    """One county, industry or the like: a figure for each month of the year, and for the year."""

    key: object
    name: str
    months: list = field(default_factory=lambda: [0] * 12)

    @property
    def total(self):
        """The sum of its own months."""
        return (
            sum(self.months, _ZERO)
            if any(isinstance(value, Decimal) for value in self.months)
            else sum(self.months)
        )


def _facts(user, measure: str, year: int, by) -> Select:
    """(key, month, figure), grouped: what a second person has confirmed."""
    ids = select_projects(user).with_only_columns(Project.id)
    first, last = date(year, 1, 1), date(year, 12, 31)
    if measure == "paid_in_wan":
        day, figure, model = Instalment.paid_on, func.sum(Instalment.amount_wan), Instalment
        chosen = select(by, func.extract("month", day), figure).join(
            Project, Project.id == Instalment.project_id
        )
        chosen = chosen.where(CONFIRMED_MONEY)
    else:
        day, model = Milestone.happened_on, Milestone
        figure = func.sum(Milestone.amount_wan) if measure == "contracted_wan" else func.count()
        kind = "contract" if measure == "contracted_wan" else measure
        chosen = select(by, func.extract("month", day), figure).join(
            Project, Project.id == Milestone.project_id
        )
        chosen = chosen.where(Milestone.kind == kind, *CONFIRMED)
    return chosen.where(model.project_id.in_(ids), day.between(first, last)).group_by(
        by, func.extract("month", day)
    )


def _names(dimension: str) -> dict:
    if dimension == "county":
        return {row.id: row.shown for row in db.session.scalars(select(Unit))}
    if dimension == "industry":
        return {letter: f"{letter} {name}" for letter, name in INDUSTRIES.items()}
    if dimension == "chamber":
        return dict(
            db.session.execute(
                select(Organisation.id, Organisation.name).where(Organisation.kind == "chamber")
            )
            .tuples()
            .all()
        )
    if dimension == "leader":
        return {
            row.id: f"{row.title} {row.holder}".strip()
            for row in db.session.scalars(select(LeaderPost)).unique()
        }
    return {}


def waiting(user, *, measure: str, dimension: str, year: int) -> int:
    """How many entries of the year no figure of the table counts, because they wait for a second person."""
    ids = select_projects(user).with_only_columns(Project.id)
    days = (date(year, 1, 1), date(year, 12, 31))
    if measure == "paid_in_wan" or dimension == "origin":
        chosen = select(func.count()).where(
            Instalment.project_id.in_(ids), Instalment.paid_on.between(*days), *WAITING_MONEY
        )
    else:
        kind = "contract" if measure == "contracted_wan" else measure
        chosen = select(func.count()).where(
            Milestone.project_id.in_(ids),
            Milestone.happened_on.between(*days),
            Milestone.kind == kind,
            Milestone.confirmed_at.is_(None),
            *STANDS,
        )
    return db.session.scalar(chosen) or 0


def matrix(user, *, measure: str, dimension: str, year: int) -> list[Row]:
    """The rows of a table, the largest first. Where the money came from is known of instalments alone."""
    by = {
        "county": Project.unit_id,
        "industry": Project.industry,
        "origin": Instalment.origin,
        "chamber": Project.chamber_id,
        "leader": Project.post_id,
    }[dimension]
    names, rows = _names(dimension), {}
    for key, month, figure in db.session.execute(
        _facts(user, "paid_in_wan" if dimension == "origin" else measure, year, by)
    ):
        row = rows.setdefault(key, Row(key, names.get(key, "–")))
        row.months[int(month) - 1] = figure or 0
    return sorted(rows.values(), key=lambda row: (-row.total, str(row.name)))
