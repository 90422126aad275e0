"""Lights on projects, never on people (国办函〔2026〕12号):
why a project is yellow or red, from its rows and limits a county may change.

Examples of limits in domain 2.6 (银川, 三亚, 信阳). Days are working days.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from outreach.pipeline import workdays
from outreach.pipeline.models import RUNNING

#: rule -> (yellow, red) in working days: no contract after a framework or letter; no construction after a
#: contract; late against the plan; nothing entered; started but not in statistics
RULES: dict[str, tuple[int, int]] = {
    "no_contract": (60, 120),
    "no_start": (60, 90),
    "late": (1, 60),
    "silent": (22, 44),
    "no_statistics": (22, 44),
}
#: rule -> the milestones that end it
_ENDED_BY: dict[str, tuple[str, ...]] = {
    "no_contract": ("contract", "construction", "production"),
    "no_start": ("construction", "production"),
    "late": ("construction", "production"),
    "silent": (),
    "no_statistics": ("statistics", "production"),
}


@dataclass(frozen=True)
class Case:
    """What the rules look at. ``began``: milestone that stands -> its day; ``confirmed``:
    which of them a second person confirmed; ``last_entry``: the day of the last fact, step or report.
    """

    state: str
    began: dict[str, date]
    confirmed: Collection[str]
    last_entry: date
    planned_start: date | None = None
    planned_production: date | None = None


@dataclass(frozen=True)
class Reason:
    """Why a light is on: the rule, since when, for how many working days. ``waits``:
    the milestone that is entered and puts the light out once it is confirmed; empty when none is.
    """

    rule: str
    since: date
    days: int
    red: bool
    waits: str = ""


def reasons(
    project: Case, today: date, limits: dict[str, tuple[int, int]], own: dict[date, bool]
) -> list[Reason]:
    """Everything that keeps a running project from green, the worst first.

    Paused and ended ones have no light. A fact that is entered starts a rule; only a confirmed one ends it.

    ``own``: the house's own working days (``workdays``).
    """
    if project.state != RUNNING:
        return []
    began, confirmed = project.began, project.confirmed
    starts: dict[str, date] = {}
    signed = max((began[kind] for kind in ("intention", "framework") if kind in began), default=None)
    started = "construction" in confirmed or "production" in confirmed
    if signed and "contract" not in confirmed and not started:
        starts["no_contract"] = signed
    if "contract" in began and not started:
        starts["no_start"] = began["contract"]
        if project.planned_start and project.planned_start < today:
            starts["late"] = project.planned_start
    elif (
        started
        and "production" not in confirmed
        and project.planned_production
        and project.planned_production < today
    ):
        starts["late"] = project.planned_production
    if "construction" in began and not {"statistics", "production"} & set(confirmed):
        starts["no_statistics"] = began["construction"]
    if "capacity" not in confirmed:
        starts["silent"] = project.last_entry
    found = []
    for rule, since in starts.items():
        yellow, red = limits[rule]
        days = workdays.between(since, today, own)
        if days >= yellow:
            waits = next((kind for kind in _ENDED_BY[rule] if kind in began and kind not in confirmed), "")
            found.append(Reason(rule, since, days, days >= red, waits))
    return sorted(found, key=lambda reason: (not reason.red, -reason.days))


def light(found: list[Reason]) -> str:
    """green, yellow or red."""
    return "red" if any(reason.red for reason in found) else "yellow" if found else "green"
