"""What the pages of agreements and projects share."""

from flask import Blueprint
from flask_login import current_user

from outreach.accounts import queries as accounts
from outreach.accounts.models import User
from outreach.directory.models import INDUSTRIES
from outreach.permissions import Permission
from outreach.pipeline.forms import COUNT_NAMES, KIND_NAMES, STAGE_NAMES
from outreach.pipeline.models import MILESTONES

bp = Blueprint("pipeline", __name__)

NAMES = {"count_names": COUNT_NAMES, "kind_names": KIND_NAMES, "stage_names": STAGE_NAMES, "stages": MILESTONES, "industries": INDUSTRIES}


def officers() -> list[tuple[int, str]]:
    """(id, name and post) of everybody a project could be given to, for a select field."""
    return [(user.id, f"{user.name} {user.post}".strip()) for user in accounts.colleagues(current_user, Permission.PIPELINE_EDIT)]


def officer(user_id: int) -> User:
    """The one of them with this id."""
    return next(user for user in accounts.colleagues(current_user, Permission.PIPELINE_EDIT) if user.id == user_id)
