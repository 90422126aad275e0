"""What waits for somebody's word, each with the page where it is given."""

from typing import NamedTuple

from sqlalchemy import func, select

from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.i18n import lazy
from outreach.directory import card_queries, duplicate_queries, organisation_queries, tier_queries
from outreach.liaison import queries as liaison
from outreach.ops import request_queries
from outreach.permissions import Permission
from outreach.pipeline import (
    clause_queries,
    confirming_queries,
    light_queries,
    lights,
    queries,
    report_queries,
    supervision_queries,
)
from outreach.pipeline.models import Project


class Waiting(NamedTuple):
    """How many of one kind, and the endpoint that lists them."""

    words: object
    count: int
    endpoint: str
    arguments: dict = {}


def _count(chosen) -> int:
    return db.session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0


def lines(user) -> list[Waiting]:
    """Only what this user may answer, and only what there is."""
    found = []
    if user.holds(Permission.DIRECTORY_DECIDE):
        found.append(
            Waiting(
                lazy("proposals for the lists"),
                _count(tier_queries.select_proposals(user)),
                "directory.proposals",
            )
        )
    if user.holds(Permission.DIRECTORY_EDIT):
        found.append(
            Waiting(
                lazy("answers from people’s own pages"),
                _count(card_queries.select_answers(user)),
                "directory.answers",
            )
        )
        found.append(
            Waiting(
                lazy("proposed changes of organisations"),
                _count(
                    organisation_queries.select_organisation_proposals(user, side=organisation_queries.DECIDE)
                ),
                "directory.organisation_proposals",
                {"side": organisation_queries.DECIDE},
            )
        )
        found.append(
            Waiting(
                lazy("pairs of cards that may be one person"),
                duplicate_queries.open_count(user),
                "directory.duplicates",
            )
        )
        asked, late = request_queries.counts(user)
        found.append(
            Waiting(
                lazy("requests about personal data to answer"), asked, "ops.requests", {"state": "waiting"}
            )
        )
        found.append(Waiting(lazy("of these past their day"), late, "ops.requests", {"overdue": "y"}))
    if user.holds(Permission.LIAISON_EDIT):
        late = sum(day < today() for _pairing, day in liaison.due_pairings(user))
        found.append(Waiting(lazy("people you should have been in touch with"), late, "liaison.index"))
        found.append(
            Waiting(
                lazy("wishes, leads and promises of yours"),
                _count(liaison.select_follow_ups(user)),
                "liaison.index",
            )
        )
    if user.holds(Permission.PIPELINE_EDIT):
        found += _of_projects(user)
    return [line for line in found if line.count]


def _of_projects(user) -> list[Waiting]:
    """What an officer's projects wait for; what others entered and somebody else has to confirm."""
    mine = queries.select_projects(user).where(Project.officer_id == user.id)
    lit = light_queries.lit(mine)
    owed = report_queries.select_owed(
        user, report_queries.last_month(), state=report_queries.MISSING, mine=True
    )
    return [
        Waiting(
            lazy("projects of yours with a red light"),
            sum(lights.light(reasons) == "red" for reasons in lit.values()),
            "pipeline.stalled",
        ),
        Waiting(
            lazy("monthly reports of yours that are missing"),
            _count(owed),
            "pipeline.reports",
            {"state": report_queries.MISSING, "mine": "y"},
        ),
        Waiting(
            lazy("supervision papers that are open"),
            _count(supervision_queries.select_notices(user, state="open")),
            "pipeline.notices",
        ),
        Waiting(
            lazy("promises in papers past their day"),
            _count(clause_queries.select_clauses(user, state="late")),
            "pipeline.promises",
            {"state": "late"},
        ),
        Waiting(
            lazy("matters to be co-ordinated"),
            _count(supervision_queries.select_concerns(user)),
            "pipeline.concerns",
        ),
        Waiting(
            lazy("entries of others to confirm"),
            _count(confirming_queries.select_waiting(user)),
            "pipeline.unconfirmed",
        ),
        Waiting(
            lazy("entries of yours that were returned"),
            confirming_queries.returned_count(user),
            "pipeline.unconfirmed",
            {"returned": "y"},
        ),
    ]
