"""What a snapshot keeps of a summit's cohort, and how today differs from it, row by row."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import or_, select

from outreach.core.db import db
from outreach.events.models import Event
from outreach.pipeline import cohort_queries as cohorts
from outreach.pipeline import fact_queries
from outreach.pipeline.agreement_models import FIRST, INCREASE, Agreement
from outreach.pipeline.follow_models import Snapshot
from outreach.pipeline.models import Project
from outreach.pipeline.queries import PROVEN, VALID, names_of, select_agreements, select_projects


@dataclass(frozen=True)
class Change:
    """One project: what stood in the snapshot and what stands today, of each thing that differs."""

    project_id: int | str  # of a paper: "a" and its id
    name: str
    was: dict
    now: dict


def _plain(value):
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def taken(user, event: Event, *, confirmed: bool) -> tuple[dict, list[dict]]:
    """(figures, one row for each project) as plain values. Amounts are text, so that no digit is lost."""
    figures = {
        name: _plain(value) for name, value in cohorts.today_counts(user, event, confirmed=confirmed).items()
    }
    lines = fact_queries.lines(cohorts.select_cohort(user, [event.id]))
    names = names_of([line.id for line in lines])
    rows = [_row(line, names.get(line.id, ""), confirmed) for line in lines]
    return figures, rows + _signings(user, event, confirmed)


def _row(line: fact_queries.Line, name: str, confirmed: bool) -> dict:
    contracted, paid, zero = line.contracted_wan, line.paid_in_wan, Decimal(0)
    if not confirmed:
        contracted = contracted if contracted is not None else line.contracted_waiting_wan
        paid += line.paid_waiting_wan
    days = line.confirmed if confirmed else line.began
    return {
        "id": line.id,
        "name": name,
        "stage": line.confirmed_stage if confirmed else line.stage,
        "state": line.state,
        "began": {kind: day.isoformat() for kind, day in days.items()},
        "contracted_wan": _plain(contracted or zero),
        "paid_in_wan": _plain(paid),
    }


def _signings(user, event: Event, confirmed: bool) -> list[dict]:
    """The papers the figures rest on, later increases included; their ids begin with a letter."""
    first = select(Agreement.id).where(Agreement.event_id == event.id, Agreement.counts_as == FIRST)
    chosen = select_agreements(user).where(
        or_(Agreement.id.in_(first), (Agreement.counts_as == INCREASE) & Agreement.first_id.in_(first)),
        VALID,
    )
    if confirmed:
        chosen = chosen.where(PROVEN)
    return [
        {
            "id": f"a{row.id}",
            "name": row.title,
            "signed": row.signed_on.isoformat(),
            **{
                f"paper {name}": _plain(getattr(row, name) or Decimal(0))
                for name in ("intended_wan", "agreed_wan", "contracted_wan")
            },
        }
        for row in db.session.scalars(chosen.order_by(Agreement.id)).unique()
    ]


def within(user, snapshot: Snapshot) -> bool:
    """Whether the user may see every row it froze."""
    projects = {row["id"] for row in snapshot.rows if isinstance(row["id"], int)}
    papers = {int(row["id"][1:]) for row in snapshot.rows if isinstance(row["id"], str)}
    seen = set(db.session.scalars(select_projects(user).with_only_columns(Project.id)))
    signed = set(db.session.scalars(select_agreements(user).with_only_columns(Agreement.id)))
    return projects <= seen and papers <= signed


def _told(row: dict) -> dict:
    """What is compared of a row."""
    told = {f"began {kind}": day for kind, day in row.get("began", {}).items()}
    names = (
        "signed",
        "paper intended_wan",
        "paper agreed_wan",
        "paper contracted_wan",
        "state",
        "contracted_wan",
        "paid_in_wan",
    )
    return told | {name: row[name] for name in names if name in row}


def changes(snapshot: Snapshot, rows: list[dict]) -> list[Change]:
    """Every project whose row is another one than it was; one that came or went shows as such."""
    before, after = {row["id"]: row for row in snapshot.rows}, {row["id"]: row for row in rows}
    found = []
    for key in sorted(before.keys() | after.keys(), key=str):
        was, now = _told(before.get(key, {})), _told(after.get(key, {}))
        different = [name for name in dict.fromkeys((*was, *now)) if was.get(name) != now.get(name)]
        if different:
            name = (after.get(key) or before[key])["name"]
            found.append(
                Change(
                    key,
                    name,
                    {one: was.get(one) for one in different},
                    {one: now.get(one) for one in different},
                )
            )
    return found
