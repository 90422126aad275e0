"""What waits for somebody's word, each with the page where it is given."""

from typing import NamedTuple

from sqlalchemy import func, select

from outreach.core.clock import today
from outreach.core.db import db
from outreach.core.i18n import lazy
from outreach.directory import card_queries, duplicate_queries, tier_queries
from outreach.liaison import queries as liaison
from outreach.permissions import Permission


class Waiting(NamedTuple):
    """How many of one kind, and the endpoint that lists them."""

    words: object
    count: int
    endpoint: str


def _count(chosen) -> int:
    return db.session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0


def lines(user) -> list[Waiting]:
    """Only what this user may answer, and only what there is."""
    found = []
    if user.holds(Permission.DIRECTORY_DECIDE):
        found.append(Waiting(lazy("proposals for the lists"), _count(tier_queries.select_proposals(user)), "directory.proposals"))
    if user.holds(Permission.DIRECTORY_EDIT):
        found.append(Waiting(lazy("answers from people’s own pages"), _count(card_queries.select_answers(user)), "directory.answers"))
        found.append(Waiting(lazy("cards that may be one person"), duplicate_queries.open_count(user), "directory.duplicates"))
    if user.holds(Permission.LIAISON_EDIT):
        late = sum(day < today() for _pairing, day in liaison.due_pairings(user))
        found.append(Waiting(lazy("people you should have been in touch with"), late, "liaison.index"))
        found.append(Waiting(lazy("wishes, leads and promises of yours"), _count(liaison.select_follow_ups(user)), "liaison.index"))
    return [line for line in found if line.count]
