"""Planned against actual on one scale: where each bar of a project begins and how long it is,
in percent of the time shown.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from outreach.pipeline.models import Project

#: milestones marked on the bar of what really happened
MARKED = ("contract", "registered", "construction", "statistics", "production", "capacity")


@dataclass(frozen=True)
class Bar:
    """From ``left``, ``width`` wide, both percent; ``open``: it has not ended yet."""

    left: float
    width: float
    open: bool = False


@dataclass(frozen=True)
class Row:
    """One project: its plan, its building time, its milestones as (kind, percent, day)."""

    project: Project
    planned: Bar | None
    actual: Bar | None
    marks: list[tuple[str, float, date]]


@dataclass(frozen=True)
class Timeline:
    """Rows on one scale; ``years``: (year, percent) of each first of January; ``now``: percent of today."""

    rows: list[Row]
    years: list[tuple[int, float]]
    now: float


def _days(project: Project) -> list[date]:
    return [row.happened_on for row in project.standing.values()] + [
        day for day in (project.planned_start, project.planned_production) if day
    ]


def timeline(projects: list[Project], today: date) -> Timeline:
    """The timeline of some projects; what is planned for later than today stands on it too."""
    days = [day for project in projects for day in _days(project)] + [today]
    first, last = min(days) - timedelta(days=30), max(days) + timedelta(days=30)
    length = (last - first).days

    def place(day: date) -> float:
        return round(100 * (day - first).days / length, 2)

    def bar(start: date | None, end: date | None) -> Bar | None:
        if start is None:
            return None
        until = max(end or today, start)
        return Bar(place(start), max(place(until) - place(start), 0.6), end is None)

    rows = []
    for project in projects:
        began = {kind: row.happened_on for kind, row in project.confirmed.items()}
        planned = (
            bar(project.planned_start, project.planned_production)
            if project.planned_start and project.planned_production
            else None
        )
        actual = bar(began.get("construction"), began.get("production"))
        rows.append(
            Row(
                project,
                planned,
                actual,
                [(kind, place(began[kind]), began[kind]) for kind in MARKED if kind in began],
            )
        )
    years = [(year, place(date(year, 1, 1))) for year in range(first.year + 1, last.year + 1)]
    return Timeline(rows, years, place(today))
