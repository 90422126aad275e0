"""What the pages of agreements and projects share."""

from flask import Blueprint, abort
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.accounts.models import User
from outreach.core.downloads import stored
from outreach.core.sheets import A4, Column, filled_by, write
from outreach.directory import queries as directory
from outreach.directory.models import INDUSTRIES
from outreach.liaison import queries as liaison
from outreach.permissions import ROLES, Permission, Role
from outreach.pipeline import operations
from outreach.pipeline.forms import (
    COUNT_NAMES,
    CURRENCY_NAMES,
    KIND_NAMES,
    MILESTONE_NAMES,
    ORIGIN_NAMES,
    STAGE_NAMES,
    STATE_NAMES,
)
from outreach.pipeline.models import STAGES

bp = Blueprint("pipeline", __name__)

NAMES = {
    "count_names": COUNT_NAMES,
    "currency_names": CURRENCY_NAMES,
    "kind_names": KIND_NAMES,
    "stage_names": STAGE_NAMES,
    "milestone_names": MILESTONE_NAMES,
    "stages": STAGES,
    "state_names": STATE_NAMES,
    "origin_names": ORIGIN_NAMES,
    "industries": INDUSTRIES,
}


def counties() -> list[tuple[int, str]]:
    """(id, name) of the city and counties whose projects this user may edit."""
    return accounts.units_for_choice(current_user, Permission.PIPELINE_EDIT, "city", "county")


def officers() -> list[tuple[int, str]]:
    """(id, name and post) of everybody a project could be given to, for a select field."""
    return [
        (user.id, f"{user.name} {user.post}".strip())
        for user in accounts.colleagues(current_user, Permission.PIPELINE_EDIT)
    ]


def officer(user_id: int) -> User:
    """The one of them with this id."""
    return next(
        user for user in accounts.colleagues(current_user, Permission.PIPELINE_EDIT) if user.id == user_id
    )


def leader_posts() -> list[tuple[int, str]]:
    """(id, title and holder) of the county leaders a project can be given to."""
    return [(row.id, f"{row.title} {row.holder}".strip()) for row in liaison.open_posts(current_user)]


def chambers() -> list[tuple[int, str]]:
    """(id, name) of every chamber a project can have come through."""
    return [(row.id, row.name) for row in directory.chambers()]


def opened(row, file):
    """A file of ``row`` (a project or an agreement) as a download that leaves its trace;
    404 where the row has none.
    """
    if file is None:
        abort(404)
    operations.open_file(row, file, by=current_user)
    return stored(file)


def ready_sheet(title: str, columns: list[Column], rows, *, paper: int = A4, across: int = 1) -> bytes:
    """A numbered sheet with the name of the office that fills it in: the units where this user may export."""
    own = dict.fromkeys(
        grant.unit.shown
        for grant in current_user.grants
        if Permission.PIPELINE_EXPORT in ROLES[Role(grant.role)]
    )
    subtitle = filled_by("、".join(own))
    return write(title, columns, rows, subtitle=subtitle, paper=paper, across=across, numbered=True)
