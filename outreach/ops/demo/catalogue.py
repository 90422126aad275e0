"""What the demo's counties signed, from ``ventures.csv``: believable pairs of company, project and place;
none of them exists.

The figures of 濮人社办〔2024〕56号 come from these rows: 13 signings in Beijing over 71.15 亿元 intended; 27
landed projects of 濮阳县, 19 of 千万 and more, 3 of 亿, 1 of 百亿.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).parent / "ventures.csv"


@dataclass(frozen=True)
class Venture:
    """One signature and how far it came. Amounts are in 万元.

    ``stage``: the furthest milestone, ``signed`` when nothing followed. ``signed_ago``, ``reached_ago``: days
    before today of the signature and of that milestone; the signature of a summit has the summit's day.
    ``share``: percent of the contract paid in. ``mark``: ``waits`` (its latest money waits for confirmation),
    ``late`` (behind its plan), ``unlisted`` (not in statistics yet), ``paused`` or ``ended`` with their
    ``reason``.
    """

    summit: str
    county: str
    title: str
    company: str
    province: str
    city: str
    industry: str
    kind: str
    intended: int | None
    contracted: int | None
    share: int
    stage: str
    signed_ago: int
    reached_ago: int
    site: str
    mark: str
    reason: str


def ventures() -> list[Venture]:
    """Every row of the table, in its order."""
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return [_venture(row) for row in csv.DictReader(lines)]


def _venture(row: dict[str, str]) -> Venture:
    amounts = {name: int(row[name]) if row[name] else None for name in ("intended", "contracted")}
    days = {name: int(row[name] or 0) for name in ("share", "signed_ago", "reached_ago")}
    return Venture(**{**row, **amounts, **days})
