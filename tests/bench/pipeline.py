"""Board, cohorts, totals and lights with 5,000 projects and 60,000 milestones and instalments,
on both databases: server time of the pages' work.
"""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import event, insert, select

from tests.bench.house import build, median_ms

#: milliseconds for the board and for the page of cohorts
BAR = 150
PROJECTS, SUMMITS, TURNS = 5_000, 10, 7


def _fill(db, user) -> list:
    """Ten summits with 500 first signings each; ten milestones and two instalments a project."""
    from outreach.core import clock
    from outreach.events import operations as events
    from outreach.pipeline.agreement_models import Agreement
    from outreach.pipeline.models import MILESTONES, Instalment, Milestone, Project

    unit, day = user.grants[0].unit, date(2022, 1, 10)
    from outreach.directory import operations as directory

    company = directory.organisation_named("测算公司")
    held = []
    for number in range(SUMMITS):
        starts = clock.now() - timedelta(days=1400 - 90 * number)
        row = events.add_event(
            unit,
            title=f"第{number + 1}次恳谈会",
            starts_at=starts,
            ends_at=starts + timedelta(hours=3),
            city="北京市",
            venue="厅",
            capacity=900,
            by=None,
        )
        events.publish(row, by=None)
        events.hold(row, by=None)
        held.append(row)
    db.session.flush()
    keys = range(1, PROJECTS + 1)
    db.session.execute(
        insert(Agreement),
        [
            {
                "id": key,
                "unit_id": unit.id,
                "event_id": held[key % SUMMITS].id,
                "organisation_id": company.id,
                "kind": "letter",
                "title": f"项目{key}",
                "signed_on": held[key % SUMMITS].starts_at.date(),
                "intended_wan": Decimal(1000 + key),
            }
            for key in keys
        ],
    )
    db.session.execute(
        insert(Project),
        [
            {
                "id": key,
                "agreement_id": key,
                "unit_id": unit.id,
                "organisation_id": company.id,
                "officer_id": user.id,
                "name": f"项目{key}",
            }
            for key in keys
        ],
    )
    facts = []
    for key in keys:
        begins = held[key % SUMMITS].starts_at.date()
        for place, kind in enumerate(MILESTONES[2:]):
            facts.append(
                {
                    "project_id": key,
                    "kind": kind,
                    "happened_on": begins + timedelta(days=40 * place + key % 30),
                    "amount_wan": Decimal(900 + key) if kind == "contract" else None,
                }
            )
    db.session.execute(insert(Milestone), facts)
    db.session.execute(
        insert(Instalment),
        [
            {"project_id": key, "paid_on": day + timedelta(days=key % 900), "amount_wan": Decimal(100 + key)}
            for key in keys
            for _twice in range(2)
        ],
    )
    db.session.commit()
    return held


def _statements(db, deed) -> int:
    seen = []

    def note(*_said):
        seen.append(1)

    event.listen(db.engine, "before_cursor_execute", note)
    deed()
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def _works(user, held) -> dict:
    """What each page has to do.

    The page of cohorts opens with the last four summits; all ten stand below it.
    """
    from outreach.pipeline import board_queries, cohort_queries, light_queries, queries, sum_queries

    return {
        "board": lambda: board_queries.board(queries.select_projects(user)),
        "cohorts": lambda: cohort_queries.cohorts(user, held[-4:]),
        "ten cohorts": lambda: cohort_queries.cohorts(user, held),
        "totals": lambda: sum_queries.sums(user),
        "lights": lambda: light_queries.lit(queries.select_projects(user)),
    }


def _measure(database: str) -> list[str]:
    from outreach.accounts.queries import user_by_login
    from outreach.core.db import db
    from outreach.ops import demo
    from outreach.pipeline.agreement_models import Agreement
    from outreach.pipeline.follow_models import (
        Concern,
        HandOver,
        MonthlyReport,
        Notice,
        PlanChange,
        ProjectState,
    )
    from outreach.pipeline.meeting_models import Meeting, MeetingItem
    from outreach.pipeline.models import Instalment, Milestone, NextStep, Project
    from outreach.pipeline.note_models import NoteFile, ProjectNote

    demo.make(1_000)
    user = user_by_login("admin")
    for model in (
        MeetingItem,
        Meeting,
        NoteFile,
        ProjectNote,
        PlanChange,
        ProjectState,
        HandOver,
        Notice,
        Concern,
        MonthlyReport,
        NextStep,
        Instalment,
        Milestone,
        Project,
        Agreement,
    ):
        db.session.execute(model.__table__.delete())
    held = _fill(db, user)
    db.session.execute(db.text("ANALYZE"))
    db.session.commit()
    floor = median_ms(
        lambda: db.session.connection().execute(select(Milestone.project_id, Milestone.kind)).fetchall(),
        TURNS,
    )
    print(f"{database}: reading every milestone bare takes {floor:.0f} ms")
    missed = []
    for name, work in _works(user, held).items():
        took = median_ms(work, TURNS)
        print(
            f"  {name:12} {took:6.0f} ms  {_statements(db, work):3} statements  {took / floor:5.1f}x the "
            f"bare read"
        )
        if name in ("board", "cohorts") and took > BAR:
            missed.append(f"{name} on {database}")
    db.session.rollback()
    return missed


def run() -> list[str]:
    """Milliseconds and statements of each page's work."""
    missed = []
    for database in ("sqlite", "postgresql"):
        app = build(database)
        with app.test_request_context():
            missed += _measure(database)
    return missed
